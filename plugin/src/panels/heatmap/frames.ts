import type { DataFrame, Field } from '@grafana/data';
import { isNumber, isOfType, isTime } from '../../shared/fields.js';
import { cellsGrid, isCellsFrame } from './cells.js';
import { columnAt, columnsOf, type Columns, type HeatGrid, type Row } from './grid.js';

export interface TimeWindow {
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** What a series is called. */
type NameOf = (field: Field, frame: DataFrame) => string;

/** Most rows; of more series the first are shown. */
const MOST_ROWS = 500;

/** One series of a frame. */
interface Line {
  readonly name: string;
  readonly field: Field;
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  /** Upper bound of a bucket; `undefined` for what is none. */
  readonly bound: number | undefined;
  /** Counts those of the buckets below, too. */
  readonly cumulative: boolean;
}

/**
 * The map of some frames: buckets of classic histograms where series have the label `le` (or frames are
 * of the type `heatmap-rows`), buckets of exponential ones where frames are of the type `heatmap-cells`,
 * otherwise a row a series. `undefined` where there is nothing to show.
 */
export function gridOf(
  frames: readonly DataFrame[],
  window: TimeWindow,
  nameOf: NameOf,
): HeatGrid | undefined {
  const cells = frames.filter(isCellsFrame);
  if (cells.length > 0) return cellsGrid(cells, window);
  const lines = frames.flatMap((frame) => linesOf(frame, nameOf));
  const times = timesOf(lines);
  if (times.length === 0) return undefined;
  const columns = columnsOf(times, window);
  const buckets = lines.filter(({ bound }) => bound !== undefined);
  return buckets.length > 0 ? bucketGrid(buckets, columns) : seriesGrid(lines, columns);
}

/** The field by whose unit, mappings and limits values are shown. */
export function valueField(frames: readonly DataFrame[]): Field | undefined {
  for (const frame of frames) {
    const numbers = frame.fields.filter(isNumber);
    const field = isCellsFrame(frame) ? numbers.find(({ name }) => name === 'count') : numbers[0];
    if (field !== undefined) return field;
  }
  return undefined;
}

function linesOf(frame: DataFrame, nameOf: NameOf): Line[] {
  const time = frame.fields.find(isTime);
  if (time === undefined) return [];
  const rows = isOfType(frame, 'heatmap-rows');
  return frame.fields.filter(isNumber).map((field) => {
    const name = nameOf(field, frame);
    const le = field.labels?.le ?? (rows ? field.name : undefined);
    const bound = le === undefined ? undefined : boundOf(le);
    return {
      name,
      field,
      times: time.values as number[],
      values: field.values as (number | null)[],
      bound,
      cumulative: !rows,
    };
  });
}

function boundOf(text: string): number | undefined {
  const value = /^\+?Inf(inity)?$/i.test(text) ? Infinity : Number(text);
  return text.trim() === '' || Number.isNaN(value) ? undefined : value;
}

/** The times of all lines, rising, each once. Series of a query mostly share theirs. */
function timesOf(lines: readonly Line[]): readonly number[] {
  const lists = [...new Set(lines.map(({ times }) => times))];
  if (lists.length <= 1) return lists[0] ?? [];
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}

function seriesGrid(all: readonly Line[], columns: Columns): HeatGrid {
  const lines = all.slice(0, MOST_ROWS);
  // The first series is at the top, as in a legend.
  const ordered = [...lines].reverse();
  const rows = ordered.map(({ name }, index): Row => ({ name, lower: index, upper: index + 1 }));
  const cells = new Float32Array(rows.length * columns.count).fill(NaN);
  ordered.forEach((line, row) => {
    place(line, columns, (column, value) => {
      cells[column * rows.length + row] = value;
    });
  });
  return { kind: 'series', rows, columns, cells };
}

function bucketGrid(lines: readonly Line[], columns: Columns): HeatGrid {
  const bounds = [...new Set(lines.map(({ bound }) => bound ?? Infinity))].sort((a, b) => a - b);
  const rows = bounds.map((upper, index): Row => {
    const lower = index === 0 ? Math.min(0, upper) : bounds[index - 1];
    return { name: `${upper}`, lower, upper };
  });
  const height = rows.length;
  const cells = new Float32Array(height * columns.count).fill(NaN);
  const rowOf = new Map(bounds.map((bound, index) => [bound, index]));
  for (const line of lines) {
    const row = rowOf.get(line.bound ?? Infinity) ?? 0;
    place(line, columns, (column, value) => {
      const at = column * height + row;
      // Series that differ by other labels count together.
      cells[at] = Number.isNaN(cells[at]) ? value : cells[at] + value;
    });
  }
  if (lines[0].cumulative) {
    for (let column = 0; column < columns.count; column += 1) subtract(cells, column, height);
  }
  return { kind: 'linear', rows, columns, cells };
}

const ROUNDING = 1e-6;

/** Makes of cumulative counts those of each bucket alone. */
function subtract(cells: Float32Array, column: number, height: number): void {
  let below = 0;
  for (let at = column * height; at < (column + 1) * height; at += 1) {
    const value = cells[at];
    if (Number.isNaN(value)) continue;
    // Rates of buckets are rounded: a difference that is less than this is none.
    cells[at] = value - below > below * ROUNDING ? value - below : 0;
    below = Math.max(below, value);
  }
}

function place(
  { times, values }: Line,
  columns: Columns,
  put: (column: number, value: number) => void,
): void {
  for (let index = 0; index < times.length; index += 1) {
    const value = values[index];
    if (value === null || Number.isNaN(value)) continue;
    const column = columnAt(columns, times[index]);
    if (column >= 0 && column < columns.count) put(column, value);
  }
}
