import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BucketBuilder, newCarry, type Bucket } from '../../../src/series/history/bucket.js';
import { bucketCodec } from '../../../src/series/history/bucket-codec.js';
import { ByteReader, ByteWriter } from '../../../src/series/history/bytes.js';
import { readNumbers, writeNumbers } from '../../../src/series/history/number-column.js';
import {
  bufferOf,
  copySamples,
  rawCodec,
  type RawSample,
} from '../../../src/series/history/raw-codec.js';
import { ExponentialRecorder } from '../../../src/series/exponential-recorder.js';
import { plain } from './fixture.js';

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

/** What series are made of: long columns that stand still, count, wander, jump. */
const aColumn = fc.oneof(
  fc.array(anyNumber, { maxLength: 100 }),
  fc
    .record({
      first: anyNumber,
      unit: fc.constantFrom(1, 4096, 0.01, 1 / 3, 2 ** 40, 2 ** -30),
      steps: fc.array(
        fc.oneof(
          { weight: 6, arbitrary: fc.constant(0) },
          { weight: 6, arbitrary: fc.constant(7) },
          { weight: 3, arbitrary: fc.integer({ min: -9, max: 9 }) },
          { weight: 1, arbitrary: fc.integer({ min: -(2 ** 30), max: 2 ** 30 }) },
        ),
        { maxLength: 200 },
      ),
    })
    .map(({ first, unit, steps }) => {
      let value = first;
      return [first, ...steps.map((step) => (value += step * unit))];
    }),
  fc
    .tuple(fc.constantFrom(0, 7, Math.PI), anyNumber, fc.integer({ min: 1, max: 200 }))
    .map(([still, other, length]) => [...new Array<number>(length).fill(still), other, still]),
);

test('long columns come back bit by bit', () => {
  fc.assert(
    fc.property(aColumn, (numbers) => {
      const writer = new ByteWriter(1);
      const column = Float64Array.from(numbers);
      writeNumbers(writer, column);
      const reader = new ByteReader(writer.take());
      const back = readNumbers(reader, numbers.length);
      expect(new Uint8Array(back.buffer)).toEqual(new Uint8Array(column.buffer));
      expect(reader.left).toBe(0);
    }),
  );
});

test.each([
  ['that stand still', () => 7, 0.1],
  ['at a steady pace', (i: number) => 1_700_000_000_000 + 1000 * i, 0.1],
  ['that count up to 15 at a time', (i: number) => i * 7 + (i % 8), 0.6],
  ['in pages of memory', (i: number) => 2 ** 31 + 4096 * (i % 3), 0.5],
  ['that mostly stand still', (i: number) => (i % 60 === 0 ? Math.sqrt(i) : Math.PI), 2],
  ['of single precision', (i: number) => Math.fround(40 + Math.sin(i)), 3.1],
])('columns of numbers %s are small', (_, of, mostBytes) => {
  const writer = new ByteWriter();
  writeNumbers(
    writer,
    Float64Array.from({ length: 900 }, (_, i) => of(i)),
  );
  expect(writer.length / 900).toBeLessThan(mostBytes);
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

test('samples for the log come back as they were', () => {
  const sample = fc.oneof(
    fc.record({ value: anyNumber, stale: fc.constant(false) }),
    fc.constant({ value: NaN, stale: true }),
  );
  const step = fc.oneof(fc.constant(1000), fc.nat(5000), fc.double({ min: 0.1, max: 1e6 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(step, sample), { minLength: 1, maxLength: 50 }), (steps) => {
      let time = 1_700_000_000_000;
      const samples = steps.map(([step, one]): RawSample => ({ time: (time += step), ...one }));
      const writer = new ByteWriter();
      copySamples(bufferOf(samples), { from: 0, to: samples.length }, writer);
      const bytes = writer.take();
      const back: RawSample[] = [];
      rawCodec.decode(new ByteReader(bytes), back);
      expect(back).toEqual(samples);
      const cut = new ByteReader(bytes.subarray(0, bytes.length - 1));
      expect(() => rawCodec.decode(cut, [])).toThrow(RangeError);
    }),
  );
});

test('runs become one, in order, each time once', () => {
  const run = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), anyNumber), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(run, { minLength: 1, maxLength: 4 }), (runs) => {
      const writer = new ByteWriter();
      const all: RawSample[] = [];
      for (const one of runs) {
        const samples = one.map(([second, value]) => ({
          time: 1000 * second,
          value,
          stale: false,
        }));
        rawCodec.encode(samples, writer);
        all.push(...samples);
      }
      const expected = rawCodec.tidy(all);
      const into = new ByteWriter();
      const extent = rawCodec.recode(writer.take(), into);
      const back: RawSample[] = [];
      rawCodec.decode(new ByteReader(into.take()), back);
      expect(back).toEqual(expected);
      expect(extent).toEqual({
        from: expected[0].time,
        to: expected.at(-1)?.time,
        items: expected.length,
      });
    }),
  );
});

test('what is measured comes back, however long it is', () => {
  for (const length of [0, 127, 128, 16_383, 16_384, 70_000]) {
    const writer = new ByteWriter(1);
    const bytes = Uint8Array.from({ length }, (_, i) => i);
    writer.byte(1);
    writer.measured((into) => into.raw(bytes));
    writer.byte(2);
    const reader = new ByteReader(writer.take());
    expect(reader.byte()).toBe(1);
    expect(Buffer.from(reader.raw(reader.unsigned())).equals(bytes)).toBe(true);
    expect([reader.byte(), reader.left]).toEqual([2, 0]);
  }
});

test('bytes that were cut short are told, at every length', () => {
  const writer = new ByteWriter();
  const samples = [1, 2.5, Math.PI].map((value, i) => ({ time: i * 1000, value, stale: false }));
  const many = Array.from({ length: 90 }, (_, i) => ({
    time: 2 ** 40 + i * 1000 + (i % 3),
    value: i % 50 === 0 ? Math.sqrt(i) : Math.PI,
    stale: false,
  }));
  rawCodec.encode(samples, writer);
  const rest = writer.length;
  rawCodec.encode(many, writer);
  const bytes = writer.take();
  for (let length = 0; length < bytes.length; length++) {
    const reader = new ByteReader(bytes.subarray(length < rest ? 0 : rest, length));
    expect(() => rawCodec.decode(reader, [])).toThrow(RangeError);
  }
});
