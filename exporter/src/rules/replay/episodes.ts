import type { Transition } from '../alert.js';
import type { Labels } from '../../series/labels.js';

/** One time that an alert was there, from pending to its end. Times are Unix milliseconds. */
export interface Episode {
  readonly alert: string;
  /** Without `alertname`. */
  readonly labels: Labels;
  /** When its condition began to hold. */
  readonly pending: number;
  /** Absent where it never fired. */
  readonly firing?: number;
  /** When it resolved, or was over without having fired; absent where it lasted. */
  readonly ended?: number;
}

/** Makes episodes of the transitions of alerts. */
export class Episodes {
  readonly #list: { -readonly [Key in keyof Episode]: Episode[Key] }[] = [];
  readonly #open = new Map<string, number>();

  note({ time, to, alert }: Transition): void {
    const key = JSON.stringify([alert.rule, alert.fingerprint]);
    let at = this.#open.get(key);
    if (at === undefined) {
      const { alertname, ...labels } = alert.labels;
      at = this.#list.push({ alert: alertname, labels, pending: time }) - 1;
      this.#open.set(key, at);
    }
    const episode = this.#list[at];
    if (to === 'firing') episode.firing ??= time;
    if (to !== 'inactive') return;
    episode.ended = time;
    this.#open.delete(key);
  }

  /** In the order in which they began. */
  list(): readonly Episode[] {
    return this.#list;
  }
}
