import type { ForecastMethod } from './method.js';
import { forecastTrend } from './trend-smoothing.js';

/** Below this a trend fades so fast that it is none; above the other it does not fade. */
const LEAST = 0.8;
const MOST = 0.98;

/** As Holt's, with a trend that fades (Gardner and McKenzie 1985). */
export const dampedHolt: ForecastMethod = {
  name: 'damped-holt',
  title: 'exponential smoothing of level and fading trend',
  fewest: () => 5,
  forecast: (values, { horizon }) =>
    forecastTrend(values, horizon, {
      start: [0.3, 0.1, 0.7],
      weightsOf: ([alpha, beta, damping]) => ({
        alpha,
        beta,
        phi: LEAST + (MOST - LEAST) * damping,
      }),
    }),
};
