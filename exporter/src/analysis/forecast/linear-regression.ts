import type { ForecastMethod } from './method.js';

/** A straight line by least squares through values at 0, 1, 2, …: its value at 0 and its slope a point. */
export function leastSquares(values: Float64Array): { intercept: number; slope: number } {
  const centre = (values.length - 1) / 2;
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let along = 0;
  let spread = 0;
  for (let i = 0; i < values.length; i++) {
    along += (i - centre) * (values[i] - mean);
    spread += (i - centre) ** 2;
  }
  const slope = spread > 0 ? along / spread : 0;
  return { intercept: mean - slope * centre, slope };
}

export const linearRegression: ForecastMethod = {
  name: 'linear-regression',
  title: 'straight line by least squares',
  fewest: () => 3,
  forecast(values, { horizon }) {
    const { intercept, slope } = leastSquares(values);
    return new Float64Array(horizon).map((_, h) => intercept + slope * (values.length + h));
  },
};
