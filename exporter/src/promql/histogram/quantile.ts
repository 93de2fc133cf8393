import { KahanSum } from '../kahan.js';
import {
  bucketsOf,
  hasBuckets,
  hasCustomBounds,
  type Bucket,
  type FloatHistogram,
} from './float-histogram.js';

/** What is worth telling of a result: NaN observations are in no bucket. */
type NanNote = 'nan-result' | 'nan-skew' | undefined;

export interface Estimate {
  readonly value: number;
  readonly note: NanNote;
}

function estimate(value: number, note?: NanNote): Estimate {
  return { value, note };
}

/**
 * With buckets on one side of 0 only, nothing lies on the other side: the zero bucket then starts or
 * ends at 0.
 */
function narrowZeroBucket(bucket: Bucket, histogram: FloatHistogram): Bucket {
  const positive = hasBuckets(histogram.positive);
  const negative = hasBuckets(histogram.negative);
  if (positive && !negative) return { ...bucket, lower: 0 };
  if (negative && !positive) return { ...bucket, upper: 0 };
  return bucket;
}

/** Fraction of a bucket's width that lies below `value`, on a linear or a logarithmic scale. */
export function fractionBelow(bucket: Bucket, value: number, linear: boolean): number {
  const { lower, upper } = bucket;
  if (linear) return (value - lower) / (upper - lower);
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  const logValue = Math.log2(Math.abs(value));
  return value > 0
    ? (logValue - logLower) / (logUpper - logLower)
    : 1 - (logValue - logUpper) / (logLower - logUpper);
}

/**
 * The q-quantile of a histogram, interpolated linearly in custom buckets and in the zero bucket,
 * logarithmically in exponential ones.
 * Source: Prometheus promql/quantile.go (HistogramQuantile).
 */
export function histogramQuantile(q: number, histogram: FloatHistogram): Estimate {
  if (q < 0) return estimate(-Infinity);
  if (q > 1) return estimate(Infinity);
  const { count: observations, sum } = histogram;
  if (observations === 0 || Number.isNaN(q)) return estimate(NaN);

  const buckets = bucketsOf(histogram);
  // NaN observations raise the count but are in no bucket, so that ranks hold only from below.
  const forward = Number.isNaN(sum) || q < 0.5;
  if (!forward) buckets.reverse();
  const rank = (forward ? q : 1 - q) * observations;
  let count = 0;
  let position = 0;
  let bucket: Bucket = { lower: 0, upper: 0, count: 0 };
  while (position < buckets.length) {
    bucket = buckets[position++];
    count += bucket.count;
    if (count >= rank) break;
  }

  const custom = hasCustomBounds(histogram);
  if (custom) {
    if (bucket.lower === -Infinity) {
      if (bucket.upper <= 0) return estimate(bucket.upper);
      bucket = { ...bucket, lower: 0 };
    } else if (bucket.upper === Infinity) {
      return estimate(bucket.lower);
    }
  } else if (bucket.lower < 0 && bucket.upper > 0) {
    bucket = narrowZeroBucket(bucket, histogram);
  }
  count = Math.min(count, observations);
  if (count < rank) {
    return Number.isNaN(sum) ? estimate(NaN, 'nan-result') : estimate(bucket.upper);
  }

  let note: NanNote;
  if (Number.isNaN(sum)) {
    const total = buckets.slice(position).reduce((all, { count: more }) => all + more, count);
    if (total < observations) note = 'nan-skew';
  }
  const within = forward ? rank - (count - bucket.count) : count - rank;
  const fraction = within / bucket.count;
  if (custom || (bucket.lower <= 0 && bucket.upper >= 0)) {
    return estimate(bucket.lower + (bucket.upper - bucket.lower) * fraction, note);
  }
  const logLower = Math.log2(Math.abs(bucket.lower));
  const logUpper = Math.log2(Math.abs(bucket.upper));
  return bucket.lower > 0
    ? estimate(2 ** (logLower + (logUpper - logLower) * fraction), note)
    : estimate(-(2 ** (logUpper + (logLower - logUpper) * (1 - fraction))), note);
}

/**
 * The fraction of observations between two values.
 * Source: Prometheus promql/quantile.go (HistogramFraction).
 */
export function histogramFraction(
  lower: number,
  upper: number,
  histogram: FloatHistogram,
): Estimate {
  const { count: observations, sum } = histogram;
  if (observations === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return estimate(NaN);
  if (lower >= upper) return estimate(0);

  const custom = hasCustomBounds(histogram);
  const buckets = bucketsOf(histogram);
  let rank = 0;
  let lowerRank: number | undefined;
  let upperRank: number | undefined;
  for (const found of buckets) {
    const zero = found.lower <= 0 && found.upper >= 0;
    const bucket = zero ? narrowZeroBucket(found, histogram) : found;
    const rankOf = (value: number): number =>
      bucket.lower === -Infinity
        ? bucket.count
        : rank + bucket.count * fractionBelow(bucket, value, custom || zero);
    if (bucket.lower >= lower) lowerRank ??= rank;
    if (bucket.lower >= upper) upperRank ??= rank;
    if (bucket.lower < lower && bucket.upper > lower) lowerRank ??= rankOf(lower);
    if (bucket.lower < upper && bucket.upper > upper) upperRank ??= rankOf(upper);
    if (lowerRank !== undefined && upperRank !== undefined) break;
    rank += bucket.count;
  }
  let total = observations;
  let note: NanNote;
  if (Number.isNaN(sum)) {
    total = buckets.reduce((all, { count }) => all + count, 0);
    if (total < observations) note = 'nan-skew';
  }
  const from = Math.min(lowerRank ?? total, total);
  const to = Math.min(upperRank ?? total, total);
  return estimate((to - from) / observations, note);
}

/**
 * Variance of the observations, each taken to lie in the middle of its bucket (geometric for
 * exponential buckets).
 */
export function histogramVariance(histogram: FloatHistogram): number {
  const { count: observations, sum } = histogram;
  const mean = sum / observations;
  const custom = hasCustomBounds(histogram);
  const squares = new KahanSum();
  for (const { lower, upper, count } of bucketsOf(histogram)) {
    let middle: number;
    if (custom) middle = (upper + lower) / 2;
    else if (lower <= 0 && upper >= 0) middle = 0;
    else middle = (upper < 0 ? -1 : 1) * Math.sqrt(upper * lower);
    const deviation = middle - mean;
    squares.add(count * deviation * deviation);
  }
  return squares.value() / observations;
}
