import type { Clock, Timer } from '../../lib/clock.js';
import type { Random } from '../random.js';

export interface ArrivalsOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Arrivals a second at the moment; above 0. */
  readonly rate: () => number;
  readonly arrive: () => void;
}

/** Behind by more than this (the machine slept), arrivals are left out instead of made up for. */
const MAX_BACKLOG = 1000;

/** Calls `arrive` as a Poisson process: each arrival on its own, whether or not others are answered. */
export class Arrivals {
  readonly #options: ArrivalsOptions;
  #timer: Timer | undefined;
  #next = 0;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#next = this.#options.clock.monotonic() + this.#gap();
    this.#schedule();
  }

  stop(): void {
    if (this.#timer !== undefined) this.#options.clock.cancel(this.#timer);
    this.#timer = undefined;
  }

  #gap(): number {
    return this.#options.random.exponential(1000 / this.#options.rate());
  }

  #schedule(): void {
    const { clock } = this.#options;
    const delay = Math.max(0, this.#next - clock.monotonic());
    this.#timer = clock.schedule(() => this.#wake(), delay);
  }

  #wake(): void {
    const { clock, arrive } = this.#options;
    const now = clock.monotonic();
    this.#next = Math.max(this.#next, now - MAX_BACKLOG);
    // A timer takes at least a millisecond, in which several may have fallen due.
    while (this.#next <= now) {
      this.#next += this.#gap();
      arrive();
    }
    this.#schedule();
  }
}
