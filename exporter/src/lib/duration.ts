import { KymoError } from './errors.js';

const UNITS = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

// Longest unit first, each at most once, as Prometheus writes durations.
const DURATION = new RegExp(`^${UNITS.map(([unit]) => `(?:(\\d+)${unit})?`).join('')}$`);

/**
 * Milliseconds of a duration such as `100ms`, `30m`, `1h30m` or `7d` (units `y w d h m s ms`, the
 * longest first, whole numbers).
 * @throws KymoError `bad_duration` saying what would be right.
 */
export function parseDuration(text: string): number {
  const match = text === '' ? null : DURATION.exec(text);
  if (match === null) throw new KymoError('bad_duration', refuse(text));
  const milliseconds = UNITS.reduce(
    (sum, [, factor], i) => sum + Number(match[i + 1] ?? 0) * factor,
    0,
  );
  if (!Number.isSafeInteger(milliseconds)) {
    throw new KymoError('bad_duration', `"${text}" is longer than can be counted`);
  }
  return milliseconds;
}

/** The duration as {@link parseDuration} reads it: `90000` is `1m30s`. Whole milliseconds from 0. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  let rest = milliseconds;
  let text = '';
  for (const [unit, factor] of UNITS) {
    // A year is not a whole number of weeks or months, so "1y" says less than "365d".
    if (unit === 'y' || unit === 'w') continue;
    const count = Math.floor(rest / factor);
    rest -= count * factor;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}

function refuse(text: string): string {
  if (/^[+-]?\d*\.?\d+$/.test(text)) {
    return `"${text}" has no unit; write for example ${text.replace(/^[+-]/, '')}s or 100ms`;
  }
  return `"${text}" is not a duration; write for example 100ms, 30s, 1h30m or 7d`;
}
