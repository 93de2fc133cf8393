import { movingMean } from './decompose.js';
import { fillGaps } from './gaps.js';
import { leastSquares } from './linear-regression.js';

/** Only this many of the last points are looked at, which bounds the cost. */
const POINTS = 4096;
/** Autocorrelation that a season must reach at least. */
const LEAST = 0.2;
const SEASONS = 2;
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
 * @param candidates Seasons that time suggests (a day, a week), in points: each counts as one of them
 *   where the series repeats after it, which a peak need not prove.
 */
export function detectPeriods(
  values: Float64Array,
  candidates: readonly number[] = [],
): readonly number[] {
  let rest = detrended(fillGaps(values.subarray(-POINTS)).values);
  const found: number[] = [];
  while (found.length < SEASONS) {
    const period = strongest(rest, candidates, found);
    if (period === null) break;
    found.push(period);
    rest = without(rest, period);
  }
  return found.sort((a, b) => a - b);
}

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

function strongest(
  values: Float64Array,
  candidates: readonly number[],
  found: readonly number[],
): number | null {
  const most = Math.floor(values.length / 2);
  if (most < 2) return null;
  const correlation = autocorrelation(values, most);
  const limit = Math.max(LEAST, 3 / Math.sqrt(values.length));
  const usable = (period: number): boolean =>
    period >= 2 && period <= most && found.every((other) => Math.abs(other - period) > BLUR);
  const likely = candidates.filter((period) => usable(period) && correlation[period] > limit);
  if (likely.length > 0) {
    return likely.reduce((best, period) =>
      correlation[period] > correlation[best] ? period : best,
    );
  }
  const peak = firstHighPeak(smoothed(correlation), limit, usable);
  return peak && highestNear(correlation, peak);
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
