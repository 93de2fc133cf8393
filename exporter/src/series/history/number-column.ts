import type { ByteReader, ByteWriter } from './bytes.js';

/** Decimals become integers when multiplied; the first that fits a whole column is taken. */
const SCALES = [1, 100, 1000, 1e6];
const XOR = SCALES.length;
const MOST = 2 ** 50;

function fits(values: Float64Array, count: number, scale: number): boolean {
  for (let i = 0; i < count; i++) {
    const value = values[i];
    const scaled = Math.round(value * scale);
    if (!(scaled / scale === value && Math.abs(scaled) < MOST)) return false;
    if (scaled === 0 && Object.is(value, -0)) return false;
  }
  return true;
}

/**
 * Writes numbers so that they come back bit by bit, the payloads of NaNs too: columns of integers or of
 * decimals as varints of differences, others as the bytes in which each differs from the one before.
 */
export function writeNumbers(into: ByteWriter, values: Float64Array, count = values.length): void {
  let mode = 0;
  while (mode < XOR && !fits(values, count, SCALES[mode])) mode++;
  into.byte(mode);
  if (mode === XOR) {
    writeXor(into, values, count);
    return;
  }
  const scale = SCALES[mode];
  let previous = 0;
  for (let i = 0; i < count; i++) {
    const scaled = Math.round(values[i] * scale);
    into.signed(scaled - previous);
    previous = scaled;
  }
}

/** @throws RangeError where the bytes are no such column */
export function readNumbers(from: ByteReader, count: number): Float64Array {
  if (count > from.left) throw new RangeError('the column ends early');
  const values = new Float64Array(count);
  const mode = from.byte();
  if (mode === XOR) {
    readXor(from, values);
    return values;
  }
  if (mode > XOR) throw new RangeError(`${mode} is no kind of column`);
  let previous = 0;
  for (let i = 0; i < count; i++) {
    previous += from.signed();
    values[i] = previous / SCALES[mode];
  }
  return values;
}

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);
const highestBit = (word: number): number => 31 - Math.clz32(word);

let words: Uint32Array = new Uint32Array(0);

// A byte says where the bytes that differ begin and how many they are; 0 for none.
function writeXor(into: ByteWriter, values: Float64Array, count: number): void {
  // Callers use the same memory again and again, and a view of it costs more than a short column.
  if (words.buffer !== values.buffer) words = new Uint32Array(values.buffer);
  const first = values.byteOffset >> 2;
  into.reserve(9 * count);
  const { bytes } = into;
  let at = into.length;
  let [low, high] = [0, 0];
  for (let i = first; i < first + 2 * count; i += 2) {
    const lowXor = words[i] ^ low;
    const highXor = words[i + 1] ^ high;
    low = words[i];
    high = words[i + 1];
    if (lowXor === 0 && highXor === 0) {
      bytes[at++] = 0;
      continue;
    }
    const from = lowXor !== 0 ? lowestBit(lowXor) >> 3 : 4 + (lowestBit(highXor) >> 3);
    const last = highXor !== 0 ? 4 + (highestBit(highXor) >> 3) : highestBit(lowXor) >> 3;
    bytes[at++] = (from << 4) | (last - from + 1);
    for (let k = from; k <= last; k++) {
      bytes[at++] = k < 4 ? lowXor >>> (8 * k) : highXor >>> (8 * k - 32);
    }
  }
  into.length = at;
}

function readXor(from: ByteReader, values: Float64Array): void {
  const words = new Uint32Array(values.buffer);
  let [low, high] = [0, 0];
  for (let i = 0; i < words.length; i += 2) {
    const control = from.byte();
    const first = control >> 4;
    const end = first + (control & 15);
    if (end > 8) throw new RangeError('a number has more than 8 bytes');
    for (let k = first; k < end; k++) {
      if (k < 4) low ^= from.byte() << (8 * k);
      else high ^= from.byte() << (8 * k - 32);
    }
    words[i] = low;
    words[i + 1] = high;
  }
}
