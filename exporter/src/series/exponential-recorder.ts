import { coarserIndex, MAX_BUCKETS, MAX_SCHEMA, MIN_SCHEMA } from './exponential.js';
import type { BucketRun, ExponentialHistogram } from './histogram.js';

const DEFAULT_SCHEMA = 5;
/** Prometheus's default; between it and the greatest number there is room for any schema. */
const DEFAULT_ZERO_THRESHOLD = 2 ** -128;
const SMALLEST_NORMAL = 2 ** -1022;
const MANTISSA_BITS = 20;
const MANTISSA = (1 << MANTISSA_BITS) - 1;
const EXPONENT_BIAS = 1023;

const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);

/**
 * Finds buckets from the bits of a number: its exponent gives the octave; the first bits of its
 * mantissa give the bucket of the octave but for at most one bound, which is then compared with.
 */
class BucketFinder {
  readonly #size: number;
  /** What leaves of the mantissa's upper 20 bits the slice: four slices to a bucket's mean width. */
  readonly #sliceShift: number;
  /** Bounds of the octave [1, 2) that are below the slice. */
  readonly #below: Uint16Array;
  /** The mantissas of the bounds. */
  readonly #boundHigh: Uint32Array;
  readonly #boundLow: Uint32Array;

  constructor(schema: number) {
    this.#size = 2 ** schema;
    const slices = 4 * this.#size;
    this.#sliceShift = MANTISSA_BITS - Math.log2(slices);
    this.#below = new Uint16Array(slices);
    this.#boundHigh = new Uint32Array(this.#size + 1);
    this.#boundLow = new Uint32Array(this.#size + 1);
    const bounds = Array.from({ length: this.#size }, (_, k) => 2 ** (k / this.#size));
    bounds.forEach((bound, k) => {
      bits[0] = bound;
      this.#boundHigh[k] = words[1] & MANTISSA;
      this.#boundLow[k] = words[0];
    });
    // Past the last bound no mantissa goes.
    this.#boundHigh[this.#size] = MANTISSA + 1;
    for (let slice = 0; slice < slices; slice++) {
      const start = 1 + slice / slices;
      this.#below[slice] = bounds.filter((bound) => bound < start).length;
    }
  }

  /** Index at this finder's schema of the bucket that holds a normal number above 0. */
  find(value: number): number {
    bits[0] = value;
    const high = words[1];
    const mantissa = high & MANTISSA;
    let bucket = this.#below[mantissa >>> this.#sliceShift];
    const bound = this.#boundHigh[bucket];
    if (mantissa > bound || (mantissa === bound && words[0] > this.#boundLow[bucket])) bucket++;
    return ((high >>> MANTISSA_BITS) - EXPONENT_BIAS) * this.#size + bucket;
  }
}

const finders = new Map<number, BucketFinder>();

/** The finder of a schema from 0 on; made once. */
export function finderFor(schema: number): BucketFinder {
  let finder = finders.get(schema);
  if (finder === undefined) {
    finder = new BucketFinder(schema);
    finders.set(schema, finder);
  }
  return finder;
}

/** Counts of consecutive buckets: those from `first` to `last` stand from `start` on in `counts`. */
class Run {
  readonly counts = new Float64Array(MAX_BUCKETS);
  first = 0;
  last = -1;
  start = 0;

  get length(): number {
    return this.last - this.first + 1;
  }

  /** Makes room for buckets `first` to `last`, at most {@link MAX_BUCKETS} and with those there are. */
  extend(first: number, last: number): void {
    if (this.length === 0) this.start = (MAX_BUCKETS - (last - first + 1)) >> 1;
    else {
      const start = this.start - (this.first - first);
      const fits = start >= 0 && start + last - first < MAX_BUCKETS;
      const target = fits ? start : (MAX_BUCKETS - (last - first + 1)) >> 1;
      if (!fits) this.#move(target + this.first - first);
      this.start = target;
    }
    this.first = first;
    this.last = last;
  }

  /** Merges each 2^steps buckets into one. */
  downscale(steps: number): void {
    if (this.length === 0) return;
    const first = coarserIndex(this.first, steps);
    const last = coarserIndex(this.last, steps);
    const { counts, start } = this;
    for (let index = this.first; index <= this.last; index++) {
      const from = start + index - this.first;
      const to = start + coarserIndex(index, steps) - first;
      if (to === from) continue;
      counts[to] += counts[from];
      counts[from] = 0;
    }
    this.first = first;
    this.last = last;
  }

  clear(): void {
    this.counts.fill(0);
    this.first = 0;
    this.last = -1;
  }

  toBucketRun(): BucketRun {
    if (this.length === 0) return { offset: 0, counts: [] };
    return {
      offset: this.first,
      counts: this.counts.slice(this.start, this.start + this.length),
    };
  }

  #move(start: number): void {
    const { counts, length } = this;
    counts.copyWithin(start, this.start, this.start + length);
    if (start < this.start)
      counts.fill(0, Math.max(start + length, this.start), this.start + length);
    else counts.fill(0, this.start, Math.min(start, this.start + length));
  }
}

export interface RecorderOptions {
  /** −4 to 8, 5 by default: buckets 2.2 % wide, so that percentiles are within 1.1 %. */
  readonly schema?: number;
  /** Numbers no further from 0 than this count as 0; 2^−128 by default, as in Prometheus. */
  readonly zeroThreshold?: number;
}

/**
 * Records numbers in an exponential histogram of at most 160 buckets. Where more would be needed the
 * schema becomes coarser, with what was recorded merged exactly.
 */
export class ExponentialRecorder {
  readonly #finestSchema: number;
  readonly #zeroThreshold: number;
  readonly #finder: BucketFinder;
  /** What the finder's schema is above the present one. */
  #steps: number;
  readonly #finderSchema: number;
  readonly #positive = new Run();
  readonly #negative = new Run();
  #count = 0;
  #sum = 0;
  #zeroCount = 0;

  /** @throws RangeError for a schema outside −4 to 8, or a zero threshold that is not 2^−1022 or more */
  constructor({
    schema = DEFAULT_SCHEMA,
    zeroThreshold = DEFAULT_ZERO_THRESHOLD,
  }: RecorderOptions = {}) {
    if (!(Number.isInteger(schema) && schema >= MIN_SCHEMA && schema <= MAX_SCHEMA)) {
      throw new RangeError(
        `schema ${schema} is not an integer from ${MIN_SCHEMA} to ${MAX_SCHEMA}`,
      );
    }
    if (!(zeroThreshold >= SMALLEST_NORMAL && zeroThreshold < Infinity)) {
      throw new RangeError(`zero threshold ${zeroThreshold} is not a number from 2^-1022 on`);
    }
    this.#finestSchema = schema;
    this.#zeroThreshold = zeroThreshold;
    this.#finderSchema = Math.max(0, schema);
    this.#finder = finderFor(this.#finderSchema);
    this.#steps = this.#finderSchema - schema;
  }

  /** Observations so far. */
  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum;
  }

  get schema(): number {
    return this.#finderSchema - this.#steps;
  }

  /** Records a number; NaN and infinities are left out. */
  observe(value: number): void {
    const magnitude = Math.abs(value);
    if (!(magnitude > this.#zeroThreshold)) {
      if (!(magnitude <= this.#zeroThreshold)) return;
      this.#zeroCount++;
    } else {
      if (magnitude === Infinity) return;
      const run = value > 0 ? this.#positive : this.#negative;
      const finest = this.#finder.find(magnitude);
      const index = this.#steps === 0 ? finest : coarserIndex(finest, this.#steps);
      if (index >= run.first && index <= run.last) run.counts[run.start + index - run.first]++;
      else this.#add(run, index, 1);
    }
    this.#count++;
    this.#sum += value;
  }

  /** The histogram so far, as a copy. */
  toHistogram(): ExponentialHistogram {
    return {
      schema: this.schema,
      count: this.#count,
      sum: this.#sum,
      zeroThreshold: this.#zeroThreshold,
      zeroCount: this.#zeroCount,
      positive: this.#positive.toBucketRun(),
      negative: this.#negative.toBucketRun(),
    };
  }

  /** Forgets all observations; the schema is the finest again. */
  clear(): void {
    this.#positive.clear();
    this.#negative.clear();
    this.#count = 0;
    this.#sum = 0;
    this.#zeroCount = 0;
    this.#steps = this.#finderSchema - this.#finestSchema;
  }

  #add(run: Run, index: number, count: number): void {
    let wanted = index;
    for (;;) {
      const first = run.length === 0 ? wanted : Math.min(run.first, wanted);
      const last = run.length === 0 ? wanted : Math.max(run.last, wanted);
      const other = run === this.#positive ? this.#negative : this.#positive;
      if (last - first + 1 + other.length <= MAX_BUCKETS) {
        run.extend(first, last);
        run.counts[run.start + wanted - first] += count;
        return;
      }
      this.#positive.downscale(1);
      this.#negative.downscale(1);
      this.#steps++;
      wanted = coarserIndex(wanted, 1);
    }
  }
}
