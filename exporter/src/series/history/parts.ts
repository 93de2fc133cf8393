import type { Catalog, SeriesRef } from './catalog.js';
import { Part, type WriteRun } from './part.js';

/** The parts of a tier: one for each partition of time, and those that are being written as blocks. */
export class Parts {
  readonly #catalog: Catalog;
  readonly #partition: number;
  readonly #open = new Map<number, Part>();
  #ended: Part[] = [];
  #waiting = 0;

  /** @param partition milliseconds */
  constructor(catalog: Catalog, partition: number) {
    this.#catalog = catalog;
    this.#partition = partition;
  }

  /** Bytes that wait to be written to a log. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Parts that are being written as blocks; nothing is logged in them any more. */
  get ended(): readonly Part[] {
    return [...this.#ended];
  }

  /** Parts of what begins at `from` or later and before `to`, Unix ms. */
  *all(from = -Infinity, to = Infinity): Iterable<Part> {
    const isWanted = ({ partition: start }: Part): boolean =>
      start < to && start + this.#partition > from;
    for (const part of this.#ended) if (isWanted(part)) yield part;
    for (const part of this.#open.values()) if (isWanted(part)) yield part;
  }

  /** The open part of the partition that begins at `start`. */
  at(start: number): Part {
    const found = this.#open.get(start);
    if (found !== undefined) return found;
    const part = new Part(this.#catalog, start);
    this.#open.set(start, part);
    return part;
  }

  /** Has a run of items written to a log. @param run `time` is when the first of them begins, Unix ms */
  log(ref: SeriesRef, { time, write }: { time: number; write: WriteRun }): void {
    const part = this.at(Math.floor(time / this.#partition) * this.#partition);
    const before = part.waiting;
    part.first = Math.min(part.first, time);
    part.log(ref, write);
    this.#waiting += part.waiting - before;
  }

  /** Keeps a run of `count` items of the partition that begins at `start` in memory. */
  hold(
    ref: SeriesRef,
    { start, count, write }: { start: number; count: number; write: WriteRun },
  ): void {
    // What an ended part has in its logs must be in its block.
    const ended = this.#ended.find((part) => part.partition === start && !part.isSealed);
    (ended ?? this.at(start)).hold(ref, write, count);
  }

  /** Nothing is logged any more in those that `isDue`. */
  end(isDue: (part: Part) => boolean): void {
    for (const part of [...this.#open.values()].filter(isDue)) {
      this.#open.delete(part.partition);
      this.#ended.push(part);
    }
  }

  /** A block has what the part had. */
  forget(part: Part): void {
    this.#ended = this.#ended.filter((one) => one !== part);
  }

  /** Sums up anew, after something was written. */
  countWaiting(): void {
    this.#waiting = 0;
    for (const { waiting } of this.all()) this.#waiting += waiting;
  }
}
