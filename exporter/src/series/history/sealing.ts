import { mergeBuckets, type Bucket } from './bucket.js';
import type { Calendar } from './calendar.js';
import type { Catalog, SeriesRef } from './catalog.js';
import { breathe } from './slices.js';
import type { Tier } from './tier.js';

const SERIES_A_SLICE = 64;

/**
 * Makes hours of minutes, or days of hours, once they are complete. What comes late for one that is
 * sealed is added to it.
 */
export class Sealing {
  readonly #resolution: 'hour' | 'day';
  readonly #parts: { finer: Tier<Bucket>; coarser: Tier<Bucket>; catalog: Catalog };
  readonly #calendar: Calendar;
  #sealedUntil: number;
  /** Series of the present bucket whose finer buckets have been read. */
  readonly #read = new Set<string>();
  /** Where the last run may have been interrupted, some series are sealed already. */
  #resumed: number;

  private constructor(
    resolution: 'hour' | 'day',
    parts: { finer: Tier<Bucket>; coarser: Tier<Bucket>; catalog: Catalog; calendar: Calendar },
    start: number,
  ) {
    this.#resolution = resolution;
    this.#parts = parts;
    this.#calendar = parts.calendar;
    this.#sealedUntil = start;
    this.#resumed = start;
  }

  static async resume(
    resolution: 'hour' | 'day',
    parts: { finer: Tier<Bucket>; coarser: Tier<Bucket>; catalog: Catalog; calendar: Calendar },
  ): Promise<Sealing> {
    const newest = await parts.coarser.newest();
    const start = newest === -Infinity ? parts.finer.oldest : newest;
    return new Sealing(resolution, parts, start);
  }

  /** All buckets that begin before are sealed; Infinity where there is nothing yet. */
  get sealedUntil(): number {
    return this.#sealedUntil;
  }

  /** Notes when the first bucket of an empty store begins. */
  begin(time: number): void {
    if (this.#sealedUntil === Infinity) this.#sealedUntil = time;
  }

  /** Adds what came late, for those that are sealed. */
  correct(ref: SeriesRef, bucket: Bucket): void {
    const { coarser, catalog } = this.#parts;
    const start = this.#calendar.startOf(this.#resolution, bucket.start);
    const present = this.#calendar.startOf(this.#resolution, this.#sealedUntil);
    if (start < present || (start === present && this.#read.has(catalog.key(ref)))) {
      coarser.add(ref, [{ ...bucket, start }]);
    }
  }

  /** Seals what ends at `time` or before. */
  async run(time: number): Promise<void> {
    if (this.#sealedUntil === Infinity) return;
    for (;;) {
      const start = this.#calendar.startOf(this.#resolution, this.#sealedUntil);
      const end = this.#calendar.nextAfter(this.#resolution, start);
      if (end > time) return;
      await this.#seal(start, end);
      this.#sealedUntil = end;
      this.#read.clear();
    }
  }

  async #seal(start: number, end: number): Promise<void> {
    const { finer, coarser, catalog } = this.#parts;
    const mayBeThere = start <= this.#resumed;
    let visited = 0;
    for (const key of await finer.keys(start, end)) {
      if (mayBeThere && (await coarser.read(key, start, end)).length > 0) continue;
      const reading = finer.read(key, start, end);
      // What comes from here on is not in what is read.
      this.#read.add(key);
      const [first, ...rest] = await reading;
      if (first !== undefined) {
        const ref = catalog.acquire(key);
        coarser.add(ref, [{ ...rest.reduce(mergeBuckets, first), start }]);
        catalog.release(ref);
      }
      if (++visited % SERIES_A_SLICE === 0) await breathe();
    }
  }
}
