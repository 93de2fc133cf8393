import type { ComparisonAnswer, SeriesStatistics, StatisticsAnswer } from '@kymo/contract';
import { periodsOfTime } from '../forecast/periods.js';
import { compare } from '../statistics/comparison.js';
import { statisticsOf, type Statistics } from '../statistics/statistics.js';
import { earlierValues, type EarlierRange, type EarlierValues } from './earlier.js';
import { firstSeries, onGrid, readMatrix } from './matrix.js';
import { known, rangeOf, secondsAt, type Check, type Grid, type TaskAnswer } from './task.js';

export interface StatisticsTask {
  readonly grid: Grid;
  readonly body: Uint8Array;
  readonly earlier: readonly EarlierRange[];
}

/** Series of an answer. */
export const STATISTICS_SERIES = 100;

/** Describes every series of an expression, and compares it with earlier ranges. */
export function statistics({ grid, body, earlier }: StatisticsTask, check: Check): TaskAnswer {
  const { series, warnings, infos } = readMatrix(body);
  const { kept, omitted } = firstSeries(series, STATISTICS_SERIES);
  const before = earlier.map((range) => earlierValues(range, grid));
  const answers: SeriesStatistics[] = [];
  for (const one of kept) {
    check();
    const values = onGrid(one, grid);
    answers.push({
      metric: one.metric,
      ...statisticsAnswer(statisticsOf(values, periodsOfTime(grid.step)), grid),
      comparisons: before.map((range) => comparisonAnswer(range, one.metric, { values, grid })),
    });
  }
  const answer: StatisticsAnswer = { ...rangeOf(grid), omitted, series: answers };
  return { data: JSON.stringify(answer), warnings, infos };
}

/** Statistics in seconds rather than points, with `null` for what is not known. */
export function statisticsAnswer(
  { description, shape, periods, trend, changes }: Statistics,
  grid: Grid,
): Omit<SeriesStatistics, 'metric' | 'comparisons'> {
  const { percentiles, count, missing, ...figures } = description;
  const seconds = grid.step / 1000;
  return {
    description: { count, missing, ...knownValues(figures), percentiles: knownValues(percentiles) },
    shape: {
      skewness: known(shape.skewness),
      excessKurtosis: known(shape.excessKurtosis),
      modes: [...shape.modes],
      word: shape.word,
    },
    periods: periods.map((period) => period * seconds),
    trend: trend && {
      slope: known(trend.slope / seconds),
      intercept: known(trend.intercept),
      p: trend.p,
      direction: trend.direction,
    },
    changes: changes.map(({ index, before, after }) => ({
      time: secondsAt(grid, index),
      before,
      after,
    })),
  };
}

function knownValues<Name extends string>(
  figures: Readonly<Record<Name, number>>,
): Record<Name, number | null> {
  return Object.fromEntries(
    Object.entries<number>(figures).map(([name, value]) => [name, known(value)]),
  ) as Record<Name, number | null>;
}

function comparisonAnswer(
  { range, of }: EarlierValues,
  metric: SeriesStatistics['metric'],
  { values, grid }: { readonly values: Float64Array; readonly grid: Grid },
): ComparisonAnswer {
  const { start, end } = rangeOf(grid);
  const place = {
    with: range.with,
    start: start - range.offset / 1000,
    end: end - range.offset / 1000,
  };
  const before = of(metric);
  const found = before === undefined ? null : compare(values, before);
  if (found === null) {
    const reason = range.problem ?? 'there are no values of this series in that range';
    return {
      ...place,
      ...{ now: null, before: null, change: null, ratio: null },
      ...{ percentiles: null, deviations: null, p: null, reason },
    };
  }
  const { percentiles, ...figures } = found;
  return { ...place, ...knownValues(figures), percentiles: knownValues(percentiles), reason: null };
}
