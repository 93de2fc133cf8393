import type { Forecast } from '../forecast/forecast.js';
import type { Related } from '../correlation/lag.js';
import type { Statistics } from '../statistics/statistics.js';
import type { Part } from './sentence.js';

/** What is known of a series over a period. */
export interface Subject {
  /** What sentences call it, such as `Request latency`. */
  readonly name: string;
  /** PromQL that selects it. */
  readonly expression: string;
  /** `seconds`, `bytes`, `ratio`, any other unit, or none (''). */
  readonly unit: string;
  /** Unix milliseconds of the first value. */
  readonly start: number;
  /** Milliseconds from value to value. */
  readonly step: number;
  /** Evenly spaced, the oldest first; NaN where missing. */
  readonly values: Float64Array;
  readonly statistics: Statistics;
  /** Earlier stretches of the same length, each with what it is called and how long before it lies. */
  readonly earlier?: readonly Earlier[];
  readonly forecast?: Forecast | null;
  /** What the value should not cross, for how long the forecast says it takes. */
  readonly threshold?: number;
  /** Series that moved with it, the closest first. */
  readonly related?: readonly (Related & { readonly name: string; readonly expression: string })[];
}

export interface Earlier {
  /** Such as `the period before`, `the same time yesterday`. */
  readonly name: string;
  /** Milliseconds before `start`. */
  readonly offset: number;
  readonly values: Float64Array;
}

export type Severity = 'info' | 'warning' | 'critical';

/** Something that stands out, in one sentence. */
export interface Insight {
  /** Of the finder. */
  readonly kind: string;
  readonly severity: Severity;
  readonly sentence: string;
  /** The same in pieces. */
  readonly parts: readonly Part[];
  /** The number that the sentence is about, in `unit`. */
  readonly value: number;
  readonly unit: string;
  /** Unix milliseconds: what the sentence speaks of. */
  readonly start: number;
  readonly end: number;
  /** PromQL that shows it, evaluated at `end`. */
  readonly expression: string;
}

/** What a finder tells: the sentence is written of its parts. */
export type Found = Omit<Insight, 'kind' | 'sentence'>;

/** Looks for one kind of thing. The same subject yields the same insights. */
export interface Finder {
  readonly kind: string;
  find(subject: Subject): readonly Found[];
}
