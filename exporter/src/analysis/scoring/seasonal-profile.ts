import type { Point } from '../detectors/detector.js';
import { DAY_BINS, PROFILE, WEEK_BINS, type SeriesState } from './layout.js';

/**
 * What a series is at this time of the day and of the week. A prediction is the mean of this half
 * hour of the day, or of this hour of the week, or the long mean: whichever of those that are known
 * has been closest lately. Bins are of the wall clock (UTC) and known once they have passed, so that
 * a day or a week must have been seen, whatever the interval of the points.
 */

const HALF_HOUR = 1_800_000;
const HOUR = 3_600_000;
/** How much of a day's (week's) mean in a bin goes into the profile. */
const DAY_GAIN = 0.2;
const WEEK_GAIN = 0.3;
/** Points that the long mean looks back, and by how much one changes the prediction errors. */
const MEAN_HORIZON = 2048;
const ERROR_GAIN = 1 / 512;

/** The series' first value, from which all levels are counted, … */
const ANCHOR = PROFILE;
/** … the long mean, the bins being filled (number, sum, count), … */
const MEAN = PROFILE + 1;
const DAY_OPEN = PROFILE + 2;
const WEEK_OPEN = PROFILE + 5;
/** … by how much each prediction has missed lately, … */
const MEAN_ERROR = PROFILE + 8;
const DAY_ERROR = PROFILE + 9;
const WEEK_ERROR = PROFILE + 10;
/** … and where the levels of now are. */
const DAY_NOW = PROFILE + 11;
const WEEK_NOW = PROFILE + 12;

/** Prepares the profile of a new series: no level is known. */
export function beginProfile({ numbers: n, floats: levels }: SeriesState): void {
  levels.fill(NaN, 0, DAY_BINS + WEEK_BINS);
  n[DAY_OPEN] = n[WEEK_OPEN] = NaN;
}

/** What is expected of the point at `time` (Unix ms). */
export function predict(state: SeriesState, time: number, { value, seen }: Point): number {
  const { numbers: n, floats: levels } = state;
  if (seen === 0) n[ANCHOR] = n[MEAN] = value;
  const halfHour = Math.floor(time / HALF_HOUR);
  if (halfHour !== n[DAY_OPEN]) turn(state, time, halfHour);
  const day = levels[n[DAY_NOW]];
  const week = levels[n[WEEK_NOW]];
  let prediction = n[MEAN];
  let error = n[MEAN_ERROR];
  if (!Number.isNaN(day) && n[DAY_ERROR] <= error) {
    prediction = n[ANCHOR] + day;
    error = n[DAY_ERROR];
  }
  if (!Number.isNaN(week) && n[WEEK_ERROR] < error) prediction = n[ANCHOR] + week;
  return prediction;
}

/** Learns the point last predicted. */
export function learnProfile(state: SeriesState, { value, seen, weight }: Point): void {
  const { numbers: n, floats: levels } = state;
  const level = value - n[ANCHOR];
  const gain = weight * ERROR_GAIN;
  const day = levels[n[DAY_NOW]];
  const week = levels[n[WEEK_NOW]];
  n[MEAN_ERROR] += gain * (Math.abs(value - n[MEAN]) - n[MEAN_ERROR]);
  if (!Number.isNaN(day)) n[DAY_ERROR] += gain * (Math.abs(level - day) - n[DAY_ERROR]);
  if (!Number.isNaN(week)) n[WEEK_ERROR] += gain * (Math.abs(level - week) - n[WEEK_ERROR]);
  n[MEAN] += weight * Math.max(1 / MEAN_HORIZON, 1 / (seen + 1)) * (value - n[MEAN]);
  n[DAY_OPEN + 1] += weight * level;
  n[DAY_OPEN + 2] += weight;
  n[WEEK_OPEN + 1] += weight * level;
  n[WEEK_OPEN + 2] += weight;
}

/** Closes the bins that end before `time`. */
function turn(state: SeriesState, time: number, halfHour: number): void {
  const { numbers: n } = state;
  const hour = Math.floor(time / HOUR);
  close(state, DAY_OPEN, { first: 0, bins: DAY_BINS, gain: DAY_GAIN });
  n[DAY_OPEN] = halfHour;
  n[DAY_NOW] = modulo(halfHour, DAY_BINS);
  if (hour === n[WEEK_OPEN]) return;
  close(state, WEEK_OPEN, { first: DAY_BINS, bins: WEEK_BINS, gain: WEEK_GAIN });
  n[WEEK_OPEN] = hour;
  n[WEEK_NOW] = DAY_BINS + modulo(hour, WEEK_BINS);
}

interface Profile {
  readonly first: number;
  readonly bins: number;
  readonly gain: number;
}

function close(state: SeriesState, open: number, { first, bins, gain }: Profile): void {
  const { numbers: n, floats: levels } = state;
  const count = n[open + 2];
  if (count > 0) {
    const bin = first + modulo(n[open], bins);
    const mean = n[open + 1] / count;
    const known = levels[bin];
    levels[bin] = Number.isNaN(known) ? mean : known + gain * (mean - known);
  }
  n[open + 1] = n[open + 2] = 0;
}

/** Also of times before 1970. */
const modulo = (number: number, bins: number): number => ((number % bins) + bins) % bins;
