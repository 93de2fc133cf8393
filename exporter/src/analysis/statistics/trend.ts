import { twoSided } from './normal.js';
import { quantile } from './descriptive.js';

/** Above this many points the trend is that of as many means of neighbours: all pairs are looked at. */
const POINTS = 512;

/** Whether values go up or down in the long run. */
export interface Trend {
  /** Change a point: the median of the slopes between all pairs (Theil 1950, Sen 1968). */
  readonly slope: number;
  /** Value on the trend at the first point. */
  readonly intercept: number;
  /**
   * Probability of as clear a trend if there is none (Mann 1945, Kendall 1975), corrected for values that
   * depend on the one before. 1 for a constant.
   */
  readonly p: number;
  /** Whether that is below 5 % and the slope is not 0. */
  readonly direction: 'up' | 'down' | 'none';
}

/**
 * The robust trend of evenly spaced values; those that are not finite are left out. At most 512 points are
 * compared with each other, so that the cost has a bound.
 * @returns Null below four known values.
 */
export function trendOf(values: Float64Array): Trend | null {
  const { at, means } = thinned(values);
  if (means.length < 4) return null;
  const slopes = new Float64Array((means.length * (means.length - 1)) / 2);
  let rises = 0;
  let next = 0;
  for (let i = 1; i < means.length; i++) {
    for (let j = 0; j < i; j++) {
      const change = means[i] - means[j];
      rises += Math.sign(change);
      slopes[next++] = change / (at[i] - at[j]);
    }
  }
  const slope = quantile(slopes.sort(), 0.5);
  const intercept = quantile(means.map((value, i) => value - slope * at[i]).sort(), 0.5);
  const p = significance(rises, means, { slope, at });
  const clear = p < 0.05 && slope !== 0;
  return { slope, intercept, p, direction: !clear ? 'none' : slope > 0 ? 'up' : 'down' };
}

/** Known values with their places, as means of neighbours where there are more than can be compared. */
function thinned(values: Float64Array): { at: Float64Array; means: Float64Array } {
  const size = Math.ceil(values.length / POINTS);
  const at: number[] = [];
  const means: number[] = [];
  for (let from = 0; from < values.length; from += size) {
    let place = 0;
    let sum = 0;
    let count = 0;
    for (let i = from; i < Math.min(values.length, from + size); i++) {
      if (!Number.isFinite(values[i])) continue;
      place += i;
      sum += values[i];
      count++;
    }
    if (count === 0) continue;
    at.push(place / count);
    means.push(sum / count);
  }
  return { at: Float64Array.from(at), means: Float64Array.from(means) };
}

/** The test of Mann and Kendall with ties. */
function significance(
  rises: number,
  values: Float64Array,
  { slope, at }: { slope: number; at: Float64Array },
): number {
  const n = values.length;
  const pairs = (count: number): number => count * (count - 1) * (2 * count + 5);
  let variance = pairs(n);
  for (const ties of tiesOf(values)) variance -= pairs(ties);
  if (variance <= 0) return 1;
  const rest = values.map((value, i) => value - slope * at[i]);
  const effective = (variance / 18) * dependence(rest);
  return twoSided(Math.max(0, Math.abs(rises) - 1) / Math.sqrt(effective));
}

function tiesOf(values: Float64Array): number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].filter((count) => count > 1);
}

/**
 * How much more the sum of signs varies where each value leans on the one before, by r its first
 * autocorrelation: (1 + r)/(1 − r), as for a mean (Yue and Wang 2004). Never below 1.
 */
function dependence(rest: Float64Array): number {
  const mean = rest.reduce((sum, value) => sum + value / rest.length, 0);
  let squares = 0;
  let products = 0;
  for (let i = 0; i < rest.length; i++) {
    squares += (rest[i] - mean) ** 2;
    if (i > 0) products += (rest[i] - mean) * (rest[i - 1] - mean);
  }
  if (!(squares > 0)) return 1;
  const r = Math.min(0.99, Math.max(0, products / squares));
  return (1 + r) / (1 - r);
}
