import type { Clock } from '../../lib/clock.js';
import type { Random } from '../random.js';

export interface RotationOptions<T> {
  readonly size: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly open: () => T;
  readonly isUsable: (connection: T) => boolean;
  /** Closes one that is replaced; what is under way on it should come to its end. */
  readonly close: (connection: T) => void;
}

/** A few connections that are used in turn, each replaced after about a minute. */
export class Rotation<T> {
  readonly #options: RotationOptions<T>;
  readonly #open = new Map<number, { connection: T; until: number }>();

  constructor(options: RotationOptions<T>) {
    this.#options = options;
  }

  /** One of them by chance, opened where need be. */
  pick(): T {
    const { size, clock, random, open, isUsable, close } = this.#options;
    const place = Math.floor(random.between(0, size));
    const now = clock.monotonic();
    const current = this.#open.get(place);
    if (current !== undefined) {
      if (now < current.until && isUsable(current.connection)) return current.connection;
      close(current.connection);
    }
    const connection = open();
    this.#open.set(place, { connection, until: now + random.between(40_000, 80_000) });
    return connection;
  }

  *[Symbol.iterator](): Generator<T> {
    for (const { connection } of this.#open.values()) yield connection;
  }
}
