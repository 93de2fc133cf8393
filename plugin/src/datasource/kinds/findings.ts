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
    text('Sentence', ({ sentence, metric }) =>
      withName(sentence, expr, seriesName(metric, legend, expr)),
    ),
    text('Expression', ({ expression }) => expression),
    text('Series', ({ metric }) => seriesName(metric, legend, expr)),
  ]);
}

/** Longest that the exporter writes an expression in a sentence. */
const LONGEST = 80;

/** A sentence about a series with its name in place of the expression, and of the labels behind it. */
function withName(sentence: string, expr: string, name: string): string {
  const line = expr.replace(/\s+/g, ' ');
  const short = line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
  if (name === expr || !sentence.startsWith(short)) return sentence;
  const rest = sentence.slice(short.length);
  return name + (rest.startsWith(' (') ? rest.slice(rest.indexOf(')') + 1) : rest);
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
