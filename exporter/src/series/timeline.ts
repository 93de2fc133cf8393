import type { ChunkPool } from './chunk-pool.js';
import {
  ABSENT,
  FLOATS_SHIFT,
  HEADER_SHIFT,
  LINK,
  OWNER_TIMES,
  ROWS,
  rowsOf,
  SHARED_ROWS,
  WORDS_SHIFT,
} from './chunks.js';
import { HistogramStream } from './histogram-store.js';
import type { SeriesId } from './reader.js';

/** Series that begin their chunks in the same row, as a power of two: neighbours stay neighbours. */
export const PHASE_SHIFT = 8;

/**
 * The time column of one source: rows that all its series share. A series begins a new chunk of values
 * in the row `(id >> PHASE_SHIFT) mod 32` of each times chunk.
 */
export class Timeline {
  readonly #pool: ChunkPool;
  /** The histograms of the rows of the times chunk that is written, and of the one before. */
  #histograms: HistogramStream;
  #earlierHistograms: HistogramStream;
  /** The times chunk that is written and the one before, −1 for none. */
  #chunk = -1;
  #earlier = -1;
  #row = -1;
  #lastTime = -Infinity;

  constructor(pool: ChunkPool) {
    this.#pool = pool;
    this.#histograms = new HistogramStream(pool);
    this.#earlierHistograms = new HistogramStream(pool);
  }

  /** The row under way, in its times chunk. */
  get row(): number {
    return this.#row;
  }

  /** Time of the row that was begun last, Unix ms. */
  get lastTime(): number {
    return this.#lastTime;
  }

  get histograms(): HistogramStream {
    return this.#histograms;
  }

  /**
   * Begins a row, which nobody sees before it is published; false where there is no memory. Then the
   * chunks of the series that begin one in this row must be sealed.
   */
  begin(time: number): boolean {
    if ((this.#chunk < 0 || this.#row === SHARED_ROWS - 1) && !this.#advance()) return false;
    this.#row++;
    this.#lastTime = time;
    const { slabs } = this.#pool;
    slabs.floats[this.#chunk >> slabs.shift][
      (this.#indexOf(this.#chunk) << FLOATS_SHIFT) + this.#row
    ] = time;
    return true;
  }

  /** Place of the row under way in the chunk of a series. */
  placeOf(id: SeriesId): number {
    return (this.#row - (id >> PHASE_SHIFT)) & (SHARED_ROWS - 1);
  }

  /** Makes the row visible with all its values at once. */
  publish(): void {
    Atomics.store(this.#headerOf(this.#chunk), this.#field(this.#chunk, ROWS), this.#row + 1);
  }

  /** A chunk of a series for this row and those after, all absent; −1 where there is no memory. */
  open(id: SeriesId): number {
    const chunk = this.#pool.allocate(id, rowsOf(this.#chunk, this.#row - this.placeOf(id)));
    if (chunk < 0) return -1;
    const { slabs } = this.#pool;
    const words = slabs.words[chunk >> slabs.shift];
    const first = this.#indexOf(chunk) << WORDS_SHIFT;
    const end = first + 2 * SHARED_ROWS;
    for (let i = first; i < end; i++) words[i] = ABSENT;
    return chunk;
  }

  /**
   * Seals the times and the histograms of all rows. The chunks of the series must have been sealed
   * before, so that they are freed before what they refer to.
   */
  seal(): void {
    this.#sealEarlier();
    if (this.#chunk < 0) return;
    this.#histograms.seal(this.#lastTime);
    this.#pool.seal(this.#chunk, this.#lastTime);
    this.#chunk = -1;
  }

  /** Frees them at once, under the same condition. */
  free(): void {
    this.#earlierHistograms.free();
    this.#histograms.free();
    if (this.#earlier >= 0) this.#pool.free(this.#earlier);
    if (this.#chunk >= 0) this.#pool.free(this.#chunk);
    this.#earlier = -1;
    this.#chunk = -1;
  }

  /** Goes on in a new times chunk; false where there is no memory for it. */
  #advance(): boolean {
    const chunk = this.#pool.allocate(OWNER_TIMES, 0);
    if (chunk < 0) return false;
    // All chunks of series that begin in the rows of the one before the last are sealed by now.
    this.#sealEarlier();
    if (this.#chunk >= 0) {
      Atomics.store(this.#headerOf(this.#chunk), this.#field(this.#chunk, LINK), chunk);
      const free = this.#earlierHistograms;
      this.#earlierHistograms = this.#histograms;
      this.#histograms = free;
    }
    this.#earlier = this.#chunk;
    this.#chunk = chunk;
    this.#row = -1;
    return true;
  }

  #sealEarlier(): void {
    if (this.#earlier < 0) return;
    this.#earlierHistograms.seal(this.#lastTime);
    this.#pool.seal(this.#earlier, this.#lastTime);
    this.#earlier = -1;
  }

  #indexOf(chunk: number): number {
    return chunk & ((1 << this.#pool.slabs.shift) - 1);
  }

  #headerOf(chunk: number): Int32Array {
    return this.#pool.slabs.headers[chunk >> this.#pool.slabs.shift];
  }

  #field(chunk: number, field: number): number {
    return (this.#indexOf(chunk) << HEADER_SHIFT) + field;
  }
}
