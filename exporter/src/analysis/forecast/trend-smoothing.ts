import { minimise } from './minimise.js';

/** Weights of exponential smoothing: of the level, of the trend, and by how much the trend fades a point. */
export interface TrendWeights {
  readonly alpha: number;
  /** 0 for no trend. */
  readonly beta: number;
  /** 1 for a trend that does not fade. */
  readonly phi: number;
}

interface TrendState {
  level: number;
  trend: number;
  /** Sum of squared errors one step ahead. */
  cost: number;
}

/** Runs Holt's equations over the values; without trend this is simple exponential smoothing. */
function smooth(values: Float64Array, { alpha, beta, phi }: TrendWeights): TrendState {
  const first = Math.min(values.length - 1, 10);
  let level = values[0];
  let trend = beta > 0 && first > 0 ? (values[first] - values[0]) / first : 0;
  let cost = 0;
  for (let i = 1; i < values.length; i++) {
    const expected = level + phi * trend;
    const error = values[i] - expected;
    cost += error * error;
    level = expected + alpha * error;
    trend = phi * trend + alpha * beta * error;
  }
  return { level, trend, cost };
}

/** The weights, made of as many free numbers within 0 to 1 as `start` has, that fit one step ahead best. */
export function fitTrend(
  values: Float64Array,
  start: readonly number[],
  weightsOf: (free: readonly number[]) => TrendWeights,
): { weights: TrendWeights; level: number; trend: number } {
  const weights = weightsOf(
    minimise((free) => smooth(values, weightsOf(free)).cost, start, 30 * start.length),
  );
  return { weights, ...smooth(values, weights) };
}

/** Fits as `fitTrend` does and goes on from the last level with the fading trend. */
export function forecastTrend(
  values: Float64Array,
  horizon: number,
  fit: { start: readonly number[]; weightsOf: (free: readonly number[]) => TrendWeights },
): Float64Array {
  const { weights, level, trend } = fitTrend(values, fit.start, fit.weightsOf);
  let ahead = level;
  let slope = trend;
  return new Float64Array(horizon).map(() => {
    slope *= weights.phi;
    return (ahead += slope);
  });
}
