import { anomalies } from './anomalies.js';
import { correlations } from './correlations.js';
import { exportValues } from './export.js';
import { forecast } from './forecast.js';
import { heatmap } from './heatmap.js';
import { history } from './history.js';
import { insights, summary } from './insights.js';
import { recordedForecasts } from './recorded-forecasts.js';
import { statistics } from './statistics.js';
import type { Check, TaskAnswer } from './task.js';

/** What the analysis thread can do. A new task is a file and a line here. */
export const tasks = {
  anomalies,
  correlations,
  export: exportValues,
  forecast,
  heatmap,
  history,
  insights,
  recordedForecasts,
  statistics,
  summary,
} as const satisfies Readonly<Record<string, (task: never, check: Check) => TaskAnswer>>;

export type TaskName = keyof typeof tasks;
export type TaskInput<Name extends TaskName> = Parameters<(typeof tasks)[Name]>[0];
