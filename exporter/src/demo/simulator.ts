import type { Clock, Timer } from '../lib/clock.js';
import { KymoError } from '../lib/errors.js';

export interface FaultDescription {
  readonly name: string;
  readonly description: string;
}

/** Something that can be made to go wrong. */
export interface Fault extends FaultDescription {
  /** Begins the fault; what it returns ends it. */
  readonly begin: () => () => void;
}

export interface ActiveFault {
  readonly name: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** Unix milliseconds. */
  readonly endsAt: number;
}

export interface SimulatorOptions {
  readonly clock: Clock;
  readonly faults: readonly Fault[];
  /** Told of each beginning and end. */
  readonly onChange?: (fault: ActiveFault, phase: 'started' | 'ended') => void;
}

export const MIN_FAULT_DURATION = 1000;
export const MAX_FAULT_DURATION = 3_600_000;

interface Running {
  readonly active: ActiveFault;
  readonly end: () => void;
  readonly timer: Timer;
}

/** Starts named faults and ends them after their time; different faults may run together. */
export class Simulator {
  readonly #options: SimulatorOptions;
  readonly #running = new Map<string, Running>();

  constructor(options: SimulatorOptions) {
    this.#options = options;
  }

  /** The faults there are. */
  list(): readonly FaultDescription[] {
    return this.#options.faults.map(({ name, description }) => ({ name, description }));
  }

  /** The faults that are running, in order of their start. */
  active(): readonly ActiveFault[] {
    return [...this.#running.values()].map(({ active }) => active);
  }

  /**
   * Starts a fault for `durationMs` milliseconds (1 s to 1 h). One that runs already goes on and
   * ends that long from now.
   * @throws KymoError `unknown_fault`, naming the known ones; `bad_duration`.
   */
  start(name: string, durationMs: number): ActiveFault {
    const { clock, faults, onChange } = this.#options;
    const fault = faults.find((candidate) => candidate.name === name);
    if (fault === undefined) {
      const known = faults.map((candidate) => candidate.name).join(', ');
      throw new KymoError('unknown_fault', `there is no fault "${name}"; choose one of ${known}`);
    }
    if (!(durationMs >= MIN_FAULT_DURATION && durationMs <= MAX_FAULT_DURATION)) {
      throw new KymoError(
        'bad_duration',
        `a fault cannot last ${durationMs} ms; choose a duration of 1s to 1h`,
      );
    }
    const now = clock.now();
    const earlier = this.#running.get(name);
    if (earlier !== undefined) clock.cancel(earlier.timer);
    const active = {
      name,
      startedAt: earlier?.active.startedAt ?? now,
      endsAt: now + durationMs,
    };
    const end = earlier?.end ?? fault.begin();
    const timer = clock.schedule(() => this.#end(name), durationMs);
    this.#running.set(name, { active, end, timer });
    if (earlier === undefined) onChange?.(active, 'started');
    return active;
  }

  /** Ends whatever runs. */
  stop(): void {
    for (const name of [...this.#running.keys()]) this.#end(name);
  }

  #end(name: string): void {
    const running = this.#running.get(name);
    if (running === undefined) return;
    this.#running.delete(name);
    this.#options.clock.cancel(running.timer);
    running.end();
    this.#options.onChange?.(running.active, 'ended');
  }
}
