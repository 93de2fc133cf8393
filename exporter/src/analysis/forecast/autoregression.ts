import type { ForecastMethod, ForecastTask } from './method.js';

const RIDGE = 1e-4;
const FEWEST_ROWS_A_LAG = 4;

/** The last points and those around one and two seasons ago, as far as the past is long enough. */
function lagsOf(length: number, periods: readonly number[]): number[] {
  const lags = new Set([1, 2, 3]);
  for (const period of periods) {
    for (const lag of [period - 1, period, period + 1, 2 * period]) {
      if (lag > 0) lags.add(lag);
    }
  }
  const sorted = [...lags].sort((a, b) => a - b);
  const fits = (lag: number, i: number): boolean => length - lag >= FEWEST_ROWS_A_LAG * (i + 2);
  return sorted.filter(fits);
}

/** Solves a symmetric positive definite system by Cholesky's decomposition; `matrix` is used up. */
function solve(matrix: Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i][j];
      for (let k = 0; k < j; k++) sum -= matrix[i][k] * matrix[j][k];
      matrix[i][j] = i === j ? Math.sqrt(sum) : sum / matrix[j][j];
    }
  }
  const answer = right.slice();
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) answer[i] -= matrix[i][k] * answer[k];
    answer[i] /= matrix[i][i];
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) answer[i] -= matrix[k][i] * answer[k];
    answer[i] /= matrix[i][i];
  }
  return answer;
}

/** Weights of the lags by ridge regression; the values are centred. */
function regress(values: Float64Array, lags: readonly number[]): Float64Array {
  const matrix = lags.map(() => new Float64Array(lags.length));
  const right = new Float64Array(lags.length);
  for (let t = lags[lags.length - 1]; t < values.length; t++) {
    for (let i = 0; i < lags.length; i++) {
      const value = values[t - lags[i]];
      right[i] += value * values[t];
      const row = matrix[i];
      for (let j = 0; j <= i; j++) row[j] += value * values[t - lags[j]];
    }
  }
  for (let i = 0; i < lags.length; i++) matrix[i][i] += RIDGE * matrix[i][i] + Number.MIN_VALUE;
  return solve(matrix, right);
}

function forecast(values: Float64Array, { horizon, periods }: ForecastTask): Float64Array {
  const lags = lagsOf(values.length, periods);
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const past = new Float64Array(values.length + horizon);
  past.set(values.map((value) => value - mean));
  const weights = regress(past.subarray(0, values.length), lags);
  for (let t = values.length; t < past.length; t++) {
    for (let i = 0; i < lags.length; i++) past[t] += weights[i] * past[t - lags[i]];
  }
  return past.subarray(values.length).map((value) => value + mean);
}

/** Regression on the last points and on those one and two seasons ago. */
export const autoregression: ForecastMethod = {
  name: 'autoregression',
  title: 'regression on the last points and those around one and two seasons ago',
  fewest: (periods) => Math.max(24, 2 * (periods[0] ?? 0) + 24),
  forecast,
};
