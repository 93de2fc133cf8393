import { isValue, newest, type Curve } from '../../shared/curve.js';
import { statusOf, type Status } from '../../shared/status.js';
import { AUTOMATIC, type Figure, type Polarity } from './options.js';
import type { Expectation } from './parts.js';

/** How a value has moved from one period to the next. */
export interface Change {
  readonly direction: 'up' | 'down' | 'same';
  /** Of the earlier period's average, 0.04 for 4 %; `null` where that was 0. */
  readonly ratio: number | null;
  readonly difference: number;
}

/**
 * The average of the newest `span` milliseconds against that of as many before them; `undefined` where the
 * curve does not go back that far.
 */
export function changeOf(curve: Curve, span: number): Change | undefined {
  const last = newest(curve);
  if (last === undefined || span <= 0) return undefined;
  const end = curve.times[last.index];
  const [start] = curve.times;
  // The first of the earlier period may have come a moment after it began.
  const step = last.index === 0 ? 0 : (end - start) / last.index;
  if (start > end - 2 * span + 1.5 * step) return undefined;
  const now = averageOf(curve, end - span, end);
  const before = averageOf(curve, end - 2 * span, end - span);
  if (now === undefined || before === undefined) return undefined;
  const difference = now - before;
  const direction = difference === 0 ? 'same' : difference > 0 ? 'up' : 'down';
  return { direction, ratio: before === 0 ? null : difference / Math.abs(before), difference };
}

/** Of the values after `from` until `to`, both in Unix milliseconds. */
function averageOf({ times, values }: Curve, from: number, to: number): number | undefined {
  let [sum, count] = [0, 0];
  for (let index = times.length - 1; index >= 0 && times[index] > from; index -= 1) {
    const value = values[index];
    if (times[index] > to || !isValue(value)) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? undefined : sum / count;
}

/** Milliseconds that are compared: as set, or half of what a curve shows, in whole seconds. */
export function spanOf(compareTo: number, { times }: Curve): number {
  if (compareTo !== AUTOMATIC) return compareTo;
  const shown = (times[times.length - 1] ?? 0) - (times[0] ?? 0);
  return Math.floor(shown / 2000) * 1000;
}

/** Whether a change is for the worse. */
export const isWorse = ({ direction }: Change, polarity: Polarity): boolean =>
  direction === (polarity === 'lower' ? 'up' : 'down');

/** Peak, average or low of a curve; `undefined` where it has no values. */
export function figureOf(
  { values }: Curve,
  figure: Exclude<Figure, 'healthy'>,
): number | undefined {
  let [low, high, sum, count] = [Infinity, -Infinity, 0, 0];
  for (const value of values) {
    if (!isValue(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
    count += 1;
  }
  if (count === 0) return undefined;
  return { peak: high, low, average: sum / count }[figure];
}

/** The status of a value: by the thresholds, or where there are none by the target. */
export function standing(value: number, { steps, target, polarity }: Standard): Status | undefined {
  const status = statusOf(value, steps, polarity);
  if (status !== undefined || target === undefined) return status;
  return keeps(value, target, polarity) ? 'ok' : 'warning';
}

/** What a value is held against. */
export interface Standard {
  /** Values at which steps begin, rising; the first is `-Infinity` or `null`. */
  readonly steps: readonly (number | null)[];
  readonly target: number | undefined;
  readonly polarity: Polarity;
}

const keeps = (value: number, target: number, polarity: Polarity): boolean =>
  polarity === 'lower' ? value <= target : value >= target;

/**
 * The share of a curve's values that are well, 0 to 1: keep the target, or where there is none are in the
 * best of the thresholds. `undefined` where there is neither, or no value.
 */
export function healthyShare({ values }: Curve, standard: Standard): number | undefined {
  const { steps, target, polarity } = standard;
  let [well, count] = [0, 0];
  for (const value of values) {
    if (!isValue(value)) continue;
    const status = target === undefined ? statusOf(value, steps, polarity) : undefined;
    if (target === undefined && status === undefined) return undefined;
    if (target === undefined ? status === 'ok' : keeps(value, target, polarity)) well += 1;
    count += 1;
  }
  return count === 0 ? undefined : well / count;
}

/** Steps of its curve that a value may be late, and milliseconds that it may be in any case. */
const LATE = { steps: 3, least: 3000 };

/** How late a curve's newest value is, in milliseconds; 0 where it comes as its others did. */
export function lateness(curve: Curve, now: number): number {
  const last = newest(curve);
  if (last === undefined) return 0;
  const { times } = curve;
  const late = now - times[last.index];
  const step = last.index === 0 ? 0 : times[last.index] - times[last.index - 1];
  return late > Math.max(LATE.least, LATE.steps * step) ? late : 0;
}

/** The time of the newest value of some curves, in Unix milliseconds; `-Infinity` where there is none. */
export function newestTime(curves: readonly Curve[]): number {
  return curves.reduce((latest, curve) => {
    const last = newest(curve);
    return last === undefined ? latest : Math.max(latest, curve.times[last.index]);
  }, -Infinity);
}

/** Why a value is not as expected. */
export interface Anomaly {
  /** From 1 on it is an anomaly. */
  readonly score: number;
  /** The value in terms of what was expected; `undefined` where that is 0, of another sign or not known. */
  readonly timesNormal: number | undefined;
  readonly lower: number | undefined;
  readonly upper: number | undefined;
}

/** What is odd about a value; `undefined` where nothing is, or nothing is known. */
export function anomalyOf(value: number, expectation: Expectation): Anomaly | undefined {
  const now = (curve: Curve | undefined): number | undefined => curve && newest(curve)?.value;
  const score = now(expectation.score);
  if (score === undefined || score < 1) return undefined;
  const expected = now(expectation.expected);
  const ratio = expected === undefined ? NaN : value / expected;
  const timesNormal = Number.isFinite(ratio) && ratio >= 0 ? ratio : undefined;
  return { score, timesNormal, lower: now(expectation.lower), upper: now(expectation.upper) };
}

export interface Layout {
  readonly columns: number;
  /** CSS pixels. */
  readonly cardHeight: number;
  readonly curve: boolean;
  readonly figures: boolean;
}

const GAP = 8;
const CARD = { narrowest: 170, lowest: 56, withFigures: 96, withCurve: 124 };

/** How cards share a panel: as few rows as widths allow; curve, then figures leave low cards. */
export function layoutOf(cards: number, width: number, height: number): Layout {
  const fitting = Math.max(1, Math.floor((width + GAP) / (CARD.narrowest + GAP)));
  const rows = Math.ceil(cards / fitting);
  const columns = Math.max(1, Math.ceil(cards / Math.max(1, rows)));
  const share = (height - GAP * (rows - 1)) / Math.max(1, rows);
  const cardHeight = Math.max(CARD.lowest, Math.floor(share));
  return {
    columns,
    cardHeight,
    figures: cardHeight >= CARD.withFigures,
    curve: cardHeight >= CARD.withCurve,
  };
}
