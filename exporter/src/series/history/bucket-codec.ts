import { mergeBuckets, type Bucket, type BucketKind } from './bucket.js';
import type { ByteReader } from './bytes.js';
import { type ByteWriter } from './bytes.js';
import { EMPTY, type Distribution } from './distribution.js';
import { readNumbers, writeNumbers } from './number-column.js';

const KINDS: readonly BucketKind[] = ['gauge', 'counter', 'histogram'];

/** How a tier keeps its items: a run of them as bytes that say where they end. */
export interface ItemCodec<Item> {
  readonly encode: (items: readonly Item[], into: ByteWriter) => void;
  /** @throws RangeError where the bytes are no such run */
  readonly decode: (from: ByteReader, into: Item[]) => void;
  /** When an item begins, Unix ms. */
  readonly timeOf: (item: Item) => number;
  /** Items in order of time, those of one time put together. Changes the list. */
  readonly tidy: (items: Item[]) => Item[];
}

// Float64Array.from goes through an iterator, which is ten times slower.
function column(buckets: readonly Bucket[], of: (bucket: Bucket) => number): Float64Array {
  const values = new Float64Array(buckets.length);
  for (let i = 0; i < buckets.length; i++) values[i] = of(buckets[i]);
  return values;
}

/** Values by which a column differs from a straight line stay small for steady steps. */
function differences(values: Float64Array): Float64Array {
  return values.map((value, i) => (i === 0 ? value : value - values[i - 1]));
}

function encode(buckets: readonly Bucket[], into: ByteWriter): void {
  into.unsigned(buckets.length);
  writeNumbers(into, differences(column(buckets, ({ start }) => start)));
  writeNumbers(
    into,
    column(buckets, ({ lastTime, start }) => lastTime - start),
  );
  writeNumbers(
    into,
    column(buckets, ({ count }) => count),
  );
  writeNumbers(
    into,
    column(buckets, ({ last }) => last),
  );
  writeNumbers(
    into,
    column(buckets, ({ min }) => min),
  );
  writeNumbers(
    into,
    column(buckets, ({ max }) => max),
  );
  for (const { kind, sum, count, min, max, distribution } of buckets) {
    // The sum and the distribution of what stood still follow from the rest.
    const isFlat = kind === 'gauge' && min === max && Number.isFinite(min);
    const hasSum = !(isFlat && sum === count * min);
    const hasKeys = !(isFlat && distribution.keys.length === 1);
    into.byte(KINDS.indexOf(kind) | (hasSum ? 4 : 0) | (hasKeys ? 8 : 0));
    if (hasSum) writeNumbers(into, Float64Array.of(sum));
    if (hasKeys) encodeDistribution(distribution, into);
    else into.signed(distribution.keys[0]);
  }
}

function encodeDistribution({ schema, keys, counts }: Distribution, into: ByteWriter): void {
  into.signed(schema);
  into.unsigned(keys.length);
  let previous = 0;
  for (let i = 0; i < keys.length; i++) {
    // Most buckets of a minute have one observation and a near neighbour: both in one byte.
    const isOne = counts[i] === 1;
    into.signed(2 * (keys[i] - previous) + (isOne ? 1 : 0));
    if (!isOne) writeNumbers(into, Float64Array.of(counts[i]));
    previous = keys[i];
  }
}

function decodeDistribution(from: ByteReader): Distribution {
  const schema = from.signed();
  const length = from.unsigned();
  if (length === 0) return EMPTY;
  if (length > from.left) throw new RangeError('the distribution ends early');
  const keys = new Int32Array(length);
  const counts = new Float64Array(length);
  let previous = 0;
  for (let i = 0; i < length; i++) {
    const coded = from.signed();
    const isOne = coded % 2 !== 0;
    previous += Math.floor(coded / 2);
    keys[i] = previous;
    counts[i] = isOne ? 1 : readNumbers(from, 1)[0];
  }
  return { schema, keys, counts };
}

function decode(from: ByteReader, into: Bucket[]): void {
  const length = from.unsigned();
  const starts = readNumbers(from, length);
  for (let i = 1; i < length; i++) starts[i] += starts[i - 1];
  const lastTimes = readNumbers(from, length);
  const counts = readNumbers(from, length);
  const lasts = readNumbers(from, length);
  const mins = readNumbers(from, length);
  const maxes = readNumbers(from, length);
  for (let i = 0; i < length; i++) {
    const flags = from.byte();
    const kind = KINDS.at(flags & 3);
    if (kind === undefined) throw new RangeError(`${flags} is no kind of bucket`);
    const [start, count, min] = [starts[i], counts[i], mins[i]];
    const sum = flags & 4 ? readNumbers(from, 1)[0] : count * min;
    const distribution =
      flags & 8
        ? decodeDistribution(from)
        : { ...EMPTY, keys: Int32Array.of(from.signed()), counts: Float64Array.of(count) };
    into.push({
      start,
      kind,
      count,
      sum,
      min,
      max: maxes[i],
      last: lasts[i],
      lastTime: start + lastTimes[i],
      distribution,
    });
  }
}

/** Buckets, in order of their starts; those of one start are parts of one. */
export function tidyBuckets(buckets: Bucket[]): Bucket[] {
  buckets.sort((a, b) => a.start - b.start || a.lastTime - b.lastTime);
  const tidy: Bucket[] = [];
  for (const bucket of buckets) {
    const previous = tidy.at(-1);
    if (previous?.start === bucket.start) tidy[tidy.length - 1] = mergeBuckets(previous, bucket);
    else tidy.push(bucket);
  }
  return tidy;
}

export const bucketCodec: ItemCodec<Bucket> = {
  encode,
  decode,
  timeOf: ({ start }) => start,
  tidy: tidyBuckets,
};
