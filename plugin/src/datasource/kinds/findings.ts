import type { DataFrame } from '@grafana/data';
import type { CorrelationsAnswer, InsightsAnswer } from '@kymo/contract';
import { seriesName } from '../legend.js';
import type { KymoQuery } from '../query.js';
import { analysisFrame, numberField, textField, timeField } from './fields.js';

type Query = Pick<KymoQuery, 'refId' | 'legend' | 'expr'>;

/** A row for each thing that stands out, the gravest first. */
export function insightsFrame(
  { insights }: InsightsAnswer,
  { refId, legend, expr }: Query,
): DataFrame {
  const text = (name: string, of: (insight: (typeof insights)[number]) => string) =>
    textField(name, insights.map(of));
  return analysisFrame(refId, { part: 'insights' }, [
    timeField(insights.map(({ start }) => start)),
    timeField(
      insights.map(({ end }) => end),
      'Time end',
    ),
    text('Severity', ({ severity }) => severity),
    text('Kind', ({ kind }) => kind),
    text('Sentence', ({ sentence }) => sentence),
    text('Expression', ({ expression }) => expression),
    text('Series', ({ metric }) => seriesName(metric, legend, expr)),
  ]);
}

/** A row for each series that moved with the one asked about, and one for each that moved before it. */
export function correlationFrames(
  { related, causes, considered, omitted }: CorrelationsAnswer,
  { refId }: Query,
): DataFrame[] {
  const name = (one: { metric: Readonly<Record<string, string>>; expression: string }): string =>
    seriesName(one.metric, undefined, one.expression);
  const notices = [
    {
      severity: 'info',
      text: `${considered} series were looked at, ${omitted} were not.`,
    } as const,
  ];
  const correlations = { part: 'correlations' } as const;
  return [
    analysisFrame(
      refId,
      correlations,
      [
        textField('Series', related.map(name)),
        numberField(
          'Correlation',
          related.map(({ pearson }) => pearson),
          { min: -1, max: 1, decimals: 2 },
        ),
        numberField(
          'Lead',
          related.map(({ lag }) => lag),
          { unit: 's' },
        ),
        textField(
          'Expression',
          related.map(({ expression }) => expression),
        ),
      ],
      { custom: correlations, ...(omitted > 0 && { notices }) },
    ),
    analysisFrame(refId, { part: 'causes' }, [
      timeField(causes.map(({ time }) => time)),
      textField('Series', causes.map(name)),
      numberField(
        'Score',
        causes.map(({ peak }) => peak),
        { decimals: 1 },
      ),
      textField(
        'Expression',
        causes.map(({ expression }) => expression),
      ),
    ]),
  ];
}
