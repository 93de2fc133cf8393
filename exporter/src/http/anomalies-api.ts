import { setImmediate } from 'node:timers/promises';
import type { AnomalyAnswer, ScoredSeries } from '@kymo/contract';
import { scoreRange, type Anomaly, type ScoredRange } from '../analysis/score-range.js';
import { KymoError } from '../lib/errors.js';
import { errorAnswer } from '../promql/api/answer.js';
import { success } from '../promql/api/envelope.js';
import type { QueryLimits } from '../promql/api/operations.js';
import { QueryParameters } from '../promql/api/parameters.js';
import type { QueryThread } from '../promql/query-thread.js';
import type { AnomaliesDoor, Answer, PrometheusRequest } from './dependencies.js';

export interface AnomaliesApiOptions {
  readonly queries: Pick<QueryThread, 'ask'>;
  readonly limits: Pick<QueryLimits, 'maxPoints'>;
}

/** Points that are scored before the range, so that its first ones are not judged by nothing. */
const LEAD = 600;
/** Points of an answer, of all series together; scoring them takes some 0.2 s in slices. */
const MAX_POINTS = 200_000;

/** Scores past values as watches would have: evaluated in the query thread, scored here series by series. */
export function anomaliesApi({ queries, limits }: AnomaliesApiOptions): AnomaliesDoor {
  return {
    async answer({ parameters, signal }) {
      try {
        const { query, start } = rangeQuery(new QueryParameters(parameters), limits.maxPoints);
        const answered = await queries.ask({ operation: 'query_range', parameters: query, signal });
        if (answered.status !== 200) return answerOf(answered.body, answered.status);
        return answerOf(Buffer.from(await scored(matrixOf(answered.body), start, signal)));
      } catch (thrown) {
        const { status, body } = errorAnswer(thrown);
        return answerOf(Buffer.from(body), status);
      }
    },
  };
}

const answerOf = (body: Uint8Array, status = 200): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
  body: Buffer.from(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength),
});

/** A series as `query_range` answers it. */
interface MatrixSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values?: readonly (readonly [time: number, value: string])[];
}

function matrixOf(body: Uint8Array): readonly MatrixSeries[] {
  const answer = JSON.parse(new TextDecoder().decode(body)) as {
    readonly data: { readonly result: readonly MatrixSeries[] };
  };
  return answer.data.result;
}

/** The query with the points before the range, as many as there may be. @throws KymoError `bad_data` */
function rangeQuery(
  parameters: QueryParameters,
  maxPoints: number,
): { query: URLSearchParams; start: number } {
  if (!parameters.has('expr')) {
    throw new KymoError('bad_data', 'invalid parameter "expr": a PromQL expression is needed');
  }
  const start = parameters.time('start');
  const end = parameters.time('end');
  const step = parameters.duration('step');
  if (step <= 0) throw new KymoError('bad_data', 'invalid parameter "step": it must be above 0');
  if (end < start) throw new KymoError('bad_data', 'invalid parameter "end": it is before start');
  const points = Math.floor((end - start) / step) + 1;
  const lead = Math.max(0, Math.min(LEAD, maxPoints - points));
  const query = new URLSearchParams({
    query: parameters.text('expr'),
    start: `${(start - lead * step) / 1000}`,
    end: `${end / 1000}`,
    step: `${step / 1000}`,
  });
  return { query, start: start / 1000 };
}

async function scored(
  matrix: readonly MatrixSeries[],
  start: number,
  signal: PrometheusRequest['signal'],
): Promise<string> {
  const points = matrix.reduce((sum, { values }) => sum + (values?.length ?? 0), 0);
  if (points > MAX_POINTS) {
    const message = `${points} points are more than the ${MAX_POINTS} that are scored at a time; choose fewer series, a shorter range or a longer step`;
    throw new KymoError('bad_data', message);
  }
  const parts: string[] = [];
  for (const series of matrix) {
    const one = scoredSeries(series, start);
    if (one.times.length > 0) parts.push(JSON.stringify(one));
    await setImmediate();
    if (signal.aborted) throw new KymoError('canceled', 'nobody waits for it any more');
  }
  return success(`{"series":[${parts.join(',')}]}`);
}

/** @param start Unix seconds; points before it are not told */
function scoredSeries({ metric, values = [] }: MatrixSeries, start: number): ScoredSeries {
  const times = Float64Array.from(values, ([time]) => time * 1000);
  // What has no number here is NaN to the scorer, as it should be.
  const numbers = Float64Array.from(values, ([, text]) => Number(text));
  const range = scoreRange(times, numbers);
  let first = 0;
  while (first < values.length && values[first][0] < start) first++;
  const rest = (column: Float64Array): (number | null)[] =>
    Array.from(column.subarray(first), (value) => (Number.isFinite(value) ? value : null));
  return {
    metric,
    times: values.slice(first).map(([time]) => time),
    values: rest(numbers),
    ...columnsOf(range, rest),
    warmUp: Math.max(0, range.warmUp - first),
    anomalies: range.anomalies.filter(({ end }) => end / 1000 >= start).map(inSeconds),
  };
}

function columnsOf(
  { scores, confidence, expected, lower, upper }: ScoredRange,
  rest: (column: Float64Array) => (number | null)[],
): Pick<ScoredSeries, 'scores' | 'confidence' | 'expected' | 'lower' | 'upper'> {
  return {
    scores: rest(scores),
    confidence: rest(confidence),
    expected: rest(expected),
    lower: rest(lower),
    upper: rest(upper),
  };
}

function inSeconds({ start, end, time, ...more }: Anomaly): AnomalyAnswer {
  return { start: start / 1000, end: end / 1000, time: time / 1000, ...more };
}
