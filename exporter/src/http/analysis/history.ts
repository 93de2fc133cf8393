import { setImmediate } from 'node:timers/promises';
import type { Granularity, HistoryAnswer, HistorySeries } from '@kymo/contract';
import {
  bucketAnswer,
  BucketCount,
  HISTORY_BUCKETS,
  HISTORY_SERIES,
} from '../../analysis/tasks/history.js';
import { KymoError } from '../../lib/errors.js';
import type { Bucket } from '../../series/history/bucket.js';
import { Calendar } from '../../series/history/calendar.js';
import { METRIC_NAME, type LabelSet } from '../../series/labels.js';
import type { Matcher } from '../../series/matcher.js';
import type { SeriesReader } from '../../series/reader.js';
import type { Answer } from '../dependencies.js';
import { enveloped, MINUTE, stepFor, type Question } from './question.js';
import { plainSelector } from './selector.js';

/** The store of buckets below the head: `History` of series/history is one. */
export interface StoredHistory {
  series(tier: Granularity, from: number, to: number): Promise<readonly LabelSet[]>;
  buckets(
    labels: LabelSet,
    granularity: Granularity,
    from: number,
    to: number,
  ): Promise<readonly Bucket[]>;
}

export interface HistoryOptions {
  /** Where days begin; `UTC` by default. */
  readonly timeZone?: string;
  /** Absent where nothing is stored, or not yet. */
  readonly history?: () => StoredHistory | undefined;
  /** Series that may not be on disk yet. */
  readonly reader?: Pick<SeriesReader, 'select' | 'labels'>;
}

const GRANULARITIES = ['minute', 'hour', 'day'] as const satisfies readonly Granularity[];
/** Of a range that is not told, in milliseconds: 1 h, 1 d, 30 d. */
const RANGES = { minute: 60 * MINUTE, hour: 1440 * MINUTE, day: 30 * 1440 * MINUTE } as const;
const LENGTHS = { minute: MINUTE, hour: 60 * MINUTE, day: 1440 * MINUTE } as const;

interface Asked {
  readonly expr: string;
  readonly granularity: Granularity;
  readonly calendar: Calendar;
  readonly timeZone: string;
  /** Unix milliseconds: the start of the first bucket, and the end of the range. */
  readonly from: number;
  readonly to: number;
}

/**
 * Buckets of the series of an expression: those of the store where it merely selects series, otherwise made
 * of its values in the analysis thread.
 */
export async function history(question: Question, options: HistoryOptions): Promise<Answer> {
  const asked = askedOf(question, options.timeZone ?? 'UTC');
  const selector = plainSelector(asked.expr);
  const store = options.history?.();
  if (selector !== undefined && store !== undefined) {
    return stored(question, asked, {
      store,
      reader: options.reader,
      matchers: selector.matchers,
    });
  }
  return evaluated(question, asked, selector !== undefined);
}

/** @throws KymoError `bad_data` */
function askedOf(question: Question, timeZone: string): Asked {
  const { expr, parameters, options } = question;
  const granularity = question.word('granularity', GRANULARITIES, 'minute');
  const calendar = new Calendar(timeZone);
  const end = parameters.time('end', options.clock.now());
  const start = parameters.time('start', end - RANGES[granularity]);
  if (end < start) throw new KymoError('bad_data', 'invalid parameter "end": it is before start');
  if ((end - start) / LENGTHS[granularity] > HISTORY_BUCKETS) {
    throw new KymoError(
      'bad_data',
      `the range has more than ${HISTORY_BUCKETS} buckets of a ${granularity}; choose a shorter one or a coarser granularity`,
    );
  }
  const from = calendar.startOf(granularity, start);
  return { expr, granularity, calendar, timeZone, from, to: end };
}

async function evaluated(question: Question, asked: Asked, selector: boolean): Promise<Answer> {
  const { expr, granularity, timeZone, from, to } = asked;
  const { limits, tick, clock } = question.options;
  const end = Math.min(to, clock.now());
  const step = stepFor(Math.max(0, end - from), limits.maxPoints - 2, tick);
  // One point more before it: a counter's first increase is from there.
  const start = Math.floor(from / step) * step - step;
  const length = Math.max(1, Math.floor((end - start) / step) + 1);
  const body = await question.range(expr, { start, step, length });
  const range = { granularity, timeZone, start: from, end: to, now: clock.now() };
  return question.answer('history', { body, selector, ...range });
}

interface Stored {
  readonly store: StoredHistory;
  readonly reader: HistoryOptions['reader'];
  readonly matchers: readonly Matcher[];
}

async function stored(question: Question, asked: Asked, from: Stored): Promise<Answer> {
  const { granularity, calendar, timeZone } = asked;
  const all = await storedSeries(asked, from);
  const kept = all.slice(0, HISTORY_SERIES);
  const series: HistorySeries[] = [];
  const count = new BucketCount();
  const now = question.options.clock.now();
  for (const labels of kept) {
    const buckets = await from.store.buckets(labels, granularity, asked.from, asked.to);
    count.add(buckets.length);
    if (buckets.length > 0) {
      series.push({
        metric: labels.toObject(),
        kind: buckets[buckets.length - 1].kind,
        buckets: buckets.map((bucket) =>
          bucketAnswer(bucket, Math.min(now, calendar.nextAfter(granularity, bucket.start))),
        ),
      });
    }
    // Ticks go first.
    await setImmediate();
    if (question.signal.aborted) {
      throw new KymoError('canceled', 'nobody waits for it any more');
    }
  }
  const answer: HistoryAnswer = {
    start: asked.from / 1000,
    end: asked.to / 1000,
    granularity,
    timeZone,
    source: 'stored',
    omitted: all.length - kept.length,
    series,
  };
  return enveloped({ body: Buffer.from(JSON.stringify(answer)), warnings: [], infos: [] });
}

/** Series of the granularity asked for, of the finer ones that it is made of, and of the head. */
async function storedSeries(
  { granularity, from, to }: Asked,
  { store, reader, matchers }: Stored,
): Promise<LabelSet[]> {
  const found = new Map<string, LabelSet>();
  const finer = GRANULARITIES.slice(0, GRANULARITIES.indexOf(granularity) + 1);
  for (const tier of finer) {
    for (const labels of await store.series(tier, from, to)) {
      if (!found.has(labels.key) && fits(labels, matchers)) found.set(labels.key, labels);
    }
  }
  for (const id of reader?.select(matchers) ?? []) {
    const labels = reader?.labels(id);
    if (labels !== undefined) found.set(labels.key, labels);
  }
  return [...found.values()].sort((a, b) => order(a, b));
}

function fits(labels: LabelSet, matchers: readonly Matcher[]): boolean {
  return matchers.every((matcher) => matcher.matches(labels.get(matcher.name)));
}

function order(a: LabelSet, b: LabelSet): number {
  const [one, other] = [a.get(METRIC_NAME) + a.key, b.get(METRIC_NAME) + b.key];
  return one < other ? -1 : one > other ? 1 : 0;
}
