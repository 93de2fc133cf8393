import type { Clock } from '../../lib/clock.js';

export interface JobQueueOptions<T> {
  readonly clock: Clock;
  /** Jobs worked on at the same time. */
  readonly workers: number;
  /** Jobs that may wait. */
  readonly capacity: number;
  readonly work: (job: T) => Promise<void>;
  readonly onResult?: (result: 'done' | 'failed' | 'rejected') => void;
  /** Called with the seconds that a job waited for its worker. */
  readonly onWait?: (seconds: number) => void;
}

/** Jobs worked off in order by a fixed number of workers. */
export class JobQueue<T> {
  readonly #options: JobQueueOptions<T>;
  readonly #jobs: { job: T; since: number }[] = [];
  #busy = 0;

  constructor(options: JobQueueOptions<T>) {
    this.#options = options;
  }

  /** Jobs that wait. */
  get depth(): number {
    return this.#jobs.length;
  }

  /** Adds a job; false where the queue is full. */
  push(job: T): boolean {
    const { capacity, clock, workers, onResult } = this.#options;
    if (this.#busy >= workers && this.#jobs.length >= capacity) {
      onResult?.('rejected');
      return false;
    }
    this.#jobs.push({ job, since: clock.monotonic() });
    if (this.#busy < workers) void this.#workOff();
    return true;
  }

  async #workOff(): Promise<void> {
    const { clock, work, onResult, onWait } = this.#options;
    this.#busy++;
    for (let next = this.#jobs.shift(); next !== undefined; next = this.#jobs.shift()) {
      onWait?.((clock.monotonic() - next.since) / 1000);
      try {
        await work(next.job);
        onResult?.('done');
      } catch {
        onResult?.('failed');
      }
    }
    this.#busy--;
  }
}
