import type { DataFrame } from '@grafana/data';
import type { CorrelationsAnswer } from '@kymo/contract';
import type { KymoQuery } from '../query.js';
import { analysisFrame, numberField, textField, timeField } from './fields.js';
import { shortNames } from './short-names.js';

/** A row for each series that moved with the one asked about, and one for each that moved before it. */
export function correlationFrames(
  { metric, related, causes, considered, omitted }: CorrelationsAnswer,
  { refId }: Pick<KymoQuery, 'refId'>,
): DataFrame[] {
  const notices = [
    {
      severity: 'info',
      text: `${considered} series were looked at, ${omitted} were not.`,
    } as const,
  ];
  const correlations = { part: 'correlations' } as const;
  const shown = [...related, ...causes];
  const names = shortNames(shown, metric);
  return [
    analysisFrame(
      refId,
      correlations,
      [
        textField('Series', names.slice(0, related.length)),
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
        textField(
          'Alike',
          related.map(({ alike = [] }) => alike.map(({ expression }) => expression).join('\n')),
        ),
      ],
      { custom: correlations, ...(omitted > 0 && { notices }) },
    ),
    analysisFrame(refId, { part: 'causes' }, [
      timeField(causes.map(({ time }) => time)),
      textField('Series', names.slice(related.length)),
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
