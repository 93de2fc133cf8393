import type { AlertCurve } from '../../shared/alerts-door.js';

/** Where a curve is drawn, in the units of its picture. */
export interface CurveShape {
  /** Of an SVG path. */
  readonly line: string;
  /** Height of the threshold's line. */
  readonly threshold: number | undefined;
  /** Where the alert began, from the left. */
  readonly since: number | undefined;
  /** Of the values. */
  readonly low: number;
  readonly high: number;
}

interface Marks {
  readonly threshold: number | null;
  /** Unix milliseconds. */
  readonly since: number | null;
}

const MARGIN = 3;

/** The shape of a curve in a picture of some size; `undefined` where it has no values. */
export function curveShape(
  { times, values }: AlertCurve,
  { threshold, since }: Marks,
  { width, height }: { readonly width: number; readonly height: number },
): CurveShape | undefined {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  const [first, last] = [times[0], times.at(-1)];
  if (known.length === 0 || first === undefined || last === undefined) return undefined;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const bottom = Math.min(low, threshold ?? low);
  const top = Math.max(high, threshold ?? high);
  const x = (time: number): number => ((time - first) / Math.max(1, last - first)) * width;
  const y = (value: number): number =>
    height - MARGIN - ((value - bottom) / (top - bottom || 1)) * (height - 2 * MARGIN);
  let pen = 'M';
  const line = times.flatMap((time, at) => {
    const value = values[at];
    if (value === null || value === undefined || !Number.isFinite(value)) {
      pen = 'M';
      return [];
    }
    const point = `${pen}${round(x(time))} ${round(y(value))}`;
    pen = 'L';
    return [point];
  });
  const begun = since !== null && since >= first && since <= last;
  return {
    line: line.join(''),
    threshold: threshold === null ? undefined : round(y(threshold)),
    since: begun ? round(x(since)) : undefined,
    low,
    high,
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;
