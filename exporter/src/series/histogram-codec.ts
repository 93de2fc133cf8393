import { CUSTOM_BUCKETS_SCHEMA, type BucketRun, type ExponentialHistogram } from './histogram.js';

const NONE: BucketRun = { offset: 0, counts: [] };

// Bits of a record's first byte.
const INTEGERS = 1;
const ZERO_THRESHOLD = 2;
const NEGATIVE = 4;
const CUSTOM_BOUNDS = 8;

const floats = new Float64Array(1);
const floatBytes = new Uint8Array(floats.buffer);

/**
 * Writes histograms as bytes: counts as varints of their differences where all are integers, else as
 * floats. Bounds and counts come back exactly.
 */
export class HistogramEncoder {
  /** Valid below `length`; replaced when it grows. */
  bytes = new Uint8Array(2048);
  length = 0;

  encode(histogram: ExponentialHistogram): void {
    const { schema, count, sum, zeroThreshold, zeroCount, positive, negative, customBounds } =
      histogram;
    const hasBounds = schema === CUSTOM_BUCKETS_SCHEMA && customBounds !== undefined;
    this.length = 0;
    this.#reserve(
      64 + 10 * (positive.counts.length + negative.counts.length + (customBounds?.length ?? 0)),
    );
    const integers =
      isCount(count) && isCount(zeroCount) && areCounts(positive) && areCounts(negative);
    let flags = integers ? INTEGERS : 0;
    if (zeroThreshold !== 0) flags |= ZERO_THRESHOLD;
    if (negative.counts.length > 0) flags |= NEGATIVE;
    if (hasBounds) flags |= CUSTOM_BOUNDS;
    this.bytes[this.length++] = flags;
    this.#signed(schema);
    if (integers) {
      this.#unsigned(count);
      this.#unsigned(zeroCount);
    } else {
      this.#float(count);
      this.#float(zeroCount);
    }
    this.#float(sum);
    if (flags & ZERO_THRESHOLD) this.#float(zeroThreshold);
    this.#run(positive, integers);
    if (flags & NEGATIVE) this.#run(negative, integers);
    if (hasBounds) {
      this.#unsigned(customBounds.length);
      for (const bound of customBounds) this.#float(bound);
    }
  }

  #run({ offset, counts }: BucketRun, integers: boolean): void {
    this.#signed(offset);
    this.#unsigned(counts.length);
    let previous = 0;
    for (let i = 0; i < counts.length; i++) {
      if (integers) {
        this.#signed(counts[i] - previous);
        previous = counts[i];
      } else {
        this.#float(counts[i]);
      }
    }
  }

  #reserve(size: number): void {
    if (size > this.bytes.length) this.bytes = new Uint8Array(2 * size);
  }

  #signed(value: number): void {
    // Not `value << 1 ^ value >> 31`: counts have up to 53 bits.
    this.#unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  #unsigned(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }

  #float(value: number): void {
    floats[0] = value;
    this.bytes.set(floatBytes, this.length);
    this.length += 8;
  }
}

// One bit less than an integer may have, since differences of two are doubled.
const GREATEST_COUNT = 2 ** 51;

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= GREATEST_COUNT;
}

function areCounts({ counts }: BucketRun): boolean {
  for (let i = 0; i < counts.length; i++) if (!isCount(counts[i])) return false;
  return true;
}

/**
 * Reads one record.
 * @throws RangeError where the bytes are no record, as when their memory is overwritten meanwhile
 */
export function decodeHistogram(bytes: Uint8Array, length: number): ExponentialHistogram {
  const reader = new RecordReader(bytes, length);
  const flags = reader.byte();
  const integers = (flags & INTEGERS) !== 0;
  const schema = reader.signed();
  const count = integers ? reader.unsigned() : reader.float();
  const zeroCount = integers ? reader.unsigned() : reader.float();
  const sum = reader.float();
  const zeroThreshold = flags & ZERO_THRESHOLD ? reader.float() : 0;
  const positive = reader.run(integers);
  const negative = flags & NEGATIVE ? reader.run(integers) : NONE;
  const histogram = { schema, count, sum, zeroThreshold, zeroCount, positive, negative };
  if ((flags & CUSTOM_BOUNDS) === 0) return histogram;
  const customBounds: number[] = [];
  for (let left = reader.size(8); left > 0; left--) customBounds.push(reader.float());
  return { ...histogram, customBounds };
}

class RecordReader {
  readonly #bytes: Uint8Array;
  readonly #length: number;
  #at = 0;

  constructor(bytes: Uint8Array, length: number) {
    this.#bytes = bytes;
    this.#length = length;
  }

  byte(): number {
    if (this.#at >= this.#length) throw new RangeError('the record ends early');
    return this.#bytes[this.#at++];
  }

  unsigned(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  float(): number {
    if (this.#at + 8 > this.#length) throw new RangeError('the record ends early');
    for (let i = 0; i < 8; i++) floatBytes[i] = this.#bytes[this.#at++];
    return floats[0];
  }

  /** A number of items that take at least `each` bytes. */
  size(each: number): number {
    const size = this.unsigned();
    if (size * each > this.#length - this.#at) throw new RangeError('the record ends early');
    return size;
  }

  run(integers: boolean): BucketRun {
    const offset = this.signed();
    const size = this.size(integers ? 1 : 8);
    if (size === 0) return offset === 0 ? NONE : { offset, counts: [] };
    const counts = new Float64Array(size);
    let previous = 0;
    for (let i = 0; i < size; i++) {
      previous = integers ? previous + this.signed() : this.float();
      counts[i] = previous;
    }
    return { offset, counts };
  }
}
