import type { Vote } from '../../analysis/score-range.js';
import type { Labels } from '../../series/labels.js';

/** An expression whose every resulting series is scored on each tick. */
export interface WatchDefinition {
  /** Unique; the label `watch` of what is written. */
  readonly name: string;
  /** PromQL that yields a vector or scalar. Counters need `rate` or the like. */
  readonly expr: string;
  /** Series that are scored at most; 500 by default. */
  readonly limit?: number;
  /** How far ahead its series are forecast, in milliseconds; not at all by default. */
  readonly forecast?: readonly number[];
}

/** Why a series of a watch has the score it has. */
export interface WatchExplanation {
  readonly watch: string;
  /** Without the name of the metric. */
  readonly labels: Labels;
  /** Unix milliseconds of the last point. */
  readonly time: number;
  readonly value: number;
  /** 0 normal, 1 the boundary; NaN for a value that cannot be scored. */
  readonly score: number;
  readonly confidence: number;
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
  /** False while too little was seen for the score to pass the boundary. */
  readonly warm: boolean;
  /** Detectors that found something, the strongest first. */
  readonly votes: readonly Vote[];
}

/** A watch and how it does. */
export interface WatchSummary {
  readonly name: string;
  readonly expr: string;
  /** Series that are scored at most, and now. */
  readonly limit: number;
  readonly series: number;
  /** Why it fails; `null` where it works. */
  readonly error: string | null;
}

export interface WatchStats {
  /** Series being scored, and how many there may be. */
  readonly series: number;
  readonly limit: number;
  /** Bytes of what was learnt of them. */
  readonly memory: number;
  /** Samples not scored since the start, by reason: `limit`, `duplicate`, `histogram`, `series`. */
  readonly dropped: ReadonlyMap<string, number>;
}
