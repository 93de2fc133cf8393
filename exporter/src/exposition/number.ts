import { countDigits, writeDigits } from './digits.js';
import { MAX_SHORTEST, MIN_SHORTEST, writeShortest } from './shortest.js';

/** No number takes more bytes than this: `-0.0000012345678901234567` is the longest kind. */
export const MAX_NUMBER_LENGTH = 25;

const MINUS = 45;
const POINT = 46;
const ZERO = 48;

/**
 * Writes a sample's value at `at` and returns where it ends: the shortest decimal that reads back as
 * the same number, as `String(value)` has it, and `NaN`, `+Inf`, `-Inf`. Minus zero is written `0`.
 * What follows up to {@link MAX_NUMBER_LENGTH} bytes after `at` may be overwritten.
 *
 * Nearly all are written without making a string; integers and decimals of few digits, which most
 * metrics are, fastest.
 */
export function writeNumber(bytes: Uint8Array, at: number, value: number): number {
  let magnitude = value;
  let position = at;
  if (value < 0) {
    bytes[position++] = MINUS;
    magnitude = -value;
  }
  if (magnitude < MAX_SHORTEST) {
    const whole = Math.floor(magnitude);
    if (whole === magnitude) return writeInteger(bytes, position, whole);
    if (magnitude >= MIN_SHORTEST) {
      // A decimal of at most 15 digits that divides back to the same number is its shortest form:
      // two such decimals never share a number.
      const places = magnitude < 1e6 ? 9 : magnitude < 1e9 ? 6 : 3;
      const scale = magnitude < 1e6 ? 1e9 : magnitude < 1e9 ? 1e6 : 1e3;
      const scaled = Math.round(magnitude * scale);
      if (scaled < 1e15 && scaled / scale === magnitude) {
        position = writeInteger(bytes, position, whole);
        bytes[position] = POINT;
        return writeFraction(bytes, position + 1, scaled - whole * scale, places);
      }
      const end = writeShortest(bytes, position, magnitude);
      if (end > 0) return end;
    }
  }
  return writeAscii(bytes, at, formatNumber(value));
}

/** As {@link writeNumber}, as a string. */
export function formatNumber(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
}

/** @param text ASCII only */
function writeAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** @param value an integer from 0 to below 1e15 */
function writeInteger(bytes: Uint8Array, at: number, value: number): number {
  let position = at;
  let rest = value;
  let count = 8;
  if (value < 1e9) {
    count = countDigits(value);
  } else {
    const high = Math.floor(value / 1e8);
    const highCount = countDigits(high);
    writeDigits(bytes, at, highCount, high);
    position += highCount;
    rest = value - high * 1e8;
  }
  writeDigits(bytes, position, count, rest);
  return position + count;
}

/** Writes `fraction` / 10^`places` without the zeros at its end; it is not 0. */
function writeFraction(bytes: Uint8Array, at: number, fraction: number, places: number): number {
  writeDigits(bytes, at, places, fraction);
  let end = at + places;
  while (bytes[end - 1] === ZERO) end--;
  return end;
}
