import { divide, type FloatHistogram } from '../histogram/float-histogram.js';
import { HistogramSum } from '../histogram/histogram-sum.js';
import type { Window, WindowFunction } from '../range-window.js';
import { quantileOf } from '../quantile.js';
import { ABSENT, FLOAT, HISTOGRAM } from '../rows.js';

/** Functions that see floats only: histograms beside them are told of and ignored. */
function overFloats(compute: (window: Window) => number): WindowFunction {
  return (window) => {
    if (window.floats === 0) return ABSENT;
    if (window.histogramCount > 0) window.annotations.histogramIgnored(window.metric, window.span);
    window.value = compute(window);
    return FLOAT;
  };
}

function sumOf({ samples: { values }, first, end }: Window): number {
  let sum = 0;
  let compensation = 0;
  for (let i = first; i < end; i++) {
    const value = values[i];
    const total = sum + value;
    if (total === Infinity || total === -Infinity) compensation = 0;
    else if (Math.abs(sum) >= Math.abs(value)) compensation += sum - total + value;
    else compensation += value - total + sum;
    sum = total;
  }
  return sum === Infinity || sum === -Infinity ? sum : sum + compensation;
}

function meanOf(window: Window): number {
  const {
    samples: { values },
    first,
    end,
  } = window;
  let sum = values[first];
  let compensation = 0;
  for (let i = first + 1; i < end; i++) {
    const value = values[i];
    const total = sum + value;
    if (total === Infinity || total === -Infinity) {
      return incrementalMean(window, { from: i, sum, compensation });
    }
    if (Math.abs(sum) >= Math.abs(value)) compensation += sum - total + value;
    else compensation += value - total + sum;
    sum = total;
  }
  const count = end - first;
  return sum / count + compensation / count;
}

/** Goes on from a sum that would overflow: slower and less exact, but never larger than the values. */
function incrementalMean(
  { samples: { values }, first, end }: Window,
  { from, sum, compensation }: { from: number; sum: number; compensation: number },
): number {
  let mean = sum / (from - first);
  let rest = compensation / (from - first);
  for (let i = from; i < end; i++) {
    const count = i - first + 1;
    const q = (count - 1) / count;
    const term = values[i] / count;
    const scaled = q * mean;
    const total = scaled + term;
    rest *= q;
    if (total === Infinity || total === -Infinity) rest = 0;
    else if (Math.abs(scaled) >= Math.abs(term)) rest += scaled - total + term;
    else rest += term - total + scaled;
    mean = total;
  }
  return mean + rest;
}

function varianceOf({ samples: { values }, first, end }: Window): number {
  let count = 0;
  let mean = 0;
  let meanRest = 0;
  let squares = 0;
  let squaresRest = 0;
  for (let i = first; i < end; i++) {
    count++;
    const deviation = values[i] - (mean + meanRest);
    const step = deviation / count;
    let total = mean + step;
    if (total === Infinity || total === -Infinity) meanRest = 0;
    else if (Math.abs(mean) >= Math.abs(step)) meanRest += mean - total + step;
    else meanRest += step - total + mean;
    mean = total;
    const term = deviation * (values[i] - (mean + meanRest));
    total = squares + term;
    if (total === Infinity || total === -Infinity) squaresRest = 0;
    else if (Math.abs(squares) >= Math.abs(term)) squaresRest += squares - total + term;
    else squaresRest += term - total + squares;
    squares = total;
  }
  return (squares + squaresRest) / count;
}

/** Index of the extreme value; of equal ones the first, or the last where times are asked for. */
function extreme(window: Window, sign: 1 | -1, lastOfEqual: boolean): number {
  const {
    samples: { values },
    first,
    end,
  } = window;
  let best = first;
  for (let i = first; i < end; i++) {
    const value = sign * values[i];
    const known = sign * values[best];
    if (value > known || known !== known || (lastOfEqual && value === known)) best = i;
  }
  return best;
}

function sorted({ samples: { values }, first, end }: Window): Float64Array {
  // Typed arrays sort NaN to the end; Prometheus puts it first.
  return values.slice(first, end).sort();
}

function medianDeviation(window: Window): number {
  const values = sorted(window);
  if (Number.isNaN(values[values.length - 1])) return NaN;
  const median = quantileOf(0.5, values);
  for (let i = 0; i < values.length; i++) values[i] = Math.abs(values[i] - median);
  return quantileOf(0.5, values.sort());
}

function checkedQuantile(window: Window): number {
  const q = window.arg(0);
  if (!(q >= 0 && q <= 1)) window.annotations.invalidQuantile(q, window.span);
  return quantileOf(q, sorted(window));
}

/** Sum or mean of histograms, or of floats; a mix of both has no result. */
function overBoth(
  floats: (window: Window) => number,
  histograms: (window: Window) => FloatHistogram | undefined,
): WindowFunction {
  return (window) => {
    if (window.mixed) {
      window.annotations.mixedFloatsHistograms(window.metric, window.span);
      return ABSENT;
    }
    if (window.histogramCount === 0) {
      window.value = floats(window);
      return FLOAT;
    }
    window.histogram = histograms(window);
    if (window.histogram !== undefined) return HISTOGRAM;
    window.annotations.mixedCustomBuckets(window.metric, window.span);
    return ABSENT;
  };
}

function combineHistograms(window: Window, mean: boolean): FloatHistogram | undefined {
  const { annotations, span } = window;
  const { histograms } = window.samples;
  const total = new HistogramSum(histograms[window.histogramFirst]);
  const hints = new Set([histograms[window.histogramFirst].resetHint]);
  let incremental = false;
  let count = 1;
  for (let i = window.histogramFirst + 1; i < window.histogramEnd; i++) {
    const histogram = histograms[i];
    hints.add(histogram.resetHint);
    count++;
    if (mean && !incremental && total.overflowsWith(histogram)) {
      incremental = true;
      total.divide(count - 1);
    }
    let added: boolean;
    if (incremental) {
      total.scale((count - 1) / count);
      added = total.add(divide(histogram, count));
    } else {
      added = total.add(histogram);
    }
    if (!added) return undefined;
  }
  if (hints.has('reset') && hints.has('not_reset')) annotations.resetsCollided('aggregation', span);
  if (total.boundsReconciled) annotations.boundsReconciled('aggregation', span);
  return total.result(mean && !incremental ? count : 1);
}

/** First or last sample of a window, whichever kind it is. */
function atEnd(last: boolean): WindowFunction {
  return (window) => {
    const { samples } = window;
    const float = last ? window.end - 1 : window.first;
    const histogram = last ? window.histogramEnd - 1 : window.histogramFirst;
    if (window.histogramCount === 0 || (window.floats > 0 && isNearer())) {
      window.value = samples.values[float];
      return FLOAT;
    }
    window.histogram = samples.histograms[histogram];
    return HISTOGRAM;

    function isNearer(): boolean {
      const difference = samples.times[float] - samples.histogramTimes[histogram];
      return last ? difference > 0 : difference < 0;
    }
  };
}

function endTime(last: boolean): WindowFunction {
  return (window) => {
    const { times, histogramTimes } = window.samples;
    const found: number[] = [];
    if (window.floats > 0) found.push(times[last ? window.end - 1 : window.first]);
    if (window.histogramCount > 0) {
      found.push(histogramTimes[last ? window.histogramEnd - 1 : window.histogramFirst]);
    }
    window.value = (last ? Math.max(...found) : Math.min(...found)) / 1000;
    return FLOAT;
  };
}

export const OVER_TIME = {
  sum_over_time: overBoth(sumOf, (window) => combineHistograms(window, false)),
  avg_over_time: overBoth(meanOf, (window) => combineHistograms(window, true)),
  min_over_time: overFloats((w) => w.samples.values[extreme(w, -1, false)]),
  max_over_time: overFloats((w) => w.samples.values[extreme(w, 1, false)]),
  ts_of_min_over_time: overFloats((w) => w.samples.times[extreme(w, -1, true)] / 1000),
  ts_of_max_over_time: overFloats((w) => w.samples.times[extreme(w, 1, true)] / 1000),
  stdvar_over_time: overFloats(varianceOf),
  stddev_over_time: overFloats((window) => Math.sqrt(varianceOf(window))),
  quantile_over_time: overFloats(checkedQuantile),
  mad_over_time: overFloats(medianDeviation),
  count_over_time: (window) => {
    window.value = window.floats + window.histogramCount;
    return FLOAT;
  },
  present_over_time: (window) => {
    window.value = 1;
    return FLOAT;
  },
  first_over_time: atEnd(false),
  last_over_time: atEnd(true),
  ts_of_first_over_time: endTime(false),
  ts_of_last_over_time: endTime(true),
} satisfies Record<string, WindowFunction>;
