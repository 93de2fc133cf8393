import type { ForecastMethod } from './method.js';

const WINDOW = 12;

/** Mean of the last season, or of the last 12 points where there is no season. */
export const movingAverage: ForecastMethod = {
  name: 'moving-average',
  title: 'mean of the last season, or of the last 12 points',
  fewest: () => 1,
  forecast(values, { horizon, periods }) {
    const window = values.subarray(-Math.min(values.length, periods[0] ?? WINDOW));
    const mean = window.reduce((sum, value) => sum + value / window.length, 0);
    return new Float64Array(horizon).fill(mean);
  },
};
