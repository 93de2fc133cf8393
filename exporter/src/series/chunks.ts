/*
 * The memory that samples live in, seen from the writer and from every reader.
 *
 * A slab is one SharedArrayBuffer: chunks of 256 bytes, then a header of four 32-bit words for each.
 * There are four kinds of chunk:
 *
 * - times: 32 Float64 times of the rows of one source, shared by all its series;
 * - values: 32 values of one series, in consecutive rows, which may begin at any row of a times chunk
 *   and go on in the next one: so each tick a part of the series needs new chunks, and never all;
 * - own: 20 samples of a series that has times of its own: a Float64 base, 20 Float64 values, 20 Int32
 *   milliseconds from the base;
 * - bytes: encoded histograms.
 *
 * A value is the bits of a Float64. Some NaNs mean something: Prometheus's stale marker, nothing
 * written, and a reference to an encoded histogram. Every other NaN is written as NAN_HIGH.
 */

export const CHUNK_BYTES = 256;
export const HEADER_WORDS = 4;
const HEADER_BYTES = 4 * HEADER_WORDS;

/** As shifts: a chunk has 2^5 Float64, 2^6 words of 32 bits. */
export const FLOATS_SHIFT = 5;
export const WORDS_SHIFT = 6;
export const HEADER_SHIFT = 2;

/** Rows of a times chunk and of a values chunk. */
export const SHARED_ROWS = 32;
/** Samples of an own chunk. */
export const OWN_ROWS = 20;
/** Where the values of an own chunk start, in Float64. */
export const OWN_VALUES = 1;
/** Where the offsets of an own chunk start, in words of 32 bits. */
export const OWN_OFFSETS = 2 * (OWN_VALUES + OWN_ROWS);

/**
 * Words of a header. BIRTH is a number that no two allocations of the same chunk share, 0 while the
 * chunk is free: a reader that finds it unchanged after it has copied has copied what it meant to.
 */
export const BIRTH = 0;
/** The series of a values or own chunk; otherwise one of the two below. */
export const OWNER = 1;
export const OWNER_TIMES = -1;
export const OWNER_BYTES = -2;
/** values and own: the series' chunk before; bytes and times: the one after. −1 for none. */
export const LINK = 2;
/**
 * times: the number of rows, published atomically once all values of the row are there. own: `~count`,
 * published atomically. values: which rows, see {@link rowsOf}.
 */
export const ROWS = 3;

const FIRST_ROW_BITS = 6;
const FIRST_ROW_BIAS = 32;
/** Times chunks must be below. */
export const MOST_CHUNKS = 2 ** (31 - FIRST_ROW_BITS);

/**
 * What ROWS says of a values chunk.
 * @param times the times chunk that was written when it was opened
 * @param first the row of that chunk in which it begins, −31 to 31; before 0 it holds nothing
 */
export function rowsOf(times: number, first: number): number {
  return (times << FIRST_ROW_BITS) | (first + FIRST_ROW_BIAS);
}

export function timesOf(rows: number): number {
  return rows >> FIRST_ROW_BITS;
}

export function firstRowOf(rows: number): number {
  return (rows & ((1 << FIRST_ROW_BITS) - 1)) - FIRST_ROW_BIAS;
}

/** The high 32 bits of a quiet NaN; the low ones are 0. */
export const NAN_HIGH = 0x7ff80000;
/** Both halves of a row that the series has no sample in. */
export const ABSENT = 0xfff7fff7;
/** The upper 16 bits of a reference to a histogram; then come its offset and its chunk. */
export const HISTOGRAM_TAG = 0xfff6;
export const EXPONENT = 0x7ff00000;

/** The memory of all samples, as a reader on another thread gets it. */
export interface SampleMemory {
  /** Chunks of a slab as a power of two. */
  readonly shift: number;
  /** Slabs that a buffer may hold. */
  readonly slabsABuffer: number;
  /** Slabs one after the other. They grow, which all threads see at once; no other ones come. */
  readonly buffers: readonly SharedArrayBuffer[];
}

/** Typed views of the slabs, by number of the slab. A chunk's number is `slab << shift | index`. */
export class Slabs {
  readonly memory: SampleMemory;
  readonly shift: number;
  readonly floats: Float64Array[] = [];
  readonly words: Uint32Array[] = [];
  readonly ints: Int32Array[] = [];
  readonly bytes: Uint8Array[] = [];
  readonly headers: Int32Array[] = [];

  constructor(memory: SampleMemory) {
    this.memory = memory;
    this.shift = memory.shift;
  }

  get length(): number {
    return this.floats.length;
  }

  static bytesOf(shift: number): number {
    return (CHUNK_BYTES + HEADER_BYTES) << shift;
  }

  /** Whether the slab is there; the writer may have added it a moment ago. */
  has(slab: number): boolean {
    while (slab >= this.floats.length) if (!this.#add()) return false;
    return slab >= 0;
  }

  #add(): boolean {
    const { slabsABuffer, buffers } = this.memory;
    const slab = this.floats.length;
    const buffer = buffers[Math.floor(slab / slabsABuffer)] as SharedArrayBuffer | undefined;
    const start = (slab % slabsABuffer) * Slabs.bytesOf(this.shift);
    if (buffer === undefined || buffer.byteLength < start + Slabs.bytesOf(this.shift)) return false;
    const size = CHUNK_BYTES << this.shift;
    this.floats.push(new Float64Array(buffer, start, size / 8));
    this.words.push(new Uint32Array(buffer, start, size / 4));
    this.ints.push(new Int32Array(buffer, start, size / 4));
    this.bytes.push(new Uint8Array(buffer, start, size));
    this.headers.push(new Int32Array(buffer, start + size, HEADER_WORDS << this.shift));
    return true;
  }
}
