/** What is known of a series when a point of it is looked at; reused from point to point. */
export interface Point {
  /** Finite. */
  value: number;
  /** The value before; NaN where there was none or points are missing. */
  previous: number;
  /** Points seen before this one. */
  seen: number;
  /** The value's distance from what the profile of day or week, or else the long mean, expects. */
  residual: number;
  /** How far the point counts as normal: 1, or less where it must not be taken for normal. */
  weight: number;
}

/**
 * One view of what is odd about a point. Its state is `cells` numbers of a larger array, all 0 at
 * first, so that the state of a series is one piece of memory. It neither allocates nor loops.
 */
export interface Detector {
  readonly name: string;
  /** What it finds, in a few words, for explanations. */
  readonly finds: string;
  /** How much its evidence counts beside that of others. */
  readonly weight: number;
  /** Whether what it measures is evidence already; otherwise a histogram tells how rare it is. */
  readonly calibrated?: boolean;
  /** Whether it looks at the newest value alone, so that it is calm as soon as that is usual again. */
  readonly momentary?: boolean;
  /** Numbers of state; those of one series begin at `at`. */
  readonly cells: number;
  /** Which of them is a short average of all points, odd ones too, if any. */
  readonly recent?: number;
  /**
   * Compares the point with what was learnt so far.
   * @returns How odd the point is: not negative, the larger the odder, on any scale that does not
   *   depend on the unit of the values beyond a constant factor. NaN while it cannot tell.
   */
  measure(point: Point, state: Float64Array, at: number): number;
  /** Takes the point up into what is usual; called once after each `measure`. */
  learn(point: Point, state: Float64Array, at: number): void;
}

/** Weight of a new point in an average over `horizon` points that began `seen` points ago. */
export function averaging(horizon: number, seen: number): number {
  return seen < horizon ? 1 / (seen + 1) : 1 / horizon;
}
