import type { Clock, Timer } from '../../lib/clock.js';
import { ShopError } from './errors.js';

export interface PoolOptions<T> {
  readonly clock: Clock;
  readonly connections: readonly T[];
  /** Milliseconds that a caller waits before it gives up. */
  readonly patience: number;
  /** Called with the seconds that a caller waited for its connection. */
  readonly onWait?: (seconds: number) => void;
  /** Called when a caller gives up. */
  readonly onTimeout?: () => void;
}

interface Waiter<T> {
  readonly take: (connection: T) => void;
  readonly timer: Timer;
}

/** Lends a fixed number of connections; who comes when all are lent waits in line. */
export class Pool<T> {
  readonly #options: PoolOptions<T>;
  readonly #idle: T[];
  readonly #waiting = new Set<Waiter<T>>();

  constructor(options: PoolOptions<T>) {
    this.#options = options;
    this.#idle = [...options.connections];
  }

  get idle(): number {
    return this.#idle.length;
  }

  get active(): number {
    return this.#options.connections.length - this.#idle.length;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Runs `work` with a connection and gives it back afterwards.
   * @throws ShopError `unavailable` when none became free in time.
   */
  async use<R>(work: (connection: T) => Promise<R>): Promise<R> {
    const { clock, onWait } = this.#options;
    const asked = clock.monotonic();
    const connection = this.#idle.pop() ?? (await this.#wait());
    onWait?.((clock.monotonic() - asked) / 1000);
    try {
      return await work(connection);
    } finally {
      this.#giveBack(connection);
    }
  }

  #wait(): Promise<T> {
    const { clock, patience, onTimeout } = this.#options;
    return new Promise((resolve, reject) => {
      const waiter: Waiter<T> = {
        take: resolve,
        timer: clock.schedule(() => {
          this.#waiting.delete(waiter);
          onTimeout?.();
          reject(new ShopError('unavailable', `no connection became free within ${patience} ms`));
        }, patience),
      };
      this.#waiting.add(waiter);
    });
  }

  #giveBack(connection: T): void {
    for (const waiter of this.#waiting) {
      this.#waiting.delete(waiter);
      this.#options.clock.cancel(waiter.timer);
      waiter.take(connection);
      return;
    }
    this.#idle.push(connection);
  }
}
