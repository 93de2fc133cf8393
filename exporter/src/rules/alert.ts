import type { Labels } from '../series/labels.js';

/** `recovering`: the condition is over, but `keep_firing_for` or the resolve expression holds it. */
export type AlertState = 'inactive' | 'pending' | 'firing' | 'recovering';

export type Severity = 'info' | 'warning' | 'error' | 'critical' | 'emergency';

/** One label set of one alerting rule. Times are Unix milliseconds on the tick's grid. */
export interface Alert {
  /** 16 hexadecimal digits, the same after a restart: of the rule's name and the alert's labels. */
  readonly fingerprint: string;
  /** Rule file, group and alert's name; where the rule comes from. */
  readonly rule: { readonly file: string; readonly group: string; readonly name: string };
  /** With `alertname`, without `__name__`. */
  readonly labels: Labels;
  /** Expanded, without those that start with `kymo_`. */
  readonly annotations: Labels;
  readonly state: AlertState;
  /** Value of the expression when it last held. */
  readonly value: number;
  /** When the condition began to hold. */
  readonly activeAt: number;
  /** When it began to fire, and what receivers tell alerts apart by; 0 before. */
  readonly firedAt: number;
  /** When the condition last held. */
  readonly lastActiveAt: number;
  /** When it stopped firing; 0 before. */
  readonly resolvedAt: number;
  /** Whether flap protection holds it. */
  readonly flapping: boolean;
  /** Names of webhook receivers; none means the rule names none. */
  readonly receivers: readonly string[];
  readonly acknowledgement?: Acknowledgement;
}

/** Who has seen an alert. It ends when the alert resolves, or at `until`. */
export interface Acknowledgement {
  readonly by: string;
  readonly comment: string;
  /** Unix milliseconds. */
  readonly time: number;
  /** Unix milliseconds; until it resolves by default. */
  readonly until?: number;
}

/** A change of an alert's state. `alert` is what it is after. */
export interface Transition {
  readonly time: number;
  readonly from: AlertState;
  readonly to: AlertState;
  /** Why, for people: `3 of 5 last …`, `no data`, `rule removed`. */
  readonly reason: string;
  readonly alert: Alert;
}
