import { KymoError } from '../lib/errors.js';
import { CUSTOM_BUCKETS_SCHEMA, type BucketRun, type ExponentialHistogram } from './histogram.js';

/** Buckets that a histogram in the head may have, positive and negative together. */
export const MAX_BUCKETS = 160;

/** The coarsest schema: each bucket spans 16 octaves. */
export const MIN_SCHEMA = -4;
export const MAX_SCHEMA = 8;

const NO_BUCKETS: BucketRun = { offset: 0, counts: [] };

export function bucketCount({ positive, negative }: ExponentialHistogram): number {
  return positive.counts.length + negative.counts.length;
}

/** Index at a coarser schema of the bucket that holds bucket `index` of a finer one. */
export function coarserIndex(index: number, steps: number): number {
  return ((index - 1) >> steps) + 1;
}

/** Upper bound of positive bucket `index`: base^index with base = 2^(2^−schema). */
export function upperBound(index: number, schema: number): number {
  if (schema <= 0) return 2 ** (index * 2 ** -schema);
  const size = 2 ** schema;
  const octave = Math.floor(index / size);
  // The octave apart, so that bounds which are powers of two are exact.
  return 2 ** ((index - octave * size) / size) * 2 ** octave;
}

function coarserRun({ offset, counts }: BucketRun, steps: number): BucketRun {
  if (counts.length === 0) return NO_BUCKETS;
  const first = coarserIndex(offset, steps);
  const last = coarserIndex(offset + counts.length - 1, steps);
  const merged = new Float64Array(last - first + 1);
  for (let i = 0; i < counts.length; i++) {
    merged[coarserIndex(offset + i, steps) - first] += counts[i];
  }
  return { offset: first, counts: merged };
}

/**
 * The same observations at a coarser schema: exactly what recording them there would have given.
 * Returns the histogram itself where it is as coarse already, or has custom bounds.
 */
export function downscale(histogram: ExponentialHistogram, schema: number): ExponentialHistogram {
  const steps = histogram.schema - schema;
  if (steps <= 0 || histogram.schema === CUSTOM_BUCKETS_SCHEMA) return histogram;
  return {
    ...histogram,
    schema,
    positive: coarserRun(histogram.positive, steps),
    negative: coarserRun(histogram.negative, steps),
  };
}

/** Without the empty buckets at the ends of its runs. */
export function trimRun({ offset, counts }: BucketRun): BucketRun {
  let start = 0;
  let end = counts.length;
  while (start < end && counts[start] === 0) start++;
  while (end > start && counts[end - 1] === 0) end--;
  if (start === end) return NO_BUCKETS;
  if (start === 0 && end === counts.length) return { offset, counts };
  return { offset: offset + start, counts: counts.slice(start, end) };
}

/** a + factor × b, bucket by bucket. */
function combineRuns(a: BucketRun, b: BucketRun, factor: number): BucketRun {
  if (b.counts.length === 0) return a;
  if (a.counts.length === 0) {
    return { offset: b.offset, counts: Float64Array.from(b.counts, (count) => factor * count) };
  }
  const first = Math.min(a.offset, b.offset);
  const end = Math.max(a.offset + a.counts.length, b.offset + b.counts.length);
  const counts = new Float64Array(end - first);
  for (let i = 0; i < a.counts.length; i++) counts[a.offset - first + i] = a.counts[i];
  for (let i = 0; i < b.counts.length; i++) counts[b.offset - first + i] += factor * b.counts[i];
  return { offset: first, counts };
}

/** Raises a zero threshold to the upper bound of the fullest bucket that it would cut in two. */
function wholeThreshold(
  { schema, positive, negative }: ExponentialHistogram,
  wanted: number,
): number {
  let threshold = wanted;
  for (const { offset, counts } of [positive, negative]) {
    for (let i = 0; i < counts.length; i++) {
      if (upperBound(offset + i - 1, schema) >= threshold) break;
      if (counts[i] !== 0) threshold = Math.max(threshold, upperBound(offset + i, schema));
    }
  }
  return threshold;
}

/** The histogram with a wider zero bucket; `threshold` must not cut a bucket in two. */
function widenZero(histogram: ExponentialHistogram, threshold: number): ExponentialHistogram {
  if (histogram.zeroThreshold === threshold) return histogram;
  const { schema } = histogram;
  let { zeroCount } = histogram;
  const outside = ({ offset, counts }: BucketRun): BucketRun => {
    const left = Float64Array.from(counts);
    for (let i = 0; i < left.length && upperBound(offset + i, schema) <= threshold; i++) {
      zeroCount += left[i];
      left[i] = 0;
    }
    return trimRun({ offset, counts: left });
  };
  const positive = outside(histogram.positive);
  const negative = outside(histogram.negative);
  return { ...histogram, zeroThreshold: threshold, zeroCount, positive, negative };
}

/** Brings two histograms to one schema and one zero bucket. */
function align(
  a: ExponentialHistogram,
  b: ExponentialHistogram,
): [ExponentialHistogram, ExponentialHistogram] {
  const aIsCustom = a.schema === CUSTOM_BUCKETS_SCHEMA;
  if (aIsCustom !== (b.schema === CUSTOM_BUCKETS_SCHEMA)) {
    throw new KymoError(
      'histogram_mismatch',
      'a histogram with custom bounds and an exponential one cannot be combined; select one kind',
    );
  }
  if (aIsCustom) return alignBounds(a, b);
  const schema = Math.min(a.schema, b.schema);
  const first = downscale(a, schema);
  const second = downscale(b, schema);
  let threshold = Math.max(a.zeroThreshold, b.zeroThreshold);
  if (a.zeroThreshold !== b.zeroThreshold) {
    for (;;) {
      const whole = Math.max(wholeThreshold(first, threshold), wholeThreshold(second, threshold));
      if (whole === threshold) break;
      threshold = whole;
    }
  }
  return [widenZero(first, threshold), widenZero(second, threshold)];
}

/** Keeps the bounds that both have; the observations between go up to the next of them. */
function alignBounds(
  a: ExponentialHistogram,
  b: ExponentialHistogram,
): [ExponentialHistogram, ExponentialHistogram] {
  const boundsOfA = a.customBounds ?? [];
  const boundsOfB = b.customBounds ?? [];
  if (
    boundsOfA.length === boundsOfB.length &&
    boundsOfA.every((bound, i) => bound === boundsOfB[i])
  ) {
    return [a, b];
  }
  const common = boundsOfA.filter((bound) => boundsOfB.includes(bound));
  const regroup = (histogram: ExponentialHistogram): ExponentialHistogram => {
    const { positive, customBounds = [] } = histogram;
    const counts = new Float64Array(common.length + 1);
    for (let i = 0; i < positive.counts.length; i++) {
      const bound = customBounds[positive.offset + i] ?? Infinity;
      const target = common.findIndex((candidate) => bound <= candidate);
      counts[target < 0 ? common.length : target] += positive.counts[i];
    }
    return { ...histogram, customBounds: common, positive: trimRun({ offset: 0, counts }) };
  };
  return [regroup(a), regroup(b)];
}

/** Buckets from the first to the last that either of two runs has. */
function span(a: BucketRun, b: BucketRun): number {
  if (a.counts.length === 0 || b.counts.length === 0) return a.counts.length + b.counts.length;
  const end = Math.max(a.offset + a.counts.length, b.offset + b.counts.length);
  return end - Math.min(a.offset, b.offset);
}

/** Makes two histograms of one schema coarse enough for what comes of them to have 160 buckets. */
function fit(
  a: ExponentialHistogram,
  b: ExponentialHistogram,
): [ExponentialHistogram, ExponentialHistogram] {
  let [first, second] = [a, b];
  const buckets = (): number =>
    span(first.positive, second.positive) + span(first.negative, second.negative);
  while (buckets() > MAX_BUCKETS && first.schema > MIN_SCHEMA) {
    [first, second] = [first, second].map((one) => downscale(one, one.schema - 1));
  }
  return [first, second];
}

function combine(
  a: ExponentialHistogram,
  b: ExponentialHistogram,
  factor: number,
): ExponentialHistogram {
  const [first, second] = fit(...align(a, b));
  return {
    ...first,
    count: first.count + factor * second.count,
    sum: first.sum + factor * second.sum,
    zeroCount: first.zeroCount + factor * second.zeroCount,
    positive: combineRuns(first.positive, second.positive, factor),
    negative: combineRuns(first.negative, second.negative, factor),
  };
}

/**
 * The histogram of the observations of both: exact, at the coarser of their schemas (or one coarser
 * still, so that it has at most 160 buckets) and with the wider of their zero buckets.
 * @throws KymoError `histogram_mismatch` where only one of them has custom bounds
 */
export function addHistograms(
  a: ExponentialHistogram,
  b: ExponentialHistogram,
): ExponentialHistogram {
  return combine(a, b, 1);
}

/**
 * What came between `earlier` and `later` of one cumulative histogram. Counts are negative where it
 * was reset in between.
 * @throws KymoError `histogram_mismatch` where only one of them has custom bounds
 */
export function subtractHistograms(
  later: ExponentialHistogram,
  earlier: ExponentialHistogram,
): ExponentialHistogram {
  return combine(later, earlier, -1);
}

/** The histogram with all counts and its sum multiplied. */
export function scaleHistogram(
  histogram: ExponentialHistogram,
  factor: number,
): ExponentialHistogram {
  const scale = ({ offset, counts }: BucketRun): BucketRun => ({
    offset,
    counts: Float64Array.from(counts, (count) => count * factor),
  });
  return {
    ...histogram,
    count: histogram.count * factor,
    sum: histogram.sum * factor,
    zeroCount: histogram.zeroCount * factor,
    positive: scale(histogram.positive),
    negative: scale(histogram.negative),
  };
}

/** The point of a bucket whose relative distance to both of its bounds is the same. */
function middle(index: number, schema: number): number {
  const lower = upperBound(index - 1, schema);
  const upper = upperBound(index, schema);
  if (upper === Infinity) return lower;
  return lower * (2 / (1 + lower / upper));
}

/**
 * The observation of rank ⌈q × count⌉ (the nearest rank, counted from the smallest, at least 1), as
 * the middle of its bucket: for schema 5 within 1.1 % of the observation, and exactly 0 in the zero
 * bucket. NaN for an empty histogram, and for custom bounds the upper bound of the bucket (the greatest
 * bound where there is none).
 * @param q 0 to 1
 */
export function nearestRankQuantile(histogram: ExponentialHistogram, q: number): number {
  const { schema, zeroCount, positive, negative, customBounds } = histogram;
  const { counts: above } = positive;
  const { counts: below } = negative;
  let total = zeroCount;
  for (let i = 0; i < above.length; i++) total += above[i];
  for (let i = 0; i < below.length; i++) total += below[i];
  if (!(total > 0) || Number.isNaN(q)) return NaN;
  const rank = Math.min(total, Math.max(1, Math.ceil(q * total)));
  let seen = 0;
  for (let i = below.length - 1; i >= 0; i--) {
    seen += below[i];
    if (seen >= rank) return -middle(negative.offset + i, schema);
  }
  seen += zeroCount;
  if (seen >= rank) return 0;
  let last = above.length - 1;
  while (last > 0 && above[last] === 0) last--;
  let at = 0;
  // Sums of floats may fall short of the rank by a rounding: then it is the last bucket.
  for (; at < last; at++) {
    seen += above[at];
    if (seen >= rank) break;
  }
  const index = positive.offset + at;
  if (customBounds === undefined) return middle(index, schema);
  return customBounds[Math.min(index, customBounds.length - 1)] ?? NaN;
}
