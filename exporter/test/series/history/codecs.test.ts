import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BucketBuilder, newCarry, type Bucket } from '../../../src/series/history/bucket.js';
import { bucketCodec } from '../../../src/series/history/bucket-codec.js';
import { ByteReader, ByteWriter } from '../../../src/series/history/bytes.js';
import { readNumbers, writeNumbers } from '../../../src/series/history/number-column.js';
import { rawCodec, type RawSample } from '../../../src/series/history/raw-codec.js';
import { ExponentialRecorder } from '../../../src/series/exponential-recorder.js';

const anyNumber = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.integer({ min: -(10 ** 6), max: 10 ** 6 }).map((value) => value / 100),
  fc.constantFrom(-0, 2 ** 53, Number.MIN_VALUE, -Infinity),
);

test('columns of numbers come back bit by bit', () => {
  fc.assert(
    fc.property(fc.array(anyNumber, { maxLength: 100 }), (numbers) => {
      const writer = new ByteWriter(1);
      const column = Float64Array.from(numbers);
      writeNumbers(writer, column);
      const bytes = writer.take();
      const back = readNumbers(new ByteReader(bytes), numbers.length);
      expect(new Uint8Array(back.buffer)).toEqual(new Uint8Array(column.buffer));
    }),
  );
});

const someBucket = fc
  .record({
    minute: fc.nat(10_000),
    kind: fc.constantFrom('gauge' as const, 'counter' as const),
    values: fc.array(fc.oneof(fc.double({ noNaN: true }), fc.constant(7)), { minLength: 1 }),
  })
  .map(({ minute, kind, values }): Bucket => {
    const builder = new BucketBuilder();
    const carry = newCarry();
    builder.begin(kind);
    values.forEach((value, i) => builder.add(60_000 * minute + i, value, carry));
    return builder.end(60_000 * minute) as Bucket;
  });

test('buckets come back as they were', () => {
  fc.assert(
    fc.property(fc.array(someBucket, { maxLength: 20 }), (buckets) => {
      const writer = new ByteWriter();
      bucketCodec.encode(buckets, writer);
      const back: Bucket[] = [];
      const reader = new ByteReader(writer.take());
      bucketCodec.decode(reader, back);
      expect(back.map(plain)).toEqual(buckets);
      expect(reader.left).toBe(0);
    }),
  );
});

/** With the distribution that is decoded only when it is looked at. */
function plain(bucket: Bucket): Bucket {
  const { schema, keys, counts } = bucket.distribution;
  return { ...bucket, distribution: { schema, keys, counts } };
}

test('samples, stale markers and histograms come back as they were', () => {
  const recorder = new ExponentialRecorder();
  recorder.observe(3);
  const histogram = recorder.toHistogram();
  const sample = fc.oneof(
    fc.record({ value: anyNumber, stale: fc.constant(false) }),
    fc.constant({ value: NaN, stale: true }),
    fc.constant({ value: NaN, stale: false, histogram }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5000), sample), { maxLength: 50 }), (steps) => {
      let time = 1_700_000_000_000;
      const samples = steps.map(([step, one]): RawSample => ({ time: (time += 1 + step), ...one }));
      const writer = new ByteWriter();
      rawCodec.encode(samples, writer);
      const back: RawSample[] = [];
      rawCodec.decode(new ByteReader(writer.take()), back);
      expect(back).toEqual(samples);
    }),
  );
});

test('bytes that were cut short are told, at every length', () => {
  const writer = new ByteWriter();
  const samples = [1, 2.5, Math.PI].map((value, i) => ({ time: i * 1000, value, stale: false }));
  rawCodec.encode(samples, writer);
  const bytes = writer.take();
  for (let length = 0; length < bytes.length; length++) {
    const reader = new ByteReader(bytes.subarray(0, length));
    expect(() => rawCodec.decode(reader, [])).toThrow(RangeError);
  }
});
