import type { AnomalyAnswer, ScoredSeries } from '@kymo/contract';
import { KymoError } from '../../lib/errors.js';
import { scoreRange, type Anomaly, type ScoredRange } from '../score-range.js';
import { readMatrix, type MatrixSeries } from './matrix.js';
import { knownColumn, type Check, type TaskAnswer } from './task.js';

export interface AnomaliesTask {
  /** Answer of `query_range`, with points before the range to learn from. */
  readonly body: Uint8Array;
  /** Unix seconds; points before it are not told. */
  readonly start: number;
}

/** Points of an answer, of all series together; scoring them takes some 0.2 s. */
const MAX_POINTS = 200_000;

/**
 * Scores past values as watches would have.
 * @throws KymoError `bad_data` for too many points
 */
export function anomalies({ body, start }: AnomaliesTask, check: Check): TaskAnswer {
  const { series, warnings, infos } = readMatrix(body);
  const points = series.reduce((sum, { values }) => sum + (values?.length ?? 0), 0);
  if (points > MAX_POINTS) {
    const message = `${points} points are more than the ${MAX_POINTS} that are scored at a time; choose fewer series, a shorter range or a longer step`;
    throw new KymoError('bad_data', message);
  }
  const scored: ScoredSeries[] = [];
  for (const one of series) {
    check();
    const answer = scoredSeries(one, start);
    if (answer.times.length > 0) scored.push(answer);
  }
  return { data: JSON.stringify({ series: scored }), warnings, infos };
}

function scoredSeries({ metric, values = [] }: MatrixSeries, start: number): ScoredSeries {
  const times = Float64Array.from(values, ([time]) => time * 1000);
  // What has no number here is NaN to the scorer, as it should be.
  const numbers = Float64Array.from(values, ([, text]) => Number(text));
  const range = scoreRange(times, numbers);
  let first = 0;
  while (first < values.length && values[first][0] < start) first++;
  const rest = (column: Float64Array): (number | null)[] => knownColumn(column.subarray(first));
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

function inSeconds({ start, end, time, votes, ...more }: Anomaly): AnomalyAnswer {
  const seconds = { start: start / 1000, end: end / 1000, time: time / 1000 };
  return { ...seconds, ...more, votes: votes.map((vote) => ({ ...vote })) };
}
