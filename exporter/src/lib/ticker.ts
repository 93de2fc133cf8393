import type { Clock, Timer } from './clock.js';
import { KymoError } from './errors.js';

export const MIN_TICK = 100;
export const MAX_TICK = 60_000;

export interface TickerOptions {
  /** Milliseconds between grid times, 100 to 60,000. */
  readonly interval: number;
  readonly clock: Clock;
  /** Does the work of one tick; `tick.time` is the grid time of every sample it makes. */
  readonly run: (tick: Tick) => Promise<void> | void;
  /** Told of whatever `run` throws; the ticker goes on. */
  readonly onError: (thrown: unknown) => void;
}

export interface Tick {
  /** Number of the tick on the grid: `time / interval`. It is the sequence number of live frames. */
  readonly number: number;
  /** Unix milliseconds, a multiple of the interval. */
  readonly time: number;
}

export interface TickerStats {
  /** Ticks run to their end. */
  ticks: number;
  /**
   * Grid times that passed without a tick of their own, because the one before still ran, the
   * process slept, or the clock was set forward.
   */
  late: number;
  /** Times the wall clock went back behind the last tick. */
  clockSetBack: number;
}

/**
 * Runs one tick on each time of the grid `floor(now / interval) × interval`. Ticks never overlap: one
 * that takes longer than the interval makes the next ones late, which are counted and not made up
 * for. Where the wall clock is set back, no time is used twice: ticking resumes once the clock has
 * passed the last tick.
 */
export class Ticker {
  readonly stats: TickerStats = { ticks: 0, late: 0, clockSetBack: 0 };
  readonly #options: TickerOptions;
  #timer: Timer | undefined;
  #last: number | undefined;
  #behind = false;
  #running: Promise<void> | undefined;
  #stopped = false;

  /** @throws KymoError `bad_tick` for an interval outside 100 ms to 60 s. */
  constructor(options: TickerOptions) {
    if (!(options.interval >= MIN_TICK && options.interval <= MAX_TICK)) {
      throw new KymoError(
        'bad_tick',
        `a tick of ${options.interval} ms is not possible; choose 100ms to 60s`,
      );
    }
    this.#options = options;
  }

  get interval(): number {
    return this.#options.interval;
  }

  /** The tick that ran last or runs now. */
  get last(): Tick | undefined {
    if (this.#last === undefined) return undefined;
    return { number: this.#last, time: this.#last * this.interval };
  }

  start(): void {
    if (this.#timer === undefined && !this.#stopped) this.#schedule();
  }

  /** Ends ticking; resolves once the tick that is running is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== undefined) this.#options.clock.cancel(this.#timer);
    await this.#running;
  }

  #schedule(): void {
    const { clock, interval } = this.#options;
    const now = clock.now();
    const next = (Math.floor(now / interval) + 1) * interval;
    this.#timer = clock.schedule(() => this.#wake(), Math.max(0, next - now));
  }

  #wake(): void {
    const { clock, interval, run, onError } = this.#options;
    const number = Math.floor(clock.now() / interval);
    if (this.#last !== undefined) {
      if (number <= this.#last) {
        // Timers may fire up to a millisecond early, which is no set-back.
        if (number < this.#last && !this.#behind) {
          this.#behind = true;
          this.stats.clockSetBack++;
        }
        this.#schedule();
        return;
      }
      this.stats.late += number - this.#last - 1;
    }
    this.#behind = false;
    this.#last = number;
    const tick = { number, time: number * interval };
    const finish = (): void => {
      this.stats.ticks++;
      this.#running = undefined;
      if (!this.#stopped) this.#schedule();
    };
    let result: Promise<void> | void = undefined;
    try {
      result = run(tick);
    } catch (thrown) {
      onError(thrown);
    }
    if (result === undefined) finish();
    else this.#running = result.catch(onError).then(finish);
  }
}
