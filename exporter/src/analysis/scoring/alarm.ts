import { isSameEpisode } from './episodes.js';
import { ALARM, SEEN, type SeriesState } from './layout.js';
import { parameters } from './parameters.js';

const RAISED_SEEN = ALARM;
const RAISED_TIME = ALARM + 1;
const PEAK = ALARM + 2;
/** Alarms raised so far, each fading with time. */
const CROWD = ALARM + 3;

/** A score that is kept below the boundary, because it is too early or a repetition. */
const BELOW = 0.99;

/** Prepares the alarm of a new series: none was raised. */
export function beginAlarm({ numbers }: SeriesState): void {
  numbers[RAISED_SEEN] = -Infinity;
}

/**
 * Repeat suppression: one anomaly is said once. A score that passes the boundary raises an alarm and
 * stays as long as its evidence, but no longer than `hold`. After that, for the rest of the episode and
 * for some share of the points seen, only a much stronger one passes. And each alarm raises what the
 * next ones need, for a while: a series that is odd all the time is not worth an alarm each time.
 * @param strength evidence as a share of what is required
 * @param time Unix ms
 * @returns The score that is shown.
 */
export function passAlarm(state: SeriesState, strength: number, time: number): number {
  if (strength < 1) return strength;
  const n = state.numbers;
  if (n[SEEN] < parameters.warmUp) return BELOW;
  const since = time - n[RAISED_TIME];
  const crowd = n[CROWD] * Math.exp(Math.min(0, -since / parameters.crowdTime));
  const score = strength / (1 + parameters.crowd * crowd ** 2);
  if (score >= 1 && (isNew(n) || score > n[PEAK] * parameters.refractoryBoost)) {
    n[RAISED_SEEN] = n[SEEN];
    n[RAISED_TIME] = time;
    n[PEAK] = score;
    n[CROWD] = crowd + 1;
    return score;
  }
  return since >= 0 && since < parameters.hold ? Math.max(1, score) : BELOW;
}

/** Whether an alarm would not just repeat the last one. */
function isNew(n: Float64Array): boolean {
  const { refractoryShare, refractoryMin, refractoryMax } = parameters;
  const refractory = Math.min(refractoryMax, Math.max(refractoryMin, refractoryShare * n[SEEN]));
  const points = n[SEEN] - n[RAISED_SEEN];
  return points >= refractory && !isSameEpisode(n, points);
}
