import type { ForecastAnswer, SeriesForecast } from '@kymo/contract';
import { forecast as forecastOf, type Forecast } from '../forecast/forecast.js';
import { periodsOfTime } from '../forecast/periods.js';
import { timeUntil } from '../forecast/time-until.js';
import { firstSeries, onGrid, readMatrix } from './matrix.js';
import {
  known,
  knownColumn,
  rangeOf,
  secondsAt,
  type Check,
  type Grid,
  type TaskAnswer,
} from './task.js';

export interface ForecastWish {
  /** Points to forecast. */
  readonly horizon: number;
  /** Share of future values that should lie within the interval. */
  readonly level: number;
  /** Name of a method; the best are combined by default. */
  readonly method?: string;
  /** Threshold whose crossing is asked about. */
  readonly until?: number;
}

export interface ForecastTask extends ForecastWish {
  readonly grid: Grid;
  readonly body: Uint8Array;
}

/** Series of an answer; a forecast takes some tens of milliseconds. */
export const FORECAST_SERIES = 50;

/** Forecasts every series of an expression. @throws KymoError `bad_forecast` */
export function forecast({ grid, body, ...wish }: ForecastTask, check: Check): TaskAnswer {
  const { series, warnings, infos } = readMatrix(body);
  const { kept, omitted } = firstSeries(series, FORECAST_SERIES);
  const answers: SeriesForecast[] = [];
  for (const one of kept) {
    check();
    const answer = seriesForecast(onGrid(one, grid), grid, wish);
    if (answer !== null) answers.push({ metric: one.metric, ...answer });
  }
  const answer: ForecastAnswer = {
    ...rangeOf(grid),
    horizon: (wish.horizon * grid.step) / 1000,
    level: wish.level,
    omitted,
    series: answers,
  };
  return { data: JSON.stringify(answer), warnings, infos };
}

/** The forecast of one series; null where it has no value. @throws KymoError `bad_forecast` */
export function seriesForecast(
  values: Float64Array,
  grid: Grid,
  { horizon, level, method, until }: ForecastWish,
): Omit<SeriesForecast, 'metric'> | null {
  const candidates = periodsOfTime(grid.step);
  const found = forecastOf(values, {
    horizon,
    level,
    candidates,
    ...(method === undefined ? {} : { method }),
  });
  const at = values.findLastIndex(Number.isFinite);
  if (found === null || at < 0) return null;
  const seconds = grid.step / 1000;
  return {
    last: { time: secondsAt(grid, at), value: values[at] },
    times: Array.from(found.values, (_, i) => secondsAt(grid, grid.length + i)),
    values: Array.from(found.values),
    lower: knownColumn(found.lower),
    upper: knownColumn(found.upper),
    periods: found.periods.map((period) => period * seconds),
    methods: found.methods.map(({ name, weight, error }) => ({
      name,
      weight,
      error: known(error),
    })),
    until:
      until === undefined
        ? null
        : untilAnswer(until, values[at], { found, seconds, gap: values.length - 1 - at }),
  };
}

function untilAnswer(
  threshold: number,
  last: number,
  { found, seconds, gap }: { readonly found: Forecast; readonly seconds: number; gap: number },
): SeriesForecast['until'] {
  const { expected, earliest, latest } = timeUntil(threshold, last, found);
  // Points that are missing at the end lie between the last value and the forecast.
  const inSeconds = (points: number | null): number | null => points && (points + gap) * seconds;
  return {
    threshold,
    expected: inSeconds(expected),
    earliest: inSeconds(earliest),
    latest: inSeconds(latest),
  };
}
