import type { DataFrame } from '@grafana/data';
import { isOfType, isTime } from '../../shared/fields.js';
import { columnAt, columnsOf, type HeatGrid, type Row } from './grid.js';

/** One bucket of an exponential histogram at one time. */
interface Cell {
  readonly time: number;
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/** Whether a frame has Grafana's form of sparse histograms: `xMax`, `yMin`, `yMax` and `count`. */
export function isCellsFrame(frame: DataFrame): boolean {
  return isOfType(frame, 'heatmap-cells') && frame.fields.some(({ name }) => name === 'yMin');
}

/** The map of exponential histograms. */
export function cellsGrid(
  frames: readonly DataFrame[],
  window: { readonly from: number; readonly to: number },
): HeatGrid | undefined {
  const cells = frames.flatMap(cellsOf);
  if (cells.length === 0) return undefined;
  const times = [...new Set(cells.map(({ time }) => time))].sort((a, b) => a - b);
  const columns = columnsOf(times, window);
  const rows = rowsOf(cells);
  const height = rows.length;
  const values = new Float32Array(height * columns.count).fill(NaN);
  // A histogram that has come has no value in none of its rows.
  for (const time of times) {
    const column = columnAt(columns, time);
    if (column >= 0 && column < columns.count) {
      values.fill(0, column * height, (column + 1) * height);
    }
  }
  for (const { time, lower, upper, count } of cells) {
    const column = columnAt(columns, time);
    if (column < 0 || column >= columns.count) continue;
    const at = rowAt(rows, lower <= 0 ? upper / 2 : Math.sqrt(lower * upper));
    if (at !== undefined) values[column * height + at] += count;
  }
  return { kind: 'log', rows, columns, cells: values };
}

function cellsOf({ fields, length }: DataFrame): Cell[] {
  const named = (name: string): readonly number[] | undefined =>
    fields.find((field) => field.name === name)?.values as number[] | undefined;
  const time = fields.find(isTime)?.values as number[] | undefined;
  const [lower, upper, count] = [named('yMin'), named('yMax'), named('count')];
  if (time === undefined || lower === undefined || upper === undefined || count === undefined) {
    return [];
  }
  const cells: Cell[] = [];
  for (let index = 0; index < length; index += 1) {
    // Latencies are not negative; a bucket around zero begins there.
    if (upper[index] <= 0) continue;
    cells.push({
      time: time[index],
      lower: Math.max(0, lower[index]),
      upper: upper[index],
      count: count[index],
    });
  }
  return cells;
}

/** Rows that all cells fit into: their own where they agree, otherwise as fine as the coarsest. */
function rowsOf(cells: readonly Cell[]): Row[] {
  const bounds = new Map<string, { lower: number; upper: number }>();
  for (const { lower, upper } of cells) bounds.set(`${lower}/${upper}`, { lower, upper });
  const own = [...bounds.values()].sort((a, b) => a.lower - b.lower || a.upper - b.upper);
  const agree = own.every(
    ({ lower }, index) => index === 0 || lower >= own[index - 1].upper * 0.999_999,
  );
  return (agree ? own : regular(own)).map((row) => ({ ...row, name: `${row.upper}` }));
}

/** Rows with the ratio of the widest bucket over the whole range. */
function regular(own: readonly { lower: number; upper: number }[]): typeof own {
  const positive = own.filter(({ lower }) => lower > 0);
  if (positive.length === 0) return own.slice(-1);
  const ratio = Math.max(...positive.map(({ lower, upper }) => upper / lower));
  const highest = Math.max(...own.map(({ upper }) => upper));
  const rows = [];
  for (let upper = highest; upper > positive[0].lower * 1.000_001; upper /= ratio) {
    rows.unshift({ lower: upper / ratio, upper });
  }
  if (own[0].lower === 0) rows.unshift({ lower: 0, upper: rows[0].lower });
  return rows;
}

/** The row that a value lies in. */
function rowAt(rows: readonly Row[], value: number): number | undefined {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].upper < value) low = middle + 1;
    else high = middle;
  }
  return low < rows.length ? low : undefined;
}
