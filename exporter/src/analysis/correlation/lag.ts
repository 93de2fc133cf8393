import { twoSided } from '../statistics/normal.js';
import { correlation, pairsOf, ranks } from './coefficients.js';

/** How closely two series move together, and which comes first. */
export interface Related {
  readonly pearson: number;
  readonly spearman: number;
  /** Points by which the other series comes before the first one; negative: after it. */
  readonly lag: number;
  /** Pairs of known values at that lag. */
  readonly pairs: number;
  /**
   * Probability of as strong a correlation by chance, for as many independent pairs as the series'
   * autocorrelation leaves (Bartlett 1935) and the lags that were tried.
   */
  readonly p: number;
}

/**
 * Looks for the lag, within `most` points on each side, at which Pearson's correlation is the strongest;
 * the smaller lag where two are equal. At least half of the points must still meet.
 * @returns Null if too few pairs are known or one series is constant.
 */
export function relate(a: Float64Array, b: Float64Array, most: number): Related | null {
  const limit = Math.min(most, Math.floor(Math.min(a.length, b.length) / 2));
  let best = { lag: 0, pearson: NaN };
  for (let step = 0; step <= 2 * limit; step++) {
    // 0, 1, −1, 2, −2, …
    const lag = step % 2 === 0 ? -step / 2 : (step + 1) / 2;
    const pairs = pairsOf(a, b, lag);
    const pearson = correlation(pairs.a, pairs.b);
    if (Math.abs(pearson) > Math.abs(best.pearson) + 1e-9 || Number.isNaN(best.pearson)) {
      best = { lag: lag === 0 ? 0 : lag, pearson };
    }
  }
  if (Number.isNaN(best.pearson)) return null;
  const pairs = pairsOf(a, b, best.lag);
  return {
    ...best,
    spearman: correlation(ranks(pairs.a), ranks(pairs.b)),
    pairs: pairs.a.length,
    p: Math.min(1, chance(best.pearson, pairs) * (2 * limit + 1)),
  };
}

/** By Fisher's transformation. */
function chance(pearson: number, { a, b }: { a: Float64Array; b: Float64Array }): number {
  const both = Math.max(0, next(a)) * Math.max(0, next(b));
  const independent = (a.length * (1 - both)) / (1 + both);
  if (independent <= 3) return 1;
  return twoSided(Math.atanh(Math.min(1 - 1e-15, Math.abs(pearson))) * Math.sqrt(independent - 3));
}

/** Autocorrelation at lag 1; 0 if it cannot be told. */
function next(values: Float64Array): number {
  const r = correlation(values.subarray(1), values.subarray(0, -1));
  return Number.isNaN(r) ? 0 : Math.min(0.99, r);
}
