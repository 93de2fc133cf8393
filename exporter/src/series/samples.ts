import type { ExponentialHistogram } from './histogram.js';
import type { Bucket } from './history/bucket.js';

// Prometheus's StaleNaN, 0x7ff0000000000002 (model/value/value.go).
const STALE_HIGH = 0x7ff00000;
const STALE_LOW = 2;
// Typed arrays are little-endian on every platform that Node supports with prebuilt binaries.
const HIGH = 1;

/**
 * Writes Prometheus's stale marker at `index`. The marker is a NaN with a payload, which a JS number
 * may lose, so it is written, copied (`set`, `copyWithin`) and read as bits, never as a number.
 * @param words view of the same memory as the Float64Array that holds the samples
 */
export function writeStale(words: Uint32Array, index: number): void {
  words[2 * index + HIGH] = STALE_HIGH;
  words[2 * index] = STALE_LOW;
}

/** Whether the sample at `index` is a stale marker (and not an ordinary NaN). */
export function isStale(words: Uint32Array, index: number): boolean {
  return words[2 * index + HIGH] === STALE_HIGH && words[2 * index] === STALE_LOW;
}

/**
 * Samples of one series, oldest first, copied out of the head for a reader; grows, and is reused
 * between reads.
 */
export class SampleBuffer {
  length = 0;
  /** Unix milliseconds, strictly ascending; valid below `length`. */
  times: Float64Array;
  /** Valid below `length`. Where a histogram stands, NaN. */
  values: Float64Array;
  /** The same memory as `values`, for {@link isStale}. */
  words: Uint32Array;
  /** `undefined` for a series of floats; otherwise `histograms[i]` is set where sample i is one. */
  histograms: (ExponentialHistogram | undefined)[] | undefined = undefined;
  /**
   * `undefined` for samples. Where history answers with buckets, sample i stands for bucket i: at the
   * time of its newest sample, with its average, or for a counter with what it stood at then.
   */
  buckets: Bucket[] | undefined = undefined;

  constructor(capacity = 1024) {
    this.times = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
    this.words = new Uint32Array(this.values.buffer);
  }

  clear(): void {
    this.length = 0;
    this.histograms = undefined;
    this.buckets = undefined;
  }

  /** Makes room for `capacity` samples in all and keeps those that are there. */
  reserve(capacity: number): void {
    if (capacity <= this.times.length) return;
    let size = this.times.length * 2;
    while (size < capacity) size *= 2;
    const { times, values } = this;
    this.times = new Float64Array(size);
    this.times.set(times.subarray(0, this.length));
    this.values = new Float64Array(size);
    this.values.set(values.subarray(0, this.length));
    this.words = new Uint32Array(this.values.buffer);
  }

  push(time: number, value: number): void {
    this.reserve(this.length + 1);
    this.times[this.length] = time;
    this.values[this.length] = value;
    this.length++;
  }

  pushStale(time: number): void {
    this.push(time, NaN);
    writeStale(this.words, this.length - 1);
  }

  pushHistogram(time: number, histogram: ExponentialHistogram): void {
    this.push(time, NaN);
    this.histograms ??= [];
    this.histograms[this.length - 1] = histogram;
  }

  isStale(index: number): boolean {
    return isStale(this.words, index);
  }
}
