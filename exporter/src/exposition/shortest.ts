import { writeDigits } from './digits.js';

const ZERO = 48;
const POINT = 46;

/** Range of {@link writeShortest}. */
export const MIN_SHORTEST = 1e-6;
export const MAX_SHORTEST = 1e15;

// 10^k for k up to 22 has no rounding error.
const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

const FRACTIONS = POWERS.map((power) => 1 / power);

// Veltkamp's splitting: a double as the sum of two of 26 bits, whose products are exact.
const SPLITTER = 2 ** 27 + 1;
const POWERS_HIGH = POWERS.map((power) => SPLITTER * power - (SPLITTER * power - power));
const POWERS_LOW = POWERS.map((power, k) => power - POWERS_HIGH[k]);

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** What follows from a binary exponent, from that of 1e-6 to that of 1e15. */
const MIN_EXPONENT = -20;
const EXPONENTS = Array.from({ length: 70 }, (_, i) => i + MIN_EXPONENT);
/** Half the distance between doubles. */
const HALF_ULPS = Float64Array.from(EXPONENTS, (exponent) => 2 ** (exponent - 53));
/** The decimal exponent of the smallest double, and the value from which on it is one more. */
const DECIMALS = Int32Array.from(EXPONENTS, (exponent) => Math.floor(Math.log10(2 ** exponent)));
const NEXT_DECIMALS = Float64Array.from(DECIMALS, (decimal) => Number(`1e${decimal + 1}`));

/** Distances that differ by less are taken for equal; their error is far below. */
const MARGIN = 1e-6;

/**
 * Writes the shortest decimal that reads back as `value`, and the closest of these, as
 * `String(value)` does, but several times faster and without making a string. The value is from
 * {@link MIN_SHORTEST} to below {@link MAX_SHORTEST}.
 *
 * A power of ten makes the value a number of 17 digits before the point, which the sum of two doubles
 * holds exactly (Dekker's product). Every decimal nearer than half the distance to the next double
 * reads back as the value: so of its digits as many are dropped as leaves the rounded number within
 * that. Where a tie would decide nothing is written.
 * @returns where the number ends, or -1 where nothing was written
 */
export function writeShortest(bytes: Uint8Array, at: number, value: number): number {
  double[0] = value;
  // Below a power of two the doubles lie closer than above.
  if (words[0] === 0 && (words[1] & 0xfffff) === 0) return -1;
  const index = (words[1] >>> 20) - 1023 - MIN_EXPONENT;
  const exponent = DECIMALS[index] + (value >= NEXT_DECIMALS[index] ? 1 : 0);

  const k = 16 - exponent;
  const power = POWERS[k];
  const scaled = value * power;
  const split = SPLITTER * value;
  const high = split - (split - value);
  const low = value - high;
  const rest =
    high * POWERS_HIGH[k] -
    scaled +
    high * POWERS_LOW[k] +
    low * POWERS_HIGH[k] +
    low * POWERS_LOW[k];

  // The digits: nine, and `offset` for the other eight.
  const head = Math.floor(scaled * 1e-8);
  const whole = scaled - head * 1e8;
  const offset = whole + rest;
  const reach = HALF_ULPS[index] * power;
  let tail = Math.round(offset);
  let length = 17;
  if (Math.abs(tail - whole - rest) > 0.5 - MARGIN) return -1;
  for (let i = 1; ; i++) {
    const step = POWERS[i];
    const rounded = Math.round(offset * FRACTIONS[i]) * step;
    const distance = Math.abs(rounded - whole - rest);
    if (distance > reach + MARGIN) break;
    if (distance > reach - MARGIN || Math.abs(distance - step / 2) < MARGIN) return -1;
    tail = rounded;
    length--;
    // So short that the caller should have known it, or that the tail may not be one of eight digits.
    if (i === 7) return -1;
  }
  if (tail < 0 || tail >= 1e8) return -1;

  if (exponent < 0) {
    // JavaScript writes no exponent from 1e-6 on.
    bytes[at] = ZERO;
    bytes[at + 1] = POINT;
    let position = at + 2;
    for (let i = -1; i > exponent; i--) bytes[position++] = ZERO;
    writeDigits(bytes, position, 9, head);
    writeDigits(bytes, position + 9, 8, tail);
    return position + length;
  }
  writeDigits(bytes, at + 1, 9, head);
  writeDigits(bytes, at + 10, 8, tail);
  const point = at + exponent + 1;
  for (let i = at; i < point; i++) bytes[i] = bytes[i + 1];
  bytes[point] = POINT;
  return at + length + 1;
}
