import type { SeriesId } from '../reader.js';

/** Goes once through a list of series, evenly over a span of time. */
export class Pass {
  /** Unix milliseconds. */
  readonly start: number;
  readonly #ids: readonly SeriesId[];
  readonly #span: number;
  #at = 0;

  /** @param span milliseconds */
  constructor(ids: readonly SeriesId[], start: number, span: number) {
    this.#ids = ids;
    this.start = start;
    this.#span = span;
  }

  get isDone(): boolean {
    return this.#at === this.#ids.length;
  }

  /** Those that are due at `time` and were not taken before, `most` at most. */
  take(time: number, most: number): readonly SeriesId[] {
    const share = Math.min(1, Math.max(0, (time - this.start) / this.#span));
    const due = Math.max(this.#at, Math.ceil(this.#ids.length * share));
    const end = Math.min(due, this.#at + most);
    const taken = this.#ids.slice(this.#at, end);
    this.#at = end;
    return taken;
  }
}
