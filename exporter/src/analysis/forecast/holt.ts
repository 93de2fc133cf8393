import type { ForecastMethod } from './method.js';
import { forecastTrend } from './trend-smoothing.js';

/** Level and trend, both by exponential smoothing (Holt 1957). */
export const holt: ForecastMethod = {
  name: 'holt',
  title: 'exponential smoothing of level and trend',
  fewest: () => 4,
  forecast: (values, { horizon }) =>
    forecastTrend(values, horizon, {
      start: [0.3, 0.1],
      weightsOf: ([alpha, beta]) => ({ alpha, beta, phi: 1 }),
    }),
};
