import { columnAt, timeOf, type HeatGrid } from './grid.js';
import type { Layout } from './layout.js';
import { rowAt, type RowScale } from './rows.js';

/** A cell that is pointed at. It keeps its time while the map moves. */
export interface Cursor {
  /** Unix milliseconds. */
  readonly time: number;
  readonly row: number;
}

/** The cell at a point in CSS pixels; `undefined` beside the map. */
export function cursorAt(
  point: { readonly x: number; readonly y: number },
  { plot }: Layout,
  grid: HeatGrid,
  scale: RowScale,
): Cursor | undefined {
  const across = (point.x - plot.x) / plot.width;
  const up = 1 - (point.y - plot.y) / plot.height;
  if (across < 0 || across >= 1 || up < 0 || up >= 1) return undefined;
  const row = rowAt(scale, up);
  if (row === undefined) return undefined;
  return { time: timeOf(grid.columns, Math.floor(across * grid.columns.count)), row };
}

/** Where a time is in CSS pixels: a column ends at its time. `undefined` beside the map. */
export function xOf(time: number, { plot }: Layout, { columns }: HeatGrid): number | undefined {
  const share = (time - timeOf(columns, -1)) / (columns.count * columns.step);
  return share < 0 || share > 1 ? undefined : plot.x + share * plot.width;
}

const LONG_STEP = 10;

/**
 * The cell that a key leads to; `undefined` for keys that lead nowhere. Arrows go by one cell, with
 * Shift and by pages by ten; Home and End to the oldest and the newest column.
 */
export function moved(
  cursor: Cursor,
  { key, shiftKey }: { readonly key: string; readonly shiftKey: boolean },
  { columns }: HeatGrid,
  { first, last }: RowScale,
): Cursor | undefined {
  const by = shiftKey ? LONG_STEP : 1;
  const newest = columns.count - 1;
  const column = columnAt(columns, cursor.time);
  const to = (wantedColumn: number, wantedRow: number): Cursor => ({
    time: timeOf(columns, Math.min(newest, Math.max(0, wantedColumn))),
    row: Math.min(last, Math.max(first, wantedRow)),
  });
  switch (key) {
    case 'ArrowLeft':
      return to(column - by, cursor.row);
    case 'ArrowRight':
      return to(column + by, cursor.row);
    case 'ArrowUp':
      return to(column, cursor.row + by);
    case 'ArrowDown':
      return to(column, cursor.row - by);
    case 'PageUp':
      return to(column - LONG_STEP, cursor.row);
    case 'PageDown':
      return to(column + LONG_STEP, cursor.row);
    case 'Home':
      return to(0, cursor.row);
    case 'End':
      return to(newest, cursor.row);
    default:
      return undefined;
  }
}
