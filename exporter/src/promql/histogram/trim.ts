import type { BucketRun } from '../../series/histogram.js';
import {
  compact,
  customBound,
  exponentialBound,
  hasBuckets,
  hasCustomBounds,
  type Bucket,
  type FloatHistogram,
} from './float-histogram.js';
import { fractionBelow } from './quantile.js';

interface Kept {
  readonly count: number;
  /** Where the kept observations are taken to lie. */
  readonly middle: number;
}

/** The middle of what is left of a bucket: geometric for exponential ones. */
function middleOf(lower: number, upper: number, sign: number, linear: boolean): number {
  if (Math.abs(lower) === Infinity) {
    if (Math.abs(upper) === Infinity) return 0;
    return upper > 0 ? upper / 2 : upper;
  }
  if (Math.abs(upper) === Infinity) return lower;
  if (linear) return (lower + upper) / 2;
  return sign * Math.sqrt(Math.abs(lower * upper));
}

function finite(value: number): number {
  return Math.abs(value) === Infinity ? 0 : value;
}

/** A bucket without a lower or upper end has no known distribution; only some cuts make sense. */
function trimInfinite({ lower, upper, count }: Bucket, at: number, keepBelow: boolean): Kept {
  if (lower === -Infinity) {
    if (keepBelow) {
      if (at >= upper) return { count, middle: 0 };
      if (at > 0 && upper > 0 && upper !== Infinity) {
        return { count: (count * at) / upper, middle: at / 2 };
      }
      return upper <= 0 ? { count, middle: at } : { count: 0, middle: finite(upper) };
    }
    if (at === -Infinity) return { count, middle: 0 };
    if (at >= 0 && upper > at && upper !== Infinity) {
      return { count: count * (1 - at / upper), middle: (at + upper) / 2 };
    }
    return { count: 0, middle: finite(upper) };
  }
  if (!keepBelow && at >= lower) return { count, middle: at };
  return { count: 0, middle: finite(lower) };
}

function trimZero(histogram: FloatHistogram, at: number, keepBelow: boolean): Kept {
  const { zeroThreshold, zeroCount } = histogram;
  const positive = hasBuckets(histogram.positive);
  const negative = hasBuckets(histogram.negative);
  const lower = positive && !negative ? 0 : -zeroThreshold;
  const upper = negative && !positive ? 0 : zeroThreshold;
  if (at <= lower) {
    return keepBelow ? { count: 0, middle: 0 } : { count: zeroCount, middle: (lower + upper) / 2 };
  }
  if (at >= upper) {
    return keepBelow ? { count: zeroCount, middle: (lower + upper) / 2 } : { count: 0, middle: 0 };
  }
  return keepBelow
    ? { count: (zeroCount * (at - lower)) / (upper - lower), middle: (lower + at) / 2 }
    : { count: (zeroCount * (upper - at)) / (upper - lower), middle: (at + upper) / 2 };
}

/**
 * The part of a histogram below (`keepBelow`) or above a value. A bucket that the value cuts is
 * split by interpolation; count and sum are estimated anew if anything was cut off.
 * Source: Prometheus model/histogram/float_histogram.go (TrimBuckets).
 */
export function trim(histogram: FloatHistogram, at: number, keepBelow: boolean): FloatHistogram {
  const custom = hasCustomBounds(histogram);
  let total = 0;
  let sum = 0;
  let trimmed = false;

  const keep = (bucket: Bucket, sign: number): Kept => {
    const { lower, upper, count } = bucket;
    if (keepBelow ? upper <= at : lower >= at) {
      return { count, middle: middleOf(lower, upper, sign, custom) };
    }
    if (keepBelow ? lower >= at : upper <= at) return { count: 0, middle: 0 };
    if (lower === -Infinity || upper === Infinity) return trimInfinite(bucket, at, keepBelow);
    const below = count * fractionBelow(bucket, at, custom);
    return keepBelow
      ? { count: below, middle: middleOf(lower, at, sign, custom) }
      : { count: count - below, middle: middleOf(at, upper, sign, custom) };
  };
  const trimRun = ({ offset, counts }: BucketRun, sign: 1 | -1): BucketRun => {
    const kept = Float64Array.from(counts);
    for (let k = 0; k < kept.length; k++) {
      const count = counts[k];
      if (count === 0) continue;
      const [inner, outer] = [offset + k - 1, offset + k].map((index) =>
        custom
          ? customBound(index, histogram.customBounds ?? [])
          : sign * exponentialBound(index, histogram.schema),
      );
      const bucket =
        sign > 0 ? { lower: inner, upper: outer, count } : { lower: outer, upper: inner, count };
      const part = keep(bucket, sign);
      total += part.count;
      sum += part.middle * part.count;
      if (part.count !== count) trimmed = true;
      kept[k] = part.count;
    }
    return { offset, counts: kept };
  };

  const positive = trimRun(histogram.positive, 1);
  const negative = trimRun(histogram.negative, -1);
  let { zeroCount } = histogram;
  if (zeroCount > 0) {
    const part = trimZero(histogram, at, keepBelow);
    if (part.count !== zeroCount) trimmed = true;
    total += part.count;
    sum += part.middle * part.count;
    zeroCount = part.count;
  }
  if (!trimmed) return histogram;
  return compact({ ...histogram, positive, negative, zeroCount, count: total, sum });
}
