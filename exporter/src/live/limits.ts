/** What clients may take. Times are in milliseconds, sizes in bytes. */
export interface LiveLimits {
  /** Clients at a time; 10,000 by default. */
  readonly maxClients: number;
  /** Subscriptions of one client; 200 by default. */
  readonly maxSubscriptions: number;
  /** Different expressions with their intervals, of all clients; 20,000 by default. */
  readonly maxTopics: number;
  /** Messages a second that a client may send in the long run, ten times that at once; 50 by default. */
  readonly rate: number;
  /** What may wait for a client to read it before frames are left out; 256 KiB by default. */
  readonly maxBuffered: number;
  /** Until a client that reads nothing is closed; 60 s by default. */
  readonly slowTimeout: number;
  /** Until a client without subscriptions is closed; 60 s by default. */
  readonly idleTimeout: number;
  /** What one evaluation of a topic may take; 100 ms by default. */
  readonly evaluationTimeout: number;
  /** Samples that one evaluation may hold or read; 1,000,000 by default. */
  readonly maxSamples: number;
  /** Series that a topic may have; 10,000 by default. */
  readonly maxSeries: number;
  /** Part of the tick that all evaluations together may take; 0.5 by default. */
  readonly evaluationShare: number;
}

export const LIVE_LIMITS: LiveLimits = {
  maxClients: 10_000,
  maxSubscriptions: 200,
  maxTopics: 20_000,
  rate: 50,
  maxBuffered: 256 * 1024,
  slowTimeout: 60_000,
  idleTimeout: 60_000,
  evaluationTimeout: 100,
  maxSamples: 1_000_000,
  maxSeries: 10_000,
  evaluationShare: 0.5,
};

/** A limit that is used up to nine tenths or more. */
export interface NearLimit {
  readonly limit: 'clients' | 'topics';
  readonly used: number;
  readonly max: number;
}

/** Notices when a limit is near: once, and again after it has been far. */
export class LimitWatch {
  readonly #limit: NearLimit['limit'];
  readonly #max: number;
  readonly #onNear: (near: NearLimit) => void;
  #near = false;

  constructor(limit: NearLimit['limit'], max: number, onNear: (near: NearLimit) => void) {
    this.#limit = limit;
    this.#max = max;
    this.#onNear = onNear;
  }

  /** @returns whether there is room for one more */
  check(used: number): boolean {
    const near = used + 1 >= 0.9 * this.#max;
    if (near && !this.#near) this.#onNear({ limit: this.#limit, used, max: this.#max });
    // Only well below, so that one client that comes and goes does not warn again and again.
    if (near) this.#near = true;
    else if (used < 0.8 * this.#max) this.#near = false;
    return used < this.#max;
  }
}
