/** A timer that {@link Clock.cancel} takes. */
export type Timer = NodeJS.Timeout | number;

/** Where time comes from; injected, so that live, tests and replay run the same code. */
export interface Clock {
  /** Wall time in Unix milliseconds, with fractions. It may jump. */
  now(): number;
  /** Time in milliseconds since an arbitrary point. It never goes back. */
  monotonic(): number;
  /** Calls `run` once after `delay` milliseconds. The timer never keeps the process alive. */
  schedule(run: () => void, delay: number): Timer;
  cancel(timer: Timer): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule: (run, delay) => setTimeout(run, Math.max(0, delay)).unref(),
  cancel: (timer) => clearTimeout(timer),
};

interface Scheduled {
  id: number;
  at: number;
  run: () => void;
}

/** A clock that moves only when told to: for tests and replay. */
export class ManualClock implements Clock {
  #now: number;
  #elapsed = 0;
  #nextId = 1;
  #scheduled: Scheduled[] = [];

  /** @param now Unix milliseconds at which the clock starts. */
  constructor(now = 0) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  schedule(run: () => void, delay: number): Timer {
    const id = this.#nextId++;
    this.#scheduled.push({ id, at: this.#elapsed + Math.max(0, delay), run });
    return id;
  }

  cancel(timer: Timer): void {
    this.#scheduled = this.#scheduled.filter(({ id }) => id !== timer);
  }

  /** Moves on by `milliseconds` and runs what falls due, in order of time. */
  advance(milliseconds: number): void {
    const end = this.#elapsed + milliseconds;
    for (;;) {
      const due = this.#scheduled
        .filter(({ at }) => at <= end)
        .sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (due === undefined) break;
      this.#scheduled = this.#scheduled.filter(({ id }) => id !== due.id);
      this.#now += due.at - this.#elapsed;
      this.#elapsed = due.at;
      due.run();
    }
    this.#now += end - this.#elapsed;
    this.#elapsed = end;
  }

  /** Sets the wall clock without the passing of time, as an operator or NTP does. */
  jump(milliseconds: number): void {
    this.#now += milliseconds;
  }
}
