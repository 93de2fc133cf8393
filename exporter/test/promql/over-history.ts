import { answer, type ApiAnswer } from '../../src/promql/api/answer.js';
import { planHistory } from '../../src/promql/api/history-plan.js';
import type { OperationContext, OperationName } from '../../src/promql/api/operations.js';
import { QueryParameters } from '../../src/promql/api/parameters.js';
import { ResultEncoder } from '../../src/promql/encode.js';
import type { Head } from '../../src/series/head.js';
import type { ExcerptOptions, HistoryDoor } from '../../src/series/history/door.js';
import type { SeriesReader } from '../../src/series/reader.js';

type Parameters = Readonly<Record<string, string | number>>;

function contextOf(reader: SeriesReader, parameters: Parameters): OperationContext {
  const texts = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) texts.append(name, String(value));
  return {
    reader,
    parameters: new QueryParameters(texts),
    limits: {
      timeout: 60_000,
      maxSamples: 5e7,
      maxSamplesRead: 1e8,
      maxPoints: 11_000,
      lookback: 300_000,
    },
    encoder: new ResultEncoder(),
    now: reader.maxTime,
    monotonic: () => 0,
    cancelled: () => false,
  };
}

/** What the API answers over a head and its history, as the query thread goes about it. */
export async function overHistory(
  { head, history }: { head: Head; history: HistoryDoor },
  [operation, parameters]: readonly [OperationName, Parameters],
  options: ExcerptOptions = { maxBytes: 2 ** 26, check: () => undefined },
): Promise<ApiAnswer> {
  const headFrom = Math.max(history.headSince, head.maxTime - head.limits.retention);
  const plan = planHistory(operation, contextOf(head, parameters), headFrom);
  if (!('requests' in plan)) return answer(operation, plan);
  const excerpts = [];
  for (const request of plan.requests) excerpts.push(await history.excerpt(request, options));
  return answer(operation, plan.context(excerpts));
}

/** What it answers over a reader that has everything. */
export function overAll(
  reader: SeriesReader,
  [operation, parameters]: readonly [OperationName, Parameters],
): ApiAnswer {
  return answer(operation, contextOf(reader, parameters));
}

/** Values of the series of a range query by the text of their labels, NaN where there is none. */
export function valuesOf(
  { body }: ApiAnswer,
  range: { readonly start: number; readonly end: number; readonly step: number },
): Map<string, Float64Array> {
  const { data } = JSON.parse(body) as {
    data: { result: { metric: object; values?: [number, string][] }[] };
  };
  const steps = Math.floor((range.end - range.start) / range.step) + 1;
  return new Map(
    data.result.map(({ metric, values = [] }) => {
      const column = new Float64Array(steps).fill(NaN);
      for (const [time, value] of values) {
        column[Math.round((time - range.start) / range.step)] = Number(value);
      }
      return [JSON.stringify(metric), column];
    }),
  );
}

export function infosOf({ body }: ApiAnswer): string[] {
  return (JSON.parse(body) as { infos?: string[] }).infos ?? [];
}
