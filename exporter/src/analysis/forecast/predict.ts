import { attempt, backtest, type Backtest } from './backtest.js';
import { combine, weigh } from './combine.js';
import { halfWidths } from './intervals.js';
import type { ForecastMethod, ForecastTask } from './method.js';
import { movingAverage } from './moving-average.js';

/** Earlier points from which every method is tried. */
const ORIGINS = 10;

export interface MethodUsed {
  /** Of the method; `last-value` if none could be used. */
  readonly name: string;
  /** Share in the combination, 0 to 1. */
  readonly weight: number;
  /** Mean absolute error in the backtest, as a share of that of the moving average; NaN if not known. */
  readonly error: number;
}

interface Prediction {
  readonly values: Float64Array;
  /** Half of the interval's width. */
  readonly widths: Float64Array;
  /** The heaviest first. */
  readonly methods: readonly MethodUsed[];
}

interface PredictTask extends ForecastTask {
  /** One is used as it is, several are combined. */
  readonly methods: readonly ForecastMethod[];
  readonly level: number;
}

/** Tries the methods on the past, weighs them by it and combines their forecasts. */
export function predict(
  past: Float64Array,
  { methods, horizon, periods, level }: PredictTask,
): Prediction {
  const task = { horizon, periods };
  const limit = limitOf(past, horizon);
  const tried = backtest(past, [...methods, movingAverage], { ...task, count: ORIGINS });
  const errors = weigh(past, tried, methods.length).slice(0, methods.length);
  const weights = weightsOf(errors.map(({ weight }) => weight));
  const ahead = methods.map((method, k) => (weights[k] > 0 ? attempt(method, past, task) : null));
  const combined = combine(ahead, weights);
  const used = methods
    .map(({ name }, k) => ({ name, weight: weights[k], error: errors[k].error }))
    .filter((_, k) => ahead[k] !== null)
    .sort((a, b) => b.weight - a.weight);
  const last = new Float64Array(horizon).fill(past[past.length - 1]);
  return {
    values: (combined ?? last).map(limit),
    widths: halfWidths(missed(past, tried, weights), { horizon, level, period: periods[0] }),
    methods: combined === null ? [{ name: 'last-value', weight: 1, error: NaN }] : used,
  };
}

/** Shares that add up to 1; one method alone has all of it. */
function weightsOf(weights: readonly number[]): readonly number[] {
  if (weights.length === 1) return [1];
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return sum > 0 ? weights.map((weight) => weight / sum) : weights;
}

/** What the combination would have missed from each origin; NaN beyond the end of the past. */
function missed(
  past: Float64Array,
  { origins, forecasts, horizon }: Backtest,
  weights: readonly number[],
): Float64Array[] {
  const errors: Float64Array[] = [];
  origins.forEach((origin, j) => {
    const limit = limitOf(past.subarray(0, origin), horizon);
    const of = weights.map((_, k) => forecasts[k][j]);
    const combined = combine(of, weights);
    if (combined === null) return;
    errors.push(
      combined.map((value, h) =>
        origin + h < past.length ? past[origin + h] - limit(value) : NaN,
      ),
    );
  });
  return errors;
}

/**
 * Keeps a forecast within reach: outside of what was seen by its range at most, and by as much again for
 * every time that the horizon is as long as the past. What oscillates or explodes is cut off there.
 */
function limitOf(past: Float64Array, horizon: number): (value: number) => number {
  let lowest = Infinity;
  let highest = -Infinity;
  for (const value of past) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  const reach = (highest - lowest) * (1 + horizon / past.length);
  return (value) => Math.min(highest + reach, Math.max(lowest - reach, value));
}
