import { KymoError } from '../lib/errors.js';
import { FLOATS_SHIFT, NAN_HIGH, SHARED_ROWS } from './chunks.js';
import { addHistograms } from './exponential.js';
import { groupLabel, type Family } from './families.js';
import type { ExponentialHistogram } from './histogram.js';
import { referenceHigh } from './histogram-store.js';
import { hashLabels } from './identity.js';
import { LabelSet, type Labels } from './labels.js';
import type { FamilyMetadata } from './metadata.js';
import { checkLabelNames } from './names.js';
import type { SeriesId } from './reader.js';
import { writeStale } from './samples.js';
import type { LimitReason, NewSeries, SeriesOwner, SeriesStore } from './series-store.js';
import { SINK, type SeriesTable } from './series-table.js';
import { PHASE_SHIFT, Timeline } from './timeline.js';
import type { Exemplar, FamilyHandle, SampleSuffix, SourceWriter } from './writer.js';

/** The label of the series that takes what the limits keep out. */
const OVERFLOW_LABEL = 'kymo_overflow';

class Handle implements FamilyHandle {
  readonly metadata: FamilyMetadata;
  family: Family;

  constructor(metadata: FamilyMetadata, family: Family) {
    this.metadata = metadata;
    this.family = family;
  }
}

export interface SourceOptions {
  readonly source: string;
  /** Whether `/metrics` shows its series. */
  readonly exposed: boolean;
  /** The labels that readers see for those that the source gave. */
  readonly visible: (labels: LabelSet) => LabelSet;
  /** The labels that `/metrics` shows for those that the source gave. */
  readonly shown: (labels: LabelSet) => LabelSet;
}

/** Writes the series of one source, all of them at the times of its commits. */
export class StoreSourceWriter implements SourceWriter, SeriesOwner {
  readonly source: string;
  /** Samples written so far, without stale markers. */
  samples = 0;
  readonly #options: SourceOptions;
  readonly #store: SeriesStore;
  readonly #table: SeriesTable;
  readonly #number: number;
  readonly #timeline: Timeline;
  readonly #handles = new Map<string, Handle>();
  #members: Int32Array = new Int32Array(64);
  #memberCount = 0;
  /** Members that are alive. */
  #living = 0;
  #removals = 0;
  /** Counts commits; a series is staged where its `stagedEpoch` is this, or minus this. */
  #epoch = 1;
  #staged: Int32Array = new Int32Array(64);
  #stagedCount = 0;
  #lastCommit = -Infinity;
  /** Series by the time of their stale marker, from `#vanishedStart` on. */
  readonly #vanished: { readonly id: SeriesId; readonly time: number }[] = [];
  #vanishedStart = 0;
  /** Of the series that are staged with one. */
  readonly #histograms = new Map<SeriesId, ExponentialHistogram>();
  readonly #exemplars = new Map<SeriesId, Exemplar>();
  readonly #created = new Map<SeriesId, number>();
  /** Overflow series, with the reason for what they take and whether they keep the greatest value. */
  readonly #overflow = new Map<SeriesId, { reason: LimitReason; keepsGreatest: boolean }>();

  constructor(store: SeriesStore, options: SourceOptions) {
    this.source = options.source;
    this.#options = options;
    this.#store = store;
    this.#table = store.table;
    this.#timeline = new Timeline(store.pool);
    this.#number = store.addOwner(this);
  }

  get removals(): number {
    return this.#removals;
  }

  family(metadata: FamilyMetadata): FamilyHandle {
    const known = this.#handles.get(metadata.name);
    if (known !== undefined && this.#isCurrent(known, metadata)) return known;
    const family = this.#store.families.declare(metadata, this.source);
    const handle = new Handle(family.metadata, family);
    this.#handles.set(metadata.name, handle);
    return handle;
  }

  series(handle: FamilyHandle, labels: Labels, suffix: SampleSuffix = ''): SeriesId {
    if (!(handle instanceof Handle)) throw new TypeError('not a family of this head');
    const family = this.#familyOf(handle);
    const metric = family.metadata.name + suffix;
    const set = LabelSet.named(metric, labels);
    const visible = this.#options.visible(set);
    const hash = hashLabels(visible);
    const known = this.#store.find(visible, hash);
    if (known >= 0) return this.#reuse(known, { family, set, suffix });
    checkLabelNames(labels, { metric });
    const reason =
      this.#store.excess(set, family) ??
      (this.#store.isFull && !this.#isPartOfGroup(family, visible) ? 'series_limit' : undefined);
    if (reason !== undefined) return this.#overflowSeries(family, { labels, suffix, reason });
    const id = this.#create({ family, set, visible, suffix, hash, number: this.#number });
    return id < 0 ? this.#overflowSeries(family, { labels, suffix, reason: 'series_limit' }) : id;
  }

  has(id: SeriesId): boolean {
    const writer = this.#table.writerOf[id];
    return (
      (writer === this.#number || writer === -this.#number) &&
      this.#table.expires[id] > this.#store.now
    );
  }

  set(id: SeriesId, value: number): void {
    const table = this.#table;
    if (table.writerOf[id] !== this.#number) {
      this.#setElsewhere(id, value);
      return;
    }
    table.staged[id] = value;
    if (table.stagedEpoch[id] !== this.#epoch) this.#stage(id, this.#epoch);
  }

  setHistogram(id: SeriesId, histogram: ExponentialHistogram): void {
    const writer = this.#table.writerOf[id];
    if (writer !== this.#number && writer !== -this.#number) {
      this.#setElsewhere(id, NaN);
      return;
    }
    let whole = histogram;
    if (writer < 0) {
      this.#countOverflow(id);
      const before = this.#table.stagedEpoch[id] === -this.#epoch && this.#histograms.get(id);
      if (before) whole = addHistograms(before, histogram);
    }
    this.#histograms.set(id, whole);
    this.#stage(id, -this.#epoch);
  }

  setExemplar(id: SeriesId, exemplar: Exemplar): void {
    this.#exemplars.set(id, exemplar);
  }

  setCreated(id: SeriesId, time: number): void {
    this.#created.set(id, time);
  }

  commit(time: number): void {
    if (time > this.#lastCommit) this.#append(time);
    else this.#store.dropped.out_of_order += this.#stagedCount;
    this.discard();
    this.#noteDetails();
  }

  fail(time: number): void {
    this.discard();
    if (time > this.#lastCommit) this.#append(time);
    this.discard();
  }

  discard(): void {
    this.#epoch++;
    this.#stagedCount = 0;
    if (this.#histograms.size > 0) this.#histograms.clear();
  }

  /**
   * Frees the chunks that are written to where nothing has been written since `cutoff` (Unix ms): of
   * all series where the source has ceased to commit, else of those that have vanished.
   */
  expire(cutoff: number): void {
    const { pool } = this.#store;
    const { open, lastTime, alive } = this.#table;
    if (this.#timeline.lastTime < cutoff) {
      for (let i = 0; i < this.#memberCount; i++) {
        const id = this.#members[i];
        if (open[id] < 0) continue;
        pool.free(open[id]);
        open[id] = -1;
      }
      this.#timeline.free();
    }
    for (; this.#vanishedStart < this.#vanished.length; this.#vanishedStart++) {
      const { id, time } = this.#vanished[this.#vanishedStart];
      if (time >= cutoff) break;
      const isSame = Math.abs(this.#table.writerOf[id]) === this.#number && lastTime[id] === time;
      if (!isSame || alive[id] === 1 || open[id] < 0) continue;
      pool.free(open[id]);
      open[id] = -1;
    }
    if (2 * this.#vanishedStart > this.#vanished.length) {
      this.#vanished.splice(0, this.#vanishedStart);
      this.#vanishedStart = 0;
    }
  }

  release(id: SeriesId): void {
    const { position } = this.#table;
    const at = position[id];
    this.#memberCount--;
    const last = this.#members[this.#memberCount];
    this.#members[at] = last;
    position[last] = at;
    this.#overflow.delete(id);
    this.#exemplars.delete(id);
    this.#created.delete(id);
    this.#removals++;
  }

  isStaged(id: SeriesId): boolean {
    return (
      this.#table.stagedEpoch[id] === this.#epoch || this.#table.stagedEpoch[id] === -this.#epoch
    );
  }

  seal(id: SeriesId): void {
    const { open } = this.#table;
    if (open[id] < 0) return;
    this.#store.pool.seal(open[id], this.#timeline.lastTime);
    open[id] = -1;
  }

  #isCurrent({ metadata, family }: Handle, wanted: FamilyMetadata): boolean {
    return (
      this.#store.families.has(family) &&
      metadata === family.metadata &&
      metadata.type === wanted.type &&
      metadata.help === wanted.help &&
      metadata.unit === (wanted.unit ?? '')
    );
  }

  /** The family of a handle that was kept: it may have been forgotten, or have another type now. */
  #familyOf(handle: Handle): Family {
    const { families } = this.#store;
    if (!families.has(handle.family) || handle.family.metadata.type !== handle.metadata.type) {
      handle.family = families.declare(handle.metadata, this.source);
    }
    return handle.family;
  }

  /** Whether other series of the same histogram or summary are kept: then this one is too. */
  #isPartOfGroup(family: Family, labels: LabelSet): boolean {
    const group = this.#store.groupOf(family, labels);
    return group !== undefined && family.groups.has(group);
  }

  /** Takes up a series that there is already. */
  #reuse(
    id: SeriesId,
    { family, set, suffix }: { family: Family; set: LabelSet; suffix: SampleSuffix },
  ): SeriesId {
    const table = this.#table;
    const owner = this.#store.ownerOf(id);
    if (owner !== this || table.families[id] !== family) {
      if (table.alive[id] === 1 || owner?.isStaged(id) === true) {
        throw new KymoError(
          'duplicate_series',
          `source ${this.source} has ${set.toString()}, which source ${owner?.source ?? 'another'} has too; rename one of them, give one a label, or disable one of these sources`,
        );
      }
      if (owner !== this) {
        this.#store.transfer(id, this.#number);
        this.#join(id);
      }
      this.#store.setFamily(
        id,
        family,
        this.#options.exposed ? { labels: this.#options.shown(set), suffix } : undefined,
      );
    }
    if (table.expires[id] !== Infinity)
      table.expires[id] = this.#store.now + this.#store.limits.ttl;
    return id;
  }

  #create({
    family,
    set,
    visible,
    suffix,
    hash,
    number,
  }: {
    family: Family;
    set: LabelSet;
    visible: LabelSet;
    suffix: SampleSuffix;
    hash: number;
    number: number;
  }): SeriesId {
    const exposed: NewSeries['exposed'] = this.#options.exposed
      ? { labels: this.#options.shown(set), suffix }
      : undefined;
    const id = this.#store.create({ writer: number, labels: visible, hash, family, exposed });
    if (id >= 0) this.#join(id);
    return id;
  }

  #join(id: SeriesId): void {
    if (this.#memberCount === this.#members.length) this.#members = doubled(this.#members);
    this.#members[this.#memberCount] = id;
    this.#table.position[id] = this.#memberCount;
    this.#memberCount++;
  }

  /** The series that stands for what the limits keep out. */
  #overflowSeries(
    family: Family,
    { labels, suffix, reason }: { labels: Labels; suffix: SampleSuffix; reason: LimitReason },
  ): SeriesId {
    const kept: Record<string, string> = { [OVERFLOW_LABEL]: 'true' };
    const grouping = groupLabel(family);
    // Without it a histogram or summary would be none.
    if (grouping !== undefined && labels[grouping] !== undefined) kept[grouping] = labels[grouping];
    const set = LabelSet.named(family.metadata.name + suffix, kept);
    const visible = this.#options.visible(set);
    const hash = hashLabels(visible);
    const known = this.#store.find(visible, hash);
    if (known >= 0) {
      // That of another source is not ours to add to.
      if (this.#table.writerOf[known] !== -this.#number) return SINK;
      this.#table.expires[known] = Math.max(
        this.#table.expires[known],
        this.#store.now + this.#store.limits.ttl,
      );
      return known;
    }
    if (this.#store.mayOverflow && this.#store.excess(set, family) === undefined) {
      const id = this.#create({ family, set, visible, suffix, hash, number: -this.#number });
      if (id >= 0) {
        this.#store.overflowSeries++;
        // A sum of quantiles would be nothing; the greatest is a bound for all of them.
        const keepsGreatest = grouping === 'quantile' && kept.quantile !== undefined;
        this.#overflow.set(id, { reason, keepsGreatest });
        return id;
      }
    }
    return SINK;
  }

  #countOverflow(id: SeriesId): void {
    const { dropped } = this.#store;
    dropped[this.#overflow.get(id)?.reason ?? 'series_limit']++;
  }

  /** Sets a value on a series that is an overflow series, or none of this writer. */
  #setElsewhere(id: SeriesId, value: number): void {
    const { staged, stagedEpoch, writerOf } = this.#table;
    if (id === SINK) this.#store.dropped.series_limit++;
    else if (writerOf[id] !== -this.#number) this.#store.dropped.unknown_series++;
    else {
      this.#countOverflow(id);
      if (stagedEpoch[id] !== this.#epoch) {
        staged[id] = value;
        this.#stage(id, this.#epoch);
      } else if (this.#overflow.get(id)?.keepsGreatest === true) {
        if (value > staged[id] || Number.isNaN(staged[id])) staged[id] = value;
      } else staged[id] += value;
    }
  }

  #stage(id: SeriesId, epoch: number): void {
    const { stagedEpoch } = this.#table;
    const before = stagedEpoch[id];
    stagedEpoch[id] = epoch;
    if (before === this.#epoch || before === -this.#epoch) return;
    if (this.#stagedCount === this.#staged.length) this.#staged = doubled(this.#staged);
    this.#staged[this.#stagedCount] = id;
    this.#stagedCount++;
  }

  /** Writes what is staged, and stale markers for what was alive and is not staged, as one row. */
  #append(time: number): void {
    this.#lastCommit = time;
    const count = this.#stagedCount;
    if (count === 0 && this.#living === 0) return;
    const hasRow = this.#beginRow(time);
    const table = this.#table;
    const { staged, stagedEpoch, open, latestLive, latestValues } = table;
    const { shift, floats } = this.#store.pool.slabs;
    const mask = (1 << shift) - 1;
    const list = this.#staged;
    const row = this.#timeline.row;
    const living = this.#living;
    let written = 0;
    let stillLiving = 0;
    for (let i = 0; i < count; i++) {
      const id = list[i];
      if (latestLive[id] === 0 || stagedEpoch[id] < 0) {
        stillLiving += table.alive[id];
        if (this.#appendSlowly(id, { time, hasRow })) written++;
        continue;
      }
      stillLiving++;
      const value = staged[id];
      latestValues[id] = value;
      let chunk = open[id];
      if (chunk < 0) {
        chunk = hasRow ? this.#open(id) : -1;
        if (chunk < 0) continue;
      }
      const at =
        ((chunk & mask) << FLOATS_SHIFT) + ((row - (id >> PHASE_SHIFT)) & (SHARED_ROWS - 1));
      if (value === value) floats[chunk >> shift][at] = value;
      else this.#writeNaN(chunk >> shift, at);
      written++;
    }
    if (stillLiving < living) this.#markVanished(time, hasRow);
    if (hasRow) this.#timeline.publish();
    this.samples += written;
    this.#store.dropped.memory += hasRow ? 0 : count;
  }

  /** Appends a histogram, or the first value of a series that was not alive as a float. */
  #appendSlowly(id: SeriesId, { time, hasRow }: { time: number; hasRow: boolean }): boolean {
    const table = this.#table;
    const { pool } = this.#store;
    // It may have been removed since it was staged.
    if (!this.isStaged(id) || Math.abs(table.writerOf[id]) !== this.#number) return false;
    if (table.alive[id] === 0 && !this.#revive(id, time)) return false;
    const histogram = table.stagedEpoch[id] < 0 ? this.#histograms.get(id) : undefined;
    table.latestLive[id] = histogram === undefined ? 1 : 0;
    table.latestValues[id] = histogram === undefined ? table.staged[id] : NaN;
    if (!hasRow) return false;
    const { histograms } = this.#timeline;
    if (histogram !== undefined && !histograms.append(histogram)) {
      this.#store.dropped.memory++;
      return false;
    }
    const chunk = table.open[id] < 0 ? this.#open(id) : table.open[id];
    if (chunk < 0) return false;
    const slab = chunk >> pool.slabs.shift;
    const at = this.#placeOf(id, chunk);
    const value = table.staged[id];
    if (histogram !== undefined) {
      const words = pool.slabs.words[slab];
      words[2 * at + 1] = referenceHigh(histograms.offset);
      words[2 * at] = histograms.chunk;
    } else if (Number.isNaN(value)) this.#writeNaN(slab, at);
    else pool.slabs.floats[slab][at] = value;
    return true;
  }

  /** Makes a series alive; false where its newest sample is not older than this row. */
  #revive(id: SeriesId, time: number): boolean {
    const table = this.#table;
    if (time <= table.lastTime[id]) {
      this.#store.dropped.out_of_order++;
      return false;
    }
    table.alive[id] = 1;
    table.expires[id] = Infinity;
    this.#living++;
    const family = table.families[id];
    if (family === undefined) return true;
    family.living++;
    const exposed = table.exposedSeries[id];
    if (exposed !== undefined && table.exposed[id] === 0) {
      table.exposed[id] = 1;
      this.#store.exposed.add(family, exposed);
    }
    return true;
  }

  #markVanished(time: number, hasRow: boolean): void {
    const table = this.#table;
    const { slabs } = this.#store.pool;
    const { alive, open } = table;
    for (let i = 0; i < this.#memberCount; i++) {
      const id = this.#members[i];
      if (alive[id] === 0 || this.isStaged(id)) continue;
      alive[id] = 0;
      table.latestLive[id] = 0;
      table.lastTime[id] = time;
      table.expires[id] = time + this.#store.limits.ttl;
      this.#living--;
      const family = table.families[id];
      if (family !== undefined) family.living--;
      const chunk = open[id] < 0 && hasRow ? this.#open(id) : open[id];
      if (chunk >= 0) {
        writeStale(slabs.words[chunk >> slabs.shift], this.#placeOf(id, chunk));
        this.#vanished.push({ id, time });
      } else if (table.newest(id) < 0) this.#store.doom(id);
    }
  }

  /** Opens a chunk for a series; −1 where there is no memory for it, which is counted. */
  #open(id: SeriesId): number {
    const chunk = this.#timeline.open(id);
    if (chunk < 0) {
      this.#store.dropped.memory++;
      return -1;
    }
    this.#table.open[id] = chunk;
    this.#store.attach(id, chunk);
    return chunk;
  }

  /** Index in its slab's values of the row under way in the chunk of a series. */
  #placeOf(id: SeriesId, chunk: number): number {
    const { shift } = this.#store.pool.slabs;
    return ((chunk & ((1 << shift) - 1)) << FLOATS_SHIFT) + this.#timeline.placeOf(id);
  }

  #writeNaN(slab: number, at: number): void {
    // A NaN from outside may have the bits of one that means something.
    const words = this.#store.pool.slabs.words[slab];
    words[2 * at + 1] = NAN_HIGH;
    words[2 * at] = 0;
  }

  /** Begins a row and seals the chunks that end with the one before. */
  #beginRow(time: number): boolean {
    const timeline = this.#timeline;
    const { lastTime } = timeline;
    if (!timeline.begin(time)) {
      // What it holds itself may go first, where nothing else can.
      this.#sealAll();
      return timeline.begin(time);
    }
    const { open } = this.#table;
    const { pool } = this.#store;
    const { row } = timeline;
    const members = this.#members;
    const count = this.#memberCount;
    for (let i = 0; i < count; i++) {
      const id = members[i];
      if (((id >> PHASE_SHIFT) & (SHARED_ROWS - 1)) !== row || open[id] < 0) continue;
      pool.seal(open[id], lastTime);
      open[id] = -1;
    }
    return true;
  }

  #sealAll(): void {
    const { open } = this.#table;
    const { pool } = this.#store;
    const { lastTime } = this.#timeline;
    for (let i = 0; i < this.#memberCount; i++) {
      const id = this.#members[i];
      if (open[id] < 0) continue;
      pool.seal(open[id], lastTime);
      open[id] = -1;
    }
    this.#timeline.seal();
  }

  #noteDetails(): void {
    if (this.#exemplars.size > 0) {
      for (const [id, exemplar] of this.#exemplars) this.#store.exemplars.set(id, exemplar);
      this.#exemplars.clear();
    }
    if (this.#created.size > 0) {
      for (const [id, time] of this.#created) this.#store.created.set(id, time);
      this.#created.clear();
    }
  }
}

function doubled(list: Int32Array): Int32Array {
  const grown = new Int32Array(2 * list.length);
  grown.set(list);
  return grown;
}
