import type { ForecastMethod } from './method.js';
import { minimise } from './minimise.js';

type Kind = 'additive' | 'multiplicative';

const PHI = 0.98;

interface State {
  level: number;
  trend: number;
  /** One a point of the season; what follows the last value is at `next`. */
  seasonal: Float64Array;
  next: number;
  cost: number;
}

/** Level and seasonal figures from the first two seasons. */
function initial(values: Float64Array, period: number, kind: Kind): State {
  const mean = (from: number): number =>
    values.subarray(from, from + period).reduce((sum, value) => sum + value / period, 0);
  const [first, second] = [mean(0), mean(period)];
  const seasonal = new Float64Array(period).map((_, i) =>
    kind === 'additive'
      ? (values[i] - first + (values[i + period] - second)) / 2
      : (values[i] / first + values[i + period] / second) / 2,
  );
  return { level: first, trend: (second - first) / period, seasonal, next: 0, cost: 0 };
}

function smooth(start: State, values: Float64Array, kind: Kind, free: readonly number[]): State {
  const [alpha, beta, gamma] = [free[0], 0.3 * free[1], free[2]];
  const seasonal = start.seasonal.slice();
  let { level, trend, next, cost } = start;
  const additive = kind === 'additive';
  for (const value of values) {
    const expected = level + PHI * trend;
    const season = seasonal[next];
    const error = additive ? value - expected - season : value - expected * season;
    cost += error * error;
    const correction = additive ? error : error / season;
    level = expected + alpha * correction;
    trend = PHI * trend + alpha * beta * correction;
    seasonal[next] += gamma * (1 - alpha) * (additive ? error : error / expected);
    if (++next === seasonal.length) next = 0;
  }
  return { level, trend, seasonal, next, cost };
}

function forecast(values: Float64Array, period: number, horizon: number, kind: Kind): Float64Array {
  const start = initial(values, period, kind);
  const weights = minimise((free) => smooth(start, values, kind, free).cost, [0.2, 0.1, 0.2], 60);
  const { level, trend, seasonal, next } = smooth(start, values, kind, weights);
  let ahead = level;
  let slope = trend;
  return new Float64Array(horizon).map((_, h) => {
    slope *= PHI;
    ahead += slope;
    const season = seasonal[(next + h) % period];
    return kind === 'additive' ? ahead + season : ahead * season;
  });
}

/** Level, fading trend and one season, all by exponential smoothing (Winters 1960). */
function holtWinters(kind: Kind): ForecastMethod {
  return {
    name: `holt-winters-${kind}`,
    title: `exponential smoothing of level, trend and ${kind} season`,
    fewest: (periods) => (periods.length > 0 ? 2 * periods[0] + 1 : Infinity),
    forecast: (values, { horizon, periods }) => forecast(values, periods[0], horizon, kind),
  };
}

export const additiveHoltWinters = holtWinters('additive');
/** Not finite for values that are not positive: it then is not chosen. */
export const multiplicativeHoltWinters: ForecastMethod = {
  ...holtWinters('multiplicative'),
  forecast: (values, { horizon, periods }) =>
    values.every((value) => value > 0)
      ? forecast(values, periods[0], horizon, 'multiplicative')
      : new Float64Array(horizon).fill(NaN),
};
