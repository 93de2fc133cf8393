import { describe, robustDeviation, sortedFinite } from './descriptive.js';
import { twoSided } from './normal.js';

/** A stretch of a series beside an earlier one: the period before, the same time yesterday or last week. */
export interface Comparison {
  /** Means of the finite values. */
  readonly now: number;
  readonly before: number;
  /** now − before, in the unit of the values. */
  readonly change: number;
  /** As a share of the absolute earlier mean: 0.5 is half as much again. NaN if that is 0. */
  readonly ratio: number;
  /** Changes of the 50th, 95th and 99th percentile. */
  readonly percentiles: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Difference of the medians in robust standard deviations of the earlier stretch; NaN if that is constant. */
  readonly deviations: number;
  /** Probability of so different ranks by chance alone (Mann and Whitney 1947), for independent values. */
  readonly p: number;
}

/**
 * Compares two stretches, of any lengths.
 * @returns Null if one of them has no finite value.
 */
export function compare(now: Float64Array, before: Float64Array): Comparison | null {
  const [later, earlier] = [describe(now), describe(before)];
  if (later.count === 0 || earlier.count === 0) return null;
  const change = later.mean - earlier.mean;
  const of = (name: 'p50' | 'p95' | 'p99'): number =>
    later.percentiles[name] - earlier.percentiles[name];
  const spread = robustDeviation(sortedFinite(before));
  return {
    now: later.mean,
    before: earlier.mean,
    change,
    ratio: earlier.mean === 0 ? NaN : change / Math.abs(earlier.mean),
    percentiles: { p50: of('p50'), p95: of('p95'), p99: of('p99') },
    deviations: spread > 0 ? of('p50') / spread : NaN,
    p: rankTest(sortedFinite(now), sortedFinite(before)),
  };
}

/** The rank sum test, by its normal approximation with ties. */
function rankTest(a: Float64Array, b: Float64Array): number {
  const n = a.length + b.length;
  let rankSum = 0;
  let ties = 0;
  let [i, j, rank] = [0, 0, 0];
  while (i < a.length || j < b.length) {
    const value = j >= b.length || (i < a.length && a[i] <= b[j]) ? a[i] : b[j];
    const from = [i, j];
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    const [ofA, ofB] = [i - from[0], j - from[1]];
    const same = ofA + ofB;
    rankSum += ofA * (rank + (same + 1) / 2);
    ties += same ** 3 - same;
    rank += same;
  }
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  const product = a.length * b.length;
  const variance = (product / 12) * (n + 1 - ties / Math.max(1, n * (n - 1)));
  return variance > 0
    ? twoSided(Math.max(0, Math.abs(u - product / 2) - 0.5) / Math.sqrt(variance))
    : 1;
}
