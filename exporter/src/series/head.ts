import { ColumnReader, type TableMemory } from './columns.js';
import { findDescribed } from './described.js';
import type { ExposedFamily, ExposedSeriesReader } from './exposed.js';
import type { Family } from './families.js';
import { LabelSet, type Labels } from './labels.js';
import type { Matcher } from './matcher.js';
import type { FamilyMetadata } from './metadata.js';
import { PublishedTimes } from './published-times.js';
import type { SeriesId, SeriesReader } from './reader.js';
import type { SampleBuffer } from './samples.js';
import { SeriesStore, type SeriesLimits } from './series-store.js';
import { StoreSourceWriter } from './source-writer.js';
import { TimedSeries } from './timed-series.js';
import type { Exemplar, SourceWriter } from './writer.js';

/** Times are in milliseconds, sizes in bytes, lengths in UTF-16 code units. */
export interface HeadOptions {
  /** How long samples are kept; 15 minutes by default. */
  readonly retention?: number;
  /** What samples may take; 512 MiB by default. */
  readonly memory?: number;
  /** Series that there may be at a time; 200,000 by default. */
  readonly limit?: number;
  /**
   * How long a series may be written no more before its id may be forgotten, and after which pushed
   * series become stale; 5 minutes by default.
   */
  readonly ttl?: number;
  /** Labels that a series may have, with its name; 64 by default. */
  readonly maxLabels?: number;
  /** Length of a label's name; 256 by default. */
  readonly maxLabelName?: number;
  /** Length of a label's value; 2,048 by default. */
  readonly maxLabelValue?: number;
  /**
   * Labels that every series of an exposed source carries beside its own, for readers but not on
   * `/metrics`. A label of the same name that the source gave becomes `exported_<name>`.
   */
  readonly ownLabels?: Labels;
}

export interface HeadStats {
  readonly series: number;
  readonly limit: number;
  readonly memory: { readonly used: number; readonly budget: number };
  /** Samples appended since the start, by source. */
  readonly samples: ReadonlyMap<string, number>;
  /** Samples that were not kept, or not where they belong, since the start, by reason. */
  readonly dropped: ReadonlyMap<string, number>;
  /** A time (Unix ms) that all samples of some chunk are older than or equal to; the oldest such. */
  readonly oldest: number | undefined;
}

/** What a head on another thread must be told; see {@link Head.follow}. */
export type HeadChange =
  | {
      readonly kind: 'add';
      readonly id: SeriesId;
      /** Tells it from series that have had the id before. */
      readonly generation: number;
      /** Names and values in turn, each followed by U+FFFF. */
      readonly labels: string;
      /** 0 for none. */
      readonly family: number;
    }
  | { readonly kind: 'remove'; readonly id: SeriesId }
  | { readonly kind: 'family'; readonly family: number; readonly metadata: FamilyMetadata }
  /** What a sender says of a family, see {@link Head.setMetadata}. */
  | { readonly kind: 'described'; readonly metadata: FamilyMetadata };

/** Chunks that one tick frees at most: a few milliseconds. */
const FREED_A_TICK = 262_144;
/** Families that senders have described. */
const MOST_DESCRIBED = 50_000;

/**
 * The newest samples of all series. The main thread writes; readers on other threads see the same
 * memory through a {@link HeadReplica}.
 */
export class Head implements SeriesReader, ExposedSeriesReader {
  readonly #store: SeriesStore;
  readonly #times = new PublishedTimes();
  readonly #reader: ColumnReader;
  readonly #ownLabels: readonly (readonly [string, string])[];
  readonly #sources: StoreSourceWriter[] = [];
  readonly #timed: TimedSeries[] = [];
  readonly #described = new Map<string, FamilyMetadata>();
  #maxTime = 0;
  #listener: ((change: HeadChange) => void) | undefined;

  constructor(options: HeadOptions = {}) {
    const limits: SeriesLimits = {
      retention: options.retention ?? 900_000,
      memory: options.memory ?? 512 * 2 ** 20,
      limit: options.limit ?? 200_000,
      ttl: options.ttl ?? 300_000,
      maxLabels: options.maxLabels ?? 64,
      maxLabelName: options.maxLabelName ?? 256,
      maxLabelValue: options.maxLabelValue ?? 2048,
    };
    this.#store = new SeriesStore(limits);
    this.#reader = new ColumnReader(this.#store.pool.slabs, { validates: false });
    this.#ownLabels = Object.entries(options.ownLabels ?? {});
  }

  /**
   * Makes the writer of one source.
   * @param options.exposed whether `/metrics` shows its series
   * @param options.computed whether its labels come from series of this head, as those of rules do:
   *   then they are what readers see, and `/metrics` leaves off the own labels among them
   */
  source(
    name: string,
    { exposed, computed = false }: { readonly exposed: boolean; readonly computed?: boolean },
  ): SourceWriter {
    const same = (labels: LabelSet): LabelSet => labels;
    const writer = new StoreSourceWriter(this.#store, {
      source: name,
      exposed,
      visible: exposed && !computed ? (labels) => this.#withOwnLabels(labels) : same,
      shown: computed ? (labels) => this.#withoutOwnLabels(labels) : same,
    });
    this.#sources.push(writer);
    return writer;
  }

  /** Makes a writer of samples that carry their own times. */
  timed(name: string): TimedSeries {
    const writer = new TimedSeries(this.#store, {
      source: name,
      reader: this.#reader,
      advance: (time) => {
        if (time <= this.#maxTime) return;
        this.#maxTime = time;
        this.#times.publish(this.#store.now, time);
      },
    });
    this.#timed.push(writer);
    return writer;
  }

  /**
   * Ends a tick, after all sources have committed: readers on other threads see its samples from now
   * on, and what is past the retention goes, a bounded part of it in one tick.
   * @param time Unix milliseconds
   */
  endTick(time: number): void {
    const store = this.#store;
    if (store.now === 0) store.startClock(time);
    store.now = time;
    this.#maxTime = Math.max(this.#maxTime, time);
    this.#times.publish(time, this.#maxTime);
    const cutoff = time - store.limits.retention;
    for (const source of this.#sources) source.expire(cutoff);
    for (const timed of this.#timed) timed.expire(time);
    store.pool.expire(cutoff, FREED_A_TICK);
    store.removeDoomed();
  }

  get indexVersion(): number {
    return this.#store.index.version;
  }

  get maxTime(): number {
    return this.#maxTime;
  }

  select(matchers: readonly Matcher[]): SeriesId[] {
    return this.#store.index.select(matchers);
  }

  labels(id: SeriesId): LabelSet {
    if (!this.#store.table.has(id)) throw new RangeError(`${id} is not a series`);
    return this.#store.table.labels[id];
  }

  metadata(id: SeriesId): FamilyMetadata | undefined {
    const family = this.#store.table.families[id];
    if (family !== undefined) return family.metadata;
    return this.#described.size === 0 ? undefined : findDescribed(this.#described, this.labels(id));
  }

  read(id: SeriesId, from: number, to: number, into: SampleBuffer): void {
    const newest = this.#store.table.newest(id);
    if (newest >= 0) this.#reader.read({ id, newest, from, to, lastTick: Infinity }, into);
  }

  labelNames(matchers?: readonly Matcher[]): string[] {
    return this.#store.index.names(matchers);
  }

  labelValues(name: string, matchers?: readonly Matcher[]): string[] {
    return this.#store.index.values(name, matchers);
  }

  get exposedVersion(): number {
    return this.#store.exposed.version;
  }

  exposedFamilies(): readonly ExposedFamily[] {
    return this.#store.exposed.list();
  }

  get latestValues(): Float64Array {
    return this.#store.table.latestValues;
  }

  get latestLive(): Uint8Array {
    return this.#store.table.latestLive;
  }

  exemplar(id: SeriesId): Exemplar | undefined {
    return this.#store.exemplars.get(id);
  }

  created(id: SeriesId): number | undefined {
    return this.#store.created.get(id);
  }

  /** Notes what a sender says of a family whose samples come with their own times. */
  setMetadata(metadata: FamilyMetadata): void {
    if (this.#described.size >= MOST_DESCRIBED && !this.#described.has(metadata.name)) return;
    const { name, type, help, unit = '' } = metadata;
    const known = this.#described.get(name);
    if (known?.type === type && known.help === help && known.unit === unit) return;
    const described = { name, type, help, unit };
    this.#described.set(name, described);
    this.#listener?.({ kind: 'described', metadata: described });
  }

  /** Metadata of all families, each once. */
  *allMetadata(): Iterable<FamilyMetadata> {
    const { families } = this.#store;
    for (const { metadata, series } of families) if (series > 0) yield metadata;
    for (const metadata of this.#described.values()) {
      if ((families.find(metadata.name)?.series ?? 0) === 0) yield metadata;
    }
  }

  stats(): HeadStats {
    const { table, pool, limits, dropped } = this.#store;
    const samples = new Map<string, number>();
    for (const writer of [...this.#sources, ...this.#timed]) {
      samples.set(writer.source, (samples.get(writer.source) ?? 0) + writer.samples);
    }
    const { oldestSealed } = pool;
    return {
      series: table.count,
      limit: limits.limit,
      memory: { used: pool.used, budget: pool.capacity },
      samples,
      dropped: new Map(Object.entries(dropped).filter(([, count]) => count > 0)),
      oldest: oldestSealed === Infinity ? undefined : oldestSealed,
    };
  }

  /** What this head allows. */
  get limits(): SeriesLimits {
    return this.#store.limits;
  }

  /**
   * Calls `listener` with what makes up the index now and with every change from now on, in order:
   * what a {@link HeadReplica} applies. One listener at a time.
   */
  follow(listener: (change: HeadChange) => void): TableMemory {
    const store = this.#store;
    const families = new Set<Family>();
    const tellFamily = (family: Family): void => {
      families.add(family);
      listener({ kind: 'family', family: family.number, metadata: family.metadata });
    };
    const seriesAdded = (id: SeriesId): void => {
      const family = store.table.families[id];
      if (family !== undefined && !families.has(family)) tellFamily(family);
      listener({
        kind: 'add',
        id,
        generation: store.table.generation(id),
        labels: textOf(store.table.labels[id]),
        family: family?.number ?? 0,
      });
    };
    for (const metadata of this.#described.values()) listener({ kind: 'described', metadata });
    for (const id of store.index.select([])) seriesAdded(id);
    this.#listener = listener;
    store.listener = {
      seriesAdded,
      seriesRemoved: (id) => listener({ kind: 'remove', id }),
      familyChanged: tellFamily,
    };
    return {
      samples: store.pool.slabs.memory,
      series: store.table.shared.buffer as SharedArrayBuffer,
      times: this.#times.buffer,
    };
  }

  /** Ends what {@link follow} began. */
  unfollow(): void {
    this.#listener = undefined;
    this.#store.listener = undefined;
  }

  #withOwnLabels(labels: LabelSet): LabelSet {
    if (this.#ownLabels.length === 0) return labels;
    const merged = labels.toObject();
    for (const [name, value] of this.#ownLabels) {
      if (merged[name] !== undefined) merged[`exported_${name}`] = merged[name];
      merged[name] = value;
    }
    return LabelSet.from(merged);
  }

  #withoutOwnLabels(labels: LabelSet): LabelSet {
    const own = this.#ownLabels.filter(([name, value]) => labels.get(name) === value);
    if (own.length === 0) return labels;
    const rest = labels.toObject();
    for (const [name] of own) delete rest[name];
    return LabelSet.from(rest);
  }
}

function textOf({ names, values }: LabelSet): string {
  let text = '';
  for (let i = 0; i < names.length; i++) text += `${names[i]}\uffff${values[i]}\uffff`;
  return text;
}
