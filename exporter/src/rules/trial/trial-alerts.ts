import type { Labels } from '../../series/labels.js';
import type { Transition } from '../alert.js';

/** One time that an alert would have been there. Times are Unix milliseconds. */
export interface TrialAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  /** As they were last. */
  readonly annotations: Labels;
  /** Of the expression, when it last held. */
  readonly value: number;
  /** When its condition began to hold. */
  readonly pendingAt: number;
  /** Absent where it did not fire. */
  readonly firingAt?: number;
  /** When it was over, after firing or without; absent where it lasts. */
  readonly resolvedAt?: number;
}

/** Makes alerts of their transitions. */
export class TrialAlerts {
  readonly #all: { -readonly [Key in keyof TrialAlert]: TrialAlert[Key] }[] = [];
  readonly #open = new Map<string, number>();
  readonly #limit: number;
  /** How many did not fit. */
  leftOut = 0;

  /** @param limit most that are kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  note({ time, to, alert }: Transition): void {
    const { fingerprint, labels, annotations, value } = alert;
    let at = this.#open.get(fingerprint);
    if (at === undefined) {
      if (this.#all.length >= this.#limit) {
        if (to === 'pending' || to === 'firing') this.leftOut++;
        return;
      }
      at = this.#all.push({ fingerprint, labels, annotations, value, pendingAt: time }) - 1;
      this.#open.set(fingerprint, at);
    }
    const known = this.#all[at];
    Object.assign(known, { annotations, value });
    if (to === 'firing') known.firingAt ??= time;
    if (to !== 'inactive') return;
    known.resolvedAt = time;
    this.#open.delete(fingerprint);
  }

  /** In the order in which they began. */
  get list(): readonly TrialAlert[] {
    return this.#all;
  }
}
