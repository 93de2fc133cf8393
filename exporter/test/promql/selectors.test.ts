import { describe, expect, test } from 'vitest';
import { evaluateInstant } from '../../src/promql/engine.js';
import { columns, instant, range } from './evaluate.js';
import { MemoryReader, series } from './memory-reader.js';

const MINUTE = 60_000;

/** One series `m` with the value 1, 2, 3, … each minute from time 0. */
function minutes(count: number): MemoryReader {
  return new MemoryReader().add(
    series('m'),
    Array.from({ length: count }, (_, i) => [i * MINUTE, i + 1] as const),
  );
}

describe('instant selectors', () => {
  test('take the newest sample at or before the time', () => {
    const reader = minutes(3);
    expect(instant('m', reader, MINUTE)).toEqual({ m: 2 });
    expect(instant('m', reader, MINUTE - 1)).toEqual({ m: 1 });
    expect(instant('m', reader, 10 * MINUTE - 1)).toEqual({});
  });

  test('look back five minutes, not to the millisecond exactly five minutes ago', () => {
    const reader = minutes(1);
    expect(instant('m', reader, 5 * MINUTE - 1)).toEqual({ m: 1 });
    expect(instant('m', reader, 5 * MINUTE)).toEqual({});
  });

  test('look back as far as the query says', () => {
    const reader = minutes(1);
    expect(instant('m', reader, 999, { lookback: 1000 })).toEqual({ m: 1 });
    expect(instant('m', reader, 1000, { lookback: 1000 })).toEqual({});
  });

  test('end at a stale marker and begin again after it', () => {
    const reader = new MemoryReader().add(series('m'), [
      [0, 1],
      [1000, 'stale'],
      [2000, NaN],
    ]);
    expect(instant('m', reader, 999)).toEqual({ m: 1 });
    expect(instant('m', reader, 1500)).toEqual({});
    expect(instant('m', reader, 2000)).toEqual({ m: NaN });
  });

  test('match absent labels as empty ones', () => {
    const reader = new MemoryReader()
      .add(series('m', { a: '1' }), [[0, 1]])
      .add(series('m'), [[0, 2]]);
    expect(instant('m{a=""}', reader, 0)).toEqual({ m: 2 });
    expect(instant('m{a!=""}', reader, 0)).toEqual({ 'm{a="1"}': 1 });
    expect(instant('m{a=~"1|"}', reader, 0)).toEqual({ 'm{a="1"}': 1, m: 2 });
    expect(instant('m{a!~"1.*"}', reader, 0)).toEqual({ m: 2 });
    expect(instant('{__name__=~"m|n", a="1"}', reader, 0)).toEqual({ 'm{a="1"}': 1 });
  });
});

describe('offset and @', () => {
  test('an offset goes back, a negative one forward', () => {
    const reader = minutes(10);
    expect(instant('m offset 2m', reader, 5 * MINUTE)).toEqual({ m: 4 });
    expect(instant('m offset -2m', reader, 5 * MINUTE)).toEqual({ m: 8 });
  });

  test('@ fixes the time, to which the offset applies', () => {
    const reader = minutes(10);
    expect(instant('m @ 120', reader, 9 * MINUTE)).toEqual({ m: 3 });
    expect(instant('m @ 120 offset 1m', reader, 9 * MINUTE)).toEqual({ m: 2 });
    expect(instant('m offset 1m @ 120', reader, 0)).toEqual({ m: 2 });
  });

  test('@ start() and @ end() are the ends of the range, in subqueries too', () => {
    const reader = minutes(10);
    const times = { start: 2 * MINUTE, end: 4 * MINUTE, step: MINUTE };
    expect(range('m @ start() + m @ end()', reader, times)).toEqual({
      '{}': [
        [2 * MINUTE, 8],
        [3 * MINUTE, 8],
        [4 * MINUTE, 8],
      ],
    });
    expect(range('sum_over_time((m @ end())[2m:1m])', reader, times)).toEqual({
      '{}': [
        [2 * MINUTE, 10],
        [3 * MINUTE, 10],
        [4 * MINUTE, 10],
      ],
    });
  });

  test('what depends on the step stays so beside what @ fixes', () => {
    const reader = minutes(4);
    const times = { start: 0, end: 2 * MINUTE, step: MINUTE };
    expect(range('m - on() m @ 0', reader, times)).toEqual({
      '{}': [
        [0, 0],
        [MINUTE, 1],
        [2 * MINUTE, 2],
      ],
    });
    expect(range('predict_linear(m[3m] @ 120, 0)', reader, times)['{}']).toHaveLength(3);
  });
});

describe('range selectors', () => {
  test('hold what is after the left end, up to the right end', () => {
    const reader = minutes(10);
    const { result } = evaluateInstant('m[2m]', reader, { time: 4 * MINUTE });
    expect(columns(result)).toEqual({
      m: [
        [3 * MINUTE, 4],
        [4 * MINUTE, 5],
      ],
    });
  });

  test('skip stale markers', () => {
    const reader = new MemoryReader().add(series('m'), [
      [0, 1],
      [1000, 'stale'],
      [2000, 3],
    ]);
    expect(instant('count_over_time(m[10s])', reader, 5000)).toEqual({ '{}': 2 });
  });

  test('are sorted by labels as a result', () => {
    const reader = new MemoryReader()
      .add(series('m', { a: '2' }), [[0, 1]])
      .add(series('m', { a: '1' }), [[0, 1]]);
    const { result } = evaluateInstant('m[1m]', reader, { time: 0 });
    expect(Object.keys(columns(result))).toEqual(['m{a="1"}', 'm{a="2"}']);
  });
});

describe('subqueries', () => {
  test('evaluate at multiples of their step, open on the left', () => {
    const reader = minutes(20);
    const { result } = evaluateInstant('m[3m:1m]', reader, { time: 10 * MINUTE + 30_000 });
    expect(columns(result)).toEqual({
      m: [
        [8 * MINUTE, 9],
        [9 * MINUTE, 10],
        [10 * MINUTE, 11],
      ],
    });
    const aligned = evaluateInstant('m[3m:1m]', reader, { time: 10 * MINUTE });
    expect(columns(aligned.result).m).toHaveLength(3);
  });

  test('take the default step where they name none', () => {
    const reader = minutes(20);
    expect(instant('count_over_time(m[4m:])', reader, 10 * MINUTE)).toEqual({ '{}': 4 });
    expect(instant('count_over_time(m[4m:])', reader, 10 * MINUTE, { subqueryStep: 1000 })).toEqual(
      { '{}': 240 },
    );
  });

  test('shift by offset and stay where @ puts them', () => {
    const reader = minutes(20);
    expect(instant('max_over_time(m[3m:1m] offset 5m)', reader, 10 * MINUTE)).toEqual({ '{}': 6 });
    expect(instant('max_over_time(m[3m:1m] @ 240)', reader, 10 * MINUTE)).toEqual({ '{}': 5 });
  });

  test('nest', () => {
    const reader = minutes(20);
    expect(instant('max_over_time(sum_over_time(m[2m:1m])[3m:1m])', reader, 10 * MINUTE)).toEqual({
      '{}': 21,
    });
  });
});

describe('ranges', () => {
  test('begin and end where the query says, with gaps where there is nothing', () => {
    const reader = new MemoryReader().add(series('m'), [
      [0, 1],
      [1000, 'stale'],
      [4000, 2],
    ]);
    expect(range('m', reader, { start: -1000, end: 5500, step: 1000 })).toEqual({
      m: [
        [0, 1],
        [4000, 2],
        [5000, 2],
      ],
    });
  });

  test('make a series without labels of a scalar', () => {
    expect(range('time()', minutes(0), { start: 0, end: 2000, step: 1000 })).toEqual({
      '{}': [
        [0, 0],
        [1000, 1],
        [2000, 2],
      ],
    });
  });

  test.each([
    [
      'm[5m]',
      'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    ],
    [
      '"text"',
      'invalid expression type "string" for range query, must be Scalar or instant Vector',
    ],
  ])('refuse %s', (query, message) => {
    expect(() => range(query, minutes(0), { start: 0, end: 1, step: 1 })).toThrow(message);
  });

  test('refuse steps and ranges that make no sense', () => {
    const reader = minutes(0);
    expect(() => range('m', reader, { start: 0, end: 1, step: 0 })).toThrow(/zero or negative/);
    expect(() => range('m', reader, { start: 1, end: 0, step: 1 })).toThrow(/must not be before/);
    expect(() => range('m', reader, { start: 0, end: 11_000, step: 1 })).toThrow(
      'exceeded maximum resolution of 11,000 points per timeseries',
    );
  });
});
