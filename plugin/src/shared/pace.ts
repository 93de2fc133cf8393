import type { PanelProps } from '@grafana/data';

/** Milliseconds between two drawings of a panel of figures: nobody reads them faster. */
const PACE = 250;

/** What of a panel decides whether it can wait. */
export type Seen = Pick<PanelProps<unknown>, 'data' | (typeof AT_ONCE)[number]>;

const AT_ONCE = ['width', 'height', 'options', 'fieldConfig', 'timeZone', 'title'] as const;

/** Decides when a panel follows its data: at most four times a second, and everything else at once. */
export class Pace<T extends Seen> {
  #shown: T;
  #newest: T;
  /** When `#shown` became so, as `performance.now()` has it. */
  #since = performance.now();

  constructor(first: T) {
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
    const timer = setTimeout(look, this.#waits);
    return () => clearTimeout(timer);
  }

  get #isBehind(): boolean {
    return this.#shown !== this.#newest;
  }

  get #waits(): number {
    return PACE - (performance.now() - this.#since);
  }
}

/** Whether all else is the same: data comes often, the rest by hand. */
function differsByData(before: Seen, after: Seen): boolean {
  const isFollowing = before.data.state === after.data.state && before.data.series.length > 0;
  return isFollowing && AT_ONCE.every((name) => before[name] === after[name]);
}
