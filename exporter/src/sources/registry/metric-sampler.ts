import type { FamilyMetadata } from '../../series/metadata.js';
import type { SourceWriter } from '../../series/writer.js';
import { EntryList, type EntryVisitor, type Turn } from './entry-list.js';
import { HistogramSeries } from './histogram-series.js';
import { sameLabels } from './labels.js';
import type { Entries, LooseLabels, MetricShape, MetricSnapshot } from './shapes.js';
import { SnapshotSeries } from './snapshot-series.js';
import { type Target, typeOf } from './target.js';
import { ValueSeries } from './value-series.js';

/** Samples one metric of a registry, tick after tick. */
export class MetricSampler {
  readonly #shape: MetricShape;
  readonly #name: string;
  #writer: SourceWriter | undefined;
  #metadata: FamilyMetadata | undefined;
  #defaults: LooseLabels = {};
  #stage: ((turn: Turn) => boolean) | undefined;
  #release: (() => void) | undefined;
  #snapshot: MetricSnapshot | undefined;

  /**
   * @param name the metric's name in text format 0.0.4. It is kept from the first sight of the metric
   *   on, since an OpenMetrics rendering takes `_total` off a counter's own name for good.
   */
  constructor(shape: MetricShape, name: string) {
    this.#shape = shape;
    this.#name = name;
  }

  get name(): string {
    return this.#name;
  }

  /** Lets the metric bring its values up to date. Throws, or rejects, as the metric does. */
  prepare(): Promise<void> | undefined {
    const { kind, metric } = this.#shape;
    if (kind === 'snapshot') {
      const snapshot = metric.get();
      if (snapshot instanceof Promise) {
        return snapshot.then((answer) => {
          this.#snapshot = answer;
        });
      }
      this.#snapshot = snapshot;
      return undefined;
    }
    const result = metric.collect?.();
    return result instanceof Promise ? result.then(() => undefined) : undefined;
  }

  /**
   * Stages values until the turn is used up. Throws a KymoError where the writer takes the metric for
   * impossible.
   * @returns whether all are staged; otherwise call it again with the next turn
   */
  stage(writer: SourceWriter, defaults: LooseLabels, turn: Turn): boolean {
    if (this.#stage === undefined || !this.#isCurrent(writer, defaults)) {
      this.forget();
      this.#stage = this.#open(writer, defaults);
    }
    return this.#stage(turn);
  }

  /** Lets go of all series and of the metric. */
  forget(): void {
    this.#release?.();
    this.#release = undefined;
    this.#stage = undefined;
  }

  #isCurrent(writer: SourceWriter, defaults: LooseLabels): boolean {
    const { metric } = this.#shape;
    return (
      writer === this.#writer &&
      metric.help === this.#metadata?.help &&
      typeOf(metric.type) === this.#metadata.type &&
      sameLabels(defaults, this.#defaults)
    );
  }

  #open(writer: SourceWriter, defaults: LooseLabels): (turn: Turn) => boolean {
    const shape = this.#shape;
    const metadata = {
      name: this.#name,
      type: typeOf(shape.metric.type),
      help: shape.metric.help,
    };
    const target = { writer, metadata, defaults: { ...defaults } };
    this.#writer = writer;
    this.#metadata = metadata;
    this.#defaults = target.defaults;
    switch (shape.kind) {
      case 'values':
        return this.#openEntries(
          new ValueSeries(target, shape.metric.enableExemplars === true),
          shape.entries,
        );
      case 'histogram':
        return this.#openEntries(
          new HistogramSeries(target, shape.metric.upperBounds),
          shape.entries,
        );
      case 'snapshot':
        return this.#openSnapshot(target);
    }
  }

  #openEntries<Entry extends object, Slot>(
    series: EntryVisitor<Entry, Slot> & { isAlive(slot: Slot): boolean },
    entries: () => Entries<Entry>,
  ): (turn: Turn) => boolean {
    const list = new EntryList(series);
    this.#release = () => list.clear();
    return (turn) => {
      // All series of a metric are written together, so they also time out together.
      if (list.slots.length > 0 && !series.isAlive(list.slots[0])) list.clear();
      return list.visit(entries(), turn);
    };
  }

  #openSnapshot(target: Target): (turn: Turn) => boolean {
    const series = new SnapshotSeries(target);
    return (turn) => {
      if (this.#snapshot !== undefined) {
        series.stage(this.#snapshot);
        turn.left -= this.#snapshot.values.length;
      }
      this.#snapshot = undefined;
      return true;
    };
  }
}
