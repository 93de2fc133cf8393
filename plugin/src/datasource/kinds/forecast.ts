import { FieldColorModeId, type DataFrame } from '@grafana/data';
import type { ForecastAnswer } from '@kymo/contract';
import { rangeUtil } from '@grafana/data';
import { seriesName } from '../legend.js';
import type { KymoQuery } from '../query.js';
import { analysisFrame, bandFields, DASHED, numberField, timeField } from './fields.js';
import { range } from './past.js';
import { analysedOf, type Kind, type Target } from './kind.js';

/** The values of the time range, and how they will probably go on. */
export const forecast: Kind = async (target, doors) => {
  // A graph shows a forecast where its time range goes on behind now: that is what is forecast then.
  const end = Math.min(target.end, Date.now());
  const past = { ...target, end };
  const ahead = target.query.horizon === undefined ? target.end - end : 0;
  const [values, answer, unit] = await Promise.all([
    range(past, doors),
    doors.analysis.forecast(analysedOf(past), ahead > target.interval ? ahead : horizonOf(target)),
    doors.unitOf(target.expr),
  ]);
  return [...values, ...forecastFrames(answer, { ...target.query, expr: target.expr }, unit)];
};

/** Milliseconds that are forecast: what the query says, or a third of its time range. */
export function horizonOf({ query, window }: Pick<Target, 'query' | 'window'>): number {
  return query.horizon === undefined ? window / 3 : rangeUtil.intervalToMs(query.horizon);
}

export function forecastFrames(
  { series, level }: ForecastAnswer,
  { refId, legend, expr }: Pick<KymoQuery, 'refId' | 'legend' | 'expr'>,
  unit: string | undefined,
): DataFrame[] {
  const percent = `${Math.round(level * 100)} %`;
  return series.map(({ metric, last, times, values, lower, upper }) => {
    const name = seriesName(metric, legend, expr);
    const names = {
      lower: `${name} forecast low (${percent})`,
      upper: `${name} forecast high (${percent})`,
    };
    const custom = { part: 'forecast', series: name } as const;
    // From the last known value on, so that no gap is drawn between them.
    const from = <Value>(first: Value, rest: readonly Value[]): Value[] => [first, ...rest];
    return analysisFrame(
      refId,
      custom,
      [
        timeField(from(last.time, times)),
        numberField(
          'forecast',
          from(last.value, values),
          {
            unit,
            displayNameFromDS: `${name} forecast`,
            color: { mode: FieldColorModeId.Fixed, fixedColor: 'blue' },
            custom: { ...DASHED, fillOpacity: 0 },
          },
          metric,
        ),
        ...bandFields(
          {
            lower: from<number | null>(last.value, lower),
            upper: from<number | null>(last.value, upper),
          },
          names,
          { unit, labels: metric },
        ),
      ],
      { custom, executedQueryString: expr, preferredVisualisationType: 'graph' },
    );
  });
}
