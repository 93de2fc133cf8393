import type { HistoryBucket, HistorySeries } from '@kymo/contract';
import type { DataFrame } from '@grafana/data';
import { seriesName } from '../legend.js';
import { STATISTICS, type Statistic } from '../query.js';
import { numberField, timeField } from './fields.js';
import type { Kind } from './kind.js';

/** One statistic of the buckets that the exporter keeps, a frame a series. */
export const history: Kind = async ({ query, expr, start, end }, { analysis, unitOf }) => {
  const { granularity = 'minute', statistic = 'avg', refId, legend } = query;
  const [{ series, omitted, source }, unit] = await Promise.all([
    analysis.history({ expr, start, end }, granularity),
    unitOf(expr),
  ]);
  const label = STATISTICS.find(({ value }) => value === statistic)?.label;
  return series.map(({ metric, kind, buckets }): DataFrame => {
    const name = seriesName(metric, legend, expr);
    const config = {
      displayNameFromDS: legend === undefined ? `${name} ${label?.toLowerCase()}` : name,
      unit: unitOfStatistic(statistic, kind, unit),
    };
    const values = buckets.map((bucket: HistoryBucket) => bucket[statistic]);
    return {
      refId,
      length: buckets.length,
      fields: [
        timeField(buckets.map((bucket) => bucket.start)),
        numberField(statistic, values, config, metric),
      ],
      meta: {
        executedQueryString: `${statistic} by ${granularity} of ${expr} (${source})`,
        preferredVisualisationType: 'graph',
        ...(omitted > 0 && { notices: [{ severity: 'warning', text: leftOut(omitted) }] }),
      },
    };
  });
};

/** @param series how many a limit left out */
export const leftOut = (series: number): string =>
  `${series} series are left out: ask for fewer, by a narrower selector or an aggregation.`;

/** Of a counter all but the sum are rates a second; counts have no unit at all. */
function unitOfStatistic(
  statistic: Statistic,
  kind: HistorySeries['kind'],
  unit: string | undefined,
): string | undefined {
  if (statistic === 'count') return undefined;
  if (kind !== 'counter' || statistic === 'sum') return unit;
  return unit === 'bytes' ? 'Bps' : undefined;
}
