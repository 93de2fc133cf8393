import { isValue, newest, type Curve } from './curve.js';

/** Share of its greatest value that a curve is high at least. */
const LEAST_RANGE = 0.1;
const MARGIN = 2;

/** Edges between which a curve is expected. */
export interface SparkBand {
  readonly lower: Curve;
  readonly upper: Curve;
}

/** Which times and values a picture shows. */
export interface Scale {
  /** Unix milliseconds at the left and at the right. */
  readonly start: number;
  readonly end: number;
  /** The value at the bottom, and how many it is from there to the top. */
  readonly base: number;
  readonly range: number;
}

/**
 * A curve in pixels: a line for each stretch without a hole, as x, y, x, y … Of values that share a pixel
 * only the first, the lowest and the highest, and the last are kept: more would not be seen.
 * @param width CSS pixels
 * @param height CSS pixels
 * @param scale by default that of the curve alone
 */
export function sparkLines(
  { times, values }: Curve,
  width: number,
  height: number,
  scale: Scale = scaleOf({ times, values }),
): number[][] {
  const { start, end } = scale;
  const perMillisecond = width / Math.max(1, end - start);
  const yOf = heightsOf(scale, height);
  const lines: number[][] = [];
  let pixel: Pixel | undefined;
  let line: number[] = [];
  const close = (): void => {
    if (pixel !== undefined) finish(line, pixel);
    pixel = undefined;
  };
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    if (!isValue(value) || !Number.isFinite(value)) {
      close();
      line = [];
      continue;
    }
    const x = (times[at] - start) * perMillisecond;
    const y = yOf(value);
    if (pixel !== undefined && Math.floor(x) === pixel.column) {
      pixel.low = Math.min(pixel.low, y);
      pixel.high = Math.max(pixel.high, y);
      pixel.lastX = x;
      pixel.lastY = y;
      continue;
    }
    close();
    if (line.length === 0) lines.push(line);
    line.push(x, y);
    pixel = { column: Math.floor(x), x, y, low: y, high: y, lastX: x, lastY: y };
  }
  close();
  return lines;
}

/** Values in one column of pixels, the first of which is drawn. */
interface Pixel {
  readonly column: number;
  readonly x: number;
  readonly y: number;
  low: number;
  high: number;
  lastX: number;
  lastY: number;
}

/** Draws what is left of a column. */
function finish(line: number[], { x, y, low, high, lastX, lastY }: Pixel): void {
  if (low < Math.min(y, lastY)) line.push(x, low);
  if (high > Math.max(y, lastY)) line.push(x, high);
  if (lastX !== x) line.push(lastX, lastY);
}

/** Where a value lies in a picture, in CSS pixels from its top. */
export function heightsOf(
  { base, range }: Pick<Scale, 'base' | 'range'>,
  height: number,
): (value: number) => number {
  const perUnit = range === 0 ? 0 : (height - 2 * MARGIN) / range;
  return (value) => height - MARGIN - (value - base) * perUnit;
}

/**
 * All times and values of a curve; of its band as much as lies within the curve's own range above and
 * below, so that one that is wide does not make the curve flat, and nothing below 0 where the curve has not.
 */
export function scaleOf({ times, values }: Curve, band?: SparkBand): Scale {
  let [low, high] = extent(values);
  if (band !== undefined && low <= high) {
    const room = Math.max(high - low, Math.abs(high) * LEAST_RANGE);
    const least = low >= 0 ? Math.max(0, low - room) : low - room;
    const greatest = high + room;
    low = Math.min(low, Math.max(least, extent(band.lower.values)[0]));
    high = Math.max(high, Math.min(greatest, extent(band.upper.values)[1]));
  }
  // What hardly moves is drawn as that, and not as a mountain range.
  const range = Math.max(high - low, Math.abs(high) * LEAST_RANGE);
  const base = Math.max(low >= 0 ? 0 : -Infinity, (low + high - range) / 2);
  return { start: times[0] ?? NaN, end: times[times.length - 1] ?? NaN, base, range };
}

function extent(values: Curve['values']): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** What of a curve settles how it looks, to compare later ones with. */
export interface Drawn extends Scale {
  readonly last: number;
  readonly value: number | undefined;
}

export function drawnOf(curve: Curve, band?: SparkBand): Drawn {
  const now = newest(curve);
  const last = now === undefined ? NaN : curve.times[now.index];
  return { last, value: now?.value, ...scaleOf(curve, band) };
}

/**
 * Whether a curve looks other than one that is drawn already, by a pixel of the device or more. A curve
 * that comes in from the right at ten values a second mostly moves by a fraction of a pixel.
 * @param width pixels of the device
 * @param height pixels of the device
 * @param now what settles how it looks now; by default that of the curve alone
 */
export function looksOther(
  drawn: Drawn,
  curve: Curve,
  width: number,
  height: number,
  now: Drawn = drawnOf(curve),
): boolean {
  const { start, last, value, base, range } = now;
  const across = (last - start) / width;
  const up = range / height;
  const isStill =
    Math.abs(last - drawn.last) < across &&
    Math.abs(start - drawn.start) < across &&
    Math.abs(base - drawn.base) <= up &&
    Math.abs(base + range - drawn.base - drawn.range) <= up;
  // Other values at the same times are another curve.
  return !isStill || valueAt(curve, drawn.last) !== drawn.value || value === undefined;
}

function valueAt({ times, values }: Curve, time: number): number | null | undefined {
  let at = times.length - 1;
  while (at >= 0 && times[at] > time) at -= 1;
  return times[at] === time ? values[at] : undefined;
}
