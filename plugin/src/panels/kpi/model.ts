import { isValue, newest, type Curve } from '../../shared/curve.js';
import type { Figure } from './options.js';

/** How a value has moved. */
export interface Change {
  readonly direction: 'up' | 'down' | 'same';
  /** Of the earlier value, 0.04 for 4 %; `null` where that was 0. */
  readonly ratio: number | null;
  readonly difference: number;
  /** Milliseconds between the two. */
  readonly span: number;
}

/** The newest value against the one `span` milliseconds before; `undefined` where there was none. */
export function changeOf(curve: Curve, span: number): Change | undefined {
  const now = newest(curve);
  if (now === undefined || span <= 0) return undefined;
  const wanted = curve.times[now.index] - span;
  for (let index = now.index - 1; index >= 0; index -= 1) {
    const value = curve.values[index];
    if (curve.times[index] > wanted || !isValue(value)) continue;
    const difference = now.value - value;
    const ratio = value === 0 ? null : difference / Math.abs(value);
    const direction = difference === 0 ? 'same' : difference > 0 ? 'up' : 'down';
    return { direction, ratio, difference, span };
  }
  return undefined;
}

/** Peak, average or low of a curve; `undefined` where it has no values. */
export function figureOf({ values }: Curve, figure: Figure): number | undefined {
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
