const number = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const TIMES: readonly (readonly [number, string])[] = [
  [604_800_000, 'w'],
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
];

/**
 * A value for a sentence, with three significant digits: `ratio` in per cent, `bytes` in binary multiples,
 * `seconds` below one in ms or µs; other units are written after the number.
 */
export function worded(value: number, unit: string): string {
  if (unit === 'ratio') return `${number.format(100 * value)} %`;
  if (unit === 'bytes') return bytes(value);
  if (unit === 'seconds') return seconds(value);
  return unit === '' ? number.format(value) : `${number.format(value)} ${unit}`;
}

function bytes(value: number): string {
  let power = 0;
  let rest = value;
  while (Math.abs(rest) >= 1024 && power < BINARY.length - 1) {
    rest /= 1024;
    power++;
  }
  return `${number.format(rest)} ${BINARY[power]}`;
}

function seconds(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || size >= 1) return `${number.format(value)} s`;
  return size >= 1e-3 ? `${number.format(1e3 * value)} ms` : `${number.format(1e6 * value)} µs`;
}

/** A share as a change in per cent, without sign; from a doubling on as a multiple. */
export function changed(ratio: number): string {
  const verb = ratio > 0 ? 'rose' : 'fell';
  return ratio >= 1
    ? `${verb} to ${number.format(1 + ratio)} times`
    : `${verb} by ${number.format(100 * Math.abs(ratio))} %`;
}

/** A span of milliseconds in its largest unit that leaves a number from 1 on. */
export function span(milliseconds: number): string {
  for (const [size, unit] of TIMES) {
    if (milliseconds >= size) return `${number.format(milliseconds / size)} ${unit}`;
  }
  return `${number.format(milliseconds)} ms`;
}

/** A span as PromQL writes it, in whole milliseconds. */
export function promqlSpan(milliseconds: number): string {
  const whole = Math.max(1, Math.round(milliseconds));
  if (whole % 3_600_000 === 0) return `${whole / 3_600_000}h`;
  if (whole % 60_000 === 0) return `${whole / 60_000}m`;
  return whole % 1000 === 0 ? `${whole / 1000}s` : `${whole}ms`;
}

/** A time as `2026-01-31 09:15 UTC`, with seconds where they are not 0. */
export function moment(time: number): string {
  const text = new Date(time).toISOString();
  const to = text.slice(17, 19) === '00' ? 16 : 19;
  return `${text.slice(0, 10)} ${text.slice(11, to)} UTC`;
}
