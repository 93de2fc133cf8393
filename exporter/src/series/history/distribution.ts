import { finderFor } from '../exponential-recorder.js';
import { coarserIndex, upperBound } from '../exponential.js';
import { CUSTOM_BUCKETS_SCHEMA, type BucketRun, type ExponentialHistogram } from '../histogram.js';

/** Buckets 2.2 % wide: their middles are within 1.1 % of what is in them. */
export const SCHEMA = 5;
/** Below it numbers have fewer digits, and count as 0. */
const SMALLEST_NORMAL = 2 ** -1022;
/** No index at schema 8 or coarser is further from 0. */
const BIAS = 2 ** 19;
/** Buckets with observations; a distribution with more becomes coarser. */
const MOST_BUCKETS = 4096;

/**
 * An exponential histogram of the buckets that have observations only, so that the range of the values
 * costs nothing. A bucket's key is 0 for the zero bucket, else its index + 2^19, negative for
 * negative numbers: ascending keys are ascending values.
 */
export interface Distribution {
  readonly schema: number;
  /** Ascending. */
  readonly keys: Int32Array;
  readonly counts: Float64Array;
}

export const EMPTY: Distribution = {
  schema: SCHEMA,
  keys: new Int32Array(0),
  counts: new Float64Array(0),
};

/** The key at {@link SCHEMA} of the bucket that holds a finite number. */
export function keyOf(value: number): number {
  const magnitude = Math.abs(value);
  if (!(magnitude >= SMALLEST_NORMAL)) return 0;
  const key = finderFor(SCHEMA).find(magnitude) + BIAS;
  return value < 0 ? -key : key;
}

/** The distribution of values with these keys. @param keys sorted by the call */
export function distributionOf(keys: Int32Array): Distribution {
  if (keys.length === 0) return EMPTY;
  keys.sort();
  let distinct = 1;
  for (let i = 1; i < keys.length; i++) if (keys[i] !== keys[i - 1]) distinct++;
  const into = { keys: new Int32Array(distinct), counts: new Float64Array(distinct) };
  let at = -1;
  for (let i = 0; i < keys.length; i++) {
    if (i === 0 || keys[i] !== keys[i - 1]) into.keys[++at] = keys[i];
    into.counts[at]++;
  }
  return bound({ schema: SCHEMA, ...into });
}

function coarserKey(key: number, steps: number): number {
  if (key === 0) return 0;
  const coarser = coarserIndex(Math.abs(key) - BIAS, steps) + BIAS;
  return key < 0 ? -coarser : coarser;
}

/** Index of the exponential bucket that a key other than 0 stands for, of either sign. */
export function indexOfKey(key: number): number {
  return Math.abs(key) - BIAS;
}

/** The same at a coarser schema, or as it is. */
export function coarsen(distribution: Distribution, schema: number): Distribution {
  const steps = distribution.schema - schema;
  if (steps <= 0) return distribution;
  const keys: number[] = [];
  const counts: number[] = [];
  distribution.keys.forEach((key, i) => {
    const coarser = coarserKey(key, steps);
    if (keys.at(-1) === coarser) counts[counts.length - 1] += distribution.counts[i];
    else {
      keys.push(coarser);
      counts.push(distribution.counts[i]);
    }
  });
  return { schema, keys: Int32Array.from(keys), counts: Float64Array.from(counts) };
}

function bound(distribution: Distribution): Distribution {
  let bounded = distribution;
  while (bounded.keys.length > MOST_BUCKETS) bounded = coarsen(bounded, bounded.schema - 1);
  return bounded;
}

/** The distribution of all observations of both. */
export function mergeDistributions(one: Distribution, other: Distribution): Distribution {
  if (one.keys.length === 0) return other;
  if (other.keys.length === 0) return one;
  const schema = Math.min(one.schema, other.schema);
  const a = coarsen(one, schema);
  const b = coarsen(other, schema);
  const keys = new Int32Array(a.keys.length + b.keys.length);
  const counts = new Float64Array(keys.length);
  let length = 0;
  for (let i = 0, k = 0; i < a.keys.length || k < b.keys.length; length++) {
    const left = i < a.keys.length ? a.keys[i] : Infinity;
    const right = k < b.keys.length ? b.keys[k] : Infinity;
    keys[length] = Math.min(left, right);
    if (left <= right) counts[length] += a.counts[i++];
    if (right <= left) counts[length] += b.counts[k++];
  }
  return bound({ schema, keys: keys.slice(0, length), counts: counts.slice(0, length) });
}

function boundsOf(key: number, schema: number): [lower: number, upper: number] {
  if (key === 0) return [0, 0];
  const index = Math.abs(key) - BIAS;
  const lower = upperBound(index - 1, schema);
  const upper = Math.min(Number.MAX_VALUE, upperBound(index, schema));
  return key > 0 ? [lower, upper] : [-upper, -lower];
}

/** The bounds of what was observed, as far as buckets tell. Infinity and −Infinity for nothing. */
export function rangeOf({ schema, keys }: Distribution): { min: number; max: number } {
  if (keys.length === 0) return { min: Infinity, max: -Infinity };
  return { min: boundsOf(keys[0], schema)[0], max: boundsOf(keys[keys.length - 1], schema)[1] };
}

/**
 * The observation of nearest rank ⌈q × count⌉, within 1.1 % at schema 5; NaN for nothing.
 * @param q 0 to 1
 */
export function quantileOf({ schema, keys, counts }: Distribution, q: number): number {
  let total = 0;
  for (const count of counts) total += count;
  if (!(total > 0) || Number.isNaN(q)) return NaN;
  const rank = Math.min(total, Math.max(1, Math.ceil(q * total)));
  let seen = 0;
  let at = 0;
  for (; at < keys.length - 1; at++) {
    seen += counts[at];
    if (seen >= rank) break;
  }
  const [lower, upper] = boundsOf(keys[at], schema);
  // Equally far, relatively, from both bounds.
  return lower === upper ? lower : (2 / (1 + lower / upper)) * lower;
}

/** The buckets of a histogram; those of custom bounds count at their upper bounds. */
export function distributionOfHistogram(histogram: ExponentialHistogram): Distribution {
  const found = new Map<number, number>();
  const add = (key: number, count: number): void => {
    if (count > 0) found.set(key, (found.get(key) ?? 0) + count);
  };
  const { schema, customBounds = [], positive, negative } = histogram;
  const isCustom = schema === CUSTOM_BUCKETS_SCHEMA;
  const last = customBounds.at(-1) ?? 0;
  const each = (run: BucketRun, visit: (index: number, count: number) => void): void => {
    for (let i = 0; i < run.counts.length; i++) visit(run.offset + i, run.counts[i]);
  };
  add(0, histogram.zeroCount);
  each(positive, (i, count) => add(isCustom ? keyOf(customBounds[i] ?? last) : i + BIAS, count));
  each(negative, (i, count) => add(-(i + BIAS), count));
  const keys = Int32Array.from(found.keys()).sort();
  const counts = Float64Array.from(keys, (key) => found.get(key) ?? 0);
  return bound({ schema: isCustom ? SCHEMA : schema, keys, counts });
}
