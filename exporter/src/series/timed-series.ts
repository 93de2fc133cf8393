import {
  ABSENT,
  FLOATS_SHIFT,
  HEADER_SHIFT,
  NAN_HIGH,
  OWN_OFFSETS,
  OWN_ROWS,
  OWN_VALUES,
  ROWS,
  WORDS_SHIFT,
} from './chunks.js';
import type { ColumnReader } from './columns.js';
import type { ExponentialHistogram } from './histogram.js';
import { fitHistogram, HistogramStream, referenceHigh } from './histogram-store.js';
import { hashLabels } from './identity.js';
import { LabelSet, type Labels } from './labels.js';
import type { SeriesId } from './reader.js';
import { SampleBuffer, writeStale } from './samples.js';
import type { SeriesOwner, SeriesStore } from './series-store.js';
import type { SeriesTable } from './series-table.js';

/** What may be appended; `'stale'` is the stale marker. */
export type TimedValue = number | ExponentialHistogram | 'stale';

/**
 * What became of a sample that came with its own time, as Prometheus judges it. The same value again
 * at the time of the newest sample is `ok` and not kept twice; with another value it is a `duplicate`.
 * `limit`: the memory is used up, or the id is no longer valid.
 */
export type AppendResult = 'ok' | 'out_of_order' | 'duplicate' | 'too_old' | 'too_new' | 'limit';

type Verdict = Exclude<AppendResult, 'limit'> | 'unknown_series' | 'memory';

/** Milliseconds that a sample may be ahead of the last tick; as Prometheus's remote-write receiver has it. */
const MOST_AHEAD = 10 * 60_000;
const MAX_OFFSET = 2 ** 31 - 1;
/** Series looked at in one tick, of all those of a writer, for their time to live. */
const LEAST_SWEPT = 1024;
const SWEEPS = 16;

/**
 * Writes series whose samples carry their own times, as remote write and push bring them. They are
 * visible at once, and `/metrics` never shows them.
 */
export class TimedSeries implements SeriesOwner {
  readonly source: string;
  /** Samples written so far, without stale markers. */
  samples = 0;
  readonly #store: SeriesStore;
  readonly #table: SeriesTable;
  readonly #reader: ColumnReader;
  readonly #advance: (time: number) => void;
  readonly #number: number;
  #removals = 0;
  readonly #streams = new Map<SeriesId, HistogramStream>();
  /** Series whose newest sample is a stale marker that their time to live wrote. */
  readonly #silent = new Set<SeriesId>();
  readonly #buffer = new SampleBuffer(OWN_ROWS);
  #members: SeriesId[] = [];
  #sweepAt = 0;

  /** @param advance told of the time of each sample that is written */
  constructor(
    store: SeriesStore,
    options: { source: string; reader: ColumnReader; advance: (time: number) => void },
  ) {
    this.source = options.source;
    this.#store = store;
    this.#table = store.table;
    this.#reader = options.reader;
    this.#advance = options.advance;
    this.#number = store.addOwner(this);
  }

  /** As {@link SourceWriter.removals}. */
  get removals(): number {
    return this.#removals;
  }

  /**
   * The series of a label set, made when new. `undefined` past a limit or where a source writes this
   * very series; the sample that is not kept then is counted.
   */
  series(metric: string, labels: Labels): SeriesId | undefined {
    return this.#series(LabelSet.named(metric, labels));
  }

  #series(labels: LabelSet): SeriesId | undefined {
    const store = this.#store;
    const table = this.#table;
    const hash = hashLabels(labels);
    const known = store.find(labels, hash);
    if (known >= 0) {
      const owner = store.ownerOf(known);
      if (owner === this) {
        if (table.alive[known] === 0) table.expires[known] = store.now + store.limits.ttl;
        return known;
      }
      // Several pushers may write one series in turn; what a source collects is its own.
      const isTaken = table.alive[known] === 1 && !(owner instanceof TimedSeries);
      if (isTaken || owner?.isStaged(known) === true) {
        store.dropped.duplicate_series++;
        return undefined;
      }
      store.transfer(known, this.#number);
      if (table.families[known] !== undefined) store.setFamily(known, undefined, undefined);
      this.#join(known);
      return known;
    }
    const reason = store.excess(labels) ?? (store.isFull ? 'series_limit' : undefined);
    if (reason !== undefined) {
      store.dropped[reason]++;
      return undefined;
    }
    const id = store.create({
      writer: this.#number,
      labels,
      hash,
      family: undefined,
      exposed: undefined,
    });
    if (id < 0) {
      store.dropped.series_limit++;
      return undefined;
    }
    this.#join(id);
    return id;
  }

  /** Whether an id that was kept is still a series of this writer. */
  has(id: SeriesId): boolean {
    return this.#table.writerOf[id] === this.#number && this.#table.expires[id] > this.#store.now;
  }

  /**
   * Appends a sample; what is not kept is counted.
   * @param time Unix milliseconds, an integer
   */
  append(id: SeriesId, time: number, value: TimedValue): AppendResult {
    const verdict = this.#append(id, time, value);
    if (verdict === 'ok') return verdict;
    this.#store.dropped[verdict]++;
    return verdict === 'memory' || verdict === 'unknown_series' ? 'limit' : verdict;
  }

  /** Writes the stale markers that are due and lets go of what has left the retention. */
  expire(now: number): void {
    const { pool } = this.#store;
    const { ttl, retention } = this.#store.limits;
    const { alive, lastTime, open } = this.#table;
    const count = Math.min(
      this.#members.length,
      Math.max(LEAST_SWEPT, Math.ceil(this.#members.length / SWEEPS)),
    );
    for (let i = 0; i < count; i++) {
      if (this.#sweepAt >= this.#members.length) this.#sweepAt = 0;
      const id = this.#members[this.#sweepAt++];
      if (alive[id] === 1 && lastTime[id] <= now - ttl) {
        const time = lastTime[id] + ttl;
        if (this.#write(id, time, 'stale')) this.#silent.add(id);
        this.#kill(id, time);
      }
      if (open[id] >= 0 && lastTime[id] < now - retention) {
        pool.free(open[id]);
        this.#streams.get(id)?.free();
        open[id] = -1;
      }
    }
  }

  release(id: SeriesId): void {
    const { position } = this.#table;
    const last = this.#members.pop();
    if (last !== undefined && last !== id) {
      this.#members[position[id]] = last;
      position[last] = position[id];
    }
    this.#streams.delete(id);
    this.#silent.delete(id);
    this.#removals++;
  }

  isStaged(): boolean {
    return false;
  }

  seal(id: SeriesId): void {
    const { open, lastTime } = this.#table;
    if (open[id] < 0) return;
    this.#store.pool.seal(open[id], lastTime[id]);
    this.#streams.get(id)?.seal(lastTime[id]);
    open[id] = -1;
  }

  #join(id: SeriesId): void {
    this.#table.position[id] = this.#members.length;
    this.#members.push(id);
  }

  #append(id: SeriesId, time: number, value: TimedValue): Verdict {
    const table = this.#table;
    const { now, limits } = this.#store;
    if (table.writerOf[id] !== this.#number) return 'unknown_series';
    if (now > 0 && time < now - limits.retention) return 'too_old';
    if (now > 0 && time > now + MOST_AHEAD) return 'too_new';
    if (time <= table.lastTime[id]) {
      if (!this.#silent.has(id)) {
        if (time < table.lastTime[id]) return 'out_of_order';
        return this.#isNewest(id, value) ? 'ok' : 'duplicate';
      }
      // The marker was ours, not the sender's, who may have been cut off and catches up now.
      if (time <= table.lastTime[id] - limits.ttl) return 'out_of_order';
      this.#eraseNewest(id);
    }
    this.#silent.delete(id);
    if (!this.#write(id, time, value)) return 'memory';
    if (value === 'stale') this.#kill(id, time);
    else {
      table.alive[id] = 1;
      table.expires[id] = Infinity;
      table.lastTime[id] = time;
      table.latestLive[id] = typeof value === 'number' ? 1 : 0;
      table.latestValues[id] = typeof value === 'number' ? value : NaN;
      this.samples++;
    }
    this.#advance(time);
    return 'ok';
  }

  #kill(id: SeriesId, time: number): void {
    const table = this.#table;
    table.alive[id] = 0;
    table.latestLive[id] = 0;
    table.lastTime[id] = time;
    table.expires[id] = Math.max(this.#store.now, time) + this.#store.limits.ttl;
    if (table.newest(id) < 0) this.#store.doom(id);
  }

  #write(id: SeriesId, time: number, value: TimedValue): boolean {
    let stream: HistogramStream | undefined;
    const histogram = typeof value === 'object' ? value : undefined;
    const chunk = this.#chunkFor(id, time);
    if (chunk < 0) return false;
    const { slabs } = this.#store.pool;
    if (histogram !== undefined) {
      stream = this.#streams.get(id);
      if (stream === undefined) {
        stream = new HistogramStream(this.#store.pool);
        this.#streams.set(id, stream);
      }
      if (!stream.append(histogram)) return false;
    }
    const slab = chunk >> slabs.shift;
    const index = chunk & ((1 << slabs.shift) - 1);
    const header = slabs.headers[slab];
    const rows = ~header[(index << HEADER_SHIFT) + ROWS];
    const at = (index << FLOATS_SHIFT) + OWN_VALUES + rows;
    const base = slabs.floats[slab][index << FLOATS_SHIFT];
    slabs.ints[slab][(index << WORDS_SHIFT) + OWN_OFFSETS + rows] = time - base;
    const words = slabs.words[slab];
    if (stream !== undefined) {
      words[2 * at + 1] = referenceHigh(stream.offset);
      words[2 * at] = stream.chunk;
    } else if (typeof value !== 'number') writeStale(words, at);
    else if (Number.isNaN(value)) {
      words[2 * at + 1] = NAN_HIGH;
      words[2 * at] = 0;
    } else slabs.floats[slab][at] = value;
    Atomics.store(header, (index << HEADER_SHIFT) + ROWS, ~(rows + 1));
    return true;
  }

  /** The chunk that takes the next sample; −1 where there is no memory for it. */
  #chunkFor(id: SeriesId, time: number): number {
    const { pool } = this.#store;
    const { open } = this.#table;
    const { slabs } = pool;
    const mask = (1 << slabs.shift) - 1;
    if (open[id] >= 0) {
      const index = open[id] & mask;
      const slab = open[id] >> slabs.shift;
      const rows = ~slabs.headers[slab][(index << HEADER_SHIFT) + ROWS];
      const base = slabs.floats[slab][index << FLOATS_SHIFT];
      if (rows < OWN_ROWS && time - base <= MAX_OFFSET) return open[id];
      this.seal(id);
    }
    const chunk = pool.allocate(id, ~0);
    if (chunk < 0) return -1;
    slabs.floats[chunk >> slabs.shift][(chunk & mask) << FLOATS_SHIFT] = time;
    open[id] = chunk;
    this.#store.attach(id, chunk);
    return chunk;
  }

  /** Makes the newest row one without a sample; a reader sees the old value or none. */
  #eraseNewest(id: SeriesId): void {
    const { slabs } = this.#store.pool;
    const chunk = this.#table.newest(id);
    if (chunk < 0) return;
    const index = chunk & ((1 << slabs.shift) - 1);
    const slab = chunk >> slabs.shift;
    const rows = ~slabs.headers[slab][(index << HEADER_SHIFT) + ROWS];
    const at = (index << FLOATS_SHIFT) + OWN_VALUES + rows - 1;
    // All 64 bits at once.
    const { buffer, byteOffset } = slabs.floats[slab];
    const bits = new BigUint64Array(buffer, byteOffset + 8 * at, 1);
    bits[0] = (BigInt(ABSENT) << 32n) | BigInt(ABSENT);
  }

  /** Whether the newest sample is this value. */
  #isNewest(id: SeriesId, value: TimedValue): boolean {
    const buffer = this.#buffer;
    const time = this.#table.lastTime[id];
    const newest = this.#table.newest(id);
    buffer.clear();
    this.#reader.read({ id, newest, from: time, to: time, lastTick: Infinity }, buffer);
    if (buffer.length !== 1) return false;
    const histogram = buffer.histograms?.[0];
    if (value === 'stale') return buffer.isStale(0);
    if (typeof value === 'number') {
      return histogram === undefined && !buffer.isStale(0) && Object.is(buffer.values[0], value);
    }
    return histogram !== undefined && isSame(histogram, fitHistogram(value));
  }
}

function isSame(a: ExponentialHistogram, b: ExponentialHistogram): boolean {
  const numbers = (histogram: ExponentialHistogram): number[] => [
    histogram.schema,
    histogram.count,
    histogram.sum,
    histogram.zeroThreshold,
    histogram.zeroCount,
    histogram.positive.offset,
    ...histogram.positive.counts,
    histogram.negative.offset,
    ...histogram.negative.counts,
    ...(histogram.customBounds ?? []),
  ];
  const [left, right] = [numbers(a), numbers(b)];
  return left.length === right.length && left.every((number, i) => Object.is(number, right[i]));
}
