import { describe, expect, test } from 'vitest';
import { evaluateInstant } from '../../src/promql/engine.js';
import { instant, range } from './evaluate.js';
import { MemoryReader, series } from './memory-reader.js';

const VALUES: readonly (readonly [string, string, number])[] = [
  ['1', 'x', 4],
  ['2', 'x', 1],
  ['3', 'x', NaN],
  ['4', 'y', 7],
  ['5', 'y', 7],
];

function reader(): MemoryReader {
  const all = new MemoryReader();
  for (const [i, j, value] of VALUES) all.add(series('m', { i, j }), [[0, value]]);
  return all;
}

function evaluate(query: string): Record<string, number | string> {
  return instant(query, reader(), 0);
}

/** The results of an instant in their order. */
function ordered(query: string): string[] {
  const { result } = evaluateInstant(query, reader(), { time: 0 });
  if (result.type !== 'vector') throw new TypeError(result.type);
  return result.samples.map(({ labels, value }) => `${labels.get('i')}=${value}`);
}

describe('aggregations', () => {
  test.each([
    ['sum(m{j="y"})', { '{}': 14 }],
    ['sum by (j) (m)', { '{j="x"}': NaN, '{j="y"}': 14 }],
    ['sum without (i) (m{j="y"})', { '{j="y"}': 14 }],
    ['sum by (__name__) (m{j="y"})', { m: 14 }],
    ['sum by (none) (m{j="y"})', { '{}': 14 }],
    ['avg(m{j="y"})', { '{}': 7 }],
    ['count by (j) (m)', { '{j="x"}': 3, '{j="y"}': 2 }],
    ['group by (j) (m)', { '{j="x"}': 1, '{j="y"}': 1 }],
    ['min(m)', { '{}': 1 }],
    ['max(m)', { '{}': 7 }],
    ['max(m{i="3"})', { '{}': NaN }],
    ['stdvar(m{i=~"1|2"})', { '{}': 2.25 }],
    ['stddev(m{i=~"1|2"})', { '{}': 1.5 }],
    ['quantile(0.5, m{i!="3"})', { '{}': 5.5 }],
    ['quantile(0, m{i!="3"})', { '{}': 1 }],
    ['quantile(2, m)', { '{}': Infinity }],
    ['quantile(-1, m)', { '{}': -Infinity }],
    ['quantile(0.1, m)', { '{}': NaN }],
    ['count_values("v", m)', { '{v="4"}': 1, '{v="1"}': 1, '{v="NaN"}': 1, '{v="7"}': 2 }],
    ['count_values by (j) ("v", m{j="y"})', { '{j="y", v="7"}': 2 }],
    ['sum(nothing)', {}],
    ['limitk(2, m)', { 'm{i="1", j="x"}': 4, 'm{i="2", j="x"}': 1 }],
    ['limitk by (j) (1, m)', { 'm{i="1", j="x"}': 4, 'm{i="4", j="y"}': 7 }],
    ['limit_ratio(0, m)', {}],
    ['count(limit_ratio(1, m))', { '{}': 5 }],
    ['count(limit_ratio(0.4, m) or limit_ratio(-0.6, m))', { '{}': 5 }],
    ['limit_ratio(0.4, m) and limit_ratio(-0.6, m)', {}],
  ])('%s', (query, expected) => {
    expect(evaluate(query)).toEqual(expected);
  });

  test('topk and bottomk order an instant by value, NaN last', () => {
    expect(ordered('topk(3, m{i!="5"})')).toEqual(['4=7', '1=4', '2=1']);
    expect(ordered('bottomk(3, m)').slice(0, 2)).toEqual(['2=1', '1=4']);
    expect(ordered('topk(9, m{i!="5"})')).toEqual(['4=7', '1=4', '2=1', '3=NaN']);
    expect(ordered('topk by (j) (1, m{i!="5"})')).toEqual(['1=4', '4=7']);
    expect(ordered('topk(0, m)')).toEqual([]);
  });

  test('topk chooses step by step', () => {
    const changing = new MemoryReader()
      .add(series('m', { i: '1' }), [
        [0, 1],
        [1000, 5],
      ])
      .add(series('m', { i: '2' }), [
        [0, 3],
        [1000, 4],
      ]);
    expect(range('topk(1, m)', changing, { start: 0, end: 1000, step: 1000 })).toEqual({
      'm{i="1"}': [[1000, 5]],
      'm{i="2"}': [[0, 3]],
    });
  });

  test.each([
    ['topk(NaN, m)', 'Parameter value is NaN'],
    ['topk(1e30, m)', 'Scalar value 1e+30 overflows int64'],
    ['topk(scalar(m), m)', 'Parameter value is NaN'],
    ['limit_ratio(NaN, m)', 'Ratio value is NaN'],
    ['count_values("", m)', 'invalid label name ""'],
  ])('%s fails', (query, message) => {
    expect(() => evaluate(query)).toThrow(message);
  });

  test('adds up exactly what plain summation would lose', () => {
    const cancelling = new MemoryReader();
    [1e100, 1, -1e100, 1].forEach((value, i) =>
      cancelling.add(series('m', { i: String(i) }), [[0, value]]),
    );
    expect(instant('sum(m)', cancelling, 0)).toEqual({ '{}': 2 });
    expect(instant('avg(m)', cancelling, 0)).toEqual({ '{}': 0.5 });
  });

  test('averages what would overflow if it were summed up', () => {
    const large = new MemoryReader();
    [1.5e308, 1.5e308, 1.2e308].forEach((value, i) =>
      large.add(series('m', { i: String(i) }), [[0, value]]),
    );
    expect(instant('sum(m)', large, 0)).toEqual({ '{}': Infinity });
    expect(instant('avg(m)', large, 0)['{}']).toBeCloseTo(1.4e308, -296);
  });
});
