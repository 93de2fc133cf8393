import type { ForecastMethod } from './method.js';

/** Repeats the last `period` values. */
function repeat(values: Float64Array, period: number, horizon: number): Float64Array {
  const from = values.length - period;
  return new Float64Array(horizon).map((_, h) => values[from + (h % period)]);
}

/** The last (shortest) season again; the last value where there is no season. */
export const seasonalNaive: ForecastMethod = {
  name: 'seasonal-naive',
  title: 'the last season again, or the last value',
  fewest: (periods) => periods[0] ?? 1,
  forecast: (values, { horizon, periods }) => repeat(values, periods[0] ?? 1, horizon),
};

/** The last of the longest seasons again: with a week, the same time last week. */
export const longSeasonalNaive: ForecastMethod = {
  name: 'seasonal-naive-long',
  title: 'the last of the longest seasons again',
  fewest: (periods) => (periods.length > 1 ? periods[periods.length - 1] : Infinity),
  forecast: (values, { horizon, periods }) => repeat(values, periods[periods.length - 1], horizon),
};
