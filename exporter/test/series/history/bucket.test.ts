import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BucketBuilder,
  mergeBuckets,
  newCarry,
  quantileOfBucket,
  type Bucket,
  type BucketKind,
} from '../../../src/series/history/bucket.js';
import { ExponentialRecorder } from '../../../src/series/exponential-recorder.js';

const builder = new BucketBuilder();
const QUANTILES = [0, 0.5, 0.9, 0.95, 0.99, 0.999, 1];

function bucketOf(kind: BucketKind, values: readonly number[], carry = newCarry()): Bucket {
  builder.begin(kind);
  const from = carry.time === -Infinity ? 0 : carry.time;
  values.forEach((value, i) => builder.add(from + 1000 * (i + 1), value, carry));
  const bucket = builder.end(0);
  if (bucket === undefined) throw new Error('no samples');
  return bucket;
}

function nearestRank(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1];
}

const someValues = fc.array(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
  { minLength: 1, maxLength: 200 },
);

function expectPercentiles(bucket: Bucket, values: readonly number[]): void {
  for (const q of QUANTILES) {
    const exact = nearestRank(values, q);
    const found = quantileOfBucket(bucket, q);
    // What has fewer digits than a normal number counts as 0.
    const tolerance = Math.max(0.011 * Math.abs(exact), 2 ** -1022);
    expect(Math.abs(found - exact)).toBeLessThanOrEqual(tolerance);
  }
}

describe('a gauge', () => {
  test('has percentiles within 1.1 % of the nearest rank, whatever the values span', () => {
    fc.assert(
      fc.property(someValues, (values) => expectPercentiles(bucketOf('gauge', values), values)),
    );
  });

  test('is the same however it is put together from parts', () => {
    fc.assert(
      fc.property(fc.array(someValues, { minLength: 1, maxLength: 6 }), (parts) => {
        const all = parts.flat();
        const carry = newCarry();
        const merged = parts.map((part) => bucketOf('gauge', part, carry)).reduce(mergeBuckets);
        const whole = bucketOf('gauge', all);
        expect(merged.count).toBe(all.length);
        expect(merged.min).toBe(Math.min(...all));
        expect(merged.max).toBe(Math.max(...all));
        expect(merged.last).toBe(all.at(-1));
        expect(merged.distribution).toEqual(whole.distribution);
        expectPercentiles(merged, all);
      }),
    );
  });

  test('counts infinities, which have no percentile of their own', () => {
    const bucket = bucketOf('gauge', [1, Infinity, 1]);
    expect(bucket).toMatchObject({ count: 3, sum: Infinity, min: 1, max: Infinity });
    expect(quantileOfBucket(bucket, 0.5)).toBeCloseTo(1, 1);
  });
});

describe('a counter', () => {
  test('increases by what it rose, and by its value after a reset', () => {
    const bucket = bucketOf('counter', [10, 12, 12, 3, 4]);
    expect(bucket).toMatchObject({ count: 4, sum: 2 + 0 + 3 + 1, min: 0, max: 3, last: 4 });
  });

  test('has nothing but its last value from its first sample', () => {
    expect(bucketOf('counter', [10])).toMatchObject({ count: 0, sum: 0, last: 10 });
  });

  test('keeps the true total over any buckets and resets', () => {
    const run = fc.array(fc.nat(1000), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 10 }), (runs) => {
        const carry = newCarry();
        let value = 0;
        let total = 0;
        // Each run begins again at 0, as a process does; below what it was before, or it is no reset.
        const buckets = runs.map((increments) => {
          const values = increments.map((increment, i) => {
            const before = value;
            value = i === 0 && increment < before ? increment : value + increment;
            total += value >= before ? value - before : value;
            return value;
          });
          return bucketOf('counter', values, carry);
        });
        total -= runs[0][0];
        expect(buckets.reduce(mergeBuckets).sum).toBe(total);
      }),
    );
  });
});

test('a native histogram has what was observed since the sample before', () => {
  const recorder = new ExponentialRecorder();
  const carry = newCarry();
  const observe = (values: readonly number[]): void => values.forEach((v) => recorder.observe(v));
  builder.begin('gauge');
  observe([100, 200]);
  builder.addHistogram(1000, recorder.toHistogram(), carry);
  observe([1, 2, 3]);
  builder.addHistogram(2000, recorder.toHistogram(), carry);
  recorder.clear();
  observe([4]);
  builder.addHistogram(3000, recorder.toHistogram(), carry);
  const bucket = builder.end(0);
  expect(bucket).toMatchObject({ kind: 'histogram', count: 4, sum: 10, lastTime: 3000 });
  expect(quantileOfBucket(bucket as Bucket, 0.5)).toBeCloseTo(2, 1);
});

test('of a series that changed its kind the newer is kept', () => {
  const older = { ...bucketOf('gauge', [1, 2]), start: 60_000 };
  const newer = { ...bucketOf('counter', [5, 9]), lastTime: 100_000, start: 80_000 };
  expect(mergeBuckets(older, newer)).toMatchObject({ kind: 'counter', sum: 4, start: 60_000 });
});
