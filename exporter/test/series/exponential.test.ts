import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addHistograms,
  bucketCount,
  coarserIndex,
  downscale,
  MAX_BUCKETS,
  nearestRankQuantile,
  scaleHistogram,
  subtractHistograms,
  upperBound,
} from '../../src/series/exponential.js';
import {
  ExponentialRecorder,
  type RecorderOptions,
} from '../../src/series/exponential-recorder.js';
import { CUSTOM_BUCKETS_SCHEMA, type ExponentialHistogram } from '../../src/series/histogram.js';

function record(values: readonly number[], options?: RecorderOptions): ExponentialHistogram {
  const recorder = new ExponentialRecorder(options);
  for (const value of values) recorder.observe(value);
  return recorder.toHistogram();
}

/** Bounds of the buckets with observations, and their counts: what a histogram says, however laid out. */
function filled(histogram: ExponentialHistogram): [number, number][] {
  const buckets: [number, number][] = [];
  for (const [sign, { offset, counts }] of [
    [-1, histogram.negative],
    [1, histogram.positive],
  ] as const) {
    for (let i = 0; i < counts.length; i++) {
      if (counts[i] !== 0)
        buckets.push([sign * upperBound(offset + i, histogram.schema), counts[i]]);
    }
  }
  return buckets;
}

/** Equal but for the rounding of sums that were added in another order. */
function expectSame(actual: ExponentialHistogram, expected: ExponentialHistogram): void {
  expect(actual.schema).toBe(expected.schema);
  expect(filled(actual)).toEqual(filled(expected));
  expect(actual.count).toBe(expected.count);
  expect(actual.zeroCount).toBe(expected.zeroCount);
  // Sums are rounded by the greatest of the numbers, whose bucket says how great it is.
  const greatest = Math.max(1, ...filled(expected).map(([bound]) => Math.abs(bound)));
  if (greatest < 1e300) {
    expect(Math.abs(actual.sum - expected.sum)).toBeLessThanOrEqual(1e-9 * greatest);
  }
}

/** Numbers of a few octaves, of both signs, with zeros and exact bounds among them. */
const narrow = fc.oneof(
  fc.double({ min: 0.01, max: 100, noNaN: true }),
  fc.double({ min: -2, max: -0.5, noNaN: true }),
  fc.constantFrom(0, -0, 1, 2, 0.5, 2 ** (1 / 32), 2 ** (31 / 32), -1),
);
const any = fc.oneof(
  narrow,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** -127, 2 ** -128, 5e-324),
);

describe('the recorder', () => {
  test('puts every number into the bucket whose bounds hold it, at every schema', () => {
    fc.assert(
      fc.property(any, fc.integer({ min: -4, max: 8 }), (value, schema) => {
        const histogram = record([value], { schema });
        if (Math.abs(value) <= 2 ** -128) {
          expect(histogram.zeroCount).toBe(1);
          return;
        }
        const { offset, counts } = value > 0 ? histogram.positive : histogram.negative;
        expect([...counts]).toEqual([1]);
        expect(Math.abs(value)).toBeLessThanOrEqual(upperBound(offset, schema));
        expect(Math.abs(value)).toBeGreaterThan(upperBound(offset - 1, schema));
      }),
      { numRuns: 2000 },
    );
  });

  test('puts bounds and their neighbours on the right side', () => {
    for (let k = -64; k <= 64; k++) {
      const bound = upperBound(k, 5);
      expect(record([bound]).positive.offset).toBe(k);
      expect(record([bound * (1 + 2 ** -52)]).positive.offset).toBe(k + 1);
    }
  });

  test('leaves out NaN and infinities', () => {
    const histogram = record([NaN, Infinity, -Infinity, 1]);
    expect(histogram.count).toBe(1);
    expect(histogram.sum).toBe(1);
  });

  test('has at most 160 buckets, and what it downscales to is what the coarser schema records', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 400 }), (values) => {
        const histogram = record(values);
        expect(bucketCount(histogram)).toBeLessThanOrEqual(MAX_BUCKETS);
        expectSame(histogram, record(values, { schema: histogram.schema }));
      }),
    );
  });

  test('keeps the finest schema that 160 buckets allow', () => {
    const full = Array.from({ length: 160 }, (_, i) => upperBound(i, 5));
    expect(record(full).schema).toBe(5);
    expect(record([...full, upperBound(160, 5)]).schema).toBe(4);
    expect(record([...full, -1]).schema).toBe(4);
  });

  test('starts afresh when cleared', () => {
    const recorder = new ExponentialRecorder();
    for (const value of [1e-9, 1e9, -5, 0]) recorder.observe(value);
    expect(recorder.schema).toBeLessThan(5);
    recorder.clear();
    recorder.observe(3);
    expect(recorder.toHistogram()).toEqual(record([3]));
  });

  test('hands out copies', () => {
    const recorder = new ExponentialRecorder();
    recorder.observe(1);
    const before = recorder.toHistogram();
    recorder.observe(1);
    expect([...before.positive.counts]).toEqual([1]);
    expect(before.count).toBe(1);
  });

  test.each([[-5], [9], [0.5], [NaN]])('refuses schema %s', (schema) => {
    expect(() => new ExponentialRecorder({ schema })).toThrow(RangeError);
  });
});

describe('histograms', () => {
  test('merged are what recording all their observations gives', () => {
    const part = fc.tuple(fc.array(any, { maxLength: 100 }), fc.integer({ min: -4, max: 8 }));
    fc.assert(
      fc.property(part, part, ([a, schemaOfA], [b, schemaOfB]) => {
        const merged = addHistograms(
          record(a, { schema: schemaOfA }),
          record(b, { schema: schemaOfB }),
        );
        expect(bucketCount(merged)).toBeLessThanOrEqual(MAX_BUCKETS);
        expectSame(merged, record([...a, ...b], { schema: merged.schema }));
      }),
    );
  });

  test('merge in any order and grouping', () => {
    const some = fc.array(narrow, { maxLength: 30 }).map((values) => record(values));
    fc.assert(
      fc.property(some, some, some, (a, b, c) => {
        expectSame(addHistograms(a, b), addHistograms(b, a));
        expectSame(addHistograms(addHistograms(a, b), c), addHistograms(a, addHistograms(b, c)));
      }),
    );
  });

  test('downscaled are what recording at the coarser schema gives', () => {
    fc.assert(
      fc.property(
        fc.array(narrow, { maxLength: 100 }),
        fc.integer({ min: -4, max: 4 }),
        (values, schema) => {
          expectSame(downscale(record(values), schema), record(values, { schema }));
        },
      ),
    );
  });

  test('that were merged can be subtracted again', () => {
    const some = fc.array(narrow, { maxLength: 30 });
    fc.assert(
      fc.property(some, some, (earlier, later) => {
        const before = record(earlier);
        const increase = subtractHistograms(addHistograms(before, record(later)), before);
        expect(filled(increase)).toEqual(filled(downscale(record(later), increase.schema)));
        expect(increase.count).toBe(later.length);
      }),
    );
  });

  test('scale in all their counts', () => {
    const scaled = scaleHistogram(record([1, 1, 2, 0, -3]), 0.5);
    expect(scaled).toMatchObject({ count: 2.5, sum: 0.5, zeroCount: 0.5 });
    expect(filled(scaled).map(([, count]) => count)).toEqual([0.5, 1, 0.5]);
  });

  test('with zero buckets of different widths get the wider one, with whole buckets', () => {
    const wide = record([0.3, 5], { zeroThreshold: 0.25, schema: 0 });
    const fine = record([0.001, 0.26, 0.7, 3], { schema: 0 });
    const merged = addHistograms(wide, fine);
    // 0.26 shares the bucket (0.25, 0.5] with 0.3; only 0.001 is within the threshold.
    expect(merged).toMatchObject({ zeroThreshold: 0.25, zeroCount: 1, count: 6 });
    expect(filled(merged)).toEqual([
      [0.5, 2],
      [1, 1],
      [4, 1],
      [8, 1],
    ]);
    // A threshold inside a bucket with observations grows to that bucket's end.
    const cut = addHistograms(record([5], { zeroThreshold: 0.3, schema: 0 }), fine);
    expect(cut).toMatchObject({ zeroThreshold: 0.5, zeroCount: 2 });
  });

  test('with custom bounds keep the bounds that both have', () => {
    const custom = (customBounds: number[], counts: number[]): ExponentialHistogram => ({
      schema: CUSTOM_BUCKETS_SCHEMA,
      count: counts.reduce((sum, count) => sum + count, 0),
      sum: 1,
      zeroThreshold: 0,
      zeroCount: 0,
      positive: { offset: 0, counts },
      negative: { offset: 0, counts: [] },
      customBounds,
    });
    const same = addHistograms(custom([1, 2], [1, 2, 3]), custom([1, 2], [1, 1, 1]));
    expect([...same.positive.counts]).toEqual([2, 3, 4]);
    const common = addHistograms(custom([1, 2, 4], [1, 2, 3, 4]), custom([1, 4, 8], [1, 1, 1, 1]));
    expect(common.customBounds).toEqual([1, 4]);
    expect([...common.positive.counts]).toEqual([2, 6, 6]);
    expect(() => addHistograms(same, record([1]))).toThrow(/custom bounds/);
    expect(nearestRankQuantile(custom([1, 2], [1, 2, 3]), 0.4)).toBe(2);
    expect(nearestRankQuantile(custom([1, 2], [1, 2, 3]), 1)).toBe(2);
  });

  test('find the bucket of a coarser schema for every index', () => {
    for (let index = -100; index <= 100; index++) {
      expect(coarserIndex(index, 1)).toBe(((index - 1) >> 1) + 1);
      expect(Object.is(coarserIndex(index, 3), -0)).toBe(false);
    }
  });
});

describe('percentiles', () => {
  test('are within 1.1 % of the nearest rank', () => {
    const values = fc.array(fc.double({ min: 0.5, max: 10, noNaN: true }), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
        const histogram = record(list);
        expect(histogram.schema).toBe(5);
        const sorted = Float64Array.from(list).sort();
        const exact = sorted[Math.max(1, Math.ceil(q * list.length)) - 1];
        const estimate = nearestRankQuantile(histogram, q);
        expect(Math.abs(estimate - exact) / exact).toBeLessThanOrEqual(0.011);
      }),
    );
  });

  test('count negative numbers first, then zeros', () => {
    const histogram = record([-4, -1, 0, 0, 2]);
    const at = (q: number): number => nearestRankQuantile(histogram, q);
    expect(at(0)).toBeCloseTo(-4, 1);
    expect(at(0.3)).toBeCloseTo(-1, 1);
    expect([at(0.5), at(0.8)]).toEqual([0, 0]);
    expect(at(1)).toBeCloseTo(2, 1);
  });

  test('of nothing are NaN', () => {
    expect(nearestRankQuantile(record([]), 0.5)).toBeNaN();
    expect(nearestRankQuantile(record([1]), NaN)).toBeNaN();
  });
});
