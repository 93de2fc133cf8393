import { forecast } from '../forecast/forecast.js';
import { periodsOfTime } from '../forecast/periods.js';
import { onGrid, readMatrix } from './matrix.js';
import type { Check, Grid, TaskAnswer } from './task.js';

export interface RecordedForecastsTask {
  readonly grid: Grid;
  readonly body: Uint8Array;
  /** Points ahead, ascending. */
  readonly horizons: readonly number[];
  /** Series at most. */
  readonly limit: number;
}

/** What is expected of a series; one value a horizon. */
export interface RecordedForecast {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

/** Forecasts of the series of a watch at some horizons. */
export function recordedForecasts(
  { grid, body, horizons, limit }: RecordedForecastsTask,
  check: Check,
): TaskAnswer {
  const { series, warnings, infos } = readMatrix(body);
  const candidates = periodsOfTime(grid.step);
  const horizon = Math.max(...horizons);
  const answers: RecordedForecast[] = [];
  for (const one of series.slice(0, limit)) {
    check();
    const found = forecast(onGrid(one, grid), { horizon, candidates });
    if (found === null) continue;
    answers.push({
      metric: one.metric,
      values: horizons.map((points) => found.values[points - 1]),
    });
  }
  return { data: JSON.stringify(answers), warnings, infos };
}
