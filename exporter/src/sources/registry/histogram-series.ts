import type { SeriesId } from '../../series/reader.js';
import type { EntryVisitor } from './entry-list.js';
import { labelsOf } from './labels.js';
import type { ExemplarLike, HistogramEntry } from './shapes.js';
import { exemplarOf, type Target } from './target.js';

interface HistogramSlot {
  /** One for each upper bound, then the one of +Inf. */
  readonly buckets: readonly SeriesId[];
  readonly sum: SeriesId;
  readonly count: SeriesId;
  /** Time stamps of the exemplars that were written last, one a bucket. */
  readonly exemplarTimes: (number | undefined)[];
}

/** Samples the entries of a classic histogram. */
export class HistogramSeries implements EntryVisitor<HistogramEntry, HistogramSlot> {
  readonly weight: number;
  readonly #target: Target;
  readonly #bounds: readonly number[];

  constructor(target: Target, bounds: readonly number[]) {
    this.weight = bounds.length + 3;
    this.#target = target;
    this.#bounds = bounds;
  }

  open(entry: HistogramEntry): HistogramSlot {
    const { writer, metadata, defaults } = this.#target;
    const family = writer.family(metadata);
    const labels = labelsOf(entry.labels, defaults);
    const bucket = (le: string): SeriesId => writer.series(family, { ...labels, le }, '_bucket');
    return {
      buckets: [...this.#bounds.map((bound) => bucket(String(bound))), bucket('+Inf')],
      sum: writer.series(family, labels, '_sum'),
      count: writer.series(family, labels, '_count'),
      exemplarTimes: [],
    };
  }

  visit(slot: HistogramSlot, entry: HistogramEntry): void {
    const { writer } = this.#target;
    const bounds = this.#bounds;
    const { bucketValues, bucketExemplars } = entry;
    let cumulative = 0;
    for (let i = 0; i < bounds.length; i++) {
      cumulative += bucketValues[bounds[i]];
      writer.set(slot.buckets[i], cumulative);
    }
    writer.set(slot.buckets[bounds.length], entry.count);
    writer.set(slot.sum, entry.sum);
    writer.set(slot.count, entry.count);
    if (bucketExemplars === undefined) return;
    for (let i = 0; i < bounds.length; i++) {
      this.#setExemplar(slot, i, bucketExemplars[bounds[i]]);
    }
    // Both libraries keep the last bucket's under this key.
    this.#setExemplar(slot, bounds.length, bucketExemplars['-1']);
  }

  isAlive(slot: HistogramSlot): boolean {
    return this.#target.writer.has(slot.count);
  }

  #setExemplar(
    slot: HistogramSlot,
    index: number,
    exemplar: ExemplarLike | null | undefined,
  ): void {
    if (exemplar === null || exemplar === undefined) return;
    if (slot.exemplarTimes[index] === exemplar.timestamp) return;
    slot.exemplarTimes[index] = exemplar.timestamp;
    this.#target.writer.setExemplar(slot.buckets[index], exemplarOf(exemplar));
  }
}
