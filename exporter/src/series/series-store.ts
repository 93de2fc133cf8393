import { ChunkPool } from './chunk-pool.js';
import { ABSENT, HEADER_SHIFT, LINK, ROWS, SHARED_ROWS, WORDS_SHIFT } from './chunks.js';
import { ExposedFamilies, groupLabel, FamilyTable, type Family } from './families.js';
import { SeriesIdentity } from './identity.js';
import { LabelIndex } from './label-index.js';
import type { LabelSet } from './labels.js';
import type { SeriesId } from './reader.js';
import { SeriesTable } from './series-table.js';
import { SymbolTable } from './symbols.js';
import type { Exemplar, SampleSuffix } from './writer.js';

/** Why samples were not kept, or not where they belong. */
export type DropReason =
  /** A source writes a series with the same labels. */
  | 'duplicate_series'
  /** Another value at the time of the newest sample. */
  | 'duplicate'
  /** Older than the newest sample of the series. */
  | 'out_of_order'
  /** Outside the retention. */
  | 'too_old'
  /** More than ten minutes ahead. */
  | 'too_new'
  /** Samples that had to go before their time since the budget is used up. */
  | 'evicted'
  /** The budget is used up, and nothing may go. */
  | 'memory'
  /** These went to an overflow series, where there is one. */
  | 'series_limit'
  | 'label_limit'
  | 'label_name_length'
  | 'label_value_length'
  /** Written to a series that is gone. */
  | 'unknown_series';

export type LimitReason = Extract<
  DropReason,
  'series_limit' | 'label_limit' | 'label_name_length' | 'label_value_length'
>;

export interface SeriesLimits {
  /** Milliseconds. */
  readonly retention: number;
  readonly ttl: number;
  /** Bytes. */
  readonly memory: number;
  /** Series. */
  readonly limit: number;
  readonly maxLabels: number;
  readonly maxLabelName: number;
  readonly maxLabelValue: number;
}

/** Told of what a replica has to know. */
export interface StoreListener {
  /** A series has samples now. */
  seriesAdded(id: SeriesId): void;
  seriesRemoved(id: SeriesId): void;
  familyChanged(family: Family): void;
}

/** A writer, as the store sees it. */
export interface SeriesOwner {
  readonly source: string;
  /** Forgets a series that is gone or belongs to another writer now. */
  release(id: SeriesId): void;
  /** Whether a value for the series waits for the commit. */
  isStaged(id: SeriesId): boolean;
  /** Seals the chunk that the series is written to, where it has one. */
  seal(id: SeriesId): void;
}

export interface NewSeries {
  readonly writer: number;
  /** As readers see them. */
  readonly labels: LabelSet;
  readonly hash: number;
  readonly family: Family | undefined;
  /** How `/metrics` shows it, where it does. */
  readonly exposed: { readonly labels: LabelSet; readonly suffix: SampleSuffix } | undefined;
}

/** Series removed in one tick at most, so that a tick stays short. */
const REMOVED_A_TICK = 2000;
/** Overflow series that there may be, beside a quarter of the limit. */
const LEAST_OVERFLOW = 1000;

/** What all writers and readers of a head share: which series there are and where their samples lie. */
export class SeriesStore {
  readonly limits: SeriesLimits;
  readonly table: SeriesTable;
  readonly pool: ChunkPool;
  readonly index = new LabelIndex();
  readonly families: FamilyTable;
  readonly exposed = new ExposedFamilies();
  readonly exemplars = new Map<SeriesId, Exemplar>();
  readonly created = new Map<SeriesId, number>();
  listener: StoreListener | undefined;
  readonly dropped: Record<DropReason, number> = {
    duplicate_series: 0,
    duplicate: 0,
    out_of_order: 0,
    too_old: 0,
    too_new: 0,
    evicted: 0,
    memory: 0,
    series_limit: 0,
    label_limit: 0,
    label_name_length: 0,
    label_value_length: 0,
    unknown_series: 0,
  };
  /** By number; numbers start at 1. */
  readonly owners: (SeriesOwner | undefined)[] = [undefined];
  /** Overflow series, which the limit does not count. */
  overflowSeries = 0;
  /** Time of the last tick, 0 before the first. */
  now = 0;
  readonly #symbols = new SymbolTable();
  readonly #identity: SeriesIdentity;
  #doomed: SeriesId[] = [];

  constructor(limits: SeriesLimits) {
    this.limits = limits;
    // Beside the limit: overflow series, the last series of histograms, ids in quarantine.
    this.table = new SeriesTable(Math.ceil(1.5 * limits.limit) + 4096);
    this.#identity = new SeriesIdentity(this.table);
    this.pool = new ChunkPool({
      budget: limits.memory,
      onFree: (chunk, owner, evicted) => this.#onFree(chunk, owner, evicted),
    });
    this.families = new FamilyTable((family) => {
      this.exposed.touch(family);
      this.listener?.familyChanged(family);
    });
  }

  /** Whether there may be one more overflow series. */
  get mayOverflow(): boolean {
    return this.overflowSeries < LEAST_OVERFLOW + this.limits.limit / 4;
  }

  /** Notes the time of the first tick: time to live counts from then on. */
  startClock(time: number): void {
    const { table } = this;
    for (let id = 0; id < table.end; id++) {
      if (table.alive[id] === 0) table.expires[id] = time + this.limits.ttl;
    }
  }

  /** Registers a writer and gives its number. */
  addOwner(owner: SeriesOwner): number {
    return this.owners.push(owner) - 1;
  }

  ownerOf(id: SeriesId): SeriesOwner | undefined {
    return this.owners[Math.abs(this.table.writerOf[id])];
  }

  /** The series with these labels, −1 for none. */
  find(labels: LabelSet, hash: number): SeriesId {
    return this.#identity.find(labels, hash);
  }

  /** Makes a series; −1 where there is no id left. */
  create({ writer, labels, hash, family, exposed }: NewSeries): SeriesId {
    const { table } = this;
    const id = table.allocate(this.now);
    if (id < 0) return -1;
    table.writerOf[id] = writer;
    table.hash[id] = hash;
    table.labels[id] = this.#symbols.acquire(labels);
    this.#identity.add(id);
    this.setFamily(id, family, exposed);
    table.expires[id] = this.now === 0 ? Infinity : this.now + this.limits.ttl;
    this.doom(id);
    return id;
  }

  /** Puts a series under a family; it must not be alive. */
  setFamily(id: SeriesId, family: Family | undefined, exposed: NewSeries['exposed']): void {
    const { table } = this;
    // First, so that a family is not forgotten where it stays the same.
    if (family !== undefined) family.series++;
    this.#leaveFamily(id);
    table.families[id] = family;
    if (exposed !== undefined) {
      // The same object where there are no own labels, which only readers see.
      const isSame = exposed.labels.length === table.labels[id].length;
      const labels = isSame ? table.labels[id] : this.#symbols.acquire(exposed.labels);
      table.exposedSeries[id] = { id, labels, suffix: exposed.suffix };
    }
    if (family === undefined) return;
    const group = this.groupOf(family, table.labels[id]);
    if (group !== undefined) family.groups.set(group, (family.groups.get(group) ?? 0) + 1);
  }

  /** What the series of one histogram or summary have in common, as a text. */
  groupOf(
    family: Family,
    { names, values }: Pick<LabelSet, 'names' | 'values'>,
  ): string | undefined {
    const label = groupLabel(family);
    if (label === undefined) return undefined;
    let group = '';
    for (let i = 0; i < names.length; i++) {
      if (names[i] === label || names[i] === '__name__') continue;
      group += `${names[i]}\uffff${values[i]}\uffff`;
    }
    return group;
  }

  /** Queues a series that is removed once it has no samples and its time to live has passed. */
  doom(id: SeriesId): void {
    if (this.table.queued[id] === 1) return;
    this.table.queued[id] = 1;
    this.#doomed.push(id);
  }

  /** Links a new chunk as the newest of a series, which enters the index with its first one. */
  attach(id: SeriesId, chunk: number): void {
    const { table, pool } = this;
    const { shift, headers } = pool.slabs;
    const newest = table.newest(id);
    headers[chunk >> shift][((chunk & ((1 << shift) - 1)) << HEADER_SHIFT) + LINK] = newest;
    table.setNewest(id, chunk);
    if (newest >= 0) return;
    this.index.add(id, table.labels[id]);
    this.listener?.seriesAdded(id);
  }

  /** Gives a series that is not alive to another writer. */
  transfer(id: SeriesId, writer: number): void {
    const { table } = this;
    const owner = this.ownerOf(id);
    owner?.seal(id);
    owner?.release(id);
    table.writerOf[id] = writer;
    table.stagedEpoch[id] = 0;
  }

  /**
   * Which limit a label set is past, `undefined` where none. The label that tells the series of a
   * group apart does not count, so that a group is kept or not as a whole.
   */
  excess({ names, values }: LabelSet, family?: Family): LimitReason | undefined {
    const { maxLabels, maxLabelName, maxLabelValue } = this.limits;
    const grouping = family === undefined ? undefined : groupLabel(family);
    const counted =
      grouping !== undefined && names.includes(grouping) ? names.length - 1 : names.length;
    if (counted > maxLabels) return 'label_limit';
    for (let i = 0; i < names.length; i++) {
      if (names[i].length > maxLabelName) return 'label_name_length';
      if (values[i].length > maxLabelValue) return 'label_value_length';
    }
    return undefined;
  }

  /** Whether the series that the limit counts are as many as it allows. */
  get isFull(): boolean {
    return this.table.count - this.overflowSeries >= this.limits.limit;
  }

  /** Removes series that have no samples and whose time to live has passed. */
  removeDoomed(): void {
    const { table } = this;
    const queue = this.#doomed;
    if (queue.length === 0) return;
    const kept: SeriesId[] = [];
    let removed = 0;
    for (const id of queue) {
      if (table.alive[id] === 1 || table.newest(id) >= 0) {
        // It is queued again with its last chunk.
        table.queued[id] = 0;
      } else if (table.expires[id] <= this.now && removed < REMOVED_A_TICK) {
        table.queued[id] = 0;
        removed++;
        this.#remove(id);
      } else {
        kept.push(id);
      }
    }
    this.#doomed = kept;
  }

  #remove(id: SeriesId): void {
    const { table } = this;
    this.ownerOf(id)?.release(id);
    if (table.writerOf[id] < 0) this.overflowSeries--;
    this.#leaveFamily(id);
    this.#identity.remove(id);
    this.#symbols.release(table.labels[id]);
    this.exemplars.delete(id);
    this.created.delete(id);
    table.free(id, this.now);
  }

  #leaveFamily(id: SeriesId): void {
    const { table } = this;
    const family = table.families[id];
    if (family === undefined) return;
    if (table.exposed[id] === 1) {
      table.exposed[id] = 0;
      this.exposed.remove(family, id);
    }
    const group = this.groupOf(family, table.labels[id]);
    if (group !== undefined) {
      const left = (family.groups.get(group) ?? 1) - 1;
      if (left === 0) family.groups.delete(group);
      else family.groups.set(group, left);
    }
    const exposed = table.exposedSeries[id];
    if (exposed !== undefined && exposed.labels !== table.labels[id])
      this.#symbols.release(exposed.labels);
    table.exposedSeries[id] = undefined;
    family.series--;
    table.families[id] = undefined;
    this.families.release(family);
  }

  #onFree(chunk: number, id: SeriesId, evicted: boolean): void {
    const { table } = this;
    if (evicted) this.dropped.evicted += this.#countSamples(chunk);
    if (table.newest(id) !== chunk) return;
    table.setNewest(id, -1);
    this.index.remove(id);
    this.listener?.seriesRemoved(id);
    this.doom(id);
  }

  #countSamples(chunk: number): number {
    const { shift, headers, words } = this.pool.slabs;
    const index = chunk & ((1 << shift) - 1);
    const rows = headers[chunk >> shift][(index << HEADER_SHIFT) + ROWS];
    if (rows < 0) return ~rows;
    const slab = words[chunk >> shift];
    const first = index << WORDS_SHIFT;
    let count = 0;
    for (let row = 0; row < SHARED_ROWS; row++) {
      if (slab[first + 2 * row + 1] !== ABSENT) count++;
    }
    return count;
  }
}
