import type { ForecastMethod } from './method.js';
import { forecastTrend } from './trend-smoothing.js';

/** Simple exponential smoothing (Brown 1956); its weight is fitted one step ahead. */
export const exponentialSmoothing: ForecastMethod = {
  name: 'ses',
  title: 'simple exponential smoothing',
  fewest: () => 2,
  forecast: (values, { horizon }) =>
    forecastTrend(values, horizon, {
      start: [0.3],
      weightsOf: ([alpha]) => ({ alpha, beta: 0, phi: 1 }),
    }),
};
