import type { ByteReader, ByteWriter } from './bytes.js';

/** Decimals become integers when multiplied; the first that fits a whole column is taken. */
const SCALES = [1, 100, 1000, 1e6];
const XOR = SCALES.length;
const MOST = 2 ** 50;

function fits(values: Float64Array, scale: number): boolean {
  for (const value of values) {
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
export function writeNumbers(into: ByteWriter, values: Float64Array): void {
  const found = SCALES.findIndex((scale) => fits(values, scale));
  const mode = found < 0 ? XOR : found;
  into.byte(mode);
  if (mode === XOR) {
    writeXor(into, values);
    return;
  }
  let previous = 0;
  for (const value of values) {
    const scaled = Math.round(value * SCALES[mode]);
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

// A byte says where the bytes that differ begin and how many they are; 0 for none.
function writeXor(into: ByteWriter, values: Float64Array): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let at = 0; at < bytes.length; at += 8) {
    let first = 8;
    let last = -1;
    for (let k = 0; k < 8; k++) {
      if (bytes[at + k] === (at === 0 ? 0 : bytes[at + k - 8])) continue;
      first = Math.min(first, k);
      last = k;
    }
    into.reserve(9);
    if (last < 0) {
      into.byte(0);
      continue;
    }
    into.byte((first << 4) | (last - first + 1));
    for (let k = first; k <= last; k++) {
      into.byte(bytes[at + k] ^ (at === 0 ? 0 : bytes[at + k - 8]));
    }
  }
}

function readXor(from: ByteReader, values: Float64Array): void {
  const bytes = new Uint8Array(values.buffer);
  for (let at = 0; at < bytes.length; at += 8) {
    if (at > 0) bytes.copyWithin(at, at - 8, at);
    const control = from.byte();
    const first = control >> 4;
    const end = first + (control & 15);
    if (end > 8) throw new RangeError('a number has more than 8 bytes');
    for (let k = first; k < end; k++) bytes[at + k] ^= from.byte();
  }
}
