import type { Granularity, HistoryAnswer, HistoryBucket, HistorySeries } from '@kymo/contract';
import { KymoError } from '../../lib/errors.js';
import {
  BucketBuilder,
  newCarry,
  quantileOfBucket,
  type Bucket,
} from '../../series/history/bucket.js';
import { Calendar } from '../../series/history/calendar.js';
import { kindOf } from '../../series/history/kind.js';
import { LabelSet } from '../../series/labels.js';
import { firstSeries, readMatrix, sampleNumber, type MatrixSeries } from './matrix.js';
import { known, type Check, type TaskAnswer } from './task.js';

export interface HistoryTask {
  readonly body: Uint8Array;
  readonly granularity: Granularity;
  readonly timeZone: string;
  /** Unix milliseconds: buckets that begin within the range are answered. */
  readonly start: number;
  readonly end: number;
  readonly now: number;
  /** Whether series are named ones, of which some are counters. */
  readonly selector: boolean;
}

/** Bounds of an answer. */
export const HISTORY_SERIES = 200;
export const HISTORY_BUCKETS = 50_000;

/** Makes buckets of the values of an expression, as the store does of samples. */
export function history(task: HistoryTask, check: Check): TaskAnswer {
  const { granularity, timeZone, start, end } = task;
  const { series, warnings, infos } = readMatrix(task.body);
  const { kept, omitted } = firstSeries(series, HISTORY_SERIES);
  const calendar = new Calendar(timeZone);
  const count = new BucketCount();
  const answers: HistorySeries[] = [];
  for (const one of kept) {
    check();
    const answer = seriesOf(one, task, calendar);
    if (answer === undefined) continue;
    count.add(answer.buckets.length);
    answers.push(answer);
  }
  const answer: HistoryAnswer = {
    start: start / 1000,
    end: end / 1000,
    granularity,
    timeZone,
    source: 'evaluated',
    omitted,
    series: answers,
  };
  return { data: JSON.stringify(answer), warnings, infos };
}

/** Counts the buckets of an answer. */
export class BucketCount {
  #count = 0;

  /** @throws KymoError `bad_data` past the limit */
  add(buckets: number): void {
    this.#count += buckets;
    if (this.#count <= HISTORY_BUCKETS) return;
    throw new KymoError(
      'bad_data',
      `the answer has more than ${HISTORY_BUCKETS} buckets; choose fewer series, a shorter range or a coarser granularity`,
    );
  }
}

function seriesOf(
  { metric, values = [] }: MatrixSeries,
  { granularity, start, now, selector }: HistoryTask,
  calendar: Calendar,
): HistorySeries | undefined {
  const kind = selector ? kindOf(LabelSet.from(metric), undefined) : 'gauge';
  const builder = new BucketBuilder();
  const carry = newCarry();
  const buckets: HistoryBucket[] = [];
  let [begin, next] = [NaN, -Infinity];
  const finish = (): void => {
    const bucket = builder.end(begin);
    if (bucket === undefined || bucket.count === 0 || begin < start) return;
    buckets.push(bucketAnswer(bucket, Math.min(next, now)));
  };
  for (const [seconds, text] of values) {
    const time = seconds * 1000;
    const value = sampleNumber(text);
    if (Number.isNaN(value)) continue;
    if (time >= next) {
      if (next > -Infinity) finish();
      begin = calendar.startOf(granularity, time);
      next = calendar.nextAfter(granularity, time);
      builder.begin(kind);
    }
    builder.add(time, value, carry);
  }
  if (next > -Infinity) finish();
  return buckets.length === 0 ? undefined : { metric, kind, buckets };
}

/** A bucket as it is answered. @param end of the bucket, or now where it is not over; Unix ms */
export function bucketAnswer(bucket: Bucket, end: number): HistoryBucket {
  const quantile = (q: number): number | null => known(quantileOfBucket(bucket, q));
  return {
    start: bucket.start / 1000,
    count: bucket.count,
    sum: known(bucket.sum),
    avg: known(average(bucket, end)),
    min: known(bucket.min),
    max: known(bucket.max),
    p50: quantile(0.5),
    p90: quantile(0.9),
    p95: quantile(0.95),
    p99: quantile(0.99),
    p999: quantile(0.999),
  };
}

function average({ kind, sum, count, start, min, max }: Bucket, end: number): number {
  if (kind !== 'counter') return sum / count;
  // Of a series that began or ended within the bucket, it is at least the lowest rate seen.
  return Math.min(max, Math.max(min, (1000 * sum) / Math.max(1, end - start)));
}
