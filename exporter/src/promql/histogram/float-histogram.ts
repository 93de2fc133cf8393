import {
  CUSTOM_BUCKETS_SCHEMA,
  type BucketRun,
  type ExponentialHistogram,
} from '../../series/histogram.js';

/**
 * What is known of a histogram's relation to the sample before it: `reset` and `not_reset` for
 * counters, `gauge` where the question does not arise. Absent: unknown, so counts are compared.
 */
export type ResetHint = 'reset' | 'not_reset' | 'gauge';

/** A histogram sample during evaluation. Never changed once made. */
export interface FloatHistogram extends ExponentialHistogram {
  readonly resetHint?: ResetHint;
}

export const NO_BUCKETS: BucketRun = { offset: 0, counts: [] };

export function hasCustomBounds({ schema }: ExponentialHistogram): boolean {
  return schema === CUSTOM_BUCKETS_SCHEMA;
}

const FRACTIONS = new Map<number, Float64Array>();

function fractionsOf(schema: number): Float64Array {
  let fractions = FRACTIONS.get(schema);
  if (fractions === undefined) {
    const size = 2 ** schema;
    fractions = Float64Array.from({ length: size }, (_, i) => 2 ** (i / size));
    FRACTIONS.set(schema, fractions);
  }
  return fractions;
}

/** Upper bound of the positive bucket `index`; that of a negative one is its mirror image. */
export function exponentialBound(index: number, schema: number): number {
  let bound: number;
  if (schema <= 0) {
    bound = 2 ** (index * 2 ** -schema);
  } else {
    const size = 2 ** schema;
    const whole = Math.floor(index / size);
    bound = fractionsOf(schema)[index - whole * size] * 2 ** whole;
  }
  // The last bucket before the one of infinite observations ends at the greatest finite number.
  return bound === Infinity && (index - 1) * 2 ** -schema < 1024 ? Number.MAX_VALUE : bound;
}

/** Index of the bucket at a coarser schema that holds bucket `index` of a finer one. */
export function coarserIndex(index: number, from: number, to: number): number {
  return from === to ? index : Math.floor((index - 1) / 2 ** (from - to)) + 1;
}

/** Upper bound of a bucket with custom bounds. */
export function customBound(index: number, bounds: readonly number[]): number {
  if (index < 0) return -Infinity;
  return index < bounds.length ? bounds[index] : Infinity;
}

/** The run without empty buckets at its ends. */
export function trimRun({ offset, counts }: BucketRun): BucketRun {
  let first = 0;
  let end = counts.length;
  while (first < end && counts[first] === 0) first++;
  while (end > first && counts[end - 1] === 0) end--;
  if (first === end) return NO_BUCKETS;
  if (first === 0 && end === counts.length) return { offset, counts };
  return { offset: offset + first, counts: counts.slice(first, end) };
}

function scaleRun({ offset, counts }: BucketRun, scale: (count: number) => number): BucketRun {
  const scaled = new Float64Array(counts.length);
  for (let i = 0; i < counts.length; i++) scaled[i] = scale(counts[i]);
  return { offset, counts: scaled };
}

function scaled(histogram: FloatHistogram, scale: (count: number) => number): FloatHistogram {
  return {
    ...histogram,
    count: scale(histogram.count),
    sum: scale(histogram.sum),
    zeroCount: scale(histogram.zeroCount),
    positive: scaleRun(histogram.positive, scale),
    negative: scaleRun(histogram.negative, scale),
  };
}

/** Every count and the sum times `factor`; a negative factor makes it a gauge. */
export function multiply(histogram: FloatHistogram, factor: number): FloatHistogram {
  const result = scaled(histogram, (count) => count * factor);
  return factor < 0 ? { ...result, resetHint: 'gauge' } : result;
}

/** Every count and the sum through `divisor`; division by 0 leaves no buckets. */
export function divide(histogram: FloatHistogram, divisor: number): FloatHistogram {
  const result = scaled(histogram, (count) => count / divisor);
  if (divisor === 0) return { ...result, positive: NO_BUCKETS, negative: NO_BUCKETS };
  return divisor < 0 ? { ...result, resetHint: 'gauge' } : result;
}

export function withHint(
  histogram: FloatHistogram,
  resetHint: ResetHint | undefined,
): FloatHistogram {
  return histogram.resetHint === resetHint ? histogram : { ...histogram, resetHint };
}

/** Without empty buckets at the ends of its runs. */
export function compact(histogram: FloatHistogram): FloatHistogram {
  return {
    ...histogram,
    positive: trimRun(histogram.positive),
    negative: trimRun(histogram.negative),
  };
}

function sameRuns(a: BucketRun, b: BucketRun): boolean {
  const left = trimRun(a);
  const right = trimRun(b);
  if (left.counts.length !== right.counts.length) return false;
  if (left.counts.length > 0 && left.offset !== right.offset) return false;
  for (let i = 0; i < left.counts.length; i++) {
    if (!Object.is(left.counts[i], right.counts[i])) return false;
  }
  return true;
}

export function sameBounds(
  a: readonly number[] | undefined,
  b: readonly number[] | undefined,
): boolean {
  const left = a ?? [];
  const right = b ?? [];
  return left.length === right.length && left.every((bound, i) => bound === right[i]);
}

/** Whether two histograms are the same data: NaN equals NaN, the hint does not matter. */
export function equalHistograms(a: FloatHistogram, b: FloatHistogram): boolean {
  return (
    a.schema === b.schema &&
    Object.is(a.count, b.count) &&
    Object.is(a.sum, b.sum) &&
    a.zeroThreshold === b.zeroThreshold &&
    Object.is(a.zeroCount, b.zeroCount) &&
    (!hasCustomBounds(a) || sameBounds(a.customBounds, b.customBounds)) &&
    sameRuns(a.positive, b.positive) &&
    sameRuns(a.negative, b.negative)
  );
}

export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/**
 * The buckets that hold something, from the lowest to the highest, the zero bucket among them.
 * Bounds of a bucket that overlaps with the zero bucket are cut at the zero threshold.
 */
export function bucketsOf(histogram: FloatHistogram): Bucket[] {
  const { schema, zeroThreshold, zeroCount, positive, negative } = histogram;
  const buckets: Bucket[] = [];
  if (hasCustomBounds(histogram)) {
    const bounds = histogram.customBounds ?? [];
    for (let k = 0; k < positive.counts.length; k++) {
      if (positive.counts[k] === 0) continue;
      const index = positive.offset + k;
      buckets.push({
        lower: customBound(index - 1, bounds),
        upper: customBound(index, bounds),
        count: positive.counts[k],
      });
    }
    return buckets;
  }
  for (let k = negative.counts.length - 1; k >= 0; k--) {
    if (negative.counts[k] === 0) continue;
    const index = negative.offset + k;
    buckets.push({
      lower: -exponentialBound(index, schema),
      upper: -Math.max(exponentialBound(index - 1, schema), zeroThreshold),
      count: negative.counts[k],
    });
  }
  if (zeroCount > 0)
    buckets.push({ lower: -zeroThreshold, upper: zeroThreshold, count: zeroCount });
  for (let k = 0; k < positive.counts.length; k++) {
    if (positive.counts[k] === 0) continue;
    const index = positive.offset + k;
    buckets.push({
      lower: Math.max(exponentialBound(index - 1, schema), zeroThreshold),
      upper: exponentialBound(index, schema),
      count: positive.counts[k],
    });
  }
  return buckets;
}

export function hasBuckets({ counts }: BucketRun): boolean {
  for (let i = 0; i < counts.length; i++) if (counts[i] !== 0) return true;
  return false;
}
