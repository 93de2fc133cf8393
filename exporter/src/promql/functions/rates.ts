import type { FloatHistogram } from '../histogram/float-histogram.js';
import {
  divide,
  hasCustomBounds,
  multiply,
  NO_BUCKETS,
  withHint,
} from '../histogram/float-histogram.js';
import { combine, HistogramSum } from '../histogram/histogram-sum.js';
import { isReset } from '../histogram/reset.js';
import type { Window, WindowFunction } from '../range-window.js';
import { ABSENT, FLOAT, HISTOGRAM } from '../rows.js';

/** What `rate`, `increase` and `delta` differ in. */
interface RateKind {
  readonly counter: boolean;
  readonly perSecond: boolean;
}

const RATE: RateKind = { counter: true, perSecond: true };
const INCREASE: RateKind = { counter: true, perSecond: false };
const DELTA: RateKind = { counter: false, perSecond: false };

/** The first and last sample of a window: one object, as every window of every step needs it. */
const edges = { firstTime: 0, lastTime: 0, intervals: 0 };

/**
 * By how much to multiply the difference between the samples at the `edges`: it is extrapolated to
 * the ends of the window where these are near, else by half the usual distance of samples.
 * Source: Prometheus promql/functions.go (extrapolatedRate).
 * @param zero the first sample relative to the difference: a counter cannot have been below 0, which
 *   may be nearer than the start of the window; Infinity where that does not count
 */
function extrapolation(window: Window, zero: number, { perSecond }: RateKind): number {
  let toStart = (edges.firstTime - window.start) / 1000;
  let toEnd = (window.stop - edges.lastTime) / 1000;
  const sampled = (edges.lastTime - edges.firstTime) / 1000;
  const average = sampled / edges.intervals;
  const threshold = average * 1.1;
  if (toStart >= threshold) toStart = average / 2;
  if (sampled * zero < toStart) toStart = sampled * zero;
  if (toEnd >= threshold) toEnd = average / 2;
  const factor = (sampled + toStart + toEnd) / sampled;
  return perSecond ? factor / ((window.stop - window.start) / 1000) : factor;
}

function rateOf(window: Window, kind: RateKind): number {
  if (window.histogramCount > 0) return histogramRate(window, kind);
  const intervals = window.end - window.first - 1;
  if (intervals < 1) return ABSENT;
  const { times, values } = window.samples;
  const first = values[window.first];
  let result = values[window.end - 1] - first;
  if (kind.counter) result = window.withResets(result);
  edges.firstTime = times[window.first];
  edges.lastTime = times[window.end - 1];
  edges.intervals = intervals;
  const zero = kind.counter && result > 0 && first >= 0 ? first / result : Infinity;
  window.value = result * extrapolation(window, zero, kind);
  return FLOAT;
}

function histogramRate(window: Window, kind: RateKind): number {
  if (window.floats > 0) {
    window.annotations.mixedFloatsHistograms(window.metric, window.span);
    return ABSENT;
  }
  const intervals = window.histogramCount - 1;
  if (intervals < 1) return ABSENT;
  const points = window.samples.histograms.slice(window.histogramFirst, window.histogramEnd);
  const difference = histogramDifference(window, points, kind.counter);
  if (difference === undefined) return ABSENT;
  const { histogramTimes } = window.samples;
  edges.firstTime = histogramTimes[window.histogramFirst];
  edges.lastTime = histogramTimes[window.histogramEnd - 1];
  edges.intervals = intervals;
  const [{ count }] = points;
  const knowsZero = kind.counter && difference.count > 0 && count >= 0;
  const zero = knowsZero ? count / difference.count : Infinity;
  window.histogram = multiply(difference, extrapolation(window, zero, kind));
  return HISTOGRAM;
}

/** Last minus first, with what was lost to counter resets; `undefined` where buckets do not fit. */
function histogramDifference(
  window: Window,
  points: readonly FloatHistogram[],
  counter: boolean,
): FloatHistogram | undefined {
  const { annotations, metric, span } = window;
  const last = points[points.length - 1];
  let first = points[0];
  if (counter && points.some(({ resetHint }) => resetHint === 'gauge')) {
    annotations.notCounterHistogram(metric, span);
  }
  const gauges = first.resetHint === 'gauge' && last.resetHint === 'gauge';
  // After a reset the first sample does not count, whatever its buckets are.
  if (counter && isReset(points[1], first)) first = emptyLike(points[1]);
  const custom = hasCustomBounds(first);
  const relevant = counter ? points.slice(1) : [last];
  if (relevant.some((point) => hasCustomBounds(point) !== custom)) {
    annotations.mixedCustomBuckets(metric, span);
    return undefined;
  }
  // Buckets are brought to the coarsest schema before anything is subtracted.
  const coarsest = relevant.reduce(
    (found, point) => (point.schema < found.schema ? point : found),
    first,
  );
  const sum = new HistogramSum(last);
  sum.add(emptyLike(coarsest));
  sum.add(first, -1);
  if (sum.boundsReconciled) annotations.boundsReconciled('subtraction', span);
  if (counter) {
    sum.boundsReconciled = false;
    let previous = first;
    for (const point of points.slice(1)) {
      if (isReset(point, previous)) sum.add(previous);
      previous = point;
    }
    if (sum.boundsReconciled) annotations.boundsReconciled('addition', span);
  } else if (!gauges) {
    annotations.notGaugeHistogram(metric, span);
  }
  return withHint(sum.result(), 'gauge');
}

function emptyLike(histogram: FloatHistogram): FloatHistogram {
  const empty = {
    schema: histogram.schema,
    count: 0,
    sum: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    positive: NO_BUCKETS,
    negative: NO_BUCKETS,
  };
  return histogram.customBounds === undefined
    ? empty
    : { ...empty, customBounds: histogram.customBounds };
}

/** One of the two newest samples of a window. */
interface Newest {
  readonly time: number;
  readonly value: number;
  readonly histogram: FloatHistogram | undefined;
}

function newestTwo(window: Window): readonly [Newest, Newest] | undefined {
  const { samples } = window;
  const found: Newest[] = [];
  let float = window.end - 1;
  let histogram = window.histogramEnd - 1;
  while (found.length < 2) {
    const hasFloat = float >= window.first;
    const hasHistogram = histogram >= window.histogramFirst;
    if (!hasFloat && !hasHistogram) return undefined;
    if (!hasHistogram || (hasFloat && samples.times[float] > samples.histogramTimes[histogram])) {
      found.push({
        time: samples.times[float],
        value: samples.values[float],
        histogram: undefined,
      });
      float--;
    } else {
      found.push({
        time: samples.histogramTimes[histogram],
        value: NaN,
        histogram: samples.histograms[histogram],
      });
      histogram--;
    }
  }
  return [found[1], found[0]];
}

/** `irate` and `idelta`: from the last two samples. */
function instantChange(window: Window, isRate: boolean): number {
  const { first, end, samples } = window;
  if (window.histogramCount === 0) {
    if (end - first < 2) return ABSENT;
    const previous = samples.values[end - 2];
    const value = samples.values[end - 1];
    const interval = samples.times[end - 1] - samples.times[end - 2];
    const change = isRate && value < previous ? value : value - previous;
    window.value = isRate ? change / (interval / 1000) : change;
    return FLOAT;
  }
  const newest = newestTwo(window);
  if (newest === undefined) return ABSENT;
  const { annotations, metric, span } = window;
  const [before, now] = newest;
  if (before.histogram === undefined && now.histogram === undefined) {
    const change = isRate && now.value < before.value ? now.value : now.value - before.value;
    window.value = isRate ? change / ((now.time - before.time) / 1000) : change;
    return FLOAT;
  }
  if (before.histogram === undefined || now.histogram === undefined) {
    annotations.mixedFloatsHistograms(metric, span);
    return ABSENT;
  }
  const gauges = [before, now].filter(({ histogram }) => histogram?.resetHint === 'gauge').length;
  if (isRate && gauges > 0) annotations.notCounterHistogram(metric, span);
  if (!isRate && gauges < 2) annotations.notGaugeHistogram(metric, span);
  let result = now.histogram;
  if (!isRate || !isReset(now.histogram, before.histogram)) {
    const difference = combine(now.histogram, before.histogram, -1);
    if (difference === undefined) {
      annotations.mixedCustomBuckets(metric, span);
      return ABSENT;
    }
    if (difference.boundsReconciled) annotations.boundsReconciled('subtraction', span);
    result = difference.histogram;
  }
  if (isRate) result = divide(result, (now.time - before.time) / 1000);
  window.histogram = withHint(result, 'gauge');
  return HISTOGRAM;
}

export const RATES = {
  rate: (window) => rateOf(window, RATE),
  increase: (window) => rateOf(window, INCREASE),
  delta: (window) => rateOf(window, DELTA),
  irate: (window) => instantChange(window, true),
  idelta: (window) => instantChange(window, false),
} satisfies Record<string, WindowFunction>;
