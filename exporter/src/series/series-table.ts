import type { ExposedSeries } from './exposed.js';
import type { Family } from './families.js';
import { LabelSet } from './labels.js';
import type { SeriesId } from './reader.js';

/** Words a series has in the memory that is shared with readers: see the two below. */
export const SHARED_WORDS = 2;
/** The number of the series' newest chunk, plus 1; 0 for none. */
export const NEWEST = 0;
/** Changes when the id is given to another series. */
export const GENERATION = 1;

/** The id of no series, for what is past every limit: what is set on it is counted and dropped. */
export const SINK = 0;
const FIRST_ID = 1;

/** Milliseconds before an id is given to another series where there are fresh ones. */
const QUARANTINE = 10 * 60_000;
/** …and where there are none: holders of the old one must have had their chance to notice. */
const SHORTEST_QUARANTINE = 60_000;

/**
 * What the head knows of each series, one array an attribute, by id. The arrays are replaced when
 * they grow.
 */
export class SeriesTable {
  readonly capacity: number;
  /** {@link SHARED_WORDS} words a series. */
  readonly shared: Int32Array;
  /** Number of the writer; negative where the series is an overflow series of it; 0 for no series. */
  writerOf: Int32Array = new Int32Array(64);
  /** Epoch of the writer in which the series was staged last; negative with a histogram. */
  stagedEpoch: Int32Array = new Int32Array(64);
  staged: Float64Array = new Float64Array(64);
  /** The chunk that is written, −1 for none. */
  open: Int32Array = new Int32Array(64).fill(-1);
  latestValues: Float64Array = new Float64Array(64);
  latestLive: Uint8Array = new Uint8Array(64);
  /** 1 where the newest sample is no stale marker. */
  alive: Uint8Array = new Uint8Array(64);
  /** Time of the newest sample. Kept current only for series with times of their own and dead ones. */
  lastTime: Float64Array = new Float64Array(64).fill(-Infinity);
  /** When holders of the id must ask for it again, Unix ms; Infinity while it is alive. */
  expires: Float64Array = new Float64Array(64);
  /** Where the series stands in its writer's list. */
  position: Int32Array = new Int32Array(64);
  /** 1 where the series is among the exposed ones. */
  exposed: Uint8Array = new Uint8Array(64);
  /** 1 where the series waits to be removed. */
  queued: Uint8Array = new Uint8Array(64);
  hash: Int32Array = new Int32Array(64);
  /** As readers see them. */
  readonly labels: LabelSet[] = [LabelSet.EMPTY];
  readonly families: (Family | undefined)[] = [undefined];
  /** As `/metrics` shows them; `undefined` for those that it does not. */
  readonly exposedSeries: (ExposedSeries | undefined)[] = [undefined];
  #next = FIRST_ID;
  #count = 0;
  readonly #freed: { id: SeriesId; time: number }[] = [];
  #freedStart = 0;

  constructor(capacity: number) {
    this.capacity = capacity + FIRST_ID;
    this.shared = new Int32Array(new SharedArrayBuffer(4 * SHARED_WORDS * this.capacity));
  }

  /** Series that there are. */
  get count(): number {
    return this.#count;
  }

  /** All ids in use are below. */
  get end(): number {
    return this.#next;
  }

  has(id: SeriesId): boolean {
    return id >= FIRST_ID && id < this.#next && this.writerOf[id] !== 0;
  }

  /** An id for a new series, −1 where there is none. @param now Unix ms */
  allocate(now: number): SeriesId {
    const oldest = this.#freed[this.#freedStart] as { id: SeriesId; time: number } | undefined;
    const age = oldest === undefined ? -1 : now - oldest.time;
    const hasFresh = this.#next < this.capacity;
    if (oldest !== undefined && age >= (hasFresh ? QUARANTINE : SHORTEST_QUARANTINE)) {
      this.#freedStart++;
      if (this.#freedStart > 1024 && 2 * this.#freedStart > this.#freed.length) {
        this.#freed.splice(0, this.#freedStart);
        this.#freedStart = 0;
      }
      this.#count++;
      return oldest.id;
    }
    if (!hasFresh) return -1;
    const id = this.#next++;
    if (id >= this.writerOf.length) this.#grow();
    this.#count++;
    return id;
  }

  /** Takes the id back. Readers that still have it find it to be another series or none. */
  free(id: SeriesId, now: number): void {
    this.writerOf[id] = 0;
    this.stagedEpoch[id] = 0;
    this.alive[id] = 0;
    this.latestLive[id] = 0;
    this.lastTime[id] = -Infinity;
    this.labels[id] = LabelSet.EMPTY;
    this.families[id] = undefined;
    this.exposedSeries[id] = undefined;
    Atomics.add(this.shared, SHARED_WORDS * id + GENERATION, 1);
    this.#freed.push({ id, time: now });
    this.#count--;
  }

  newest(id: SeriesId): number {
    return this.shared[SHARED_WORDS * id + NEWEST] - 1;
  }

  setNewest(id: SeriesId, chunk: number): void {
    Atomics.store(this.shared, SHARED_WORDS * id + NEWEST, chunk + 1);
  }

  generation(id: SeriesId): number {
    return this.shared[SHARED_WORDS * id + GENERATION];
  }

  #grow(): void {
    const size = 2 * this.writerOf.length;
    const int32 = (from: Int32Array): Int32Array => {
      const into = new Int32Array(size);
      into.set(from);
      return into;
    };
    const float64 = (from: Float64Array): Float64Array => {
      const into = new Float64Array(size);
      into.set(from);
      return into;
    };
    const uint8 = (from: Uint8Array): Uint8Array => {
      const into = new Uint8Array(size);
      into.set(from);
      return into;
    };
    const from = this.writerOf.length;
    this.writerOf = int32(this.writerOf);
    this.stagedEpoch = int32(this.stagedEpoch);
    this.staged = float64(this.staged);
    this.open = int32(this.open).fill(-1, from);
    this.latestValues = float64(this.latestValues);
    this.latestLive = uint8(this.latestLive);
    this.alive = uint8(this.alive);
    this.lastTime = float64(this.lastTime).fill(-Infinity, from);
    this.expires = float64(this.expires);
    this.position = int32(this.position);
    this.exposed = uint8(this.exposed);
    this.queued = uint8(this.queued);
    this.hash = int32(this.hash);
  }
}
