import { movingMean } from './decompose.js';
import type { ForecastMethod } from './method.js';
import { forecastTrend } from './trend-smoothing.js';

const ROUNDS = 2;
/** Weight of each season beside the one after it: recent ones count more. */
const FADE = 0.75;

/** Figures of one season, the later cycles counting more; figure i is that of values[i]. */
function recentFigures(values: Float64Array, period: number): Float64Array {
  const figures = new Float64Array(period);
  const weights = new Float64Array(period);
  for (let i = 0; i < values.length; i++) {
    const at = i % period;
    figures[at] = FADE * figures[at] + values[i];
    weights[at] = FADE * weights[at] + 1;
  }
  let mean = 0;
  for (let i = 0; i < period; i++) mean += (figures[i] /= weights[i]) / period;
  return figures.map((figure) => figure - mean);
}

/**
 * Several seasons, taken out in turn and again (as in MSTL: Bandara, Hyndman, Bergmeir 2021, but by means
 * in which recent cycles count more rather than by loess); what they leave goes on by damped smoothing.
 */
export const multiSeasonal: ForecastMethod = {
  name: 'multi-seasonal',
  title: 'decomposition into several seasons and a smoothed rest',
  fewest: (periods) => (periods.length > 0 ? 2 * periods[0] : Infinity),
  forecast(values, { horizon, periods }) {
    const fitting = periods.filter((period) => 2 * period <= values.length);
    const figures: Float64Array[] = fitting.map((period) => new Float64Array(period));
    const longest = fitting[fitting.length - 1];
    const rest = values.slice();
    let trend: Float64Array = movingMean(values, longest);
    for (let round = 0; round < ROUNDS; round++) {
      fitting.forEach((period, k) => {
        const open = rest.map((value, i) => value + figures[k][i % period] - trend[i]);
        figures[k] = recentFigures(open, period);
        for (let i = 0; i < rest.length; i++) {
          rest[i] = open[i] + trend[i] - figures[k][i % period];
        }
      });
      trend = movingMean(rest, longest);
    }
    const ahead = forecastTrend(rest, horizon, {
      start: [0.3, 0.05],
      weightsOf: ([alpha, beta]) => ({ alpha, beta: 0.3 * beta, phi: 0.95 }),
    });
    return ahead.map((value, h) =>
      fitting.reduce((sum, period, k) => sum + figures[k][(values.length + h) % period], value),
    );
  },
};
