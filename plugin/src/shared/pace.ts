import type { PanelProps } from '@grafana/data';

/**
 * Milliseconds between two drawings: nobody reads figures faster, and a table is read line by line. Values
 * that come once a second are never kept back.
 */
export const PACES = { cards: 250, tables: 500 } as const;

/** Milliseconds more that one waits for new values before those kept back are drawn: one drawing for both. */
const GRACE = 60;

/** What of a panel decides whether it can wait. */
export type Seen = Pick<PanelProps<unknown>, 'data' | (typeof AT_ONCE)[number]>;

const AT_ONCE = ['width', 'height', 'options', 'fieldConfig', 'timeZone', 'title'] as const;

/** Decides when a panel follows its data: at most every so often, and everything else at once. */
export class Pace<T extends Seen> {
  #shown: T;
  #newest: T;
  /** When `#shown` became so, as `performance.now()` has it. */
  #since = performance.now();

  readonly #every: number;

  /** @param every milliseconds */
  constructor(first: T, every: number) {
    this.#every = every;
    this.#shown = first;
    this.#newest = first;
  }

  /** What to show, now that this is the newest. The same may be told any number of times. */
  follow(newest: T): T {
    this.#newest = newest;
    if (this.#isBehind && (this.#waits <= 0 || !differsByData(this.#shown, newest))) {
      this.#shown = newest;
      this.#since = performance.now();
    }
    return this.#shown;
  }

  /**
   * Has something kept back looked at again once it is time.
   * @returns calls that off
   */
  whenDue(look: () => void): () => void {
    if (!this.#isBehind) return () => undefined;
    const timer = setTimeout(look, this.#waits + GRACE);
    return () => clearTimeout(timer);
  }

  get #isBehind(): boolean {
    return this.#shown !== this.#newest;
  }

  get #waits(): number {
    return this.#every - (performance.now() - this.#since);
  }
}

/** Whether all else is the same: data comes often, the rest by hand. */
function differsByData(before: Seen, after: Seen): boolean {
  const isFollowing = before.data.state === after.data.state && before.data.series.length > 0;
  return isFollowing && AT_ONCE.every((name) => before[name] === after[name]);
}
