import type {
  AnomaliesAnswer,
  ForecastAnswer,
  InsightsAnswer,
  Metric,
  StatisticsAnswer,
} from '@kymo/contract';
import { anomalies } from '../../analysis/tasks/anomalies.js';
import { nameOf, selectorOf, unitOf } from '../../analysis/tasks/expression.js';
import { forecast, type ForecastWish } from '../../analysis/tasks/forecast.js';
import { insights } from '../../analysis/tasks/insights.js';
import { statistics } from '../../analysis/tasks/statistics.js';
import { rangeOf, secondsAt, type Grid, type TaskAnswer } from '../../analysis/tasks/task.js';
import { promqlSpan } from '../../analysis/insights/wording.js';
import type { RecordedSeries } from '../../rules/replay/recording.js';
import { METRIC_NAME } from '../../series/labels.js';
import { isRising, rates, spaced } from './spacing.js';

/** Series that are analysed: each takes some tenths of a second at most. */
export const MOST_SERIES = 50;
/** Sentences at most. */
const INSIGHTS = 20;

/** What is told of one series: what the routes of the same names under `/api/metrics/` tell. */
export interface SeriesReport {
  /** What people call it. */
  readonly name: string;
  readonly unit: string;
  readonly metric: Metric;
  /** Whether it is a counter, of which the rate a second was looked at. */
  readonly rate: boolean;
  readonly statistics: Omit<StatisticsAnswer['series'][number], 'metric' | 'comparisons'>;
  /** Points at the start for which no score can pass the boundary. */
  readonly warmUp: number;
  readonly anomalies: AnomaliesAnswer['series'][number]['anomalies'];
  readonly forecast: Omit<ForecastAnswer['series'][number], 'metric'> | null;
}

/** What is told of a file. Times and spans are in seconds. */
export interface Report {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly horizon: number;
  readonly level: number;
  /** Series that were left out. */
  readonly omitted: number;
  readonly series: readonly SeriesReport[];
  readonly insights: InsightsAnswer['insights'];
}

interface Evened {
  readonly name: string;
  readonly unit: string;
  readonly metric: Metric;
  readonly rate: boolean;
  /** As the query thread answers. */
  readonly body: Uint8Array;
}

/** Analyses the first series of a file by the same code as the HTTP API. */
export function analyseSeries(
  series: readonly RecordedSeries[],
  grid: Grid,
  wish: ForecastWish,
): Report {
  const all = series.map(({ labels }) => labels.toObject());
  const evened = series.slice(0, MOST_SERIES).map((one) => even(one, grid, all));
  const { level } = wish;
  return {
    ...rangeOf(grid),
    horizon: (wish.horizon * grid.step) / 1000,
    level,
    omitted: series.length - evened.length,
    series: evened.map((one) => reportOf(one, grid, wish)),
    insights: insightsOf(evened, grid, wish.until),
  };
}

function even(series: RecordedSeries, grid: Grid, all: readonly Metric[]): Evened {
  const metric = series.labels.toObject();
  const rate = isRising(series);
  const column = rate ? rates(series, grid) : spaced(series, grid);
  const values = [...column].flatMap((value, i) =>
    Number.isNaN(value) ? [] : [[secondsAt(grid, i), numberText(value)]],
  );
  // An answer to an expression has series without a name.
  const { [METRIC_NAME]: name = 'value' } = metric;
  const alike = all.filter((other) => other[METRIC_NAME] === metric[METRIC_NAME]);
  return {
    name: nameOf(rate ? `Rate of ${name}` : name, metric, alike),
    unit: unitOf(name),
    metric,
    rate,
    body: new TextEncoder().encode(JSON.stringify({ data: { result: [{ metric, values }] } })),
  };
}

function reportOf({ body, ...about }: Evened, grid: Grid, wish: ForecastWish): SeriesReport {
  const figures = read<StatisticsAnswer>(statistics({ grid, body, earlier: [] }, goOn)).series[0];
  const scored = read<AnomaliesAnswer>(anomalies({ body, start: 0 }, goOn)).series.at(0);
  const ahead = read<ForecastAnswer>(forecast({ grid, body, ...wish }, goOn)).series.at(0);
  const { description, shape, periods, trend, changes } = figures;
  return {
    ...about,
    statistics: { description, shape, periods, trend, changes },
    warmUp: scored?.warmUp ?? 0,
    anomalies: scored?.anomalies ?? [],
    forecast: ahead === undefined ? null : withoutMetric(ahead),
  };
}

function insightsOf(series: readonly Evened[], grid: Grid, threshold?: number): Report['insights'] {
  const figures = series.map(({ name, unit, metric, rate, body }) => {
    const selector = selectorOf(metric);
    return {
      name,
      unit,
      expr: rate ? `rate(${selector}[${promqlSpan(2 * grid.step)}])` : selector,
      body,
      earlier: [],
      ...(threshold === undefined ? {} : { threshold }),
    };
  });
  return read<InsightsAnswer>(insights({ grid, figures, limit: INSIGHTS }, goOn)).insights;
}

function withoutMetric({
  last,
  times,
  values,
  lower,
  upper,
  periods,
  methods,
  until,
}: ForecastAnswer['series'][number]): SeriesReport['forecast'] {
  return { last, times, values, lower, upper, periods, methods, until };
}

function read<Answer>({ data }: TaskAnswer): Answer {
  return JSON.parse(data) as Answer;
}

/** Nobody gives up on a command but by ending it. */
const goOn = (): void => undefined;

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
