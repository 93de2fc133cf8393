import type { Clock, Timer } from '../lib/clock.js';
import type { Random } from './random.js';
import type { Simulator } from './simulator.js';

export interface PlannedFault {
  readonly name: string;
  /** Milliseconds from the start of the demo. */
  readonly at: number;
  /** Milliseconds. */
  readonly duration: number;
}

const DURATION = 40_000;

/**
 * When which fault comes, without end and the same for the same random numbers. The first comes after
 * 45 to 60 s, so that whoever has just started the demo sees one; the next ones 2.5 to 4 min apart,
 * in the order of `names`.
 */
export function* planFaults(random: Random, names: readonly string[]): Generator<PlannedFault> {
  let at = Math.round(random.between(45_000, 60_000));
  for (let i = 0; ; i++) {
    yield { name: names[i % names.length], at, duration: DURATION };
    at += Math.round(random.between(150_000, 240_000));
  }
}

export interface FaultScheduleOptions {
  readonly clock: Clock;
  readonly simulator: Pick<Simulator, 'start'>;
  readonly plan: Iterator<PlannedFault>;
}

/** Starts the planned faults when their time has come. */
export class FaultSchedule {
  readonly #options: FaultScheduleOptions;
  #timer: Timer | undefined;
  #started = 0;

  constructor(options: FaultScheduleOptions) {
    this.#options = options;
  }

  start(): void {
    this.#started = this.#options.clock.monotonic();
    this.#scheduleNext();
  }

  stop(): void {
    if (this.#timer !== undefined) this.#options.clock.cancel(this.#timer);
    this.#timer = undefined;
  }

  #scheduleNext(): void {
    const { clock, simulator, plan } = this.#options;
    const next = plan.next();
    if (next.done === true) return;
    const { name, at, duration } = next.value;
    const delay = Math.max(0, this.#started + at - clock.monotonic());
    this.#timer = clock.schedule(() => {
      simulator.start(name, duration);
      this.#scheduleNext();
    }, delay);
  }
}
