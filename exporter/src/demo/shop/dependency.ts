import type { Clock } from '../../lib/clock.js';
import type { Random } from '../random.js';
import { sleep } from '../sleep.js';
import { ShopError } from './errors.js';

export interface DependencyOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds that half of all requests take at most. */
  readonly median: number;
  /** Spread of the service times (standard deviation of their logarithm). */
  readonly sigma: number;
  /** Milliseconds after which the shop stops waiting; none when absent. */
  readonly deadline?: number;
  readonly onResult?: (result: 'ok' | 'failed' | 'timeout') => void;
}

/** Stands in for a system behind the shop (a database, a payment provider): it takes its time. */
export class Dependency {
  readonly #options: DependencyOptions;
  /** Milliseconds added to each request; a fault sets it. */
  extraDelay = 0;
  /** Share of requests that are refused, 0 to 1; a fault sets it. */
  refusing = 0;

  constructor(options: DependencyOptions) {
    this.#options = options;
  }

  /**
   * One request; `weight` times the usual effort.
   * @throws ShopError `unavailable` when refused, `timeout` past the deadline.
   */
  async request(weight = 1): Promise<void> {
    const { name, clock, random, median, sigma, deadline = Infinity, onResult } = this.#options;
    const needed = random.logNormal(median * weight, sigma) + this.extraDelay;
    if (random.next() < this.refusing) {
      onResult?.('failed');
      throw new ShopError('unavailable', `${name} refuses the connection`);
    }
    await sleep(clock, Math.min(needed, deadline));
    if (needed > deadline) {
      onResult?.('timeout');
      throw new ShopError('timeout', `${name} did not answer within ${deadline} ms`);
    }
    onResult?.('ok');
  }
}
