import { describe, expect, test } from 'vitest';
import { KymoError } from '../../src/lib/errors.js';
import { evaluateInstant, evaluateRange } from '../../src/promql/engine.js';
import { prepare } from '../../src/promql/prepared.js';
import { columns, plain } from './evaluate.js';
import { MemoryReader, series } from './memory-reader.js';

/** `count` series `m{i}` with 100 samples each, a second apart, from time 0. */
function reader(count = 10): MemoryReader {
  const all = new MemoryReader();
  for (let i = 0; i < count; i++) {
    all.add(
      series('m', { i: String(i), g: String(i % 2) }),
      Array.from({ length: 100 }, (_, t) => [t * 1000, t * (i + 1)] as const),
    );
  }
  return all;
}

function codeOf(evaluate: () => unknown): string {
  try {
    evaluate();
  } catch (thrown) {
    if (thrown instanceof KymoError) return thrown.code;
    throw thrown;
  }
  return 'none';
}

describe('limits', () => {
  const times = { start: 0, end: 99_000, step: 1000 };

  test('end a query that would hold too many samples', () => {
    const run = (maxSamples: number): unknown =>
      evaluateRange('m * on (i) m', reader(), { ...times, maxSamples });
    expect(codeOf(() => run(4100))).toBe('none');
    expect(codeOf(() => run(2000))).toBe('execution');
    expect(() => run(2000)).toThrow('query processing would load too many samples into memory');
  });

  test('an aggregation holds its groups, not its series', () => {
    const query = 'sum(rate(m[10s]))';
    expect(codeOf(() => evaluateRange(query, reader(), { ...times, maxSamples: 400 }))).toBe(
      'none',
    );
  });

  test('end a query that would read too many samples', () => {
    const run = (maxSamplesRead: number): unknown =>
      evaluateInstant('sum(sum_over_time(m[1m]))', reader(), { time: 99_000, maxSamplesRead });
    expect(codeOf(() => run(600))).toBe('none');
    expect(codeOf(() => run(599))).toBe('execution');
  });

  test('end a query at its deadline', () => {
    let clock = 0;
    const options = { ...times, now: () => clock++, deadline: 3 };
    expect(codeOf(() => evaluateRange('sum(m)', reader(), options))).toBe('none');
    // Each look at the clock is a millisecond later here; a long query looks often.
    const long = 'sum(sum_over_time(m[90s]))';
    expect(codeOf(() => evaluateRange(long, reader(100), { ...options, start: 60_000 }))).toBe(
      'timeout',
    );
  });

  test('end a query that was cancelled', () => {
    let asked = 0;
    const cancelled = (): boolean => asked++ > 2;
    const run = (): unknown =>
      evaluateRange('sum(sum_over_time(m[90s]))', reader(100), { ...times, cancelled });
    expect(codeOf(run)).toBe('canceled');
    expect(run).toThrow('query was canceled in expression evaluation');
  });

  test('refuse a lookback that is no length of time', () => {
    expect(codeOf(() => evaluateInstant('m', reader(), { time: 0, lookback: 0 }))).toBe('bad_data');
  });
});

describe('statistics', () => {
  test('count each sample that was read once, and those of windows at every step', () => {
    const times = { start: 50_000, end: 59_000, step: 1000 };
    const { stats } = evaluateRange('sum(sum_over_time(m[10s]))', reader(2), times);
    expect(stats.samplesRead).toBe(2 * 19);
    expect(stats.samplesConsidered).toBe(2 * 10 * 10);
    expect(stats.peakSamples).toBeGreaterThan(0);
  });
});

describe('warnings and infos', () => {
  test('point inside parentheses around what is aggregated, and tell of NaN before all', () => {
    const { warnings } = evaluateRange('quantile ((0 / (time() - 1)), m)', reader(), {
      start: 1000,
      end: 2000,
      step: 1000,
    });
    expect(warnings).toEqual([
      'PromQL warning: quantile value should be between 0 and 1, got NaN (1:12)',
    ]);
  });

  test('are told of the input of an aggregation that selects nothing', () => {
    const { warnings } = evaluateInstant('topk(0, quantile_over_time(2, m[10s]))', reader(), {
      time: 1000,
    });
    expect(warnings).toEqual([
      'PromQL warning: quantile value should be between 0 and 1, got 2 (1:28)',
    ]);
  });

  test('say where they come from, each once', () => {
    const { warnings, infos } = evaluateInstant(
      '1 +\n  sum(rate(m[10s])) + on () quantile(3, m)',
      reader(),
      { time: 99_000 },
    );
    expect(infos).toEqual([
      'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "m" (2:12)',
    ]);
    expect(warnings).toEqual([
      'PromQL warning: quantile value should be between 0 and 1, got 3 (2:38)',
    ]);
  });

  test('are none for a counter', () => {
    const counters = new MemoryReader().add(series('m_total'), [
      [0, 1],
      [1000, 2],
    ]);
    const { infos, warnings } = evaluateInstant('rate(m_total[10s])', counters, { time: 1000 });
    expect([...infos, ...warnings]).toEqual([]);
  });

  test('over a range tell that sorting has no effect', () => {
    const { warnings } = evaluateRange('sort(m)', reader(), { start: 0, end: 1000, step: 1000 });
    expect(warnings).toEqual([
      'PromQL warning: sort is ineffective for range queries since results are always ordered by labels (1:1)',
    ]);
  });
});

describe('prepared expressions', () => {
  test('ask the index again only when it has changed', () => {
    const all = reader();
    const prepared = prepare('sum by (g) (rate(m[10s])) / on (g) sum by (g) (m)', all);
    prepared.evaluate(50_000);
    expect(all.selects).toBe(2);
    prepared.evaluate(51_000);
    expect(all.selects).toBe(2);
    all.add(series('m', { i: 'new', g: '7' }), [
      [50_000, 1],
      [51_000, 2],
    ]);
    expect(Object.keys(plain(prepared.evaluate(52_000).result))).toContain('{g="7"}');
    expect(all.selects).toBe(4);
  });

  test('read only the window', () => {
    const all = reader(1);
    const prepared = prepare('sum_over_time(m[10s])', all);
    expect(prepared.evaluate(50_000).stats.samplesRead).toBe(10);
  });

  test('give results that later evaluations leave alone', () => {
    const prepared = prepare('m{i="0"}', reader());
    const first = prepared.evaluate(1000).result;
    prepared.evaluate(2000);
    expect(plain(first)).toEqual({ 'm{g="0", i="0"}': 1 });
    const windows = prepare('m{i="0"}[2s]', reader());
    const earlier = windows.evaluate(1000).result;
    windows.evaluate(50_000);
    expect(columns(earlier)).toEqual({
      'm{g="0", i="0"}': [
        [0, 0],
        [1000, 1],
      ],
    });
  });

  test('tell warnings of the evaluation they arose in', () => {
    const prepared = prepare('rate(m[10s])', reader());
    expect(prepared.evaluate(50_000).infos).toHaveLength(1);
    expect(prepared.evaluate(900_000).infos).toHaveLength(0);
  });

  test('go on after an evaluation that failed', () => {
    const all = new MemoryReader()
      .add(series('x', { l: '1' }), [[0, 1]])
      .add(series('y', { l: '1' }), [[400_000, 2]]);
    const prepared = prepare('{l="1"} * 2', all);
    expect(plain(prepared.evaluate(0).result)).toEqual({ '{l="1"}': 2 });
    all.add(series('x', { l: '1' }), [[400_000, 1]]);
    expect(() => prepared.evaluate(400_000)).toThrow('same labelset');
    expect(plain(prepared.evaluate(0).result)).toEqual({ '{l="1"}': 2 });
  });

  test('keep to a time limit of each evaluation', () => {
    let clock = 0;
    const prepared = prepare('sum(sum_over_time(m[90s]))', reader(100), {
      now: () => clock,
      timeout: 5,
      cancelled: () => {
        clock += 10;
        return false;
      },
    });
    expect(codeOf(() => prepared.evaluate(99_000))).toBe('timeout');
  });

  test.each([
    ['1 + 1', { type: 'scalar', value: 2 }],
    ['"text"', { type: 'string', value: 'text' }],
    ['vector(1)', { type: 'vector' }],
    ['m[1s]', { type: 'matrix' }],
  ])('answer %s', (query, expected) => {
    expect(prepare(query, reader()).evaluate(1000).result).toMatchObject(expected);
  });
});
