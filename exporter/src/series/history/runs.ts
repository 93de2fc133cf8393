import type { SeriesRef } from './catalog.js';

const FIRST_PIECE = 2 ** 12;
const LARGEST_PIECE = 2 ** 20;
/** Words of a run: its piece, where it begins there, its length, the run before of its series or −1. */
const WORDS = 4;
const [PIECE, OFFSET, LENGTH, PREVIOUS] = [0, 1, 2, 3];

/**
 * Runs of encoded items of many series, one after the other in large pieces of memory: an array for each
 * series would cost more than what is in it.
 */
export class Runs {
  readonly #newest = new Map<SeriesRef, number>();
  readonly #pieces: Uint8Array[] = [];
  #used = 0;
  #runs = new Int32Array(16 * WORDS);
  #count = 0;

  get refs(): Iterable<SeriesRef> {
    return this.#newest.keys();
  }

  /** Series. */
  get size(): number {
    return this.#newest.size;
  }

  /** Adds a run, as a copy. @returns whether it is the first of its series */
  add(ref: SeriesRef, run: Uint8Array): boolean {
    const piece = this.#room(run.length);
    const at = WORDS * this.#count;
    if (at === this.#runs.length) {
      const larger = new Int32Array(2 * at);
      larger.set(this.#runs);
      this.#runs = larger;
    }
    const previous = this.#newest.get(ref) ?? -1;
    this.#runs[at + PIECE] = piece;
    this.#runs[at + OFFSET] = this.#used;
    this.#runs[at + LENGTH] = run.length;
    this.#runs[at + PREVIOUS] = previous;
    this.#pieces[piece].set(run, this.#used);
    this.#used += run.length;
    this.#newest.set(ref, this.#count++);
    return previous < 0;
  }

  /** The runs of a series, one after the other; `undefined` where it has none. */
  read(ref: SeriesRef): Uint8Array | undefined {
    const newest = this.#newest.get(ref);
    if (newest === undefined) return undefined;
    const runs = this.#runs;
    let size = 0;
    for (let run = newest; run >= 0; run = runs[WORDS * run + PREVIOUS]) {
      size += runs[WORDS * run + LENGTH];
    }
    const bytes = new Uint8Array(size);
    for (let run = newest; run >= 0; run = runs[WORDS * run + PREVIOUS]) {
      const offset = runs[WORDS * run + OFFSET];
      const length = runs[WORDS * run + LENGTH];
      size -= length;
      bytes.set(this.#pieces[runs[WORDS * run + PIECE]].subarray(offset, offset + length), size);
    }
    return bytes;
  }

  clear(): void {
    this.#newest.clear();
    this.#pieces.length = 0;
    this.#count = 0;
  }

  /** @returns the piece that a run of so many bytes fits into, from what is used of it on */
  #room(length: number): number {
    const { length: pieces } = this.#pieces;
    if (pieces > 0 && this.#used + length <= this.#pieces[pieces - 1].length) return pieces - 1;
    // Most parts stay small, and an import has thousands of them.
    const size = Math.min(LARGEST_PIECE, FIRST_PIECE * 2 ** pieces);
    this.#used = 0;
    return this.#pieces.push(new Uint8Array(Math.max(size, length))) - 1;
  }
}
