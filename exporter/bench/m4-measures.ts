import { deseasonalise } from '../src/analysis/forecast/decompose.js';
import type { M4Series } from './m4-data.js';

const SEASON = 24;
/** Share of future values that may lie outside the interval. */
const ALPHA = 0.05;

export interface Prediction {
  readonly values: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Means over all series; `coverage` is the share of values within their interval. */
export interface Measures {
  sMAPE: number;
  MASE: number;
  MSIS: number;
  coverage: number;
}

/** The measures of the M4 competition (Makridakis, Spiliotis, Assimakopoulos 2020), for one series. */
function measure({ train, test }: M4Series, { values, lower, upper }: Prediction): Measures {
  const scale = seasonalChange(train);
  const of = (one: (value: number, h: number) => number): number =>
    test.reduce((sum, value, h) => sum + one(value, h), 0) / test.length;
  return {
    sMAPE: of((y, h) => (200 * Math.abs(y - values[h])) / (Math.abs(y) + Math.abs(values[h]))),
    MASE: of((y, h) => Math.abs(y - values[h])) / scale,
    MSIS:
      of((y, h) => {
        const outside = Math.max(0, lower[h] - y, y - upper[h]);
        return upper[h] - lower[h] + (2 / ALPHA) * outside;
      }) / scale,
    coverage: of((y, h) => (y >= lower[h] && y <= upper[h] ? 1 : 0)),
  };
}

/** Mean absolute difference of values a season apart. */
function seasonalChange(train: Float64Array): number {
  let sum = 0;
  for (let i = SEASON; i < train.length; i++) sum += Math.abs(train[i] - train[i - SEASON]);
  return sum / (train.length - SEASON);
}

/** Measures of every prediction, as means over the series. */
export function meanMeasures(
  series: readonly M4Series[],
  predictions: readonly Prediction[],
): Measures {
  const mean: Measures = { sMAPE: 0, MASE: 0, MSIS: 0, coverage: 0 };
  series.forEach((one, i) => {
    const measures = measure(one, predictions[i]);
    for (const key of ['sMAPE', 'MASE', 'MSIS', 'coverage'] as const) {
      mean[key] += measures[key] / series.length;
    }
  });
  return mean;
}

/**
 * Naive2, the reference of the competition: the last value, after classical multiplicative seasonal
 * adjustment where the autocorrelation at the season is significant at 90 %.
 */
export function naive2({ train, test }: M4Series): Float64Array {
  const last = train.length - 1;
  const plain = { values: train, restore: (value: number): number => value };
  const { values, restore } = isSeasonal(train) ? deseasonalise(train, SEASON) : plain;
  return test.map((_, h) => restore(values[last], last + 1 + h));
}

function isSeasonal(values: Float64Array): boolean {
  if (values.length < 3 * SEASON) return false;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < values.length; i++) sum += (values[i] - mean) * (values[i - lag] - mean);
    return sum;
  };
  const variance = covariance(0);
  let squares = 0;
  for (let lag = 1; lag < SEASON; lag++) squares += (covariance(lag) / variance) ** 2;
  const limit = 1.645 * Math.sqrt((1 + 2 * squares) / values.length);
  return Math.abs(covariance(SEASON) / variance) > limit;
}
