import type { InsightAnswer, InsightsAnswer, SummaryAnswer, SummarySeries } from '@kymo/contract';
import { forecast } from '../forecast/forecast.js';
import { periodsOfTime } from '../forecast/periods.js';
import { insightsOf } from '../insights/insights.js';
import type { Insight, Subject } from '../insights/insight.js';
import { compare } from '../statistics/comparison.js';
import { statisticsOf } from '../statistics/statistics.js';
import { EARLIER_NAMES, earlierValues, type EarlierRange } from './earlier.js';
import { expressionOf, nameOf, type Asked } from './expression.js';
import { firstSeries, onGrid, readMatrix, type MatrixSeries } from './matrix.js';
import { known, rangeOf, type Check, type Grid, type TaskAnswer } from './task.js';

/** An expression to look at, as the query thread answered it. */
export interface AskedFigure extends Asked {
  /** What sentences call it. */
  readonly name: string;
  readonly unit: string;
  readonly body: Uint8Array;
  readonly earlier: readonly EarlierRange[];
  /** What it should not cross. */
  readonly threshold?: number;
}

export interface InsightsTask {
  readonly grid: Grid;
  readonly figures: readonly AskedFigure[];
  /** Insights at most. */
  readonly limit: number;
}

/** Series that are looked at, of one expression and of all. */
export const FIGURE_SERIES = 20;
export const INSIGHT_SERIES = 100;
/** Share of the range that is forecast to see a threshold coming. */
const AHEAD = 0.5;

interface Seen {
  readonly figure: AskedFigure;
  readonly subject: Subject;
  readonly metric: MatrixSeries['metric'];
}

interface Look {
  readonly seen: readonly Seen[];
  readonly omitted: number;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** What stands out in the series of some expressions. */
export function insights({ grid, figures, limit }: InsightsTask, check: Check): TaskAnswer {
  const { seen, omitted, warnings, infos } = look(grid, figures, check);
  const answer: InsightsAnswer = {
    ...rangeOf(grid),
    omitted,
    insights: insightsIn(seen, limit),
  };
  return { data: JSON.stringify(answer), warnings, infos };
}

/** What stands out in the key figures, and what they were. */
export function summary({ grid, figures, limit }: InsightsTask, check: Check): TaskAnswer {
  const { seen, omitted, warnings, infos } = look(grid, figures, check);
  const answer: SummaryAnswer = {
    ...rangeOf(grid),
    omitted,
    insights: insightsIn(seen, limit),
    series: seen.map(inShort),
  };
  return { data: JSON.stringify(answer), warnings, infos };
}

function look(grid: Grid, figures: readonly AskedFigure[], check: Check): Look {
  const seen: Seen[] = [];
  const [warnings, infos] = [new Set<string>(), new Set<string>()];
  let omitted = 0;
  for (const figure of figures) {
    const matrix = readMatrix(figure.body);
    for (const warning of matrix.warnings) warnings.add(warning);
    for (const info of matrix.infos) infos.add(info);
    const room = Math.min(FIGURE_SERIES, INSIGHT_SERIES - seen.length);
    const { kept, omitted: left } = firstSeries(matrix.series, room);
    omitted += left;
    seen.push(...subjectsOf(figure, { grid, kept, matrix: matrix.series, check }));
  }
  return { seen, omitted, warnings: [...warnings], infos: [...infos] };
}

function subjectsOf(
  figure: AskedFigure,
  {
    grid,
    kept,
    matrix,
    check,
  }: {
    readonly grid: Grid;
    readonly kept: readonly MatrixSeries[];
    readonly matrix: readonly MatrixSeries[];
    readonly check: Check;
  },
): Seen[] {
  const earlier = figure.earlier.map((range) => earlierValues(range, grid));
  const all = matrix.map(({ metric }) => metric);
  const candidates = periodsOfTime(grid.step);
  return kept.map((series) => {
    check();
    const { metric } = series;
    const column = onGrid(series, grid);
    // That a series is younger than the range is nothing to tell.
    const first = Math.max(0, column.findIndex(Number.isFinite));
    const values = column.subarray(first);
    const { threshold } = figure;
    const horizon = Math.max(1, Math.round(AHEAD * values.length));
    const subject: Subject = {
      name: nameOf(figure.name, metric, all),
      expression: expressionOf(figure, metric, all),
      unit: figure.unit,
      start: grid.start + first * grid.step,
      step: grid.step,
      values,
      statistics: statisticsOf(values, candidates),
      earlier: earlier.flatMap(({ range, of }) => {
        const before = of(metric);
        if (before === undefined) return [];
        return [{ name: EARLIER_NAMES[range.with], offset: range.offset, values: before }];
      }),
      ...(threshold === undefined
        ? {}
        : { threshold, forecast: forecast(values, { horizon, candidates }) }),
    };
    return { figure, subject, metric };
  });
}

const ORDER: Readonly<Record<Insight['severity'], number>> = { critical: 0, warning: 1, info: 2 };

function insightsIn(seen: readonly Seen[], limit: number): InsightAnswer[] {
  return seen
    .flatMap(({ subject, metric }) =>
      insightsOf(subject, limit).map(({ start, end, parts, ...insight }) => ({
        ...insight,
        parts: parts.map((part) =>
          typeof part === 'object' && 'time' in part ? { time: part.time / 1000 } : part,
        ),
        start: start / 1000,
        end: end / 1000,
        metric,
      })),
    )
    .sort((a, b) => ORDER[a.severity] - ORDER[b.severity])
    .slice(0, limit);
}

function inShort({ figure, subject, metric }: Seen): SummarySeries {
  const { values, statistics, earlier = [] } = subject;
  const { description, trend } = statistics;
  const [before] = earlier;
  const change = before === undefined ? null : compare(values, before.values);
  return {
    name: figure.name,
    expression: subject.expression,
    unit: figure.unit,
    metric,
    last: known(values[values.findLastIndex(Number.isFinite)]),
    min: known(description.min),
    mean: known(description.mean),
    max: known(description.max),
    p95: known(description.percentiles.p95),
    trend: trend?.direction ?? 'none',
    change: change && known(change.ratio),
  };
}
