import type { ByteReader, ByteWriter } from './bytes.js';
import { BLOCK, isSparse, isSparseHead, OTHER, Residuals } from './packed.js';

const TWO_32 = 2 ** 32;

export interface Column {
  readonly count: number;
  /** What the numbers are multiplied by. */
  readonly scale: number;
}

const residuals = new Residuals();
const differences = new Float64Array(BLOCK);

/** See number-column.ts; so are the others. */
export function packIntegers(
  into: ByteWriter,
  values: Float64Array,
  { count, scale }: Column,
): void {
  const { low, high } = residuals;
  let previous = scale === 1 ? values[0] : Math.round(values[0] * scale);
  into.signed(previous);
  for (let first = 1; first < count; first += BLOCK) {
    const size = Math.min(BLOCK, count - first);
    let least = Infinity;
    let zeros = 0;
    for (let i = 0; i < size; i++) {
      const scaled = scale === 1 ? values[first + i] : Math.round(values[first + i] * scale);
      const difference = scaled - previous;
      previous = scaled;
      differences[i] = difference;
      if (difference < least) least = difference;
      if (difference === 0) zeros++;
    }
    const sparse = isSparse(zeros, size);
    if (!sparse && isUneven(size)) {
      into.byte(OTHER);
      for (let i = 0; i < size; i++) into.signed(differences[i]);
      continue;
    }
    const base = sparse ? 0 : least;
    for (let i = 0; i < size; i++) {
      const residual = differences[i] - base;
      low[i] = residual | 0;
      high[i] = Math.floor(residual / TWO_32);
    }
    residuals.write(into, size, { sparse, signed: sparse });
    if (!sparse) into.signed(base);
  }
}

/** Whether varints of the first differences are shorter than all of them at the width of the widest. */
function isUneven(size: number): boolean {
  let widest = 0;
  let bytes = 0;
  for (let i = 0; i < size; i++) {
    const difference = differences[i];
    const coded = difference < 0 ? -2 * difference - 1 : 2 * difference;
    if (coded > widest) widest = coded;
    bytes +=
      coded < 2 ** 7 ? 1 : coded < 2 ** 14 ? 2 : coded < 2 ** 21 ? 3 : coded < 2 ** 28 ? 4 : 7;
  }
  return widest >= 2 ** 9 && 8 * bytes < size * Math.log2(widest);
}

export function unpackIntegers(from: ByteReader, values: Float64Array, scale: number): void {
  const { low, high } = residuals;
  if (values.length === 0) return;
  let previous = from.signed();
  values[0] = previous / scale;
  for (let first = 1; first < values.length; first += BLOCK) {
    const size = Math.min(BLOCK, values.length - first);
    const head = from.byte();
    const isOther = head >= OTHER;
    let base = 0;
    if (!isOther) {
      residuals.read(from, size, { head, signed: false });
      if (!isSparseHead(head)) base = from.signed();
    }
    for (let i = 0; i < size; i++) {
      previous += isOther ? from.signed() : base + (low[i] >>> 0) + TWO_32 * high[i];
      values[first + i] = previous / scale;
    }
  }
}

let seen: Uint32Array = new Uint32Array(0);

/** All words of the memory that numbers are in. */
export function wordsOf(values: Float64Array): Uint32Array {
  // Callers use the same memory again and again, and a view of it costs more than a short column.
  if (seen.buffer !== values.buffer) seen = new Uint32Array(values.buffer);
  return seen;
}

export function packBits(into: ByteWriter, values: Float64Array, count: number): void {
  const { low, high } = residuals;
  const words = wordsOf(values);
  let at = values.byteOffset >> 2;
  let lowBefore = words[at++] | 0;
  let highBefore = words[at++] | 0;
  into.word(lowBefore);
  into.word(highBefore);
  for (let first = 1; first < count; first += BLOCK) {
    const size = Math.min(BLOCK, count - first);
    let zeros = 0;
    for (let i = 0; i < size; i++) {
      const lowBits = words[at++] | 0;
      const highBits = words[at++] | 0;
      const lowDifference = (lowBits - lowBefore) | 0;
      const borrow = lowBits >>> 0 < lowBefore >>> 0 ? 1 : 0;
      const highDifference = (highBits - highBefore - borrow) | 0;
      lowBefore = lowBits;
      highBefore = highBits;
      low[i] = lowDifference;
      high[i] = highDifference;
      if (lowDifference === 0 && highDifference === 0) zeros++;
    }
    residuals.write(into, size, { sparse: isSparse(zeros, size), signed: true });
  }
}

export function unpackBits(from: ByteReader, values: Float64Array): void {
  const { low, high } = residuals;
  if (values.length === 0) return;
  const bits = new Int32Array(values.buffer);
  let lowBits = from.word();
  let highBits = from.word();
  bits[0] = lowBits;
  bits[1] = highBits;
  let at = 2;
  for (let first = 1; first < values.length; first += BLOCK) {
    const size = Math.min(BLOCK, values.length - first);
    const head = from.byte();
    if (head >= OTHER) throw new RangeError('it is no block of numbers');
    residuals.read(from, size, { head, signed: true });
    for (let i = 0; i < size; i++) {
      const sum = (lowBits >>> 0) + (low[i] >>> 0);
      lowBits = sum | 0;
      highBits = (highBits + high[i] + (sum >= TWO_32 ? 1 : 0)) | 0;
      bits[at++] = lowBits;
      bits[at++] = highBits;
    }
  }
}
