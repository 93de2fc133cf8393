import { BIRTH, HEADER_SHIFT, LINK, MOST_CHUNKS, OWNER, ROWS, Slabs } from './chunks.js';
import { GrowableMemory } from './growable-memory.js';

/** Bytes that the writer notes of a chunk: the next one of the sealed or the free, and a time. */
const NOTED = 12;
const CHUNK_COST = Slabs.bytesOf(0) + NOTED;

const LARGEST_SHIFT = 14;
const SMALLEST_SHIFT = 4;
const SLABS_WANTED = 16;
/** A buffer's address space is reserved at once; one larger than this may be refused. */
const LARGEST_BUFFER = 2 ** 30;

export interface ChunkPoolOptions {
  /** Bytes that the slabs may take together; what is beyond 9 GiB is not used. */
  readonly budget: number;
  /** Called before a chunk of a series becomes free, while its contents are still there. */
  readonly onFree: (chunk: number, owner: number, evicted: boolean) => void;
}

/**
 * Hands out chunks. Those that are full are kept in the order in which they were sealed: from that
 * queue they become free again, by age or, where the budget is used up, for the next one.
 */
export class ChunkPool {
  readonly slabs: Slabs;
  readonly #options: ChunkPoolOptions;
  readonly #mostSlabs: number;
  readonly #memory: GrowableMemory[] = [];
  /** By slab, of each chunk: the one after it in the list that it is in, −1 for none. */
  readonly #next: Int32Array[] = [];
  /** By slab, of each sealed chunk: its newest time, Unix ms. */
  readonly #times: Float64Array[] = [];
  /** Lists: of the free, the last that was freed; of the sealed, the oldest and the newest. */
  #free = -1;
  #oldest = -1;
  #newest = -1;
  #birth = 0;
  #inUse = 0;

  constructor(options: ChunkPoolOptions) {
    this.#options = options;
    const ideal = Math.floor(Math.log2(options.budget / CHUNK_COST / SLABS_WANTED));
    const shift = Math.max(SMALLEST_SHIFT, Math.min(LARGEST_SHIFT, ideal));
    const slabBytes = Slabs.bytesOf(shift);
    const slabsABuffer = Math.floor(LARGEST_BUFFER / slabBytes);
    this.#mostSlabs = Math.min(
      MOST_CHUNKS >> shift,
      Math.max(1, Math.floor(options.budget / (CHUNK_COST << shift))),
    );
    for (let left = this.#mostSlabs; left > 0; left -= slabsABuffer) {
      this.#memory.push(new GrowableMemory(slabBytes * Math.min(left, slabsABuffer)));
    }
    const buffers = this.#memory.map(({ buffer }) => buffer);
    this.slabs = new Slabs({ shift, slabsABuffer, buffers });
  }

  /** Bytes of the chunks that are in use, with their headers and what is noted of them. */
  get used(): number {
    return this.#inUse * CHUNK_COST;
  }

  get capacity(): number {
    return this.#mostSlabs * (CHUNK_COST << this.slabs.shift);
  }

  /** Newest time in the oldest sealed chunk, Infinity where there is none. */
  get oldestSealed(): number {
    if (this.#oldest < 0) return Infinity;
    return this.#times[this.#oldest >> this.slabs.shift][this.#indexOf(this.#oldest)];
  }

  /**
   * A chunk with whatever it held before. Where the budget is used up, the oldest sealed chunks go.
   * @returns its number, or −1 where nothing can be freed
   */
  allocate(owner: number, rows: number): number {
    if (this.#free < 0 && !this.#grow() && !this.#evict()) return -1;
    const chunk = this.#free;
    const { shift, headers } = this.slabs;
    const index = this.#indexOf(chunk);
    this.#free = this.#next[chunk >> shift][index];
    const header = headers[chunk >> shift];
    const at = index << HEADER_SHIFT;
    this.#birth = (this.#birth + 1) | 0 || 1;
    header[at + OWNER] = owner;
    header[at + LINK] = -1;
    header[at + ROWS] = rows;
    Atomics.store(header, at + BIRTH, this.#birth);
    // A store may be overtaken by the plain stores after it, but not by a load: so the new birth is
    // seen before anything that the caller writes.
    Atomics.load(header, at + BIRTH);
    this.#inUse++;
    return chunk;
  }

  /** Queues a chunk that will not be written any more. @param time the newest in it, Unix ms */
  seal(chunk: number, time: number): void {
    const { shift } = this.slabs;
    const index = this.#indexOf(chunk);
    this.#times[chunk >> shift][index] = time;
    this.#next[chunk >> shift][index] = -1;
    if (this.#newest < 0) this.#oldest = chunk;
    else this.#next[this.#newest >> shift][this.#indexOf(this.#newest)] = chunk;
    this.#newest = chunk;
  }

  /**
   * Frees sealed chunks whose newest sample is older than `cutoff`.
   * @param most chunks to free in this call
   */
  expire(cutoff: number, most: number): void {
    for (let i = 0; i < most && this.oldestSealed < cutoff; i++) this.#freeOldest(false);
  }

  /** Frees a chunk that was not sealed. */
  free(chunk: number): void {
    this.#release(chunk, false);
  }

  #evict(): boolean {
    if (this.#oldest < 0) return false;
    this.#freeOldest(true);
    return true;
  }

  #freeOldest(evicted: boolean): void {
    const chunk = this.#oldest;
    this.#oldest = this.#next[chunk >> this.slabs.shift][this.#indexOf(chunk)];
    if (this.#oldest < 0) this.#newest = -1;
    this.#release(chunk, evicted);
  }

  #release(chunk: number, evicted: boolean): void {
    const { shift, headers } = this.slabs;
    const header = headers[chunk >> shift];
    const at = this.#indexOf(chunk) << HEADER_SHIFT;
    const owner = header[at + OWNER];
    if (owner >= 0) this.#options.onFree(chunk, owner, evicted);
    Atomics.store(header, at + BIRTH, 0);
    this.#pushFree(chunk);
    this.#inUse--;
  }

  #grow(): boolean {
    const slab = this.slabs.length;
    if (slab >= this.#mostSlabs) return false;
    const { shift, memory } = this.slabs;
    this.#memory[Math.floor(slab / memory.slabsABuffer)].grow(Slabs.bytesOf(shift));
    if (!this.slabs.has(slab)) throw new Error('the memory of samples has not grown');
    this.#next.push(new Int32Array(1 << shift));
    this.#times.push(new Float64Array(1 << shift));
    const first = slab << shift;
    // Pushed last to first, so that neighbours in use are neighbours in memory.
    for (let chunk = first + (1 << shift) - 1; chunk >= first; chunk--) this.#pushFree(chunk);
    return true;
  }

  #pushFree(chunk: number): void {
    this.#next[chunk >> this.slabs.shift][this.#indexOf(chunk)] = this.#free;
    this.#free = chunk;
  }

  #indexOf(chunk: number): number {
    return chunk & ((1 << this.slabs.shift) - 1);
  }
}
