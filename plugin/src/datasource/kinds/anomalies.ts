import { FieldColorModeId, ThresholdsMode, type DataFrame } from '@grafana/data';
import type { AnomaliesAnswer, AnomalyAnswer } from '@kymo/contract';
import { seriesName } from '../legend.js';
import type { KymoQuery } from '../query.js';
import { analysisFrame, bandFields, DASHED, numberField, timeField } from './fields.js';
import { analysedOf, type Kind } from './kind.js';

/** Values, the band that was expected and the score: a frame a series. */
export const anomalies: Kind = async (target, { analysis, unitOf }) => {
  const [answer, unit] = await Promise.all([
    analysis.anomalies(analysedOf(target)),
    unitOf(target.expr),
  ]);
  return anomalyFrames(answer, { ...target.query, expr: target.expr }, unit);
};

/** What a frame of anomalies has in `meta.custom` beside its part: where the score reached 1. */
interface AnomalyStretches {
  readonly anomalies: readonly AnomalyAnswer[];
}

/** The stretches of a frame of anomalies; none of any other frame. */
export function stretchesOf({ meta }: DataFrame): readonly AnomalyAnswer[] {
  return (meta?.custom as Partial<AnomalyStretches> | undefined)?.anomalies ?? [];
}

export function anomalyFrames(
  { series }: AnomaliesAnswer,
  { refId, legend, expr }: Pick<KymoQuery, 'refId' | 'legend' | 'expr'>,
  unit: string | undefined,
): DataFrame[] {
  return series.map(({ metric, times, values, lower, upper, expected, scores, ...more }) => {
    const name = seriesName(metric, legend, expr);
    // Before enough was seen, what is expected is anything.
    const known = (edge: readonly (number | null)[]) =>
      edge.map((value, row) => (row < more.warmUp ? null : value));
    const names = { lower: `${name} lowest expected`, upper: `${name} highest expected` };
    const custom = { part: 'anomalies', series: name, anomalies: more.anomalies } as const;
    return analysisFrame(
      refId,
      custom,
      [
        timeField(times),
        numberField('value', values, { unit, displayNameFromDS: name }, metric),
        ...bandFields({ lower: known(lower), upper: known(upper) }, names, {
          unit,
          labels: metric,
        }),
        numberField(
          'expected',
          expected,
          {
            unit,
            displayNameFromDS: `${name} expected`,
            color: { mode: FieldColorModeId.Fixed, fixedColor: 'text' },
            custom: {
              ...DASHED,
              lineWidth: 1,
              hideFrom: { legend: true, tooltip: false, viz: true },
            },
          },
          metric,
        ),
        numberField('score', scores, { displayNameFromDS: `${name} score`, ...score }, metric),
      ],
      { custom, executedQueryString: expr, preferredVisualisationType: 'graph' },
    );
  });
}

/** A score is of no unit and has one threshold, whatever it is of: 1. */
const score = {
  min: 0,
  decimals: 2,
  color: { mode: FieldColorModeId.Thresholds },
  thresholds: {
    mode: ThresholdsMode.Absolute,
    steps: [
      { value: -Infinity, color: 'text' },
      { value: 1, color: 'red' },
    ],
  },
  custom: {
    axisPlacement: 'right',
    axisLabel: 'score',
    axisSoftMax: 4,
    lineWidth: 1,
    fillOpacity: 0,
    gradientMode: 'scheme',
  },
};
