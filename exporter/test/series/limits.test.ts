import { describe, expect, test } from 'vitest';
import { Head, type HeadOptions } from '../../src/series/head.js';
import type { MetricType } from '../../src/series/metadata.js';
import type { SeriesId } from '../../src/series/reader.js';
import { SampleBuffer } from '../../src/series/samples.js';
import type { SampleSuffix } from '../../src/series/writer.js';
import { ExponentialRecorder } from '../../src/series/exponential-recorder.js';
import { idsOf, samplesOf } from './read-back.js';

const START = 1_700_000_000_000;

function setUp(options: HeadOptions) {
  const head = new Head(options);
  const writer = head.source('test', { exposed: true });
  const family = (name: string, type: MetricType) => writer.family({ name, type, help: '' });
  /** Sets a value on the series with these labels, which is looked up each time. */
  const set = (
    name: string,
    {
      type = 'gauge',
      labels = {},
      suffix = '',
      value,
    }: {
      type?: MetricType;
      labels?: Record<string, string>;
      suffix?: SampleSuffix;
      value: number;
    },
  ): SeriesId => {
    const id = writer.series(family(name, type), labels, suffix);
    writer.set(id, value);
    return id;
  };
  const commit = (time: number): void => {
    writer.commit(time);
    head.endTick(time);
  };
  const latest = (name: string, label?: [string, string]) =>
    idsOf(head, name, label).map((id) => samplesOf(head, id).at(-1)?.[1]);
  return { head, writer, family, set, commit, latest };
}

describe('past the limit of series', () => {
  test('the values of a family add up in its overflow series, in every commit anew', () => {
    const { head, set, commit, latest } = setUp({ limit: 3 });
    for (const time of [START, START + 1000]) {
      for (let i = 0; i < 10; i++) set('a', { labels: { i: String(i) }, value: 1 });
      set('b', { labels: { i: '1' }, value: 5 });
      commit(time);
    }
    expect(idsOf(head, 'a')).toHaveLength(4);
    expect(latest('a', ['kymo_overflow', 'true'])).toEqual([7]);
    expect(latest('b', ['kymo_overflow', 'true'])).toEqual([5]);
    expect(head.stats().dropped.get('series_limit')).toBe(16);
  });

  test('there is room again once series are gone', () => {
    const { set, commit, latest } = setUp({ limit: 1, ttl: 1000, retention: 1000 });
    set('a', { labels: { i: '0' }, value: 1 });
    commit(START);
    set('a', { labels: { i: '1' }, value: 2 });
    commit(START + 1000);
    expect(latest('a', ['i', '1'])).toEqual([]);
    for (let i = 2; i < 10; i++) commit(START + 1000 * i);
    set('a', { labels: { i: '1' }, value: 3 });
    commit(START + 20_000);
    expect(latest('a', ['i', '1'])).toEqual([3]);
  });

  test('a histogram is kept as a whole or not at all, and the overflow is one too', () => {
    const { head, set, commit, latest } = setUp({ limit: 6 });
    const bounds = ['0.1', '1', '+Inf'];
    const observe = (path: string): void => {
      const type = 'histogram';
      bounds.forEach((le, k) => {
        set('h', { type, labels: { path, le }, suffix: '_bucket', value: k + 1 });
      });
      set('h', { type, labels: { path }, suffix: '_sum', value: 10 });
      set('h', { type, labels: { path }, suffix: '_count', value: 3 });
    };
    for (const path of ['/a', '/b', '/c', '/d']) observe(path);
    commit(START);
    const paths = head.labelValues('path');
    expect(paths).toEqual(['/a', '/b']);
    for (const path of paths) expect(idsOf(head, 'h_bucket', ['path', path])).toHaveLength(3);
    expect(latest('h_bucket', ['kymo_overflow', 'true'])).toEqual([2, 4, 6]);
    const overflow = idsOf(head, 'h_bucket', ['kymo_overflow', 'true']);
    expect(overflow.map((id) => head.labels(id).get('le'))).toEqual(bounds);
    expect(latest('h_sum', ['kymo_overflow', 'true'])).toEqual([20]);
    expect(latest('h_count', ['kymo_overflow', 'true'])).toEqual([6]);
  });

  test('of the quantiles of summaries the greatest is kept, their counts add up', () => {
    const { set, commit, latest } = setUp({ limit: 1 });
    set('other', { value: 1 });
    for (const [path, value] of [
      ['/a', 3],
      ['/b', 7],
      ['/c', NaN],
      ['/d', 5],
    ] as const) {
      set('s', { type: 'summary', labels: { path, quantile: '0.9' }, value });
      set('s', { type: 'summary', labels: { path }, suffix: '_count', value: 1 });
    }
    commit(START);
    expect(latest('s', ['quantile', '0.9'])).toEqual([7]);
    expect(latest('s_count')).toEqual([4]);
  });

  test('exponential histograms are merged', () => {
    const { head, writer, family, set, commit } = setUp({ limit: 1 });
    set('other', { value: 1 });
    for (const path of ['/a', '/b']) {
      const recorder = new ExponentialRecorder();
      recorder.observe(path === '/a' ? 1 : 2);
      const id = writer.series(family('h', 'histogram'), { path });
      writer.setHistogram(id, recorder.toHistogram());
    }
    commit(START);
    const buffer = new SampleBuffer();
    head.read(idsOf(head, 'h')[0], 0, Infinity, buffer);
    expect(buffer.histograms?.[0]).toMatchObject({ count: 2, sum: 3 });
  });

  test('a label explosion of families ends too, and nothing throws', () => {
    const { head, writer, set, commit } = setUp({ limit: 10 });
    for (let i = 0; i < 3000; i++) set(`family_${i}`, { value: 1 });
    commit(START);
    expect(head.stats().series).toBeLessThan(1100);
    expect(head.stats().dropped.get('series_limit')).toBe(2990);
    const id = set('one_more', { value: 1 });
    expect(writer.has(id)).toBe(false);
  });

  test('the overflow series of another source is not added to', () => {
    const { head, set, commit, latest } = setUp({ limit: 1 });
    const other = head.source('other', { exposed: true });
    set('a', { labels: { i: '0' }, value: 1 });
    set('a', { labels: { i: '1' }, value: 2 });
    const id = other.series(other.family({ name: 'a', type: 'gauge', help: '' }), { i: '2' });
    other.set(id, 4);
    other.commit(START);
    commit(START);
    expect(latest('a', ['kymo_overflow', 'true'])).toEqual([2]);
    expect(head.stats().dropped.get('series_limit')).toBe(2);
  });
});

describe('labels past a limit go to the overflow series', () => {
  test.each([
    ['label_limit', { a: '1', b: '2', c: '3' }],
    ['label_name_length', { abcdefghijk: '1' }],
    ['label_value_length', { a: 'x'.repeat(21) }],
  ])('%s', (reason, labels) => {
    const { head, set, commit, latest } = setUp({
      maxLabels: 3,
      maxLabelName: 13,
      maxLabelValue: 20,
    });
    const name = reason === 'label_name_length' ? 'm' : 'metric';
    const long = reason === 'label_name_length' ? { abcdefghijklmn: '1' } : labels;
    set(name, { labels: { a: '1', b: '2' }, value: 1 });
    set(name, { labels: long, value: 2 });
    commit(START);
    expect(latest(name, ['kymo_overflow', 'true'])).toEqual([2]);
    expect(latest(name, ['b', '2'])).toEqual([1]);
    expect(head.stats().dropped.get(reason)).toBe(1);
  });

  test('the bound of a bucket does not count, so that a histogram is not torn', () => {
    const { head, set, commit } = setUp({ maxLabels: 2 });
    const labels = { path: '/' };
    set('h', { type: 'histogram', labels: { ...labels, le: '1' }, suffix: '_bucket', value: 1 });
    set('h', { type: 'histogram', labels, suffix: '_count', value: 1 });
    commit(START);
    expect(head.labelNames()).toEqual(['__name__', 'le', 'path']);
  });

  test('a bound that is too long itself is dropped and counted', () => {
    const { head, set, commit } = setUp({ maxLabelValue: 20 });
    const le = '1'.repeat(21);
    set('h', { type: 'histogram', labels: { le }, suffix: '_bucket', value: 1 });
    commit(START);
    expect(head.select([])).toEqual([]);
  });
});
