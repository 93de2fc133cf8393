import type { ByteReader, ByteWriter } from './bytes.js';
import { BLOCK } from './packed.js';
import {
  packBits,
  packIntegers,
  unpackBits,
  unpackIntegers,
  wordsOf,
  type Column,
} from './packed-column.js';

/*
 * A column is a byte, its mode, and then:
 *
 *   0 to 3   integers, or decimals times 100, 1000 or 10^6: varints of what each differs by from the
 *            one before, the first from 0
 *   4        any numbers: the bytes in which each differs from the one before
 *   5 to 8   as 0 to 3, the first as a varint, then blocks (packed.ts) of what each differs by: signed
 *            where most are 0; else what it is above the least, which stands before the block as a
 *            varint; or varints, where a few are much wider than the others
 *   9        any numbers: the bits of the first, then blocks of signed differences of the bits, as
 *            64-bit integers
 *
 * Version 1 has modes 0 to 4 only.
 */

/** Decimals become integers when multiplied; the first that fits a whole column is taken. */
const SCALES = [1, 100, 1000, 1e6];
const XOR = SCALES.length;
const PACKED = XOR + 1;
const PACKED_BITS = PACKED + SCALES.length;
/** Shorter columns are not packed: a block would take as much as it saves. */
const LEAST_PACKED = 8;
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

function areIntegers(values: Float64Array, count: number): boolean {
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (!(Math.floor(value) === value && value < MOST && value > -MOST)) return false;
    if (value === 0 && 1 / value < 0) return false;
  }
  return true;
}

function modeOf(values: Float64Array, count: number): number {
  if (areIntegers(values, count)) return 0;
  let mode = 1;
  while (mode < XOR && !fits(values, count, SCALES[mode])) mode++;
  return mode;
}

/** Writes numbers so that they come back bit by bit, the payloads of NaNs too. */
export function writeNumbers(into: ByteWriter, values: Float64Array, count = values.length): void {
  const mode = modeOf(values, count);
  const isPacked = count >= LEAST_PACKED;
  if (mode === XOR) {
    into.byte(isPacked ? PACKED_BITS : XOR);
    if (isPacked) packBits(into, values, count);
    else writeXor(into, values, count);
    return;
  }
  into.byte(isPacked ? PACKED + mode : mode);
  const scale = SCALES[mode];
  if (isPacked) packIntegers(into, values, { count, scale });
  else writeVarints(into, values, { count, scale });
}

/** @throws RangeError where the bytes are no such column */
export function readNumbers(from: ByteReader, count: number): Float64Array {
  // A packed block of 64 has a byte at least.
  if (count > BLOCK * from.left) throw new RangeError('the column ends early');
  const mode = from.byte();
  if (mode > PACKED_BITS) throw new RangeError(`${mode} is no kind of column`);
  if (mode < PACKED && count > from.left) throw new RangeError('the column ends early');
  const values = new Float64Array(count);
  if (mode < XOR) readVarints(from, values, SCALES[mode]);
  else if (mode === XOR) readXor(from, values);
  else if (mode < PACKED_BITS) unpackIntegers(from, values, SCALES[mode - PACKED]);
  else unpackBits(from, values);
  return values;
}

function writeVarints(into: ByteWriter, values: Float64Array, { count, scale }: Column): void {
  let previous = 0;
  for (let i = 0; i < count; i++) {
    const scaled = Math.round(values[i] * scale);
    into.signed(scaled - previous);
    previous = scaled;
  }
}

function readVarints(from: ByteReader, values: Float64Array, scale: number): void {
  let previous = 0;
  for (let i = 0; i < values.length; i++) {
    previous += from.signed();
    values[i] = previous / scale;
  }
}

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);
const highestBit = (word: number): number => 31 - Math.clz32(word);

// A byte says where the bytes that differ begin and how many they are; 0 for none.
function writeXor(into: ByteWriter, values: Float64Array, count: number): void {
  const words = wordsOf(values);
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
