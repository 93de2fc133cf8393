import { ExecutionError } from '../errors.js';
import { equalHistograms } from '../histogram/float-histogram.js';
import { isReset } from '../histogram/reset.js';
import { KahanSum } from '../kahan.js';
import type { Window, WindowFunction } from '../range-window.js';
import { ABSENT, FLOAT } from '../rows.js';

interface Line {
  readonly slope: number;
  /** Value at the time that was asked for. */
  readonly intercept: number;
}

/** Least-squares line through the floats of a window; x is seconds from `time` (Unix ms). */
function regression({ samples: { times, values }, first, end }: Window, time: number): Line {
  const sumX = new KahanSum();
  const sumY = new KahanSum();
  const sumXY = new KahanSum();
  const sumX2 = new KahanSum();
  const initial = values[first];
  let constant = true;
  for (let i = first; i < end; i++) {
    const y = values[i];
    if (i > first && y !== initial) constant = false;
    const x = (times[i] - time) / 1000;
    sumX.add(x);
    sumY.add(y);
    sumXY.add(x * y);
    sumX2.add(x * x);
  }
  if (constant) {
    return Math.abs(initial) === Infinity
      ? { slope: NaN, intercept: NaN }
      : { slope: 0, intercept: initial };
  }
  const n = end - first;
  const covariance = sumXY.value() - (sumX.value() * sumY.value()) / n;
  const variance = sumX2.value() - (sumX.value() * sumX.value()) / n;
  const slope = covariance / variance;
  return { slope, intercept: sumY.value() / n - (slope * sumX.value()) / n };
}

/** Trends need two floats; histograms beside them are told of and ignored. */
function overTwoFloats(compute: (window: Window) => number): WindowFunction {
  return (window) => {
    if (window.floats > 0 && window.histogramCount > 0) {
      window.annotations.histogramIgnored(window.metric, window.span);
    }
    if (window.floats < 2) return ABSENT;
    window.value = compute(window);
    return FLOAT;
  };
}

function smoothed(window: Window): number {
  const {
    samples: { values },
    first,
    end,
  } = window;
  const smoothing = window.arg(0);
  const trend = window.arg(1);
  let before = 0;
  let now = values[first];
  let slope = values[first + 1] - values[first];
  for (let i = first + 1; i < end; i++) {
    if (i > first + 1) slope = trend * (now - before) + (1 - trend) * slope;
    const next = smoothing * values[i] + (1 - smoothing) * (now + slope);
    before = now;
    now = next;
  }
  return now;
}

function doubleExponentialSmoothing(window: Window): number {
  for (const [name, factor] of [
    ['smoothing', window.arg(0)],
    ['trend', window.arg(1)],
  ] as const) {
    if (factor <= 0 || factor >= 1) {
      throw new ExecutionError(
        `invalid ${name} factor. Expected: 0 < ${name === 'trend' ? 'tf' : 'sf'} < 1, got: ${factor.toFixed(6)}`,
      );
    }
  }
  return overTwoFloats(smoothed)(window);
}

/** Counts what happens from one sample to the next, floats and histograms in order of time. */
function countChanges(
  window: Window,
  {
    floats,
    histograms,
  }: {
    floats: (now: number, before: number) => boolean;
    histograms: (now: number, before: number) => boolean;
  },
): number {
  const { samples } = window;
  if (window.histogramCount === 0) {
    const { values } = samples;
    let count = 0;
    for (let i = window.first + 1; i < window.end; i++) {
      if (floats(values[i], values[i - 1])) count++;
    }
    window.value = count;
    return FLOAT;
  }
  let count = 0;
  let float = window.first;
  let histogram = window.histogramFirst;
  let lastWasFloat: boolean | undefined;
  while (float < window.end || histogram < window.histogramEnd) {
    const isFloat =
      histogram >= window.histogramEnd ||
      (float < window.end && samples.times[float] < samples.histogramTimes[histogram]);
    if (lastWasFloat !== undefined) {
      if (lastWasFloat !== isFloat) count++;
      else if (isFloat ? floats(samples.values[float], samples.values[float - 1]) : false) count++;
      else if (!isFloat && histograms(histogram, histogram - 1)) count++;
    }
    lastWasFloat = isFloat;
    if (isFloat) float++;
    else histogram++;
  }
  window.value = count;
  return FLOAT;
}

export const TRENDS = {
  deriv: overTwoFloats((window) => regression(window, window.samples.times[window.first]).slope),
  predict_linear: overTwoFloats((window) => {
    const { slope, intercept } = regression(window, window.time);
    return slope * window.arg(0) + intercept;
  }),
  double_exponential_smoothing: doubleExponentialSmoothing,
  changes: (window) =>
    countChanges(window, {
      floats: (now, before) => now !== before && !(now !== now && before !== before),
      histograms: (now, before) =>
        !equalHistograms(window.samples.histograms[now], window.samples.histograms[before]),
    }),
  resets: (window) =>
    countChanges(window, {
      floats: (now, before) => now < before,
      histograms: (now, before) =>
        isReset(window.samples.histograms[now], window.samples.histograms[before]),
    }),
} satisfies Record<string, WindowFunction>;
