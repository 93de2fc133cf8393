import { describe, expect, test } from 'vitest';
import { evaluateInstant } from '../../src/promql/engine.js';
import { FUNCTION_SIGNATURES } from '../../src/promql/functions/signatures.js';
import type { ValueType } from '../../src/promql/ast.js';
import { columns, instant, range } from './evaluate.js';
import { MemoryReader, series } from './memory-reader.js';

const ARGUMENTS: Readonly<Record<ValueType, string>> = {
  vector: 'm',
  scalar: '0.5',
  matrix: 'm[1m]',
  string: '"label"',
};

/** `m` with the given values, ten seconds apart, the last at time 60 s. */
function recent(...values: number[]): MemoryReader {
  return new MemoryReader().add(
    series('m', { l: '1' }),
    values.map((value, i) => [60_000 - (values.length - 1 - i) * 10_000, value] as const),
  );
}

function over(query: string, ...values: number[]): number | string | undefined {
  return instant(query, recent(...values), 60_000)['{l="1"}'];
}

describe('every function', () => {
  test.each(
    [...FUNCTION_SIGNATURES.values()].map((signature) => [signature.name, signature] as const),
  )('%s evaluates at an instant and over a range', (name, { args }) => {
    const texts = name === 'info' ? ['m'] : args.map((type) => ARGUMENTS[type]);
    const query = `${name}(${texts.join(', ')})`;
    const reader = recent(1, 2, 3);
    expect(() => evaluateInstant(query, reader, { time: 60_000 })).not.toThrow();
    expect(() => range(query, reader, { start: 0, end: 60_000, step: 7000 })).not.toThrow();
  });
});

describe('rates', () => {
  test('extrapolate to the ends of the window where samples are near them', () => {
    // Six samples in (0 s, 60 s] at 10 … 60 s: the start is one distance away, and is reached.
    expect(over('increase(m[1m])', 10, 20, 30, 40, 50, 60)).toBe(60);
    expect(over('rate(m[1m])', 10, 20, 30, 40, 50, 60)).toBe(1);
    expect(over('delta(m[1m])', 10, 20, 30, 40, 50, 60)).toBe(60);
  });

  test('extrapolate by half a distance where samples are far from the ends', () => {
    expect(over('increase(m[5m])', 100, 110, 120)).toBe(25);
  });

  test('do not extrapolate a counter below zero', () => {
    // From 2 up by 10 in 10 s: it was zero 2 s before.
    expect(over('increase(m[5m])', 2, 12, 22)).toBe(22);
    expect(over('delta(m[5m])', 2, 12, 22)).toBe(25);
  });

  test('count what a reset took', () => {
    expect(over('increase(m[1m])', 10, 20, 5, 15, 25, 35)).toBeCloseTo(45 * 1.2, 10);
    expect(over('resets(m[1m])', 10, 20, 5, 15, 3)).toBe(2);
  });

  test('need two samples', () => {
    expect(over('rate(m[1m])', 10)).toBeUndefined();
    expect(over('irate(m[1m])', 10)).toBeUndefined();
  });

  test('irate and idelta look at the last two', () => {
    expect(over('irate(m[1m])', 0, 100, 150)).toBe(5);
    expect(over('irate(m[1m])', 0, 100, 50)).toBe(5);
    expect(over('idelta(m[1m])', 0, 100, 50)).toBe(-50);
  });
});

describe('functions over time', () => {
  test.each([
    ['sum_over_time(m[1m])', [1, 2, 3], 6],
    ['avg_over_time(m[1m])', [1, 2, 6], 3],
    ['min_over_time(m[1m])', [3, 1, 2], 1],
    ['max_over_time(m[1m])', [1, 3, 2], 3],
    ['max_over_time(m[1m])', [NaN, 3, 2], 3],
    ['min_over_time(m[1m])', [NaN, NaN], NaN],
    ['count_over_time(m[1m])', [1, 2, 3], 3],
    ['last_over_time(m[25s])', [1, 2, 3], undefined],
    ['stddev_over_time(m[1m])', [2, 4, 4, 4, 5, 5], Math.sqrt(1 + 0 / 6)],
    ['stdvar_over_time(m[1m])', [1, 3], 1],
    ['quantile_over_time(0.5, m[1m])', [1, 4, 2], 2],
    ['quantile_over_time(0.5, m[1m])', [1, 4], 2.5],
    ['mad_over_time(m[1m])', [4, 6, 2, 1, 9], 2],
    ['mad_over_time(m[1m])', [4, NaN], NaN],
    ['present_over_time(m[1m])', [5], 1],
    ['changes(m[1m])', [1, 1, 2, NaN, NaN, 2], 3],
    ['deriv(m[1m])', [1, 2, 3], 0.1],
    ['deriv(m[1m])', [5, 5, 5], 0],
    ['predict_linear(m[1m], 10)', [1, 2, 3], 4],
    ['ts_of_max_over_time(m[1m])', [1, 3, 3], 60],
    ['ts_of_min_over_time(m[1m])', [1, 3, 3], 40],
    ['ts_of_first_over_time(m[1m])', [1, 3, 3], 40],
    ['ts_of_last_over_time(m[1m])', [1, 3, 3], 60],
  ])('%s of %j is %s', (query, values, expected) => {
    if (query.startsWith('stddev')) {
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
      expect(over(query, ...values)).toBeCloseTo(Math.sqrt(variance), 12);
    } else if (typeof expected === 'number' && !Number.isNaN(expected)) {
      expect(over(query, ...values)).toBeCloseTo(expected, 12);
    } else {
      expect(over(query, ...values)).toEqual(expected);
    }
  });

  test('first and last keep the name', () => {
    expect(instant('last_over_time(m[1m])', recent(1, 2), 60_000)).toEqual({ 'm{l="1"}': 2 });
    expect(instant('first_over_time(m[1m])', recent(1, 2), 60_000)).toEqual({ 'm{l="1"}': 1 });
  });

  test('smooth twice, by both names', () => {
    const smoothed = over('double_exponential_smoothing(m[1m], 0.5, 0.5)', 1, 2, 3, 4);
    expect(smoothed).toBe(4);
    expect(over('holt_winters(m[1m], 0.5, 0.5)', 1, 2, 3, 4)).toBe(smoothed);
    expect(() => over('holt_winters(m[1m], 0, 0.5)', 1, 2)).toThrow(
      'invalid smoothing factor. Expected: 0 < sf < 1, got: 0.000000',
    );
    expect(() => over('holt_winters(m[1m], 0.5, 1)', 1, 2)).toThrow('invalid trend factor');
  });

  test('average what would overflow', () => {
    expect(over('avg_over_time(m[1m])', 1.7e308, 1.7e308, 1.7e308)).toBeCloseTo(1.7e308, -296);
  });
});

describe('functions of each sample', () => {
  test.each([
    ['abs(m)', -3, 3],
    ['round(m)', -2.5, -2],
    ['round(m, 0.1)', 1.26, 1.3],
    ['clamp(m, 0, 5)', 7, 5],
    ['clamp(m, 6, 5)', 7, undefined],
    ['clamp_min(m, 9)', 7, 9],
    ['clamp_max(m, 5)', 7, 5],
    ['sgn(m)', -7, -1],
    ['ln(m)', Math.E, 1],
    ['log2(m)', 1024, 10],
    ['log10(m)', 1000, 3],
    ['sqrt(m)', -1, NaN],
    ['deg(m)', Math.PI, 180],
    ['year(m)', 1136239445, 2006],
    ['month(m)', 1136239445, 1],
    ['day_of_month(m)', 1136239445, 2],
    ['day_of_week(m)', 1136239445, 1],
    ['day_of_year(m)', 1709164800, 60],
    ['days_in_month(m)', 1709164800, 29],
    ['days_in_month(m)', 951782400, 29],
    ['hour(m)', 1136239445, 22],
    ['minute(m)', 1136239445, 4],
    ['year(m)', -62135596801, 0],
    ['day_of_year(m)', -1, 365],
    ['hour(m)', -1, 23],
    ['year(m)', 1e15, 31690708],
    ['year(m)', NaN, 292277026596],
    ['hour(m)', -Infinity, 15],
    ['clamp_max(m, -Inf)', NaN, -Infinity],
    ['clamp_max(m, 5)', NaN, NaN],
    ['clamp_min(m, Inf)', NaN, Infinity],
    ['clamp(m, 1, Inf)', NaN, NaN],
  ])('%s of %s is %s', (query, value, expected) => {
    const result = over(query, value);
    if (typeof expected === 'number' && Number.isFinite(expected)) {
      expect(result).toBeCloseTo(expected, 12);
    } else expect(result).toEqual(expected);
  });

  test('dates without an argument are those of the step', () => {
    expect(
      range('hour()', new MemoryReader(), { start: 0, end: 3600_000, step: 3600_000 }),
    ).toEqual({
      '{}': [
        [0, 0],
        [3600_000, 1],
      ],
    });
  });

  test('timestamp is the time of the sample, or of the step for anything computed', () => {
    expect(instant('timestamp(m)', recent(1), 65_000)).toEqual({ '{l="1"}': 60 });
    expect(instant('timestamp(m offset 1s)', recent(1), 65_000)).toEqual({ '{l="1"}': 60 });
    expect(instant('timestamp(m + 0)', recent(1), 65_000)).toEqual({ '{l="1"}': 65 });
    expect(instant('timestamp(m @ 62)', recent(1), 0)).toEqual({ '{l="1"}': 60 });
  });

  test('scalar is the one float, else NaN', () => {
    expect(instant('scalar(m)', recent(5), 60_000)).toEqual({ '': 5 });
    expect(instant('scalar(nothing)', recent(5), 60_000)).toEqual({ '': NaN });
    const two = recent(5).add(series('m', { l: '2' }), [[60_000, 6]]);
    expect(instant('scalar(m)', two, 60_000)).toEqual({ '': NaN });
  });
});

describe('absent', () => {
  test('answers 1 with the labels that = asked for', () => {
    expect(instant('absent(x{a="1", b=~"2", c!="3"})', recent(1), 60_000)).toEqual({
      '{a="1"}': 1,
    });
    expect(instant('absent(x{a="1", a="2", b="3"})', recent(1), 60_000)).toEqual({ '{b="3"}': 1 });
    expect(instant('absent(sum(x))', recent(1), 60_000)).toEqual({ '{}': 1 });
    expect(instant('absent(m)', recent(1), 60_000)).toEqual({});
  });

  test('over time answers at the steps whose windows are empty', () => {
    const times = { start: 0, end: 120_000, step: 60_000 };
    expect(range('absent_over_time(m{l="1"}[30s])', recent(1), times)).toEqual({
      '{l="1"}': [
        [0, 1],
        [120_000, 1],
      ],
    });
    expect(range('absent(m{l="1"})', recent(1), times)).toEqual({ '{l="1"}': [[0, 1]] });
  });
});

describe('labels', () => {
  const reader = (): MemoryReader =>
    new MemoryReader().add(series('m', { src: 'one-two', other: 'x' }), [[0, 1]]);
  const labels = (query: string): string[] => Object.keys(instant(query, reader(), 0));

  test.each([
    [
      'label_replace(m, "dst", "$2-${1}x$$", "src", "(.*)-(.*)")',
      'm{dst="two-onex$", other="x", src="one-two"}',
    ],
    [
      'label_replace(m, "dst", "$first", "src", "(?P<first>.*)-.*")',
      'm{dst="one", other="x", src="one-two"}',
    ],
    ['label_replace(m, "dst", "$1x", "src", "(.*)-.*")', 'm{other="x", src="one-two"}'],
    ['label_replace(m, "dst", "new", "src", "one")', 'm{other="x", src="one-two"}'],
    ['label_replace(m, "other", "", "src", ".*")', 'm{src="one-two"}'],
    ['label_replace(m, "dst", "empty", "none", "")', 'm{dst="empty", other="x", src="one-two"}'],
    ['label_replace(m, "__name__", "n", "src", ".*")', 'n{other="x", src="one-two"}'],
    [
      'label_join(m, "dst", "/", "src", "none", "other")',
      'm{dst="one-two//x", other="x", src="one-two"}',
    ],
    ['label_join(m, "src", "", "none")', 'm{other="x"}'],
  ])('%s', (query, expected) => {
    expect(labels(query)).toEqual([expected]);
  });

  test.each([
    ['label_replace(m, "", "a", "src", ".*")', 'invalid destination label name in label_replace()'],
    [
      'label_replace(m, "dst", "a", "src", "(")',
      'invalid regular expression in label_replace(): (',
    ],
    ['label_join(m, "", "a", "src")', 'invalid destination label name in label_join()'],
  ])('%s fails', (query, message) => {
    expect(() => labels(query)).toThrow(message);
  });

  test('series that become one are an error', () => {
    const two = new MemoryReader()
      .add(series('m', { a: '1' }), [[0, 1]])
      .add(series('m', { a: '2' }), [[0, 1]]);
    expect(() => instant('label_replace(m, "a", "", "a", ".*")', two, 0)).toThrow(
      'vector cannot contain metrics with the same labelset',
    );
  });

  test('series that become one are an error in a sum too, unless but one has samples', () => {
    const at = (name: string, ...times: number[]) =>
      [series(name, { a: '1' }), times.map((time) => [time, time] as const)] as const;
    const two = new MemoryReader().add(...at('m', 0, 10_000)).add(...at('n', 0, 10_000));
    const steps = { start: 10_000, end: 20_000, step: 10_000 };
    expect(() => range('sum(rate({a="1"}[1m]))', two, steps)).toThrow('same labelset');
    const one = new MemoryReader().add(...at('m', 0, 10_000)).add(...at('n', 10_000));
    expect(range('sum(delta({a="1"}[1m]))', one, steps)).toEqual(
      range('sum(delta(m[1m]))', one, steps),
    );
  });

  test('info adds the labels of the target', () => {
    const targets = new MemoryReader()
      .add(series('m', { instance: 'i', job: 'j' }), [[0, 1]])
      .add(series('target_info', { instance: 'i', job: 'j', version: '2', zone: 'z' }), [[0, 1]]);
    expect(instant('info(m)', targets, 0)).toEqual({
      'm{instance="i", job="j", version="2", zone="z"}': 1,
    });
    expect(instant('info(m, {version=~".+"})', targets, 0)).toEqual({
      'm{instance="i", job="j", version="2"}': 1,
    });
    expect(instant('info(m, {none=~".+"})', targets, 0)).toEqual({});
  });
});

describe('sorting', () => {
  const reader = (): MemoryReader =>
    [3, NaN, 1, 2].reduce(
      (all, value, i) => all.add(series('m', { l: `host${[10, 9, 1, 2][i]}` }), [[0, value]]),
      new MemoryReader(),
    );

  test.each([
    ['sort(m)', ['1', '2', '3', 'NaN']],
    ['sort_desc(m)', ['3', '2', '1', 'NaN']],
    ['sort_by_label(m, "l")', ['1', '2', 'NaN', '3']],
    ['sort_by_label_desc(m, "l")', ['3', 'NaN', '2', '1']],
  ])('%s', (query, expected) => {
    const { result } = evaluateInstant(query, reader(), { time: 0 });
    expect(result.type === 'vector' && result.samples.map(({ value }) => String(value))).toEqual(
      expected,
    );
  });

  test('has no effect over a range, and a warning says so', () => {
    const times = { start: 0, end: 1000, step: 1000 };
    expect(Object.keys(range('sort(m)', reader(), times))).toEqual(
      Object.keys(range('m', reader(), times)),
    );
  });

  test('a range vector as a result is ordered by labels', () => {
    const { result } = evaluateInstant('m[1m]', reader(), { time: 0 });
    expect(Object.keys(columns(result))[0]).toBe('m{l="host1"}');
  });
});
