import {
  ABSENT,
  BIRTH,
  EXPONENT,
  firstRowOf,
  FLOATS_SHIFT,
  HEADER_SHIFT,
  HISTOGRAM_TAG,
  LINK,
  OWNER,
  OWN_OFFSETS,
  OWN_ROWS,
  OWN_VALUES,
  ROWS,
  SHARED_ROWS,
  timesOf,
  WORDS_SHIFT,
  type SampleMemory,
  type Slabs,
} from './chunks.js';
import type { ExponentialHistogram } from './histogram.js';
import { HistogramReader } from './histogram-store.js';
import type { SeriesId } from './reader.js';
import type { SampleBuffer } from './samples.js';

/** The memory that a head shares with readers on other threads. */
export interface TableMemory {
  readonly samples: SampleMemory;
  /** Two words a series, see series-table.ts. */
  readonly series: SharedArrayBuffer;
  /** See {@link PublishedTimes}. */
  readonly times: SharedArrayBuffer;
}

export interface ColumnRange {
  readonly id: SeriesId;
  /** The series' newest chunk, −1 for none. */
  readonly newest: number;
  /** Unix milliseconds, both included. */
  readonly from: number;
  readonly to: number;
  /** Rows of sources after this time are left out: their tick is being written. */
  readonly lastTick: number;
}

/** Rows `start` to `end` of a times chunk, and where row 0 of it would be among the values. */
interface Rows {
  readonly chunk: number;
  readonly values: number;
  readonly times: number;
  readonly start: number;
  readonly end: number;
}

/** A number of rows; anything may stand there when a chunk is reused while it is read. */
function clamp(count: number, most: number): number {
  return count < 0 ? 0 : count > most ? most : count;
}

/**
 * Copies the samples of a series out of the chunks.
 *
 * On another thread than the writer's it validates: the writer may free and reuse any chunk at any
 * moment. A chunk is copied first; if its birth is then still the one it had before, the copy is what
 * the series held. If not, this chunk and all older ones have left the head.
 */
export class ColumnReader {
  readonly #slabs: Slabs;
  readonly #validates: boolean;
  readonly #histograms = new HistogramReader();
  #chain = new Int32Array(64);
  #births = new Int32Array(64);

  constructor(slabs: Slabs, options: { validates: boolean }) {
    this.#slabs = slabs;
    this.#validates = options.validates;
  }

  read(range: ColumnRange, into: SampleBuffer): void {
    const start = into.length;
    for (let i = this.#findChunks(range) - 1; i >= 0; i--) {
      if (this.#copy(this.#chain[i], this.#births[i], range, into)) continue;
      into.length = start;
      if (into.histograms !== undefined) into.histograms.length = start;
    }
  }

  /** Notes the chunks that may have samples of the range, newest first, and returns their number. */
  #findChunks({ id, newest, from }: ColumnRange): number {
    const slabs = this.#slabs;
    const { shift } = slabs;
    const mask = (1 << shift) - 1;
    let depth = 0;
    let chunk = newest;
    while (chunk >= 0 && slabs.has(chunk >> shift)) {
      const header = slabs.headers[chunk >> shift];
      const at = (chunk & mask) << HEADER_SHIFT;
      const birth = Atomics.load(header, at + BIRTH);
      if (birth === 0 || header[at + OWNER] !== id) break;
      // A link to a chunk that was born later points to one that was reused, maybe by this series.
      if (depth > 0 && ((this.#births[depth - 1] - birth) | 0) <= 0) break;
      if (depth === this.#chain.length) this.#deepen();
      this.#chain[depth] = chunk;
      this.#births[depth] = birth;
      const link = header[at + LINK];
      const first = this.#firstTime(chunk, header[at + ROWS]);
      if (this.#validates && Atomics.load(header, at + BIRTH) !== birth) break;
      depth++;
      if (first <= from) break;
      chunk = link;
    }
    return depth;
  }

  /** Time of the first row that the chunk may have a sample in. */
  #firstTime(chunk: number, rows: number): number {
    const { shift, floats } = this.#slabs;
    const source = rows >= 0 ? timesOf(rows) : chunk;
    const row = rows >= 0 ? Math.max(0, firstRowOf(rows)) : 0;
    if (!this.#slabs.has(source >> shift)) return -Infinity;
    return floats[source >> shift][((source & ((1 << shift) - 1)) << FLOATS_SHIFT) + row];
  }

  /** Appends the samples of one chunk; false where it was reused meanwhile. */
  #copy(chunk: number, birth: number, range: ColumnRange, into: SampleBuffer): boolean {
    const { shift, headers } = this.#slabs;
    const header = headers[chunk >> shift];
    const at = (chunk & ((1 << shift) - 1)) << HEADER_SHIFT;
    // Loaded atomically, so that what was written before it is seen too.
    const rows = Atomics.load(header, at + ROWS);
    const complete =
      rows >= 0
        ? this.#copyShared(chunk, rows, range, into)
        : this.#copyOwn(chunk, clamp(~rows, OWN_ROWS), range, into);
    if (!this.#validates) return complete;
    // An exchange, not a load: plain loads before it may not be delayed past it.
    return Atomics.compareExchange(header, at + BIRTH, birth, birth) === birth && complete;
  }

  #copyShared(chunk: number, rows: number, range: ColumnRange, into: SampleBuffer): boolean {
    const slabs = this.#slabs;
    const { shift } = slabs;
    const mask = (1 << shift) - 1;
    const times = timesOf(rows);
    const first = firstRowOf(rows);
    if (!slabs.has(times >> shift)) return false;
    into.reserve(into.length + SHARED_ROWS);
    const header = slabs.headers[times >> shift];
    const at = (times & mask) << HEADER_SHIFT;
    const count = clamp(Atomics.load(header, at + ROWS), SHARED_ROWS);
    const values = ((chunk & mask) << FLOATS_SHIFT) - first;
    const start = Math.max(0, first);
    const end = Math.min(count, SHARED_ROWS + first);
    if (!this.#copyRows({ chunk, values, times, start, end }, range, into)) return false;
    if (first <= 0 || count < SHARED_ROWS) return true;
    const next = Atomics.load(header, at + LINK);
    if (next < 0) return true;
    if (!slabs.has(next >> shift)) return false;
    const more = clamp(
      Atomics.load(slabs.headers[next >> shift], ((next & mask) << HEADER_SHIFT) + ROWS),
      SHARED_ROWS,
    );
    const rest = {
      chunk,
      values: values + SHARED_ROWS,
      times: next,
      start: 0,
      end: Math.min(more, first),
    };
    return this.#copyRows(rest, range, into);
  }

  #copyRows(
    { chunk, values, times, start, end }: Rows,
    range: ColumnRange,
    into: SampleBuffer,
  ): boolean {
    const { shift, floats, words: allWords } = this.#slabs;
    const { from } = range;
    const to = Math.min(range.to, range.lastTick);
    const allTimes = floats[times >> shift];
    const firstTime = (times & ((1 << shift) - 1)) << FLOATS_SHIFT;
    const allValues = floats[chunk >> shift];
    const words = allWords[chunk >> shift];
    const { times: intoTimes, values: intoValues } = into;
    let { length } = into;
    let first = start;
    if (start < end && allTimes[firstTime + start] < from) {
      // Most often the newest rows are wanted.
      first = end;
      while (first > start && allTimes[firstTime + first - 1] >= from) first--;
    }
    for (let row = first; row < end; row++) {
      const time = allTimes[firstTime + row];
      if (time > to) break;
      const high = words[2 * (values + row) + 1];
      if ((high & EXPONENT) === EXPONENT) {
        into.length = length;
        if (!this.#appendSpecial(time, words, 2 * (values + row), into)) return false;
        length = into.length;
      } else {
        intoTimes[length] = time;
        intoValues[length] = allValues[values + row];
        length++;
      }
    }
    into.length = length;
    return true;
  }

  #copyOwn(chunk: number, count: number, range: ColumnRange, into: SampleBuffer): boolean {
    const { shift, floats, words: allWords, ints } = this.#slabs;
    const slab = chunk >> shift;
    const index = chunk & ((1 << shift) - 1);
    const base = floats[slab][index << FLOATS_SHIFT];
    const values = floats[slab];
    const words = allWords[slab];
    const offsets = ints[slab];
    const firstValue = (index << FLOATS_SHIFT) + OWN_VALUES;
    const firstOffset = (index << WORDS_SHIFT) + OWN_OFFSETS;
    into.reserve(into.length + count);
    const { from, to } = range;
    for (let row = 0; row < count; row++) {
      const time = base + offsets[firstOffset + row];
      if (time < from) continue;
      if (time > to) break;
      if ((words[2 * (firstValue + row) + 1] & EXPONENT) === EXPONENT) {
        if (!this.#appendSpecial(time, words, 2 * (firstValue + row), into)) return false;
      } else {
        into.times[into.length] = time;
        into.values[into.length] = values[firstValue + row];
        into.length++;
      }
    }
    return true;
  }

  /**
   * Appends what is no finite number: infinities, NaN, stale markers, histograms. There is room for
   * it already. False for a histogram that was overwritten.
   */
  #appendSpecial(time: number, words: Uint32Array, at: number, into: SampleBuffer): boolean {
    const low = words[at];
    const high = words[at + 1];
    if (high === ABSENT && low === ABSENT) return true;
    let histogram: ExponentialHistogram | undefined;
    if (high >>> 16 === HISTOGRAM_TAG) {
      histogram = this.#histograms.read(this.#slabs, high, low);
      if (histogram === undefined) return false;
    }
    const index = into.length++;
    into.times[index] = time;
    if (histogram === undefined) {
      into.words[2 * index + 1] = high;
      into.words[2 * index] = low;
    } else {
      into.values[index] = NaN;
      into.histograms ??= [];
      into.histograms[index] = histogram;
    }
    return true;
  }

  #deepen(): void {
    const size = 2 * this.#chain.length;
    const chain = new Int32Array(size);
    const births = new Int32Array(size);
    chain.set(this.#chain);
    births.set(this.#births);
    this.#chain = chain;
    this.#births = births;
  }
}
