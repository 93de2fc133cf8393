import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Head, type HeadOptions } from '../../src/series/head.js';
import type { ExponentialHistogram } from '../../src/series/histogram.js';
import { SampleBuffer } from '../../src/series/samples.js';
import { idsOf, samplesOf, type ReadValue } from './read-back.js';

const START = 1_700_000_000_000;
const MINUTE = 60_000;

function setUp(options: HeadOptions = {}) {
  const head = new Head(options);
  const timed = head.timed('push');
  const series = (metric: string, labels: Record<string, string> = {}): number => {
    const id = timed.series(metric, labels);
    if (id === undefined) throw new Error(`${metric} was refused`);
    return id;
  };
  return { head, timed, series };
}

const histogram = (count: number): ExponentialHistogram => ({
  schema: 3,
  count,
  sum: 2.5 * count,
  zeroThreshold: 0,
  zeroCount: 0,
  positive: { offset: -2, counts: Float64Array.of(count, 0, count) },
  negative: { offset: 0, counts: [] },
});

describe('a sample with its own time', () => {
  test('is visible at once, and moves the newest time', () => {
    const { head, timed, series } = setUp();
    const id = series('a', { x: '1' });
    expect(timed.append(id, START, 1)).toBe('ok');
    expect(timed.append(id, START + 15_000, 2)).toBe('ok');
    expect(samplesOf(head, id)).toEqual([
      [START, 1],
      [START + 15_000, 2],
    ]);
    expect(head.maxTime).toBe(START + 15_000);
    expect(head.metadata(id)).toBeUndefined();
    expect(head.exposedFamilies()).toEqual([]);
    expect(head.stats().samples.get('push')).toBe(2);
  });

  test('is judged as Prometheus judges it', () => {
    const { head, timed, series } = setUp({ retention: 15 * MINUTE });
    head.endTick(START);
    const id = series('a');
    expect(timed.append(id, START, 1)).toBe('ok');
    expect(timed.append(id, START, 1)).toBe('ok');
    expect(timed.append(id, START, 2)).toBe('duplicate');
    expect(timed.append(id, START, 'stale')).toBe('duplicate');
    expect(timed.append(id, START - 1, 1)).toBe('out_of_order');
    expect(timed.append(id, START - 15 * MINUTE - 1, 1)).toBe('too_old');
    expect(timed.append(id, START + 10 * MINUTE + 1, 1)).toBe('too_new');
    expect(timed.append(id, START + 1, NaN)).toBe('ok');
    expect(timed.append(id, START + 1, NaN)).toBe('ok');
    expect(timed.append(id, START + 1, 0)).toBe('duplicate');
    expect(timed.append(id, START + 2, 'stale')).toBe('ok');
    expect(timed.append(id, START + 2, 'stale')).toBe('ok');
    expect(timed.append(id, START + 3, histogram(1))).toBe('ok');
    expect(timed.append(id, START + 3, histogram(1))).toBe('ok');
    expect(timed.append(id, START + 3, histogram(2))).toBe('duplicate');
    expect(timed.append(id, START + 3, 1)).toBe('duplicate');
    expect(timed.append(id + 1, START + 4, 1)).toBe('limit');
    expect(samplesOf(head, id)).toEqual([
      [START, 1],
      [START + 1, NaN],
      [START + 2, 'stale'],
      [START + 3, 'histogram'],
    ]);
    expect(Object.fromEntries(head.stats().dropped)).toEqual({
      duplicate: 5,
      out_of_order: 1,
      too_old: 1,
      too_new: 1,
      unknown_series: 1,
    });
  });

  test('of any kind comes back, however far apart they are and whatever is read', () => {
    const sample = fc.record({
      gap: fc.oneof(
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 2 ** 30, max: 2 ** 33 }),
      ),
      value: fc.oneof(fc.double(), fc.constantFrom<'stale' | 'histogram'>('stale', 'histogram')),
    });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 150 }), fc.nat(150), fc.nat(150), (list, i, j) => {
        const { head, timed, series } = setUp({ retention: Infinity });
        const id = series('a');
        let time = START;
        const expected = list.map(({ gap, value }): [number, ReadValue] => {
          time += gap;
          const given = value === 'histogram' ? histogram(time) : value;
          expect(timed.append(id, time, given)).toBe('ok');
          return [time, value];
        });
        expect(samplesOf(head, id)).toEqual(expected);
        const from = expected.at(Math.min(i, j))?.[0] ?? START;
        const to = expected.at(Math.max(i, j))?.[0] ?? START;
        expect(samplesOf(head, id, from, to)).toEqual(
          expected.filter(([at]) => at >= from && at <= to),
        );
      }),
    );
  });
});

describe('series with times of their own', () => {
  test('that a source writes are refused and counted', () => {
    const { head, timed } = setUp();
    const source = head.source('own', { exposed: true });
    const id = source.series(source.family({ name: 'a', type: 'gauge', help: '' }), {});
    source.set(id, 1);
    expect(timed.series('a', {})).toBeUndefined();
    source.commit(START);
    expect(timed.series('a', {})).toBeUndefined();
    expect(head.stats().dropped.get('duplicate_series')).toBe(2);
    source.commit(START + 1000);
    expect(timed.series('a', {})).toBe(id);
    expect(timed.append(id, START + 1000, 2)).toBe('duplicate');
    expect(timed.append(id, START + 2000, 2)).toBe('ok');
    expect(samplesOf(head, id)).toEqual([
      [START, 1],
      [START + 1000, 'stale'],
      [START + 2000, 2],
    ]);
    expect(head.exposedFamilies()).toEqual([]);
  });

  test('may be written by several pushers in turn', () => {
    const { head, timed, series } = setUp();
    const other = head.timed('other');
    const id = series('a');
    timed.append(id, START, 1);
    expect(other.series('a', {})).toBe(id);
    expect(other.append(id, START + 1, 2)).toBe('ok');
    expect(timed.has(id)).toBe(false);
    expect(samplesOf(head, id)).toEqual([
      [START, 1],
      [START + 1, 2],
    ]);
  });

  test('past a limit are refused and counted', () => {
    const { head, timed, series } = setUp({ limit: 1, maxLabels: 2 });
    series('a');
    expect(timed.series('b', {})).toBeUndefined();
    expect(timed.series('c', { x: '1', y: '2' })).toBeUndefined();
    expect(head.stats().dropped.get('series_limit')).toBe(1);
    expect(head.stats().dropped.get('label_limit')).toBe(1);
  });

  test('become stale once their time to live has passed', () => {
    const { head, timed, series } = setUp({ ttl: MINUTE });
    const id = series('a');
    head.endTick(START);
    timed.append(id, START, 1);
    head.endTick(START + MINUTE - 1);
    expect(samplesOf(head, id)).toEqual([[START, 1]]);
    head.endTick(START + MINUTE + 5000);
    head.endTick(START + 2 * MINUTE);
    expect(samplesOf(head, id)).toEqual([
      [START, 1],
      [START + MINUTE, 'stale'],
    ]);
  });

  test('that were only cut off lose nothing when their sender catches up', () => {
    const { head, timed, series } = setUp({ ttl: MINUTE });
    const id = series('a');
    head.endTick(START);
    timed.append(id, START, 1);
    head.endTick(START + 5 * MINUTE);
    expect(timed.append(id, START, 2)).toBe('out_of_order');
    for (const seconds of [15, 30, 60, 75]) {
      expect(timed.append(id, START + 1000 * seconds, seconds)).toBe('ok');
    }
    expect(timed.append(id, START + 60_000, 60)).toBe('out_of_order');
    expect(samplesOf(head, id)).toEqual([
      [START, 1],
      [START + 15_000, 15],
      [START + 30_000, 30],
      [START + 60_000, 60],
      [START + 75_000, 75],
    ]);
  });

  test('that end with the stale marker of their sender take no older samples', () => {
    const { head, timed, series } = setUp({ ttl: MINUTE });
    const id = series('a');
    timed.append(id, START, 1);
    timed.append(id, START + 5000, 'stale');
    head.endTick(START + 5 * MINUTE);
    expect(timed.append(id, START + 4000, 1)).toBe('out_of_order');
    expect(samplesOf(head, id)).toHaveLength(2);
  });

  test('leave with their samples, and their ids are told to be removed', () => {
    const { head, timed, series } = setUp({ retention: MINUTE, ttl: MINUTE });
    head.endTick(START);
    const gone = series('gone');
    for (let i = 0; i < 50; i++) timed.append(gone, START + i, i);
    const kept = series('kept');
    for (let i = 0; i < 200; i++) {
      timed.append(kept, START + 1000 * i, i);
      head.endTick(START + 1000 * i);
    }
    expect(timed.has(gone)).toBe(false);
    expect(timed.removals).toBe(1);
    expect(idsOf(head, 'gone')).toEqual([]);
    const samples = samplesOf(head, kept);
    expect(samples.at(-1)).toEqual([START + 199_000, 199]);
    expect(samples[0][0]).toBeGreaterThan(START + 100_000);
    expect(samples.length).toBeGreaterThanOrEqual(61);
  });

  test('have the metadata that their sender gives, also for the parts of a histogram', () => {
    const { head, series } = setUp();
    const bucket = series('h_bucket', { le: '1' });
    head.setMetadata({ name: 'h', type: 'histogram', help: 'Time.' });
    expect(head.metadata(bucket)).toEqual({
      name: 'h',
      type: 'histogram',
      help: 'Time.',
      unit: '',
    });
    expect([...head.allMetadata()].map(({ name }) => name)).toEqual(['h']);
  });
});

test('histograms are read back as they were, at most 160 buckets of them', () => {
  const { head, timed, series } = setUp();
  const id = series('h');
  const wide = {
    ...histogram(3),
    schema: 5,
    positive: { offset: -100, counts: Array.from({ length: 321 }, () => 1) },
    count: 321,
  };
  const floats = { ...histogram(0.5), negative: { offset: 4, counts: [1.25] }, zeroThreshold: 0.1 };
  const custom = { ...histogram(2), schema: -53, customBounds: [0.1, 5] };
  const great = histogram(2 ** 51);
  [wide, floats, custom, great].forEach((one, i) => timed.append(id, START + i, one));
  const buffer = new SampleBuffer();
  head.read(id, 0, Infinity, buffer);
  const read = buffer.histograms ?? [];
  expect(read).toHaveLength(4);
  expect(read[0]?.schema).toBe(3);
  expect(read[0]?.positive.counts.length).toBeLessThanOrEqual(160);
  expect(read[0]).toMatchObject({ count: 321, sum: wide.sum });
  const plain = (one: ExponentialHistogram | undefined) => ({
    ...one,
    positive: { ...one?.positive, counts: [...(one?.positive.counts ?? [])] },
    negative: { ...one?.negative, counts: [...(one?.negative.counts ?? [])] },
  });
  expect(plain(read[1])).toEqual(plain(floats));
  expect(plain(read[2])).toEqual(plain(custom));
  expect(plain(read[3])).toEqual(plain(great));
});
