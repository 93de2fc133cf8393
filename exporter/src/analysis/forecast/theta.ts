import { deseasonalise } from './decompose.js';
import { leastSquares } from './linear-regression.js';
import type { ForecastMethod } from './method.js';
import { fitTrend } from './trend-smoothing.js';

/**
 * The Theta method (Assimakopoulos and Nikolopoulos 2000), as simple exponential smoothing with half of the
 * slope of the regression line as drift (Hyndman and Billah 2003), on what the shortest season leaves.
 */
export const theta: ForecastMethod = {
  name: 'theta',
  title: 'Theta: exponential smoothing with half of the long trend',
  fewest: (periods) => Math.max(4, 2 * (periods[0] ?? 0) + 1),
  forecast(values, { horizon, periods }) {
    const plain = { values, restore: (value: number): number => value };
    const season = periods.length > 0 ? deseasonalise(values, periods[0]) : plain;
    const { level, weights } = fitTrend(season.values, [0.3], ([alpha]) => ({
      alpha,
      beta: 0,
      phi: 1,
    }));
    const drift = leastSquares(season.values).slope / 2;
    const { alpha } = weights;
    const lag = (1 - (1 - alpha) ** values.length) / alpha;
    return new Float64Array(horizon).map((_, h) =>
      season.restore(level + drift * (h + lag), values.length + h),
    );
  },
};
