import { addHistograms, subtractHistograms } from '../exponential.js';
import type { ExponentialHistogram } from '../histogram.js';
import {
  distributionOf,
  distributionOfHistogram,
  EMPTY,
  keyOf,
  mergeDistributions,
  quantileOf,
  rangeOf,
  type Distribution,
} from './distribution.js';

/**
 * - `gauge`: count, sum, min, max and percentiles are those of the values;
 * - `counter`: `sum` is the increase, resets handled; the others are those of the rate a second from
 *   sample to sample;
 * - `histogram`: of the observations; min and max are bounds of histogram buckets.
 */
export type BucketKind = 'gauge' | 'counter' | 'histogram';

/** What a series did from `start` (Unix ms) to the start of the next bucket. NaNs are left out. */
export interface Bucket {
  readonly start: number;
  readonly kind: BucketKind;
  /** 0 for a counter's very first sample: there is nothing yet that it has increased from. */
  readonly count: number;
  readonly sum: number;
  /** Infinity where the count is 0. */
  readonly min: number;
  /** −Infinity where the count is 0. */
  readonly max: number;
  /** The newest raw value, NaN for a histogram, and its time in Unix ms. */
  readonly last: number;
  readonly lastTime: number;
  readonly distribution: Distribution;
}

/** The nearest-rank percentile of a bucket, within 1.1 %; NaN where it is empty. @param q 0 to 1 */
export function quantileOfBucket({ distribution, min, max }: Bucket, q: number): number {
  return Math.min(max, Math.max(min, quantileOf(distribution, q)));
}

/**
 * Both together, with the earlier start. Where a series has changed its kind, the newer kind is what
 * is kept: a counter's rates and a gauge's values have no common sum.
 */
export function mergeBuckets(a: Bucket, b: Bucket): Bucket {
  const start = Math.min(a.start, b.start);
  const newer = b.lastTime >= a.lastTime ? b : a;
  if (a.kind !== b.kind) return { ...newer, start };
  return {
    start,
    kind: a.kind,
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    last: newer.last,
    lastTime: newer.lastTime,
    distribution: mergeDistributions(a.distribution, b.distribution),
  };
}

/** What a counter or histogram stood at before; `time` is −Infinity for a new series. */
export interface Carry {
  time: number;
  value: number;
  histogram: ExponentialHistogram | undefined;
}

export function newCarry(): Carry {
  return { time: -Infinity, value: NaN, histogram: undefined };
}

/** Makes the bucket of one series from its samples, in order of time; used again for the next. */
export class BucketBuilder {
  #keys = new Int32Array(128);
  #observed = 0;
  #kind: BucketKind = 'gauge';
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;
  #last = NaN;
  #lastTime = -Infinity;
  #histogram: ExponentialHistogram | undefined;

  begin(kind: BucketKind): void {
    this.#kind = kind;
    this.#observed = 0;
    this.#count = 0;
    this.#sum = 0;
    this.#min = Infinity;
    this.#max = -Infinity;
    this.#last = NaN;
    this.#lastTime = -Infinity;
    this.#histogram = undefined;
  }

  /** Adds a number that is not NaN. For a counter, `carry` is what it stood at, and is brought up to date. */
  add(time: number, value: number, carry: Carry): void {
    if (this.#kind === 'counter') {
      // Below what it was: it began again at 0 in between.
      const increase = value >= carry.value ? value - carry.value : value;
      if (carry.time > -Infinity && time > carry.time && !Number.isNaN(carry.value)) {
        this.#sum += increase;
        this.#observe((1000 * increase) / (time - carry.time));
      }
    } else {
      this.#sum += value;
      this.#observe(value);
    }
    carry.time = time;
    carry.value = value;
    this.#last = value;
    this.#lastTime = time;
  }

  /** Adds a cumulative histogram: what came since the one before. */
  addHistogram(time: number, histogram: ExponentialHistogram, carry: Carry): void {
    this.#kind = 'histogram';
    const since = increaseOf(histogram, carry.histogram);
    if (since !== undefined) {
      const { min, max } = rangeOf(distributionOfHistogram(since));
      this.#histogram =
        this.#histogram === undefined || isCustom(this.#histogram) !== isCustom(since)
          ? since
          : addHistograms(this.#histogram, since);
      this.#count += since.count;
      this.#sum += since.sum;
      this.#min = Math.min(this.#min, min);
      this.#max = Math.max(this.#max, max);
    }
    carry.time = time;
    carry.histogram = histogram;
    this.#lastTime = time;
  }

  /** `undefined` where nothing was added. */
  end(start: number): Bucket | undefined {
    if (this.#lastTime === -Infinity) return undefined;
    const distribution =
      this.#histogram !== undefined
        ? distributionOfHistogram(this.#histogram)
        : this.#observed === 0
          ? EMPTY
          : distributionOf(this.#keys.subarray(0, this.#observed));
    return {
      start,
      kind: this.#kind,
      count: this.#count,
      sum: this.#sum,
      min: this.#min,
      max: this.#max,
      last: this.#last,
      lastTime: this.#lastTime,
      distribution,
    };
  }

  #observe(value: number): void {
    this.#count++;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    if (!Number.isFinite(value)) return;
    if (this.#observed === this.#keys.length) {
      const larger = new Int32Array(2 * this.#keys.length);
      larger.set(this.#keys);
      this.#keys = larger;
    }
    this.#keys[this.#observed++] = keyOf(value);
  }
}

const isCustom = ({ customBounds }: ExponentialHistogram): boolean => customBounds !== undefined;

function increaseOf(
  later: ExponentialHistogram,
  earlier: ExponentialHistogram | undefined,
): ExponentialHistogram | undefined {
  if (earlier === undefined) return undefined;
  if (later.count < earlier.count || isCustom(later) !== isCustom(earlier)) return later;
  const since = subtractHistograms(later, earlier);
  const isReset = [...since.positive.counts, ...since.negative.counts].some((count) => count < 0);
  return isReset || since.zeroCount < 0 ? later : since;
}
