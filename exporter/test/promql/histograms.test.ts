import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateInstant } from '../../src/promql/engine.js';
import {
  bucketsOf,
  divide,
  equalHistograms,
  exponentialBound,
  multiply,
  type FloatHistogram,
} from '../../src/promql/histogram/float-histogram.js';
import { combine, HistogramSum } from '../../src/promql/histogram/histogram-sum.js';
import { histogramFraction, histogramQuantile } from '../../src/promql/histogram/quantile.js';
import { isReset } from '../../src/promql/histogram/reset.js';
import { trim } from '../../src/promql/histogram/trim.js';
import { instant, range } from './evaluate.js';
import { MemoryReader, series } from './memory-reader.js';

function histogram(fields: Partial<FloatHistogram> = {}): FloatHistogram {
  const positive = fields.positive ?? { offset: 0, counts: [] };
  const negative = fields.negative ?? { offset: 0, counts: [] };
  const zeroCount = fields.zeroCount ?? 0;
  const count = [...positive.counts, ...negative.counts, zeroCount].reduce((a, b) => a + b, 0);
  return { schema: 0, sum: 0, zeroThreshold: 0, count, ...fields, zeroCount, positive, negative };
}

/** Observations in the buckets (1/2, 1], (1, 2], (2, 4] … */
function powers(...counts: number[]): FloatHistogram {
  return histogram({ positive: { offset: 0, counts }, sum: counts.length });
}

function custom(bounds: number[], counts: number[]): FloatHistogram {
  return histogram({ schema: -53, customBounds: bounds, positive: { offset: 0, counts } });
}

/** A counter histogram at times 0, 10 s, 20 s, … */
function counters(...samples: (FloatHistogram | number)[]): MemoryReader {
  return new MemoryReader().add(
    series('h'),
    samples.map((sample, i) => [i * 10_000, sample] as const),
  );
}

describe('buckets', () => {
  test('are bounded by powers of two, exactly', () => {
    expect(exponentialBound(0, 0)).toBe(1);
    expect(exponentialBound(10, 0)).toBe(1024);
    expect(exponentialBound(-3, 0)).toBe(0.125);
    expect(exponentialBound(32, 5)).toBe(2);
    expect(exponentialBound(1, 1)).toBeCloseTo(Math.SQRT2, 15);
    expect(exponentialBound(1, -2)).toBe(16);
    expect(exponentialBound(1024, 0)).toBe(Number.MAX_VALUE);
    expect(exponentialBound(1025, 0)).toBe(Infinity);
  });

  test('are listed from the lowest to the highest, cut at the zero threshold', () => {
    const listed = bucketsOf(
      histogram({
        zeroThreshold: 0.75,
        zeroCount: 2,
        positive: { offset: 0, counts: [1, 0, 3] },
        negative: { offset: 1, counts: [4] },
      }),
    );
    expect(listed).toEqual([
      { lower: -2, upper: -1, count: 4 },
      { lower: -0.75, upper: 0.75, count: 2 },
      { lower: 0.75, upper: 1, count: 1 },
      { lower: 2, upper: 4, count: 3 },
    ]);
  });
});

const counts = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 12 });
const arbitrary: fc.Arbitrary<FloatHistogram> = fc
  .record({
    schema: fc.integer({ min: -2, max: 3 }),
    offset: fc.integer({ min: -20, max: 20 }),
    positive: counts,
    negative: counts,
    zeroCount: fc.integer({ min: 0, max: 5 }),
    zeroThreshold: fc.constantFrom(0, 0.001, 0.5),
    sum: fc.integer({ min: -100, max: 100 }),
  })
  .map(({ offset, positive, negative, ...fields }) => {
    // What lies in the zero bucket is in no other.
    const outside = (all: readonly number[]): number[] =>
      all.map((count, k) =>
        exponentialBound(offset + k, fields.schema) <= fields.zeroThreshold ? 0 : count,
      );
    return histogram({
      ...fields,
      positive: { offset, counts: outside(positive) },
      negative: { offset, counts: outside(negative) },
    });
  });

function total(value: FloatHistogram): number {
  return bucketsOf(value).reduce((all, { count }) => all + count, 0);
}

describe('sums of histograms', () => {
  test('lose and invent no observations, whatever schemas and zero buckets meet', () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (a, b) => {
        const sum = combine(a, b, 1)?.histogram;
        expect(sum?.schema).toBe(Math.min(a.schema, b.schema));
        expect(sum?.count).toBe(a.count + b.count);
        expect(total(sum as FloatHistogram)).toBe(total(a) + total(b));
      }),
    );
  });

  test('do not depend on the order', () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (a, b) => {
        const left = combine(a, b, 1)?.histogram as FloatHistogram;
        const right = combine(b, a, 1)?.histogram as FloatHistogram;
        expect(equalHistograms(left, right)).toBe(true);
      }),
    );
  });

  test('give back what was added when it is taken off', () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (a, b) => {
        const sum = combine(a, { ...b, schema: a.schema, zeroThreshold: a.zeroThreshold }, 1);
        const back = combine(
          sum?.histogram as FloatHistogram,
          { ...b, schema: a.schema, zeroThreshold: a.zeroThreshold },
          -1,
        );
        expect(
          equalHistograms(back?.histogram as FloatHistogram, new HistogramSum(a).result()),
        ).toBe(true);
      }),
    );
  });

  test('keep of custom bounds those that both have', () => {
    const sum = combine(custom([1, 2, 3], [1, 1, 1, 1]), custom([1, 3, 5], [2, 2, 2, 2]), 1);
    expect(sum?.boundsReconciled).toBe(true);
    expect(sum?.histogram.customBounds).toEqual([1, 3]);
    expect([...(sum?.histogram.positive.counts ?? [])]).toEqual([3, 4, 5]);
  });

  test('do not mix exponential and custom buckets', () => {
    expect(combine(powers(1), custom([1], [1, 1]), 1)).toBeUndefined();
  });

  test('stay small where buckets lie far apart', () => {
    const far = (offset: number): FloatHistogram =>
      histogram({ schema: 8, positive: { offset, counts: [1] } });
    const sum = combine(far(-200_000), far(200_000), 1)?.histogram as FloatHistogram;
    expect(sum.positive.counts.length).toBeLessThanOrEqual(16_384);
    expect(total(sum)).toBe(2);
  });

  test('divide into nothing but infinities by zero', () => {
    expect(divide(powers(1, 2), 0)).toMatchObject({ count: Infinity, positive: { counts: [] } });
    expect(multiply(powers(1, 2), -1).resetHint).toBe('gauge');
  });
});

describe('resets', () => {
  test.each([
    ['a lower count', powers(2, 1), powers(2, 2), true],
    ['a bucket that vanished', powers(5), powers(1, 1), true],
    ['a finer schema', histogram({ schema: 1, count: 9 }), powers(1), true],
    [
      'a coarser schema',
      histogram({ schema: -1, positive: { offset: 0, counts: [1, 4] } }),
      powers(1, 2, 1),
      false,
    ],
    [
      'a wider zero bucket',
      histogram({ zeroThreshold: 1, zeroCount: 3, positive: { offset: 1, counts: [1] } }),
      powers(2, 1),
      false,
    ],
    ['growth', powers(2, 3), powers(2, 2), false],
    ['a hint that says so', { ...powers(9), resetHint: 'reset' as const }, powers(1), true],
    ['a hint that denies it', { ...powers(1), resetHint: 'not_reset' as const }, powers(9), false],
    [
      'other custom bounds, more in each',
      custom([1, 3], [2, 2, 2]),
      custom([1, 2], [1, 1, 1]),
      false,
    ],
    [
      'other custom bounds, fewer in one',
      custom([1, 3], [0, 9, 2]),
      custom([1, 2], [1, 1, 1]),
      true,
    ],
  ])('%s', (_, current, previous, expected) => {
    expect(isReset(current, previous)).toBe(expected);
  });
});

describe('quantiles and fractions', () => {
  test('interpolate on a logarithmic scale', () => {
    expect(histogramQuantile(0.5, powers(0, 4)).value).toBeCloseTo(Math.SQRT2, 12);
    expect(histogramFraction(1, Math.SQRT2, powers(0, 4)).value).toBeCloseTo(0.5, 12);
  });

  test('are inverse to each other', () => {
    fc.assert(
      fc.property(arbitrary, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (value, q) => {
        fc.pre(value.count > 0 && value.zeroCount === 0);
        const quantile = histogramQuantile(q, value).value;
        expect(histogramFraction(-Infinity, quantile, value).value).toBeCloseTo(q, 9);
      }),
    );
  });

  test.each([
    [-0.1, powers(1), -Infinity],
    [1.1, powers(1), Infinity],
    [NaN, powers(1), NaN],
    [0.5, powers(), NaN],
    [0.5, custom([1, 2], [0, 0, 5]), 2],
    [0.5, custom([-1, 2], [5, 0, 0]), -1],
    [0.5, custom([2, 4], [4, 0, 0]), 1],
  ])('%s of %j is %s', (q, value, expected) => {
    expect(histogramQuantile(q, value).value).toBe(expected);
  });

  test('tell of observations that were not numbers', () => {
    const value = { ...powers(1, 1), count: 4, sum: NaN };
    expect(histogramQuantile(0.9, value)).toEqual({ value: NaN, note: 'nan-result' });
    expect(histogramQuantile(0.1, value).note).toBe('nan-skew');
  });
});

describe('trimming', () => {
  test('splits the bucket that the value cuts', () => {
    expect(trim(powers(2, 4), 1, true)).toMatchObject({ count: 2 });
    expect(trim(powers(2, 4), Math.SQRT2, true).count).toBeCloseTo(4, 12);
    expect(trim(powers(2, 4), Math.SQRT2, false).count).toBeCloseTo(2, 12);
  });

  test('changes nothing where nothing is cut off', () => {
    const value = powers(2, 4);
    expect(trim(value, 100, true)).toBe(value);
  });
});

describe('PromQL over histograms', () => {
  test('rate and increase take resets into account', () => {
    const reader = counters(powers(1, 1), powers(3, 2), powers(1, 0), powers(2, 2));
    expect(instant('histogram_count(increase(h[30s]))', reader, 30_000)).toEqual({ '{}': 6 });
    const { result } = evaluateInstant('rate(h[30s])', reader, { time: 30_000 });
    expect(result.type === 'vector' && result.samples[0].histogram).toMatchObject({
      resetHint: 'gauge',
    });
  });

  test('aggregate and average', () => {
    const reader = new MemoryReader()
      .add(series('h', { i: '1' }), [[0, powers(1, 2)]])
      .add(series('h', { i: '2' }), [[0, powers(3, 4)]]);
    expect(instant('sum(h)', reader, 0)).toEqual({ '{}': '{count:10, sum:4, (0.5,1]:4, (1,2]:6}' });
    expect(instant('avg(h)', reader, 0)).toEqual({ '{}': '{count:5, sum:2, (0.5,1]:2, (1,2]:3}' });
    expect(instant('count(h)', reader, 0)).toEqual({ '{}': 2 });
    expect(instant('sum_over_time(h{i="1"}[1m])', reader, 0)).toEqual({
      '{i="1"}': '{count:3, sum:2, (0.5,1]:1, (1,2]:2}',
    });
  });

  test('operate with scalars and histograms', () => {
    const reader = counters(powers(2, 4));
    expect(instant('h * 2 - h', reader, 0)).toEqual({
      '{}': '{count:6, sum:2, (0.5,1]:2, (1,2]:4}',
    });
    expect(instant('2 * h / 4', reader, 0)).toEqual({
      '{}': '{count:3, sum:1, (0.5,1]:1, (1,2]:2}',
    });
    expect(instant('h == h', reader, 0)).toEqual({ h: '{count:6, sum:2, (0.5,1]:2, (1,2]:4}' });
    expect(instant('h != bool h', reader, 0)).toEqual({ '{}': 0 });
    expect(instant('h </ 1', reader, 0)['h']).toContain('count:2');
  });

  test('operations that make no sense have no result and say so', () => {
    const reader = counters(powers(2, 4));
    const { result, infos } = evaluateInstant('h + 1', reader, { time: 0 });
    expect(result).toMatchObject({ samples: [] });
    expect(infos).toEqual([
      'PromQL info: incompatible sample types encountered for binary operator "+": histogram + float (1:1)',
    ]);
  });

  test('floats and histograms of one series keep their places', () => {
    const reader = counters(1, powers(2), 3);
    expect(range('h', reader, { start: 0, end: 20_000, step: 10_000 })).toEqual({
      h: [
        [0, 1],
        [10_000, '{count:2, sum:1, (0.5,1]:2}'],
        [20_000, 3],
      ],
    });
    expect(instant('changes(h[1m])', reader, 20_000)).toEqual({ '{}': 2 });
    expect(instant('resets(h[1m])', reader, 20_000)).toEqual({ '{}': 2 });
    expect(instant('last_over_time(h[15s])', reader, 10_000)).toEqual({
      h: '{count:2, sum:1, (0.5,1]:2}',
    });
    const mixed = evaluateInstant('rate(h[1m])', reader, { time: 20_000 });
    expect(mixed.warnings).toEqual([
      'PromQL warning: encountered a mix of histograms and floats for metric name "h" (1:6)',
    ]);
  });

  test.each([
    ['histogram_count(h)', 6],
    ['histogram_sum(h)', 2],
    ['histogram_avg(h)', 2 / 6],
    ['histogram_quantile(0.5, h)', 2 ** 0.25],
    ['histogram_fraction(1, 2, h)', 4 / 6],
    ['abs(h)', undefined],
    ['max(h)', undefined],
  ])('%s', (query, expected) => {
    const value = instant(query, counters(powers(2, 4)), 0)['{}'];
    if (expected === undefined) expect(value).toBeUndefined();
    else expect(value).toBeCloseTo(expected, 12);
  });
});

describe('classic histograms', () => {
  const buckets = (counts: Record<string, number>): MemoryReader =>
    Object.entries(counts).reduce(
      (reader, [le, count]) => reader.add(series('b_bucket', { le, j: '1' }), [[0, count]]),
      new MemoryReader(),
    );

  test.each([
    [{ '1': 2, '2': 4, '+Inf': 4 }, 0.75, 1.5],
    [{ '1': 2, '2': 4, '+Inf': 8 }, 0.9, 2],
    [{ '1': 4, '+Inf': 4 }, 0.5, 0.5],
    [{ '-1': 4, '+Inf': 4 }, 0.5, -1],
    [{ '1': 4, '2': 8 }, 0.5, NaN],
    [{ '+Inf': 8 }, 0.5, NaN],
    [{ '1': 0, '+Inf': 0 }, 0.5, NaN],
    [{ '1': 2, '1.0': 2, '2': 8, '+Inf': 8 }, 0.5, 1],
    [{ '1': 2, '+Inf': 2 }, 2, Infinity],
  ])('%j at %s is %s', (counts, q, expected) => {
    const reader = buckets(counts);
    expect(instant(`histogram_quantile(${q}, b_bucket)`, reader, 0)).toEqual({
      '{j="1"}': expected,
    });
  });

  test('are made monotonic, which is told once for all steps', () => {
    const reader = buckets({ '1': 2, '2': 1, '4': 6, '+Inf': 5 });
    const { infos } = evaluateInstant('histogram_quantile(0.5, b_bucket)', reader, { time: 0 });
    expect(infos).toEqual([
      'PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile), from buckets 2 to +Inf, with a max diff of 1, over 1 samples from 1970-01-01T00:00:00Z to 1970-01-01T00:00:00Z (1:25)',
    ]);
  });

  test('fractions and several quantiles', () => {
    const reader = buckets({ '1': 2, '2': 4, '+Inf': 4 });
    expect(instant('histogram_fraction(0, 1.5, b_bucket)', reader, 0)).toEqual({ '{j="1"}': 0.75 });
    expect(instant('histogram_quantiles(b_bucket, "q", 0.25, 0.5)', reader, 0)).toEqual({
      '{j="1", q="0.25"}': 0.5,
      '{j="1", q="0.5"}': 1,
    });
  });

  test('tell of a label le that is no number', () => {
    const reader = buckets({ x: 1 });
    const { warnings } = evaluateInstant('histogram_quantile(0.5, b_bucket)', reader, { time: 0 });
    expect(warnings).toEqual([
      'PromQL warning: bucket label "le" is missing or has a malformed value of "x" (1:25)',
    ]);
  });

  test('beside native ones of the same name have no result', () => {
    const reader = buckets({ '1': 1, '+Inf': 1 }).add(series('b_bucket', { j: '1' }), [
      [0, powers(1)],
    ]);
    const { result, warnings } = evaluateInstant('histogram_quantile(0.5, b_bucket)', reader, {
      time: 0,
    });
    expect(result).toMatchObject({ samples: [] });
    expect(warnings).toEqual([
      'PromQL warning: vector contains a mix of classic and native histograms (1:25)',
    ]);
  });
});
