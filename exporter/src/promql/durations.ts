import { KymoError } from '../lib/errors.js';

const UNITS: readonly (readonly [unit: string, milliseconds: number])[] = [
  ['y', 365 * 24 * 3600_000],
  ['w', 7 * 24 * 3600_000],
  ['d', 24 * 3600_000],
  ['h', 3600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

// Prometheus holds durations in nanoseconds, as a signed 64-bit integer.
const MAX_MILLISECONDS = 2 ** 63 / 1e6;

/** The longest duration Prometheus can hold, in seconds (about 292 years). */
export const MAX_DURATION_SECONDS = MAX_MILLISECONDS / 1000;

/**
 * Milliseconds of a Prometheus duration such as `1h30m`: units from the longest to the shortest,
 * each once, no fractions, no sign.
 * @throws KymoError `bad_duration`.
 */
export function parseDuration(text: string): number {
  if (text === '0') return 0;
  const parts = [...text.matchAll(/(\d+)([a-z]+)/g)];
  let total = 0;
  let last = -1;
  let length = 0;
  for (const [part, digits, name] of parts) {
    const position = UNITS.findIndex(([unit]) => unit === name);
    if (position < 0) {
      throw new KymoError('bad_duration', `unknown unit "${name}" in duration "${text}"`);
    }
    if (position <= last) break;
    last = position;
    length += part.length;
    total += Number(digits) * UNITS[position][1];
  }
  if (length === 0 || length !== text.length) {
    throw new KymoError('bad_duration', `not a valid duration string: "${text}"`);
  }
  if (total > MAX_MILLISECONDS) throw new KymoError('bad_duration', 'duration out of range');
  return total;
}

/** A duration as Prometheus prints it: `1h30m`, `0s`; years and weeks only where they are whole. */
export function formatDuration(milliseconds: number): string {
  let rest = Math.trunc(Math.abs(milliseconds));
  if (rest === 0) return '0s';
  let text = milliseconds < 0 ? '-' : '';
  for (const [unit, length] of UNITS) {
    if ((unit === 'y' || unit === 'w') && rest % length !== 0) continue;
    const count = Math.floor(rest / length);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * length;
  }
  return text;
}
