import { isSameEpisode } from './episodes.js';
import { ALARM, INTERVAL, SEEN, type SeriesState } from './layout.js';
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
 * next ones need and shortens them, for a while: a series that is odd all the time is not worth an alarm
 * each time. A value far beyond all that was normal is: it needs no more than the first one.
 * @param strength evidence as a share of what is required
 * @param time Unix ms
 * @param beyond how far the value lies outside the range of the normal ones, as a share of that range
 * @returns The score that is shown.
 */
export function passAlarm(
  { numbers: n }: SeriesState,
  strength: number,
  time: number,
  beyond: number,
): number {
  if (strength < 1) return strength;
  if (n[SEEN] < parameters.warmUp) return BELOW;
  const since = time - n[RAISED_TIME];
  const crowd = n[CROWD] * Math.exp(Math.min(0, -since / parameters.crowdTime));
  const far = beyond >= parameters.far;
  const score = strength / need(crowd, far);
  if (score >= 1 && (isNew(n, far) || score > n[PEAK] * parameters.refractoryBoost)) {
    n[RAISED_SEEN] = n[SEEN];
    n[RAISED_TIME] = time;
    n[PEAK] = score;
    n[CROWD] = crowd + 1;
    return score;
  }
  // The alarm that goes on is one of the crowd, but not a reason against itself.
  const others = Math.max(0, crowd - 1);
  return since >= 0 && since < holdOf(others) ? Math.max(1, strength / need(others, far)) : BELOW;
}

/** Milliseconds for which an alarm after so many others may last. */
function holdOf(others: number): number {
  const { hold, holdLeast, crowdHold } = parameters;
  return Math.max(holdLeast, hold / (1 + crowdHold * others));
}

/** What an alarm needs after so many others, as a multiple of what the first one does. */
function need(crowd: number, far: boolean): number {
  return far ? 1 : 1 + parameters.crowd * crowd ** 2;
}

/** Whether an alarm would not just repeat the last one. */
function isNew(n: Float64Array, far: boolean): boolean {
  const { refractoryShare, refractoryMin, refractoryMax, farRefractory } = parameters;
  let most = refractoryMax;
  if (far && n[INTERVAL] <= parameters.faultInterval) most = farRefractory / n[INTERVAL];
  const refractory = Math.max(refractoryMin, Math.min(most, refractoryShare * n[SEEN]));
  const points = n[SEEN] - n[RAISED_SEEN];
  return points >= refractory && !isSameEpisode(n, points);
}
