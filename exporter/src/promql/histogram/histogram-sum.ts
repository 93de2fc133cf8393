import type { BucketRun } from '../../series/histogram.js';
import { KahanSum } from '../kahan.js';
import {
  coarserIndex,
  customBound,
  exponentialBound,
  hasCustomBounds,
  sameBounds,
  trimRun,
  type FloatHistogram,
  type ResetHint,
} from './float-histogram.js';

// Two histograms of few buckets far apart span many empty ones between them. Past this many the sum
// is kept at a coarser schema.
const MAX_BUCKETS = 16_384;

/** Counts of consecutive buckets with the compensation of Kahan's (Neumaier's) summation. */
class Sums {
  offset = 0;
  length = 0;
  #sums: Float64Array = new Float64Array(0);
  #compensations: Float64Array = new Float64Array(0);

  add(index: number, count: number): void {
    if (index < this.offset || index >= this.offset + this.length) this.#grow(index);
    const i = index - this.offset;
    const sum = this.#sums[i];
    const total = sum + count;
    if (Math.abs(total) === Infinity) this.#compensations[i] = 0;
    else if (Math.abs(sum) >= Math.abs(count)) this.#compensations[i] += sum - total + count;
    else this.#compensations[i] += count - total + sum;
    this.#sums[i] = total;
  }

  clear(index: number): void {
    this.#sums[index - this.offset] = 0;
    this.#compensations[index - this.offset] = 0;
  }

  at(index: number): number {
    const i = index - this.offset;
    return i < 0 || i >= this.length ? 0 : this.#sums[i] + this.#compensations[i];
  }

  scale(factor: number): void {
    for (let i = 0; i < this.length; i++) {
      this.#sums[i] *= factor;
      this.#compensations[i] *= factor;
    }
  }

  divide(divisor: number): void {
    for (let i = 0; i < this.length; i++) {
      this.#sums[i] /= divisor;
      this.#compensations[i] /= divisor;
    }
  }

  run(divisor: number): BucketRun {
    const counts = new Float64Array(this.length);
    for (let i = 0; i < this.length; i++) {
      counts[i] = this.#sums[i] / divisor + this.#compensations[i] / divisor;
    }
    return trimRun({ offset: this.offset, counts });
  }

  /** The same counts under other indices. */
  mapped(target: (index: number) => number): Sums {
    const result = new Sums();
    for (let i = 0; i < this.length; i++) {
      if (this.#sums[i] === 0 && this.#compensations[i] === 0) continue;
      const index = target(this.offset + i);
      result.add(index, this.#sums[i]);
      result.add(index, this.#compensations[i]);
    }
    return result;
  }

  #grow(index: number): void {
    if (this.length === 0) this.offset = index;
    const offset = Math.min(this.offset, index);
    const end = Math.max(this.offset + this.length, index + 1);
    const sums = new Float64Array(end - offset);
    const compensations = new Float64Array(end - offset);
    sums.set(this.#sums.subarray(0, this.length), this.offset - offset);
    compensations.set(this.#compensations.subarray(0, this.length), this.offset - offset);
    this.#sums = sums;
    this.#compensations = compensations;
    this.offset = offset;
    this.length = end - offset;
  }
}

interface RunOrigin {
  readonly of: FloatHistogram;
  readonly sign: number;
  /** Buckets up to this bound are left out. */
  readonly above: number;
}

/**
 * Adds and subtracts histograms. Differences in schema and zero threshold are reconciled towards the
 * coarser; of different custom bounds, those remain that both have.
 * Source: Prometheus model/histogram/float_histogram.go (Add, Sub, KahanAdd).
 */
export class HistogramSum {
  /** Whether custom bounds differed. */
  boundsReconciled = false;
  /** Whether one histogram was a counter reset and another was known not to be one. */
  hintsCollided = false;
  readonly #custom: boolean;
  #hint: ResetHint | undefined;
  #schema: number;
  #bounds: readonly number[] | undefined;
  #zeroThreshold: number;
  readonly #zeroCount = new KahanSum();
  readonly #count = new KahanSum();
  readonly #sum = new KahanSum();
  #positive = new Sums();
  #negative = new Sums();

  constructor(first: FloatHistogram) {
    this.#custom = hasCustomBounds(first);
    this.#hint = first.resetHint;
    this.#schema = first.schema;
    this.#bounds = first.customBounds;
    this.#zeroThreshold = first.zeroThreshold;
    this.#zeroCount.add(first.zeroCount);
    this.#count.add(first.count);
    this.#sum.add(first.sum);
    this.#addRun(this.#positive, first.positive, { of: first, sign: 1, above: 0 });
    this.#addRun(this.#negative, first.negative, { of: first, sign: 1, above: 0 });
  }

  /**
   * Adds `sign × other`.
   * @returns false, with nothing changed, where one has exponential and the other custom buckets.
   */
  add(other: FloatHistogram, sign: 1 | -1 = 1): boolean {
    if (hasCustomBounds(other) !== this.#custom) return false;
    this.#adjustHint(other.resetHint);
    if (this.#custom) this.#reconcileBounds(other);
    else this.#zeroCount.add(sign * this.#reconcileZero(other));
    this.#count.add(sign * other.count);
    this.#sum.add(sign * other.sum);
    this.#addBuckets(other, sign);
    return true;
  }

  /** Whether adding `other` makes a count or the sum infinite. */
  overflowsWith(other: FloatHistogram): boolean {
    return (
      Math.abs(this.#count.total + other.count) === Infinity ||
      Math.abs(this.#sum.total + other.sum) === Infinity ||
      Math.abs(this.#zeroCount.total + other.zeroCount) === Infinity
    );
  }

  scale(factor: number): void {
    for (const part of this.#parts()) part.scale(factor);
  }

  divide(divisor: number): void {
    for (const part of this.#parts()) part.divide(divisor);
  }

  #parts(): (KahanSum | Sums)[] {
    return [this.#zeroCount, this.#count, this.#sum, this.#positive, this.#negative];
  }

  /** The sum through `divisor`, without empty buckets at the ends. */
  result(divisor = 1): FloatHistogram {
    return {
      schema: this.#schema,
      count: this.#count.value(divisor),
      sum: this.#sum.value(divisor),
      zeroThreshold: this.#zeroThreshold,
      zeroCount: this.#zeroCount.value(divisor),
      positive: this.#positive.run(divisor),
      negative: this.#negative.run(divisor),
      ...(this.#bounds === undefined ? {} : { customBounds: this.#bounds }),
      ...(this.#hint === undefined ? {} : { resetHint: this.#hint }),
    };
  }

  #adjustHint(other: ResetHint | undefined): void {
    if (other === this.#hint || this.#hint === 'gauge') return;
    if (other === 'gauge') this.#hint = 'gauge';
    else {
      if (this.#hint !== undefined && other !== undefined) this.hintsCollided = true;
      this.#hint = undefined;
    }
  }

  #addBuckets(other: FloatHistogram, sign: number): void {
    if (other.schema < this.#schema) this.#reduce(other.schema);
    while (!this.#custom && this.#spread(other) > MAX_BUCKETS && this.#schema > -4) {
      this.#reduce(this.#schema - 1);
    }
    const from: RunOrigin = { of: other, sign, above: this.#zeroThreshold };
    this.#addRun(this.#positive, other.positive, from);
    this.#addRun(this.#negative, other.negative, from);
  }

  #addRun(sums: Sums, { offset, counts }: BucketRun, { of, sign, above }: RunOrigin): void {
    let below = !this.#custom && above > 0;
    for (let k = 0; k < counts.length; k++) {
      const count = counts[k];
      if (count === 0) continue;
      // These are in the zero bucket already. (At the sum's own, coarser schema they could fall into a
      // bucket that reaches beyond it, and would count twice.)
      if (below && exponentialBound(offset + k, of.schema) <= above) continue;
      below = false;
      sums.add(this.#targetOf(offset + k, of), sign * count);
    }
  }

  #targetOf(index: number, other: FloatHistogram): number {
    if (!this.#custom) return coarserIndex(index, other.schema, this.#schema);
    if (other.customBounds === this.#bounds) return index;
    return boundIndex(customBound(index, other.customBounds ?? []), this.#bounds ?? []);
  }

  #spread(other: FloatHistogram): number {
    let widest = 0;
    for (const [sums, { offset, counts }] of [
      [this.#positive, other.positive],
      [this.#negative, other.negative],
    ] as const) {
      if (counts.length === 0) continue;
      const first = coarserIndex(offset, other.schema, this.#schema);
      const last = coarserIndex(offset + counts.length - 1, other.schema, this.#schema);
      const start = sums.length === 0 ? first : Math.min(first, sums.offset);
      const end = sums.length === 0 ? last : Math.max(last, sums.offset + sums.length - 1);
      widest = Math.max(widest, end - start + 1);
    }
    return widest;
  }

  #reduce(schema: number): void {
    const from = this.#schema;
    this.#schema = schema;
    this.#positive = this.#positive.mapped((index) => coarserIndex(index, from, schema));
    this.#negative = this.#negative.mapped((index) => coarserIndex(index, from, schema));
  }

  #reconcileBounds(other: FloatHistogram): void {
    const theirs = other.customBounds ?? [];
    const ours = this.#bounds ?? [];
    if (sameBounds(ours, theirs)) return;
    this.boundsReconciled = true;
    const common = ours.filter((bound) => theirs.includes(bound));
    this.#positive = this.#positive.mapped((index) => boundIndex(customBound(index, ours), common));
    this.#bounds = common;
  }

  /** Makes the zero bucket wide enough for both. @returns the count of theirs at that width. */
  #reconcileZero(other: FloatHistogram): number {
    let theirCount = other.zeroCount;
    let theirThreshold = other.zeroThreshold;
    while (theirThreshold !== this.#zeroThreshold) {
      if (theirThreshold < this.#zeroThreshold) {
        const wider = zeroBucketAt(other, this.#zeroThreshold);
        theirCount = wider.count;
        theirThreshold = wider.threshold;
      } else {
        this.#widenZero(theirThreshold);
      }
    }
    return theirCount;
  }

  #widenZero(atLeast: number): void {
    const { threshold } = zeroBucketAt(this.result(), atLeast);
    this.#zeroThreshold = threshold;
    for (const sums of [this.#positive, this.#negative]) {
      for (let i = 0; i < sums.length; i++) {
        const index = sums.offset + i;
        if (exponentialBound(index - 1, this.#schema) >= threshold) break;
        this.#zeroCount.add(sums.at(index));
        sums.clear(index);
      }
    }
  }
}

/** The first of `bounds` that is not below `bound`; their number where there is none. */
function boundIndex(bound: number, bounds: readonly number[]): number {
  const index = bounds.findIndex((candidate) => candidate >= bound);
  return index < 0 ? bounds.length : index;
}

/**
 * Threshold and count of the zero bucket if it were widened to `atLeast`: where that falls into a
 * bucket that holds something, the whole bucket is taken in.
 */
export function zeroBucketAt(
  histogram: FloatHistogram,
  atLeast: number,
): { threshold: number; count: number } {
  const { schema, positive, negative, zeroCount, zeroThreshold } = histogram;
  if (atLeast === zeroThreshold) return { threshold: atLeast, count: zeroCount };
  let threshold = atLeast;
  for (let changed = true; changed;) {
    changed = false;
    for (const { offset, counts } of [positive, negative]) {
      for (let k = 0; k < counts.length; k++) {
        if (exponentialBound(offset + k - 1, schema) >= threshold) break;
        const upper = exponentialBound(offset + k, schema);
        if (upper > threshold && counts[k] !== 0) {
          threshold = upper;
          changed = true;
        }
      }
    }
  }
  let count = zeroCount;
  for (const { offset, counts } of [positive, negative]) {
    for (let k = 0; k < counts.length; k++) {
      if (exponentialBound(offset + k - 1, schema) >= threshold) break;
      count += counts[k];
    }
  }
  return { threshold, count };
}

export interface Combined {
  readonly histogram: FloatHistogram;
  readonly boundsReconciled: boolean;
  readonly hintsCollided: boolean;
}

/** `a + b` or `a − b`; `undefined` where one has exponential and the other custom buckets. */
export function combine(a: FloatHistogram, b: FloatHistogram, sign: 1 | -1): Combined | undefined {
  const sum = new HistogramSum(a);
  if (!sum.add(b, sign)) return undefined;
  const { boundsReconciled, hintsCollided } = sum;
  return { histogram: sum.result(), boundsReconciled, hintsCollided };
}
