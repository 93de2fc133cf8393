import type { HistoryAnswer } from '@kymo/contract';
import { describe, expect, test } from 'vitest';
import type { StoredHistory } from '../../src/http/analysis/history.js';
import { BucketBuilder, newCarry, type Bucket } from '../../src/series/history/bucket.js';
import { LabelSet } from '../../src/series/labels.js';
import { apiOver, asking, dataOf, headOf } from './past.js';

// On a full hour.
const END = 1_699_999_200 + 3599;
const SECONDS = 600;

const head = headOf(END, SECONDS, (source, second) => {
  const level = source.family({ name: 'level', type: 'gauge', help: 'A test.' });
  source.set(source.series(level, { room: 'a' }), second % 60);
  const total = source.family({ name: 'hits_total', type: 'counter', help: 'A test.' });
  // 2 a second, and a reset in the middle.
  source.set(source.series(total, {}), 2 * (second < 300 ? second : second - 300));
});
const range = { start: `${END - 299}`, end: `${END}` };

function bucketOf(start: number, values: readonly number[]): Bucket {
  const builder = new BucketBuilder();
  builder.begin('gauge');
  const carry = newCarry();
  values.forEach((value, i) => builder.add(start + i * 1000, value, carry));
  const bucket = builder.end(start);
  if (bucket === undefined) throw new Error('empty');
  return bucket;
}

const LEVEL = LabelSet.from({ __name__: 'level', room: 'a' });
const store: StoredHistory & { asked: unknown[] } = {
  asked: [],
  series(tier, from, to) {
    this.asked.push([tier, from, to]);
    const other = LabelSet.from({ __name__: 'other' });
    return Promise.resolve(tier === 'minute' ? [LEVEL, other] : [LEVEL]);
  },
  buckets(labels, granularity, from) {
    this.asked.push([labels.toString(), granularity, from]);
    return Promise.resolve([bucketOf(from, [1, 2, 3])]);
  },
};

describe('/api/metrics/history', () => {
  test('makes buckets of values where nothing is stored', async () => {
    const get = await asking(apiOver(head));
    const answer = await dataOf<HistoryAnswer>(get('history', { expr: 'level', ...range }));
    expect(answer).toMatchObject({ source: 'evaluated', granularity: 'minute', timeZone: 'UTC' });
    const [series] = answer.series;
    expect(series).toMatchObject({ kind: 'gauge', metric: { __name__: 'level', room: 'a' } });
    expect(series.buckets.map(({ start }) => start - END + 299)).toEqual([0, 60, 120, 180, 240]);
    for (const bucket of series.buckets) {
      expect(bucket).toMatchObject({ count: 60, sum: 1770, avg: 29.5, min: 0, max: 59 });
      expect(Math.abs((bucket.p50 ?? NaN) / 29 - 1)).toBeLessThan(0.011);
      expect(Math.abs((bucket.p99 ?? NaN) / 59 - 1)).toBeLessThan(0.011);
    }
  });

  test('has the increase and the rates of a counter, resets handled', async () => {
    const get = await asking(apiOver(head));
    const whole = { start: `${END - 479}`, end: `${END}` };
    const answer = await dataOf<HistoryAnswer>(get('history', { expr: 'hits_total', ...whole }));
    const [{ kind, buckets }] = answer.series;
    expect(kind).toBe('counter');
    // In the minute of the reset, one second's increase is 0.
    expect(buckets.map(({ sum }) => sum)).toEqual([120, 120, 120, 118, 120, 120, 120, 120]);
    expect(buckets[0]).toMatchObject({ count: 60, avg: 2, min: 2, max: 2 });
  });

  test('has the buckets of the store for a selector, with days in the time zone', async () => {
    store.asked = [];
    const timeZone = 'Europe/Berlin';
    const get = await asking(apiOver(head, { history: () => store, timeZone }));
    const asked = { expr: 'level', granularity: 'day', start: `${END - 86_400}`, end: `${END}` };
    const answer = await dataOf<HistoryAnswer>(get('history', asked));
    const midnight = Date.UTC(2023, 10, 13, 23) - 86_400_000;
    expect(answer).toMatchObject({ source: 'stored', timeZone, start: midnight / 1000 });
    expect(answer.series).toHaveLength(1);
    expect(answer.series[0].buckets).toMatchObject([
      { start: midnight / 1000, count: 3, sum: 6, avg: 2, min: 1, max: 3 },
    ]);
    expect(store.asked).toEqual([
      ['minute', midnight, END * 1000],
      ['hour', midnight, END * 1000],
      ['day', midnight, END * 1000],
      [LEVEL.toString(), 'day', midnight],
    ]);
  });

  test('evaluates what is more than a selector, even with a store', async () => {
    const get = await asking(apiOver(head, { history: () => store }));
    const answer = await dataOf<HistoryAnswer>(get('history', { expr: 'level * 2', ...range }));
    expect(answer.source).toBe('evaluated');
    expect(answer.series[0].buckets[0]).toMatchObject({ count: 60, max: 118 });
  });

  test.each([
    [{ granularity: 'week' }, 'none of minute, hour, day'],
    [{ start: '0' }, 'more than 50000 buckets'],
    [{ start: `${END + 1}` }, 'before start'],
  ])('refuses %j', async (wrong, message) => {
    const get = await asking(apiOver(head));
    const response = await get('history', { expr: 'level', ...range, ...wrong });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(message);
  });
});
