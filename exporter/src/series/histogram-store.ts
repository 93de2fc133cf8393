import type { ChunkPool } from './chunk-pool.js';
import {
  CHUNK_BYTES,
  HEADER_SHIFT,
  HISTOGRAM_TAG,
  LINK,
  OWNER_BYTES,
  type Slabs,
} from './chunks.js';
import { bucketCount, downscale, MAX_BUCKETS, MIN_SCHEMA } from './exponential.js';
import type { ExponentialHistogram } from './histogram.js';
import { decodeHistogram, HistogramEncoder } from './histogram-codec.js';

/** Bytes before a record that hold its length. */
const LENGTH_BYTES = 2;
const LARGEST_RECORD = 0xffff;

/** The histogram as it is kept: at a coarser schema where it has more than 160 buckets. */
export function fitHistogram(histogram: ExponentialHistogram): ExponentialHistogram {
  let fitting = histogram;
  while (bucketCount(fitting) > MAX_BUCKETS && fitting.schema > MIN_SCHEMA) {
    fitting = downscale(fitting, fitting.schema - 1);
  }
  return fitting;
}

// Only the one thread that writes samples encodes.
const encoder = new HistogramEncoder();

/**
 * The histograms of one source (or of one series with times of its own) between two seals, as
 * records in a chain of chunks. The chunks are sealed after those whose values refer to them, so that
 * a reader whose values are still valid has read valid records.
 */
export class HistogramStream {
  readonly #pool: ChunkPool;
  #chunks: number[] = [];
  /** The chunk that is written, as its place in the chain, and the bytes used of it. */
  #current = -1;
  #used = CHUNK_BYTES;
  /** Where the last record starts. */
  chunk = -1;
  offset = 0;

  constructor(pool: ChunkPool) {
    this.#pool = pool;
  }

  /** Writes a record; false where there is no memory for it, or it is longer than 64 KiB. */
  append(histogram: ExponentialHistogram): boolean {
    encoder.encode(fitHistogram(histogram));
    const { length, bytes } = encoder;
    if (length > LARGEST_RECORD || !this.#reserve(LENGTH_BYTES + length)) return false;
    this.#write(length & 0xff);
    this.chunk = this.#chunks[this.#current];
    this.offset = this.#used - 1;
    this.#write(length >> 8);
    for (let i = 0; i < length; i++) this.#write(bytes[i]);
    return true;
  }

  /** Seals what was written; the next record starts a new chain. @param time the newest, Unix ms */
  seal(time: number): void {
    for (const chunk of this.#chunks) this.#pool.seal(chunk, time);
    this.#restart();
  }

  /** Frees what was written. */
  free(): void {
    for (const chunk of this.#chunks) this.#pool.free(chunk);
    this.#restart();
  }

  #restart(): void {
    this.#chunks = [];
    this.#current = -1;
    this.#used = CHUNK_BYTES;
  }

  #write(byte: number): void {
    if (this.#used === CHUNK_BYTES) {
      this.#current++;
      this.#used = 0;
    }
    const { slabs } = this.#pool;
    const chunk = this.#chunks[this.#current];
    const start = (chunk & ((1 << slabs.shift) - 1)) * CHUNK_BYTES;
    slabs.bytes[chunk >> slabs.shift][start + this.#used++] = byte;
  }

  #reserve(size: number): boolean {
    const { slabs } = this.#pool;
    const mask = (1 << slabs.shift) - 1;
    let room = (this.#chunks.length - this.#current) * CHUNK_BYTES - this.#used;
    while (room < size) {
      const chunk = this.#pool.allocate(OWNER_BYTES, 0);
      if (chunk < 0) return false;
      const last = this.#chunks.at(-1);
      if (last !== undefined) {
        slabs.headers[last >> slabs.shift][((last & mask) << HEADER_SHIFT) + LINK] = chunk;
      }
      this.#chunks.push(chunk);
      room += CHUNK_BYTES;
    }
    return true;
  }
}

/** The upper half of the value that refers to a record. */
export function referenceHigh(offset: number): number {
  return (HISTOGRAM_TAG << 16) | offset;
}

/** Reads records back, on any thread. */
export class HistogramReader {
  #bytes = new Uint8Array(4096);

  /** @returns `undefined` where the memory was overwritten meanwhile */
  read(slabs: Slabs, high: number, low: number): ExponentialHistogram | undefined {
    const { shift } = slabs;
    const mask = (1 << shift) - 1;
    let chunk = low;
    let offset = high & 0xffff;
    let length = 0;
    for (let i = -LENGTH_BYTES; i < length || i < 0; i++) {
      if (offset === CHUNK_BYTES) {
        chunk = slabs.headers[chunk >> shift][((chunk & mask) << HEADER_SHIFT) + LINK];
        offset = 0;
      }
      if (chunk < 0 || !slabs.has(chunk >> shift)) return undefined;
      const byte = slabs.bytes[chunk >> shift][(chunk & mask) * CHUNK_BYTES + offset++];
      if (i === -2) length = byte;
      else if (i === -1) {
        length |= byte << 8;
        if (length > this.#bytes.length) this.#bytes = new Uint8Array(LARGEST_RECORD);
      } else this.#bytes[i] = byte;
    }
    try {
      return decodeHistogram(this.#bytes, length);
    } catch (thrown) {
      if (thrown instanceof RangeError) return undefined;
      throw thrown;
    }
  }
}
