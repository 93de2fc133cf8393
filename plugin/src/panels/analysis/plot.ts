import type { Column, Curve, Subject } from './model.js';

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where things are in a drawing; CSS pixels. */
export interface Plot {
  readonly times: Span;
  readonly values: Span;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Shown {
  readonly band: boolean;
  readonly previous: boolean;
  readonly forecast: boolean;
}

/** Span of the measured that bands may take beyond it on either side. */
const BAND_SHARE = 0.75;
/** At the right, CSS pixels. */
const MARGIN = 8;
/** Of a value, what a curve's span is at least: what hardly moves is drawn as that. */
const LEAST_SPAN = 0.05;

/** The plot of a subject in a drawing of a size, with room for labels at the left and below. */
export function plotOf(
  { curve, expected, previous, forecast }: Subject,
  shown: Shown,
  size: { readonly width: number; readonly height: number; readonly labels: number },
): Plot {
  const ends = [curve.times.at(-1), shown.forecast ? forecast?.times.at(-1) : undefined];
  const from = curve.times[0] ?? 0;
  const core = spanOf([
    curve.values,
    ...(shown.previous && previous !== undefined ? [previous.values] : []),
    ...(shown.forecast && forecast !== undefined ? [forecast.values] : []),
  ]);
  const room = (core.to - core.from) * BAND_SHARE;
  const bands = spanOf([
    ...(shown.band && expected !== undefined ? [expected.lower, expected.upper] : []),
    ...(shown.forecast && forecast !== undefined ? [forecast.lower, forecast.upper] : []),
    [core.from, core.to],
  ]);
  const low = Math.max(bands.from, core.from - room);
  const high = Math.min(bands.to, core.to + room);
  const least = Math.max(Math.abs(high), Math.abs(low)) * LEAST_SPAN || 1;
  const missing = Math.max(0, least - (high - low)) / 2;
  const margin = (high - low + 2 * missing) * 0.06;
  // What cannot be below zero is not drawn below it.
  const floor = core.from >= 0 ? 0 : -Infinity;
  return {
    times: { from, to: Math.max(from + 1, ...ends.map((end) => end ?? 0)) },
    values: { from: Math.max(floor, low - missing - margin), to: high + missing + margin },
    left: size.labels,
    top: 8,
    width: Math.max(1, size.width - size.labels - MARGIN),
    height: Math.max(1, size.height - 8 - 20),
  };
}

function spanOf(columns: readonly Column[]): Span {
  let from = Infinity;
  let to = -Infinity;
  for (const column of columns) {
    for (const value of column) {
      if (value === null || !Number.isFinite(value)) continue;
      from = Math.min(from, value);
      to = Math.max(to, value);
    }
  }
  return from > to ? { from: 0, to: 1 } : { from, to };
}

export const xOf = ({ times, left, width }: Plot, time: number): number =>
  left + ((time - times.from) / (times.to - times.from)) * width;

export const yOf = ({ values, top, height }: Plot, value: number): number =>
  top + height - ((value - values.from) / (values.to - values.from)) * height;

/** The middle of a label below a time, so that no end of it is cut off. @param width of the label */
export function labelX(plot: Plot, time: number, width: number): number {
  const right = plot.left + plot.width + MARGIN;
  return Math.min(Math.max(xOf(plot, time), width / 2), right - width / 2);
}

/** The time below a place. */
export const timeAt = ({ times, left, width }: Plot, x: number): number =>
  times.from + ((x - left) / width) * (times.to - times.from);

/** The row of a curve that is nearest to a time; −1 of an empty one. */
export function nearestRow({ times }: Pick<Curve, 'times'>, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  if (low === times.length) return low - 1;
  return low > 0 && time - times[low - 1] < times[low] - time ? low - 1 : low;
}

/** Round numbers within a span, at most `most` of them, the lowest first. */
export function ticksOf({ from, to }: Span, most: number): number[] {
  const raw = (to - from) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= raw) ?? raw;
  return multiples({ from, to }, step);
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((one) => one * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((one) => one * MINUTE),
  ...[1, 2, 3, 6, 12, 24, 48, 168].map((one) => one * HOUR),
];

/** Round times within a span. @param offset milliseconds that local time is ahead of UTC */
export function timeTicksOf({ from, to }: Span, most: number, offset: number): number[] {
  const raw = (to - from) / Math.max(1, most);
  const step = STEPS.find((one) => one >= raw) ?? Math.ceil(raw / (24 * HOUR)) * 24 * HOUR;
  return multiples({ from: from + offset, to: to + offset }, step).map((time) => time - offset);
}

function multiples({ from, to }: Span, step: number): number[] {
  const first = Math.ceil(from / step);
  const count = Math.max(0, Math.floor(to / step) - first + 1);
  // As products, so that what is added up does not go astray.
  return Array.from({ length: Math.min(count, 100) }, (_, index) => (first + index) * step);
}
