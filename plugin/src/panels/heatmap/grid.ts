/** A row of a map: a bucket, or a series. */
export interface Row {
  readonly name: string;
  /** Bounds of a bucket; of a series its number. */
  readonly lower: number;
  readonly upper: number;
}

/** A map of values: rows from the lowest, columns by time. */
export interface HeatGrid {
  /** `linear` and `log` say how values lie within a bucket; `series` are no buckets. */
  readonly kind: 'linear' | 'log' | 'series';
  readonly rows: readonly Row[];
  readonly columns: Columns;
  /** Column by column; NaN where there is no value. */
  readonly cells: Float32Array;
}

/** Columns at equal distances. */
export interface Columns {
  /** Unix milliseconds of the first. */
  readonly start: number;
  /** Milliseconds from one to the next. */
  readonly step: number;
  readonly count: number;
}

export const timeOf = ({ start, step }: Columns, column: number): number => start + column * step;

/** The column of a time, which may lie outside. */
export const columnAt = ({ start, step }: Columns, time: number): number =>
  Math.round((time - start) / step);

/** Most columns of a map; of more the newest are shown. */
const MOST_COLUMNS = 4000;
/** Columns that the newest value may lag behind the end of the time range without a hole at the end. */
const LAG = 3;

/**
 * The columns of a window. Its end is the newest value where that is of now, so that the map moves by
 * whole columns and never by a part of one.
 * @param times of values, Unix milliseconds, rising
 */
export function columnsOf(
  times: readonly number[],
  window: { readonly from: number; readonly to: number },
): Columns {
  const last = times[times.length - 1];
  const step = stepOf(times) ?? Math.max(1, (window.to - window.from) / 100);
  const behind = Math.floor((window.to - last) / step);
  const end = behind > LAG ? last + behind * step : last;
  const wanted = Math.floor((window.to - window.from) / step) + 1;
  const count = Math.min(MOST_COLUMNS, Math.max(1, wanted));
  return { start: end - (count - 1) * step, step, count };
}

/** The distance that is most usual: holes make some longer. */
function stepOf(times: readonly number[]): number | undefined {
  if (times.length < 2) return undefined;
  const distances: number[] = [];
  for (let index = 1; index < times.length; index += 1) {
    distances.push(times[index] - times[index - 1]);
  }
  return distances.sort((a, b) => a - b)[distances.length >> 1];
}

/** The greatest finite cell; 0 where there is none. */
export function peakOf({ cells }: HeatGrid): number {
  let peak = 0;
  for (const value of cells) if (value > peak && value !== Infinity) peak = value;
  return peak;
}

/** The values of a column. */
export function columnOf({ cells, rows }: HeatGrid, column: number): Float32Array {
  return cells.subarray(column * rows.length, (column + 1) * rows.length);
}

/** The newest column that has a value; `undefined` where none has. */
export function newestColumn(grid: HeatGrid): number | undefined {
  for (let column = grid.columns.count - 1; column >= 0; column -= 1) {
    if (columnOf(grid, column).some((value) => value > 0)) return column;
  }
  return undefined;
}

/** What has to be painted to make one map of another. */
export interface Difference {
  /** Columns that the map has moved to the left by. */
  readonly shift: number;
  /** Columns to paint, first and last of each stretch. */
  readonly stretches: readonly (readonly [first: number, last: number])[];
}

/** What differs between two maps; `undefined` where nothing can be kept. */
export function differenceOf(before: HeatGrid, after: HeatGrid): Difference | undefined {
  const { count, step, start } = after.columns;
  if (before.columns.step !== step || before.columns.count !== count) return undefined;
  if (!sameRows(before.rows, after.rows)) return undefined;
  const moved = (start - before.columns.start) / step;
  const shift = Math.round(moved);
  if (Math.abs(moved - shift) > 0.01 || shift < 0 || shift >= count) return undefined;
  const stretches: [number, number][] = [];
  for (let column = 0; column < count; column += 1) {
    if (column + shift < count && sameColumn(before, column + shift, after, column)) continue;
    const last = stretches[stretches.length - 1] as [number, number] | undefined;
    if (last !== undefined && last[1] === column - 1) last[1] = column;
    else stretches.push([column, column]);
  }
  return { shift, stretches };
}

function sameRows(before: readonly Row[], after: readonly Row[]): boolean {
  return (
    before.length === after.length &&
    before.every((row, index) => row.name === after[index].name && row.upper === after[index].upper)
  );
}

function sameColumn(a: HeatGrid, columnA: number, b: HeatGrid, columnB: number): boolean {
  const height = a.rows.length;
  const offsetA = columnA * height;
  const offsetB = columnB * height;
  for (let row = 0; row < height; row += 1) {
    // NaN is the same as NaN here, which === denies.
    if (!Object.is(a.cells[offsetA + row], b.cells[offsetB + row])) return false;
  }
  return true;
}
