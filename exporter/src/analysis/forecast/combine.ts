import type { Backtest } from './backtest.js';

/** How much a better method is preferred: weights are errors to the power of minus this. */
const PREFERENCE = 6;
/** Methods with less weight are left out. */
const LEAST_WEIGHT = 0.01;

/** How well a method did in the backtest, and its share of the combination. */
export interface Weighed {
  /** Mean absolute error as a share of the reference's, over the same points; NaN where it was not tried. */
  readonly error: number;
  /** 0 to 1; all add up to 1 unless no method could be tried. */
  readonly weight: number;
}

/**
 * Weights for a combination of methods by their errors in a backtest.
 * @param reference Index of a method that forecast from every origin.
 */
export function weigh(values: Float64Array, test: Backtest, reference: number): Weighed[] {
  const errors = test.forecasts.map((of) => relativeError(values, { ...test, of, reference }));
  const best = errors.reduce((least, error) => (error < least ? error : least), Infinity);
  // Errors of rounding must not decide between methods that are all but perfect.
  const small = 1e-9;
  const raw = errors.map((error) =>
    Number.isNaN(error) ? 0 : ((best + small) / (error + small)) ** PREFERENCE,
  );
  const sum = raw.reduce((total, weight) => total + weight, 0);
  const kept = raw.map((weight) => (weight < LEAST_WEIGHT * sum ? 0 : weight));
  const total = kept.reduce((all, weight) => all + weight, 0);
  return errors.map((error, k) => ({ error, weight: total > 0 ? kept[k] / total : 0 }));
}

interface Compared extends Backtest {
  readonly of: readonly (Float64Array | null)[];
  readonly reference: number;
}

/** NaN for a method that could forecast from fewer than half of the origins. */
function relativeError(
  values: Float64Array,
  { origins, forecasts, of, reference }: Compared,
): number {
  let tried = 0;
  let errors = 0;
  let others = 0;
  origins.forEach((origin, j) => {
    const [forecast, other] = [of[j], forecasts[reference][j]];
    if (forecast === null || other === null) return;
    tried++;
    for (let h = 0; h < forecast.length && origin + h < values.length; h++) {
      errors += Math.abs(values[origin + h] - forecast[h]);
      others += Math.abs(values[origin + h] - other[h]);
    }
  });
  if (tried === 0 || 2 * tried < origins.length) return NaN;
  return errors === 0 ? 0 : errors / others;
}

/** The weighted mean of forecasts; what is null or without weight does not count. Null if all are. */
export function combine(
  forecasts: readonly (Float64Array | null)[],
  weights: readonly number[],
): Float64Array | null {
  let sum: Float64Array | null = null;
  let total = 0;
  forecasts.forEach((forecast, k) => {
    if (forecast === null || weights[k] === 0) return;
    sum ??= new Float64Array(forecast.length);
    for (let h = 0; h < forecast.length; h++) sum[h] += weights[k] * forecast[h];
    total += weights[k];
  });
  const sums = sum as Float64Array | null;
  return sums && sums.map((value) => value / total);
}
