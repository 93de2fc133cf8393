/** Buckets of a classic histogram: counts up to ascending upper bounds, no bound twice. */
export interface ClassicBuckets {
  readonly bounds: Float64Array;
  /** Cumulative; changed by {@link bucketQuantile} where they are not monotonic. */
  readonly counts: Float64Array;
  readonly length: number;
}

/** Where counts had to be raised because they fell with a growing bound. */
export interface ForcedMonotonicity {
  minBound: number;
  maxBound: number;
  maxDifference: number;
}

// Relative differences below this come from floating point and not from the histogram.
const TOLERANCE = 1e-12;
const SMALLEST_NORMAL = 2 ** -1022;

/** Prometheus's util/almost: equal up to a relative error; NaN equals NaN. */
export function almostEqual(a: number, b: number, relativeError: number): boolean {
  if (Number.isNaN(a) && Number.isNaN(b)) return true;
  if (a === b) return true;
  const difference = Math.abs(a - b);
  const magnitude = Math.abs(a) + Math.abs(b);
  if (a === 0 || b === 0 || magnitude < SMALLEST_NORMAL) {
    return difference < relativeError * SMALLEST_NORMAL;
  }
  return difference / Math.min(magnitude, Number.MAX_VALUE) < relativeError;
}

function makeMonotonic({ bounds, counts, length }: ClassicBuckets): ForcedMonotonicity | undefined {
  let forced: ForcedMonotonicity | undefined;
  let previous = counts[0];
  for (let i = 1; i < length; i++) {
    const current = counts[i];
    if (current === previous) continue;
    if (almostEqual(previous, current, TOLERANCE)) {
      counts[i] = previous;
    } else if (current < previous) {
      counts[i] = previous;
      forced ??= { minBound: Infinity, maxBound: -Infinity, maxDifference: 0 };
      forced.minBound = Math.min(forced.minBound, bounds[i]);
      forced.maxBound = Math.max(forced.maxBound, bounds[i]);
      forced.maxDifference = Math.max(forced.maxDifference, previous - current);
    } else {
      previous = current;
    }
  }
  return forced;
}

/**
 * The q-quantile of a classic histogram, interpolated linearly within a bucket.
 * Source: Prometheus promql/quantile.go (BucketQuantile).
 */
export function bucketQuantile(
  q: number,
  buckets: ClassicBuckets,
): { value: number; forced: ForcedMonotonicity | undefined } {
  const { bounds, counts, length } = buckets;
  if (Number.isNaN(q)) return { value: NaN, forced: undefined };
  if (q < 0) return { value: -Infinity, forced: undefined };
  if (q > 1) return { value: Infinity, forced: undefined };
  if (bounds[length - 1] !== Infinity) return { value: NaN, forced: undefined };
  const forced = makeMonotonic(buckets);
  const observations = counts[length - 1];
  if (length < 2 || observations === 0) return { value: NaN, forced };

  const rank = q * observations;
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (counts[middle] >= rank) high = middle;
    else low = middle + 1;
  }
  if (low === length - 1) return { value: bounds[length - 2], forced };
  if (low === 0 && bounds[0] <= 0) return { value: bounds[0], forced };
  const start = low === 0 ? 0 : bounds[low - 1];
  const below = low === 0 ? 0 : counts[low - 1];
  const value = start + (bounds[low] - start) * ((rank - below) / (counts[low] - below));
  return { value, forced };
}

/**
 * The fraction of observations between two values.
 * Source: Prometheus promql/quantile.go (BucketFraction).
 */
export function bucketFraction(lower: number, upper: number, buckets: ClassicBuckets): number {
  const { bounds, counts, length } = buckets;
  if (bounds[length - 1] !== Infinity) return NaN;
  const count = counts[length - 1];
  if (count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return NaN;
  if (lower >= upper) return 0;

  let rank = 0;
  let lowerRank: number | undefined;
  let upperRank: number | undefined;
  let start = bounds[0] <= 0 ? -Infinity : 0;
  for (let i = 0; i < length; i++) {
    if (i > 0) start = bounds[i - 1];
    const end = bounds[i];
    const rankOf = (value: number): number =>
      start === -Infinity
        ? counts[i]
        : rank + ((counts[i] - rank) * (value - start)) / (end - start);
    if (start >= lower) lowerRank ??= rank;
    if (start >= upper) upperRank ??= rank;
    if (start < lower && end > lower) lowerRank ??= rankOf(lower);
    if (start < upper && end > upper) upperRank ??= rankOf(upper);
    if (lowerRank !== undefined && upperRank !== undefined) break;
    rank = counts[i];
  }
  return (Math.min(upperRank ?? count, count) - Math.min(lowerRank ?? count, count)) / count;
}
