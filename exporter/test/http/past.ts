import { afterAll } from 'vitest';
import { AnalysisThread } from '../../src/analysis/analysis-thread.js';
import { analysisApi, type AnalysisApiOptions } from '../../src/http/analysis/analysis-api.js';
import { answer } from '../../src/promql/api/answer.js';
import { QueryParameters } from '../../src/promql/api/parameters.js';
import { ResultEncoder } from '../../src/promql/encode.js';
import type { QueryAnswer, QueryRequest } from '../../src/promql/query-thread.js';
import { Head } from '../../src/series/head.js';
import type { SourceWriter } from '../../src/series/writer.js';
import { serve } from './serve.js';

/** Analyses over a head that a test fills, in a real analysis thread and behind a real server. */
const limits = {
  timeout: 10_000,
  maxSamples: 1e7,
  maxSamplesRead: 1e8,
  maxPoints: 11_000,
  lookback: 300_000,
};

const analysis = new AnalysisThread({
  onCrash: (thrown) => {
    throw thrown;
  },
});
afterAll(() => analysis.stop());

/** A head with `seconds` ticks, the last of which is at `end` (Unix seconds). */
export function headOf(
  end: number,
  seconds: number,
  write: (source: SourceWriter, second: number) => void,
): Head {
  const head = new Head({ ownLabels: {}, retention: 2 * seconds * 1000 });
  const source = head.source('test', { exposed: true });
  for (let second = 0; second < seconds; second++) {
    const time = (end - seconds + 1 + second) * 1000;
    write(source, second);
    source.commit(time);
    head.endTick(time);
  }
  return head;
}

/** As the query thread answers. */
export function queriesOver(head: Head): { ask: (request: QueryRequest) => Promise<QueryAnswer> } {
  const encoder = new ResultEncoder();
  return {
    ask: ({ operation, parameters }) => {
      const { body, ...rest } = answer(operation, {
        reader: head,
        parameters: new QueryParameters(parameters),
        limits,
        encoder,
        now: head.maxTime,
        monotonic: () => 0,
        cancelled: () => false,
      });
      return Promise.resolve({ ...rest, body: Buffer.from(body) });
    },
  };
}

/** The analysis API over a head, at the time of its newest sample. */
export function apiOver(head: Head, more: Partial<AnalysisApiOptions> = {}) {
  return analysisApi({
    queries: queriesOver(head),
    analysis,
    limits,
    clock: { now: () => head.maxTime },
    tick: 1000,
    ...more,
  });
}

/** Asks a server for `/api/metrics/<name>`. */
export async function asking(
  api: ReturnType<typeof apiOver>,
): Promise<(name: string, parameters?: Record<string, string>) => Promise<Response>> {
  const { url } = await serve({ analysis: api });
  return (name, parameters = {}) =>
    fetch(`${url}/api/metrics/${name}?${new URLSearchParams(parameters).toString()}`);
}

/** The `data` of an answer that went well. */
export async function dataOf<Data>(answered: Promise<Response>): Promise<Data> {
  const response = await answered;
  const body = (await response.json()) as { data: Data; error?: string };
  if (response.status !== 200) throw new Error(body.error);
  return body.data;
}
