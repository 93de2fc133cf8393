import { gridTo, isFinal, messageOf, type Past } from './past.js';
import type { Series } from './table.js';

export interface PollerOptions {
  readonly past: Past;
  readonly expr: string;
  /** Milliseconds. */
  readonly step: () => number;
  /** First time that is wanted when it is now `now`, Unix milliseconds of the exporter's clock. */
  readonly wantedFrom: (now: number) => number;
  readonly onSeries: (series: Series[], end: number) => void;
  readonly onFailure: (message: string, final: boolean) => void;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Milliseconds after which the values of a tick can be asked for: collecting takes its time. */
const SETTLED = 500;
/** Milliseconds between two polls at least. */
const SHORTEST = 1000;
/** Milliseconds between two polls at most, and at most while they fail. */
const LONGEST = 5000;
const LONGEST_FAILING = 2000;

/** Asks for what is new again and again; never two requests at a time. */
export class Poller {
  readonly #options: PollerOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  #failures = 0;
  #clockOffset: number | undefined;
  /** Of the present start; an answer to an earlier one is not waited for any more. */
  #run = 0;

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#running;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#failures = 0;
    this.#clockOffset = undefined;
    void this.#poll(++this.#run);
  }

  stop(): void {
    this.#running = false;
    this.#run += 1;
    clearTimeout(this.#timer);
  }

  async #poll(run: number): Promise<void> {
    const { past, expr, step, wantedFrom, onSeries, onFailure, now } = this.#options;
    const width = step();
    try {
      this.#clockOffset ??= (await past.time()) - now();
      const time = now() + this.#clockOffset;
      const start = wantedFrom(time);
      const end = gridTo(time - SETTLED, width);
      const series = start > end ? [] : await past.range({ expr, start, end, step: width });
      if (run !== this.#run) return;
      this.#failures = 0;
      if (start <= end) onSeries(series, end);
    } catch (thrown) {
      if (run !== this.#run) return;
      this.#failures += 1;
      this.#clockOffset = undefined;
      onFailure(messageOf(thrown), isFinal(thrown));
      // It may have stopped us.
      if (run !== this.#run) return;
    }
    const wait = Math.max(SHORTEST, Math.min(width, LONGEST));
    const delay =
      this.#failures === 0 ? wait : Math.min(LONGEST_FAILING, SHORTEST * this.#failures);
    this.#timer = setTimeout(() => void this.#poll(run), delay);
  }
}
