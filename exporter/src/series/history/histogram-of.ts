import type { BucketRun, ExponentialHistogram } from '../histogram.js';
import type { Bucket } from './bucket.js';
import { coarsen, indexOfKey, type Distribution } from './distribution.js';

/** Prometheus's default: what is closer to 0 is in the zero bucket. */
const ZERO_THRESHOLD = 2 ** -128;
/** Buckets from the first with observations to the last; more become coarser. */
const MOST_BUCKETS = 8192;

/** What was observed in the time of a bucket, as a histogram of that time alone. */
export function histogramOf({ count, sum, distribution }: Bucket): ExponentialHistogram {
  let { schema, keys, counts } = distribution;
  const span = (): number => spanOf(keys, 1) + spanOf(keys, -1);
  while (span() > MOST_BUCKETS) ({ schema, keys, counts } = coarsen(distribution, schema - 1));
  const zero = keys.indexOf(0);
  return {
    schema,
    count,
    sum,
    zeroThreshold: ZERO_THRESHOLD,
    zeroCount: zero < 0 ? 0 : counts[zero],
    positive: runOf({ schema, keys, counts }, 1),
    negative: runOf({ schema, keys, counts }, -1),
  };
}

/** First and last index of the buckets of one sign, in either order; `undefined` for none. */
function ends(keys: Int32Array, sign: 1 | -1): [number, number] | undefined {
  const first = sign > 0 ? keys.findIndex((key) => key > 0) : 0;
  const last = sign > 0 ? keys.length - 1 : keys.findLastIndex((key) => key < 0);
  if (first < 0 || last < first || sign * keys[first] <= 0) return undefined;
  const [a, b] = [indexOfKey(keys[first]), indexOfKey(keys[last])];
  return [Math.min(a, b), Math.max(a, b)];
}

function spanOf(keys: Int32Array, sign: 1 | -1): number {
  const found = ends(keys, sign);
  return found === undefined ? 0 : found[1] - found[0] + 1;
}

function runOf({ keys, counts }: Distribution, sign: 1 | -1): BucketRun {
  const found = ends(keys, sign);
  if (found === undefined) return { offset: 0, counts: [] };
  const [offset, last] = found;
  const run = new Float64Array(last - offset + 1);
  for (let i = 0; i < keys.length; i++) {
    if (sign * keys[i] > 0) run[indexOfKey(keys[i]) - offset] = counts[i];
  }
  return { offset, counts: run };
}
