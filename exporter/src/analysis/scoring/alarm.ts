import { ALARM, SEEN, type SeriesState } from './layout.js';
import { parameters } from './parameters.js';

const RAISED_SEEN = ALARM;
const RAISED_TIME = ALARM + 1;
const PEAK = ALARM + 2;

/** A score that is kept below the boundary, because it is too early or a repetition. */
const BELOW = 0.99;

/** Prepares the alarm of a new series: none was raised. */
export function beginAlarm({ numbers }: SeriesState): void {
  numbers[RAISED_SEEN] = -Infinity;
}

/**
 * Repeat suppression: one anomaly is said once. A score that passes the boundary raises an alarm and
 * stays as long as its evidence, but no longer than `hold`. After that, and for some share of the
 * points seen, only a much stronger one passes.
 * @param time Unix ms
 * @returns The score that is shown for `score`.
 */
export function passAlarm({ numbers: n }: SeriesState, score: number, time: number): number {
  if (score < 1) return score;
  const seen = n[SEEN];
  if (seen < parameters.warmUp) return BELOW;
  const { refractoryShare, refractoryMin, refractoryMax, refractoryBoost } = parameters;
  const refractory = Math.min(refractoryMax, Math.max(refractoryMin, refractoryShare * seen));
  if (seen - n[RAISED_SEEN] >= refractory || score > n[PEAK] * refractoryBoost) {
    n[RAISED_SEEN] = seen;
    n[RAISED_TIME] = time;
    n[PEAK] = score;
    return score;
  }
  const since = time - n[RAISED_TIME];
  return since >= 0 && since <= parameters.hold ? score : BELOW;
}
