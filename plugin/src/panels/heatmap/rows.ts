import { newestColumn, type HeatGrid } from './grid.js';
import type { RowScaleKind } from './options.js';

/** Where a row is drawn, as shares of the height from the bottom; outside of 0 to 1 it is not seen. */
export interface Band {
  readonly bottom: number;
  readonly top: number;
}

export interface RowScale {
  readonly bands: readonly Band[];
  /** First and last row that are seen. */
  readonly first: number;
  readonly last: number;
  /** The height of a value as a share; of a distribution only. */
  readonly heightOf: (value: number) => number;
  /** Values at the bottom and at the top. */
  readonly low: number;
  readonly high: number;
  readonly kind: RowScaleKind;
}

/** Where rows lie: of a distribution those with values and one beside, of series all of them. */
export function rowScaleOf(grid: HeatGrid, wanted: RowScaleKind): RowScale {
  const { rows } = grid;
  const [first, last] = grid.kind === 'series' ? [0, rows.length - 1] : occupied(grid);
  const kind = grid.kind === 'series' ? 'even' : wanted;
  if (kind === 'even') {
    const count = last - first + 1;
    const bands = rows.map((_, row) => ({
      bottom: (row - first) / count,
      top: (row - first + 1) / count,
    }));
    return { bands, first, last, kind, ...evenHeights(grid, first, last) };
  }
  const bounds = boundsOf(grid);
  const of = kind === 'log' ? Math.log : (value: number): number => value;
  const [low, high] = [bounds[first].lower, bounds[last].upper];
  const heightOf = (value: number): number => (of(value) - of(low)) / (of(high) - of(low));
  const bands = bounds.map(({ lower, upper }) => ({
    bottom: heightOf(lower),
    top: heightOf(upper),
  }));
  return { bands, first, last, heightOf, low, high, kind };
}

/** In a row that is as high as all others, a value lies where it is between the row's bounds. */
function evenHeights(
  { rows }: HeatGrid,
  first: number,
  last: number,
): Pick<RowScale, 'heightOf' | 'low' | 'high'> {
  const count = last - first + 1;
  const heightOf = (value: number): number => {
    const found = rows.findIndex(({ upper }) => value <= upper);
    const row = found === -1 ? rows.length - 1 : found;
    const { lower, upper } = rows[row];
    const share = upper === Infinity ? 0 : (value - lower) / (upper - lower);
    return (row - first + share) / count;
  };
  return { heightOf, low: rows[first].lower, high: rows[last].upper };
}

/** First and last row that have values in some column, and one more at either side. */
function occupied({ rows, cells }: HeatGrid): [number, number] {
  const height = rows.length;
  let first = height;
  let last = -1;
  for (let at = 0; at < cells.length; at += 1) {
    if (!(cells[at] > 0)) continue;
    const row = at % height;
    if (row < first) first = row;
    if (row > last) last = row;
  }
  return last === -1 ? [0, height - 1] : [Math.max(0, first - 1), Math.min(height - 1, last + 1)];
}

/** Bounds that a logarithmic scale can show: neither 0 nor infinite, but as far as the row beside. */
function boundsOf({ rows }: HeatGrid): readonly { lower: number; upper: number }[] {
  const usual = (row: number): number => {
    const { lower, upper } = rows[row] ?? { lower: 1, upper: 2 };
    return lower > 0 && upper < Infinity ? upper / lower : 2;
  };
  return rows.map(({ lower, upper }, row) => {
    const finite = upper === Infinity ? (lower > 0 ? lower * usual(row - 1) : 1) : upper;
    return { lower: lower > 0 ? lower : finite / usual(row + 1), upper: finite };
  });
}

/** The row at a height, given as a share from the bottom; `undefined` where there is none. */
export function rowAt({ bands, first, last }: RowScale, height: number): number | undefined {
  for (let row = first; row <= last; row += 1) {
    if (height >= bands[row].bottom && height < bands[row].top) return row;
  }
  return undefined;
}

/** The row in which most of the newest column is: where the keyboard begins. */
export function busiestRow(grid: HeatGrid): { column: number; row: number } | undefined {
  const column = newestColumn(grid);
  if (column === undefined) return undefined;
  const height = grid.rows.length;
  let row = 0;
  for (let at = 0; at < height; at += 1) {
    const value = grid.cells[column * height + at];
    if (value > (grid.cells[column * height + row] || 0)) row = at;
  }
  return { column, row };
}
