import { mergeBuckets, type Bucket, type BucketKind } from './bucket.js';
import { ByteReader, ByteWriter } from './bytes.js';
import { EMPTY, type Distribution } from './distribution.js';
import { readNumbers, writeNumbers } from './number-column.js';

const KINDS: readonly BucketKind[] = ['gauge', 'counter', 'histogram'];
const HAS_SUM = 4;
const HAS_KEYS = 8;

/** How a tier keeps its items: a run of them as bytes that say where they end. */
export interface ItemCodec<Item> {
  readonly encode: (items: readonly Item[], into: ByteWriter) => void;
  /** @throws RangeError where the bytes are no such run */
  readonly decode: (from: ByteReader, into: Item[]) => void;
  /** Writes runs that stand one after the other as one, its items in order. @throws RangeError */
  readonly recode: (runs: Uint8Array, into: ByteWriter) => Extent;
  /** When an item begins, Unix ms. */
  readonly timeOf: (item: Item) => number;
  /** Items in order of time, those of one time put together. Changes the list. */
  readonly tidy: (items: Item[]) => Item[];
}

/** What is in a run; times are when the first and the last item begin, Unix ms. */
export interface Extent {
  readonly from: number;
  readonly to: number;
  readonly items: number;
}

/** The items of runs that stand one after the other. @throws RangeError */
export function decodeAll<Item>(
  runs: Uint8Array,
  decode: (from: ByteReader, into: Item[]) => void,
): Item[] {
  const items: Item[] = [];
  const from = new ByteReader(runs);
  while (from.left > 0) decode(from, items);
  return items;
}

// Used again by every call: most encode one bucket, and arrays of their own would cost more than that.
let numbers = new Float64Array(64);
let flags = new Uint8Array(64);
const blob = new ByteWriter(1024);

function reserve(count: number): void {
  if (count <= numbers.length) return;
  numbers = new Float64Array(2 * count);
  flags = new Uint8Array(2 * count);
}

function writeColumn(
  buckets: readonly Bucket[],
  of: (bucket: Bucket) => number,
  into: ByteWriter,
): void {
  for (let i = 0; i < buckets.length; i++) numbers[i] = of(buckets[i]);
  writeNumbers(into, numbers, buckets.length);
}

const startOf = ({ start }: Bucket): number => start;
const lastOf = ({ lastTime, start }: Bucket): number => lastTime - start;
const countOf = ({ count }: Bucket): number => count;
const valueOf = ({ last }: Bucket): number => last;
const minOf = ({ min }: Bucket): number => min;
const maxOf = ({ max }: Bucket): number => max;

function encode(buckets: readonly Bucket[], into: ByteWriter): void {
  const { length } = buckets;
  reserve(length);
  into.unsigned(length);
  // What differs from a straight line stays small for steady steps.
  let previous = 0;
  writeColumn(
    buckets,
    (bucket) => {
      const difference = startOf(bucket) - previous;
      previous = startOf(bucket);
      return difference;
    },
    into,
  );
  for (const of of [lastOf, countOf, valueOf, minOf, maxOf]) writeColumn(buckets, of, into);
  blob.clear();
  let sums = 0;
  for (let i = 0; i < length; i++) {
    const { kind, sum, count, min, max, distribution } = buckets[i];
    // The sum and the distribution of what stood still follow from the rest.
    const isFlat = kind === 'gauge' && min === max && Number.isFinite(min);
    const hasSum = !(isFlat && sum === count * min);
    const hasKeys = !(isFlat && distribution.keys.length === 1);
    flags[i] = KINDS.indexOf(kind) | (hasSum ? HAS_SUM : 0) | (hasKeys ? HAS_KEYS : 0);
    if (hasSum) numbers[sums++] = sum;
  }
  for (let i = 0; i < length; i++) into.byte(flags[i]);
  writeNumbers(into, numbers, sums);
  for (let i = 0; i < length; i++) {
    const { distribution } = buckets[i];
    const before = blob.length;
    if (flags[i] & HAS_KEYS) encodeDistribution(distribution, blob);
    else blob.signed(distribution.keys[0]);
    numbers[i] = blob.length - before;
  }
  // Most readers want no distributions: they stand apart, to be passed over.
  writeNumbers(into, numbers, length);
  into.unsigned(blob.length);
  into.raw(blob.bytes.subarray(0, blob.length));
}

const one = new Float64Array(1);

function encodeDistribution({ schema, keys, counts }: Distribution, into: ByteWriter): void {
  into.signed(schema);
  into.unsigned(keys.length);
  let previous = 0;
  for (let i = 0; i < keys.length; i++) {
    // Most buckets of a minute have one observation and a near neighbour: both in one byte.
    const isOne = counts[i] === 1;
    into.signed(2 * (keys[i] - previous) + (isOne ? 1 : 0));
    if (!isOne) {
      one[0] = counts[i];
      writeNumbers(into, one);
    }
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

/** A distribution as bytes, decoded when it is first looked at. */
class EncodedDistribution implements Distribution {
  readonly #blob: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  #decoded: Distribution | undefined;

  constructor(blob: Uint8Array, start: number, end: number) {
    this.#blob = blob;
    this.#start = start;
    this.#end = end;
  }

  get schema(): number {
    return this.#distribution.schema;
  }

  get keys(): Int32Array {
    return this.#distribution.keys;
  }

  get counts(): Float64Array {
    return this.#distribution.counts;
  }

  get #distribution(): Distribution {
    this.#decoded ??= decodeDistribution(
      new ByteReader(this.#blob.subarray(this.#start, this.#end)),
    );
    return this.#decoded;
  }
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
  const flags = from.raw(length);
  let withSum = 0;
  for (let i = 0; i < length; i++) if (flags[i] & HAS_SUM) withSum++;
  const sums = readNumbers(from, withSum);
  const lengths = readNumbers(from, length);
  const blob = from.raw(from.unsigned());
  let [nextSum, at] = [0, 0];
  for (let i = 0; i < length; i++) {
    const kind = KINDS.at(flags[i] & 3);
    if (kind === undefined) throw new RangeError(`${flags[i]} is no kind of bucket`);
    const [start, count, min] = [starts[i], counts[i], mins[i]];
    const before = at;
    at += lengths[i];
    if (at > blob.length) throw new RangeError('the distributions end early');
    into.push({
      start,
      kind,
      count,
      sum: flags[i] & HAS_SUM ? sums[nextSum++] : count * min,
      min,
      max: maxes[i],
      last: lasts[i],
      lastTime: start + lastTimes[i],
      distribution:
        flags[i] & HAS_KEYS
          ? new EncodedDistribution(blob, before, at)
          : flatDistribution(blob.subarray(before, at), count),
    });
  }
}

function flatDistribution(bytes: Uint8Array, count: number): Distribution {
  const key = new ByteReader(bytes).signed();
  return { ...EMPTY, keys: Int32Array.of(key), counts: Float64Array.of(count) };
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

function recode(runs: Uint8Array, into: ByteWriter): Extent {
  const buckets = tidyBuckets(decodeAll(runs, decode));
  encode(buckets, into);
  return { from: buckets[0].start, to: buckets[buckets.length - 1].start, items: buckets.length };
}

export const bucketCodec: ItemCodec<Bucket> = {
  encode,
  decode,
  recode,
  timeOf: ({ start }) => start,
  tidy: tidyBuckets,
};
