import type { DataFrame, FieldConfig } from '@grafana/data';
import type { SeriesStatistics, StatisticsAnswer } from '@kymo/contract';
import { seriesName } from '../legend.js';
import type { KymoQuery } from '../query.js';
import { analysisFrame, numberField, textField } from './fields.js';
import { leftOut } from './history.js';
import { describedOf, type Kind } from './kind.js';

/** A row a series: its figures, and the period before. */
export const statistics: Kind = async (target, { analysis, unitOf }) => {
  const [answer, unit] = await Promise.all([
    analysis.statistics(describedOf(target)),
    unitOf(target.expr),
  ]);
  return [statisticsFrame(answer, { ...target.query, expr: target.expr }, unit)];
};

interface Figure {
  readonly name: string;
  readonly of: (series: SeriesStatistics) => number | null | undefined;
  /** The unit of the values where none is said. */
  readonly config?: FieldConfig;
}

const before = ({ comparisons }: SeriesStatistics) =>
  comparisons.find((comparison) => comparison.with === 'period_before');

const HOUR = 3600;

/** The columns of the table; the panel finds them by name. */
const FIGURES: readonly Figure[] = [
  { name: 'Average', of: ({ description }) => description.mean },
  { name: 'Peak', of: ({ description }) => description.max },
  { name: 'Low', of: ({ description }) => description.min },
  { name: 'Std dev', of: ({ description }) => description.standardDeviation },
  { name: 'p50', of: ({ description }) => description.percentiles.p50 },
  { name: 'p90', of: ({ description }) => description.percentiles.p90 },
  { name: 'p95', of: ({ description }) => description.percentiles.p95 },
  { name: 'p99', of: ({ description }) => description.percentiles.p99 },
  { name: 'p99.9', of: ({ description }) => description.percentiles.p999 },
  {
    name: 'Trend per hour',
    // A slope that may well be chance is none.
    of: ({ trend }) => (trend?.direction === 'none' ? 0 : perHour(trend?.slope)),
  },
  { name: 'Average before', of: (series) => before(series)?.before },
  { name: 'Change', of: (series) => before(series)?.ratio, config: { unit: 'percentunit' } },
  { name: 'p95 before', of: (series) => p95Before(series) },
  { name: 'Values', of: ({ description }) => description.count, config: { decimals: 0 } },
];

const perHour = (slope: number | null | undefined): number | null =>
  typeof slope === 'number' ? slope * HOUR : null;

function p95Before(series: SeriesStatistics): number | null {
  const now = series.description.percentiles.p95;
  const change = before(series)?.percentiles?.p95;
  return now === null || typeof change !== 'number' ? null : now - change;
}

export function statisticsFrame(
  { series, omitted }: StatisticsAnswer,
  { refId, legend, expr }: Pick<KymoQuery, 'refId' | 'legend' | 'expr'>,
  unit: string | undefined,
): DataFrame {
  const custom = { part: 'statistics' } as const;
  return analysisFrame(
    refId,
    custom,
    [
      textField(
        'Series',
        series.map(({ metric }) => seriesName(metric, legend, expr)),
      ),
      ...FIGURES.map(({ name, of, config = { unit } }) =>
        numberField(
          name,
          series.map((one) => of(one) ?? null),
          config,
        ),
      ),
      textField(
        'Shape',
        series.map(({ shape }) => shape.word),
      ),
    ],
    {
      custom,
      executedQueryString: expr,
      preferredVisualisationType: 'table',
      ...(omitted > 0 && { notices: [{ severity: 'warning', text: leftOut(omitted) }] }),
    },
  );
}
