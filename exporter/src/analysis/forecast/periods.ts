import { movingMean } from './decompose.js';
import { fillGaps } from './gaps.js';
import { leastSquares } from './linear-regression.js';

/** Only this many of the last points are looked at, which bounds the cost. */
const POINTS = 4096;
/** Autocorrelation that a season must reach at least. */
const LEAST = 0.2;
const SEASONS = 2;
/** Share of the variance that must be left for another season; less for one that time suggests. */
const LEAST_LEFT = 0.01;
const LEAST_LEFT_LIKELY = 1e-6;
/** Noise may move a peak by this many points. */
const BLUR = 2;

/** Autocorrelation at lags 0 to `most`; all 0 for a constant series. */
export function autocorrelation(values: Float64Array, most: number): Float64Array {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const centred = values.map((value) => value - mean);
  const result = new Float64Array(most + 1);
  for (let lag = 0; lag <= most; lag++) {
    for (let i = lag; i < centred.length; i++) result[lag] += centred[i] * centred[i - lag];
  }
  const variance = result[0];
  const scale = values.reduce((sum, value) => sum + value * value, 0);
  if (!(variance > 1e-12 * scale)) return new Float64Array(most + 1);
  // Fewer products are added at longer lags.
  return result.map((sum, lag) => ((sum / variance) * values.length) / (values.length - lag));
}

/**
 * Seasons of a series in points, ascending; two at most, none where there is no clear one. A season is a
 * peak of the autocorrelation, once the straight line and, for a second one, the first are taken out.
 * @param candidates Seasons that time suggests (a day, a week), in points: where the series repeats after
 *   one of them, no others are looked for.
 */
export function detectPeriods(
  values: Float64Array,
  candidates: readonly number[] = [],
): readonly number[] {
  let rest = detrended(fillGaps(values.subarray(-POINTS)).values);
  const all = squares(rest);
  const likely = candidates.toSorted((a, b) => a - b);
  const found: number[] = [];
  const take = (period: number): void => {
    found.push(period);
    rest = without(rest, period);
  };
  for (const period of likely) {
    if (found.length < SEASONS && squares(rest) > LEAST_LEFT_LIKELY * all && repeats(rest, period))
      take(period);
  }
  const free = found.length === 0;
  while (free && found.length < SEASONS && squares(rest) > LEAST_LEFT * all) {
    const period = strongest(rest, found);
    if (period === null) break;
    take(period);
  }
  return found.sort((a, b) => a - b);
}

const squares = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value * value, 0);

function detrended(values: Float64Array): Float64Array {
  const { intercept, slope } = leastSquares(values);
  return values.map((value, i) => value - intercept - slope * i);
}

/** Takes out the mean of each point of the season. */
function without(values: Float64Array, period: number): Float64Array {
  const sums = new Float64Array(period);
  values.forEach((value, i) => (sums[i % period] += value));
  const count = (at: number): number => Math.ceil((values.length - at) / period);
  return values.map((value, i) => value - sums[i % period] / count(i % period));
}

/** Whether values a season apart are alike, and more so than nearer ones. */
function repeats(values: Float64Array, period: number): boolean {
  if (2 * period > values.length) return false;
  const correlation = autocorrelation(values, period);
  const trough = correlation.reduce((least, one) => Math.min(least, one), 1);
  // Suggested by time, it needs to be beyond chance but not to be strong.
  const limit = 3 / Math.sqrt(values.length);
  return correlation[period] > limit && correlation[period] - trough > limit;
}

/** Autocorrelation that is beyond chance and strong. */
const limitFor = (values: Float64Array): number => Math.max(LEAST, 3 / Math.sqrt(values.length));

function strongest(values: Float64Array, found: readonly number[]): number | null {
  const most = Math.floor(values.length / 2);
  if (most < 2) return null;
  const correlation = autocorrelation(values, most);
  const usable = (period: number): boolean =>
    period >= 2 && period <= most && found.every((other) => !isEcho(period, other));
  const peak = firstHighPeak(smoothed(correlation), limitFor(values), usable);
  return peak && highestNear(correlation, peak);
}

/** Of a season that is no whole number of points, something is left at twice and three times it. */
function isEcho(period: number, found: number): boolean {
  return [1, 2, 3].some((times) => Math.abs(period - times * found) <= times * BLUR);
}

function highestNear(correlation: Float64Array, peak: number): number {
  let best = peak;
  for (let lag = Math.max(2, peak - BLUR); lag <= peak + BLUR; lag++) {
    if (correlation[lag] > correlation[best]) best = lag;
  }
  return best;
}

/** Noise makes small peaks beside the true ones. */
function smoothed(correlation: Float64Array): Float64Array {
  return correlation.length < 200 ? correlation : movingMean(correlation, 3);
}

/**
 * The first peak nearly as high as the highest, since multiples of a season are peaks too. It must
 * follow a trough: where values merely change slowly, the autocorrelation only falls.
 */
function firstHighPeak(
  correlation: Float64Array,
  limit: number,
  usable: (period: number) => boolean,
): number | null {
  let trough = 1;
  const peaks: number[] = [];
  for (let lag = 1; lag < correlation.length - 1; lag++) {
    trough = Math.min(trough, correlation[lag]);
    const peak =
      correlation[lag] > correlation[lag - 1] && correlation[lag] >= correlation[lag + 1];
    if (peak && correlation[lag] > limit && correlation[lag] - trough > limit && usable(lag)) {
      peaks.push(lag);
    }
  }
  const highest = peaks.reduce((most, lag) => Math.max(most, correlation[lag]), 0);
  return peaks.find((lag) => correlation[lag] >= 0.9 * highest) ?? null;
}

const SPANS = [3_600_000, 86_400_000, 604_800_000];

/**
 * The hour, the day and the week in points, where they are a whole number of them (and at least 2).
 * @param step Milliseconds from point to point.
 */
export function periodsOfTime(step: number): readonly number[] {
  return SPANS.map((span) => span / step).filter(
    (period) => Number.isInteger(period) && period > 1,
  );
}
