import type { DataFrame } from '@grafana/data';
import type { InsightAnswer, InsightsAnswer } from '@kymo/contract';
import { inUtc, spoken, type SentencePiece } from '../../shared/sentence.js';
import { seriesName } from '../legend.js';
import type { KymoQuery } from '../query.js';
import { analysisFrame, textField, timeField } from './fields.js';

type Query = Pick<KymoQuery, 'refId' | 'legend' | 'expr'>;

/** A row for each thing that stands out, the gravest first. */
export function insightsFrame(
  { insights }: InsightsAnswer,
  { refId, legend, expr }: Query,
): DataFrame {
  const text = (name: string, of: (insight: (typeof insights)[number]) => string) =>
    textField(name, insights.map(of));
  const sentences = insights.map((insight) => piecesOf(insight, { legend, expr }));
  return analysisFrame(refId, { part: 'insights', sentences }, [
    timeField(insights.map(({ start }) => start)),
    timeField(
      insights.map(({ end }) => end),
      'Time end',
    ),
    text('Severity', ({ severity }) => severity),
    text('Kind', ({ kind }) => kind),
    textField(
      'Sentence',
      sentences.map((pieces) => spoken(pieces, inUtc)),
    ),
    text('Expression', ({ expression }) => expression),
    text('Series', ({ metric }) => seriesName(metric, legend, expr)),
  ]);
}

/** A sentence with the name that the query gives the series; as it is where an exporter tells no parts. */
function piecesOf(
  { sentence, parts, metric }: InsightAnswer,
  { legend, expr }: Pick<Query, 'legend' | 'expr'>,
): SentencePiece[] {
  const own = seriesName(metric, legend, expr);
  const isChosen = own !== seriesName(metric, undefined, expr);
  return (parts ?? [sentence]).map((part) => {
    if (typeof part === 'string') return part;
    if ('time' in part) return { time: part.time * 1000 };
    // Without a legend a series is called as PromQL writes it; the exporter may have a shorter name.
    return isChosen || own.length <= part.series.length ? own : part.series;
  });
}
