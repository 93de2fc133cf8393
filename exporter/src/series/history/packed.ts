import type { ByteReader, ByteWriter } from './bytes.js';

/*
 * Blocks of up to 64 residuals, each of up to 64 bits. A byte says what follows, its upper two bits:
 *
 *   0  shift u8, then all residuals
 *   1  shift u8, a bit for each residual that is not 0, least significant first, then those
 *   2  nothing: all residuals are 0
 *   3  what the column says
 *
 * and its lower six the width less 1. A residual takes as many bits as the widest of its block, the sign
 * of those that have one included, without the `shift` lowest ones, which are 0 in all of them.
 */
export const BLOCK = 64;

const SPARSE = 1;
const ZEROS = 2;
/** The byte of a block that the column writes in a way of its own. */
export const OTHER = 3 << 6;

/** Whether most residuals of a block, but not all, are 0, so that a bit for each is less than all take. */
export function isSparse(zeros: number, count: number): boolean {
  return 2 * zeros > count && zeros < count;
}

/** Whether a block that begins with the byte is sparse, and so signed. */
export function isSparseHead(head: number): boolean {
  return head >> 6 === SPARSE;
}

const widthOf = (low: number, high: number): number =>
  high !== 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(low);

const trailingZeros = (low: number, high: number): number =>
  low !== 0 ? 31 - Math.clz32(low & -low) : 63 - Math.clz32(high & -high);

/** Residuals of a block, their lower and upper halves; read and written here. */
export class Residuals {
  readonly low = new Int32Array(BLOCK);
  readonly high = new Int32Array(BLOCK);

  /**
   * Writes the first `count`.
   * @param how `sparse` leaves out those that are 0, `signed` takes them as two's complements
   */
  write(into: ByteWriter, count: number, how: { sparse: boolean; signed: boolean }): void {
    const { low, high } = this;
    let allLow = 0;
    let allHigh = 0;
    let widestLow = 0;
    let widestHigh = 0;
    for (let i = 0; i < count; i++) {
      const sign = how.signed ? high[i] >> 31 : 0;
      allLow |= low[i];
      allHigh |= high[i];
      widestLow |= low[i] ^ sign;
      widestHigh |= high[i] ^ sign;
    }
    if (allLow === 0 && allHigh === 0) {
      into.byte(ZEROS << 6);
      return;
    }
    const shift = trailingZeros(allLow, allHigh);
    const width = widthOf(widestLow, widestHigh) + (how.signed ? 1 : 0) - shift;
    into.byte((how.sparse ? SPARSE << 6 : 0) | (width - 1));
    into.byte(shift);
    const kept = how.sparse ? this.#writeBitmap(into, count) : count;
    into.reserve(((kept * width) >> 3) + 8);
    into.length = this.#pack(into.bytes, into.length, { count: kept, width, shift });
  }

  /**
   * Reads `count` after the byte they begin with.
   * @param signed whether those are that are not sparse; sparse ones are
   * @throws RangeError where there is no block
   */
  read(from: ByteReader, count: number, { head, signed }: { head: number; signed: boolean }): void {
    const { low, high } = this;
    if (head >> 6 === ZEROS) {
      low.fill(0, 0, count);
      high.fill(0, 0, count);
      return;
    }
    const sparse = isSparseHead(head);
    const width = (head & 63) + 1;
    const shift = from.byte();
    if (shift + width > 64) throw new RangeError('a number has more than 64 bits');
    const bitmap = sparse ? from.raw((count + 7) >> 3) : undefined;
    const kept = bitmap === undefined ? count : bitsIn(bitmap);
    if (kept > count) throw new RangeError('there are more numbers than there should be');
    this.#unpack(from.raw((kept * width + 7) >> 3), { count: kept, width, shift });
    if ((sparse || signed) && shift + width < 64) this.#extendSigns(kept, shift + width);
    if (bitmap !== undefined) this.#spread(bitmap, count, kept);
  }

  /** Moves those that are not 0 to the front. @returns how many they are */
  #writeBitmap(into: ByteWriter, count: number): number {
    const { low, high } = this;
    let kept = 0;
    for (let first = 0; first < count; first += 8) {
      let bits = 0;
      for (let i = first; i < Math.min(count, first + 8); i++) {
        if (low[i] === 0 && high[i] === 0) continue;
        bits |= 1 << (i - first);
        low[kept] = low[i];
        high[kept++] = high[i];
      }
      into.byte(bits);
    }
    return kept;
  }

  /** @param width bits that there are, the upper of them the sign */
  #extendSigns(count: number, width: number): void {
    const { low, high } = this;
    for (let i = 0; i < count; i++) {
      if (width > 32) high[i] = (high[i] << (64 - width)) >> (64 - width);
      else {
        low[i] = (low[i] << (32 - width)) >> (32 - width);
        high[i] = low[i] >> 31;
      }
    }
  }

  #spread(bitmap: Uint8Array, count: number, kept: number): void {
    const { low, high } = this;
    let next = kept;
    for (let i = count - 1; i >= 0; i--) {
      const isKept = (bitmap[i >> 3] & (1 << (i & 7))) !== 0;
      if (isKept) next--;
      low[i] = isKept ? low[next] : 0;
      high[i] = isKept ? high[next] : 0;
    }
  }

  /** @returns where the bytes end */
  #pack(
    bytes: Uint8Array,
    start: number,
    { count, width, shift }: { count: number; width: number; shift: number },
  ): number {
    const { low, high } = this;
    const lowBits = Math.min(32, width);
    const highBits = width - lowBits;
    // The signs of two's complements go on to the left.
    const lowMask = lowBits === 32 ? -1 : (1 << lowBits) - 1;
    const highMask = highBits === 32 ? -1 : (1 << highBits) - 1;
    let at = start;
    let word = 0;
    let used = 0;
    for (let i = 0; i < count; i++) {
      let bits = shiftedRight(low[i], high[i], shift) & lowMask;
      word |= bits << used;
      used += lowBits;
      if (used >= 32) {
        bytes[at++] = word;
        bytes[at++] = word >>> 8;
        bytes[at++] = word >>> 16;
        bytes[at++] = word >>> 24;
        used -= 32;
        word = used === 0 ? 0 : bits >>> (lowBits - used);
      }
      if (highBits === 0) continue;
      bits = (high[i] >>> shift) & highMask;
      word |= bits << used;
      used += highBits;
      if (used >= 32) {
        bytes[at++] = word;
        bytes[at++] = word >>> 8;
        bytes[at++] = word >>> 16;
        bytes[at++] = word >>> 24;
        used -= 32;
        word = used === 0 ? 0 : bits >>> (highBits - used);
      }
    }
    for (; used > 0; used -= 8) {
      bytes[at++] = word;
      word >>>= 8;
    }
    return at;
  }

  #unpack(
    bytes: Uint8Array,
    { count, width, shift }: { count: number; width: number; shift: number },
  ): void {
    const { low, high } = this;
    const lowBits = Math.min(32, width);
    const highBits = width - lowBits;
    let at = 0;
    for (let i = 0; i < count; i++) {
      const first = bitsAt(bytes, at, lowBits);
      const second = highBits === 0 ? 0 : bitsAt(bytes, at + lowBits, highBits);
      at += width;
      if (shift === 0) {
        low[i] = first;
        high[i] = second;
      } else if (shift < 32) {
        low[i] = first << shift;
        high[i] = (first >>> (32 - shift)) | (second << shift);
      } else {
        low[i] = 0;
        high[i] = first << (shift - 32);
      }
    }
  }
}

/** The lower half of 64 bits that are shifted to the right. */
function shiftedRight(low: number, high: number, shift: number): number {
  if (shift === 0) return low;
  if (shift < 32) return (low >>> shift) | (high << (32 - shift));
  return high >>> (shift - 32);
}

/** @param width 1 to 32 */
function bitsAt(bytes: Uint8Array, at: number, width: number): number {
  const i = at >> 3;
  const skip = at & 7;
  const last = (at + width - 1) >> 3;
  let bits = bytes[i] >>> skip;
  for (let k = i + 1; k <= last; k++) bits |= bytes[k] << (8 * (k - i) - skip);
  return width === 32 ? bits : bits & ((1 << width) - 1);
}

function bitsIn(bitmap: Uint8Array): number {
  let count = 0;
  for (let byte of bitmap) for (; byte !== 0; byte &= byte - 1) count++;
  return count;
}
