import { quantileOfBucket, type Bucket } from '../../series/history/bucket.js';
import { mergeDistributions } from '../../series/history/distribution.js';
import { HistogramSum } from '../histogram/histogram-sum.js';
import { multiply } from '../histogram/float-histogram.js';
import type { Window, WindowFunction } from '../range-window.js';
import { ABSENT, FLOAT, HISTOGRAM } from '../rows.js';
import { OVER_TIME } from './over-time.js';
import { RATES } from './rates.js';

/** The buckets of gauges in a window; `undefined` where others are among them. */
function gaugesIn(window: Window): readonly Bucket[] | undefined {
  const { first, end, samples } = window;
  if (window.histogramCount > 0 || samples.buckets === undefined) return undefined;
  const buckets = samples.buckets.slice(first, end);
  return buckets.every(({ kind }) => kind === 'gauge') ? buckets : undefined;
}

/**
 * Exact for gauges, whose buckets say it. Of counters a bucket knows the increase, but not what the
 * values were, so that the value at its end stands for all of it.
 */
function ofGauges(
  compute: (buckets: readonly Bucket[], window: Window) => number,
  samples: WindowFunction,
): WindowFunction {
  return (window) => {
    const buckets = gaugesIn(window);
    if (buckets === undefined) return samples(window);
    window.value = compute(buckets, window);
    return FLOAT;
  };
}

function total(buckets: readonly Bucket[], of: (bucket: Bucket) => number): number {
  let sum = 0;
  for (const bucket of buckets) sum += of(bucket);
  return sum;
}

const sumOf = (buckets: readonly Bucket[]): number => total(buckets, ({ sum }) => sum);
const countOf = (buckets: readonly Bucket[]): number => total(buckets, ({ count }) => count);

function quantile(buckets: readonly Bucket[], window: Window): number {
  const q = window.arg(0);
  if (!(q >= 0 && q <= 1)) {
    window.annotations.invalidQuantile(q, window.span);
    return q < 0 ? -Infinity : q > 1 ? Infinity : NaN;
  }
  // Exact at the ends, which buckets know.
  if (q === 0) return Math.min(...buckets.map(({ min }) => min));
  if (q === 1) return Math.max(...buckets.map(({ max }) => max));
  return quantileOfBucket(merged(buckets), q);
}

function merged(buckets: readonly Bucket[]): Bucket {
  // In pairs, so that what is merged over and over stays small.
  let level = [...buckets];
  while (level.length > 1) {
    const next: Bucket[] = [];
    for (let i = 0; i < level.length; i += 2) {
      next.push(i + 1 < level.length ? both(level[i], level[i + 1]) : level[i]);
    }
    level = next;
  }
  return level[0];
}

function both(a: Bucket, b: Bucket): Bucket {
  return {
    ...b,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    distribution: mergeDistributions(a.distribution, b.distribution),
  };
}

/**
 * What increases of a window are to be multiplied with: its last bucket may be of a time that is not
 * over, so that the buckets are of more time than the window.
 */
function fit(window: Window, buckets: readonly Bucket[]): number {
  const covered = buckets[buckets.length - 1].lastTime - buckets[0].start;
  return Math.min(1, (window.stop - window.start) / covered);
}

/** The increase of counters, which is exact for buckets and needs no extrapolation. */
function increase(perSecond: boolean, samples: WindowFunction): WindowFunction {
  const scale = (window: Window): number =>
    perSecond ? 1000 / (window.stop - window.start) : window.share;
  return (window) => {
    const { samples: found, first, end, histogramFirst, histogramEnd } = window;
    if (window.mixed) return samples(window);
    if (window.histogramCount > 0) {
      const buckets = found.histogramBuckets.slice(histogramFirst, histogramEnd);
      const sum = new HistogramSum(found.histograms[histogramFirst]);
      for (let i = histogramFirst + 1; i < histogramEnd; i++) sum.add(found.histograms[i]);
      window.histogram = multiply(sum.result(), fit(window, buckets) * scale(window));
      return HISTOGRAM;
    }
    const buckets = found.buckets?.slice(first, end) ?? [];
    if (buckets.some(({ kind }) => kind !== 'counter')) return samples(window);
    if (countOf(buckets) === 0) return ABSENT;
    window.value = sumOf(buckets) * fit(window, buckets) * scale(window);
    return FLOAT;
  };
}

const { avg_over_time, sum_over_time, min_over_time, max_over_time } = OVER_TIME;
const { count_over_time, quantile_over_time } = OVER_TIME;

/** Functions that buckets of history have more to say to than an average each. */
export const OF_BUCKETS: Readonly<Partial<Record<string, WindowFunction>>> = {
  avg_over_time: ofGauges((buckets) => sumOf(buckets) / countOf(buckets), avg_over_time),
  sum_over_time: ofGauges((buckets, { share }) => share * sumOf(buckets), sum_over_time),
  min_over_time: ofGauges((b) => Math.min(...b.map(({ min }) => min)), min_over_time),
  max_over_time: ofGauges((b) => Math.max(...b.map(({ max }) => max)), max_over_time),
  count_over_time: ofGauges((buckets, { share }) => share * countOf(buckets), count_over_time),
  quantile_over_time: ofGauges(quantile, quantile_over_time),
  rate: increase(true, RATES.rate),
  increase: increase(false, RATES.increase),
};
