import type { Rgb } from './colors.js';
import { columnOf, newestColumn, peakOf, timeOf, type HeatGrid } from './grid.js';
import {
  PRESETS,
  QUANTILES,
  type HeatmapOptions,
  type Preset,
  type RowScaleKind,
} from './options.js';
import { quantileLine } from './quantile.js';
import { rowScaleOf, type RowScale } from './rows.js';
import { scaleOf, type ShadeScale } from './shade.js';
import { linearTicks, logTicks } from './ticks.js';

/** The curve of a quantile over a map. */
export interface QuantileCurve {
  readonly label: string;
  /** A value a column; NaN where there is none. */
  readonly values: readonly number[];
  /** The newest value; NaN where there is none. */
  readonly last: number;
}

/** All that is to be drawn, and how it is written. */
export interface Scene {
  readonly grid: HeatGrid;
  readonly rowScale: RowScale;
  readonly scale: ShadeScale;
  readonly shades: readonly Rgb[];
  readonly curves: readonly QuantileCurve[];
  /** The newest column with values. */
  readonly newest: number | undefined;
  /** A cell's value with its unit. */
  readonly valueText: (value: number) => string;
  /** A bound of rows with its unit. */
  readonly boundText: (value: number) => string;
}

interface SceneInput {
  readonly grid: HeatGrid;
  readonly shades: readonly Rgb[];
  readonly preset: Preset;
  readonly options: HeatmapOptions;
  /** Values of the first and of the last colour, where they are set. */
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly valueText: (value: number) => string;
  readonly boundText: (value: number) => string;
}

export function sceneOf(input: SceneInput): Scene {
  const { grid, shades, preset, options, low, high, valueText, boundText } = input;
  const curve = options.curve === 'preset' ? presetOf(preset).curve : options.curve;
  return {
    grid,
    rowScale: rowScaleOf(grid, options.rowScale),
    scale: scaleOf(peakOf(grid), { low, high, curve }),
    shades,
    curves: grid.kind === 'series' ? [] : curvesOf(grid, options.quantiles),
    newest: newestColumn(grid),
    valueText,
    boundText,
  };
}

export function presetOf(preset: Preset): (typeof PRESETS)[number] {
  return PRESETS.find(({ value }) => value === preset) ?? PRESETS[0];
}

/** Grafana's id of the unit of values whose field names none: what series are of that are no buckets is not known. */
export function unitOf(preset: Preset, { kind }: HeatGrid): string {
  const { value, unit } = presetOf(preset);
  return value === 'latency' && kind === 'series' ? 'short' : unit;
}

function curvesOf(grid: HeatGrid, quantiles: readonly number[]): QuantileCurve[] {
  return [...quantiles]
    .sort((a, b) => a - b)
    .map((share) => {
      const values = quantileLine(grid, share);
      const last = lastOf(values);
      const label = QUANTILES.find(({ value }) => value === share)?.label ?? `p${share * 100}`;
      return { label, values, last };
    });
}

function lastOf(values: readonly number[]): number {
  for (let index = values.length - 1; index >= 0; index -= 1) {
    if (!Number.isNaN(values[index])) return values[index];
  }
  return NaN;
}

/** What is written beside rows, by height as a share from the bottom. */
export interface RowMark {
  readonly height: number;
  readonly text: string;
}

/** @param most as many as there is room for */
export function rowMarks({ grid, rowScale, boundText }: Scene, most: number): RowMark[] {
  const { rows, kind } = grid;
  const { first, last, low, high, heightOf, bands } = rowScale;
  if (kind !== 'series' && rowScale.kind !== 'even') {
    const ticks = ticksOf(rowScale.kind, low, high, most);
    return ticks.map((value) => ({ height: heightOf(value), text: boundText(value) }));
  }
  const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, most)));
  const marks: RowMark[] = [];
  for (let row = last; row >= first; row -= every) {
    const { bottom, top } = bands[row];
    marks.push(
      kind === 'series'
        ? { height: (bottom + top) / 2, text: rows[row].name }
        : { height: top, text: boundText(rows[row].upper) },
    );
  }
  return marks;
}

function ticksOf(kind: RowScaleKind, low: number, high: number, most: number): number[] {
  return kind === 'log' ? logTicks(low, high, most) : linearTicks(low, high, most);
}

/** What a row is called: a series, or the bounds of a bucket. */
export function rowText({ grid, boundText }: Scene, row: number): string {
  const { name, lower, upper } = grid.rows[row];
  if (grid.kind === 'series') return name;
  if (upper === Infinity) return `above ${boundText(lower)}`;
  return lower <= 0 ? `up to ${boundText(upper)}` : `${boundText(lower)} – ${boundText(upper)}`;
}

/** The value of a cell; `undefined` where there is none. */
export function cellAt({ grid }: Scene, column: number, row: number): number | undefined {
  if (column < 0 || column >= grid.columns.count) return undefined;
  const value = columnOf(grid, column)[row];
  return Number.isNaN(value) ? undefined : value;
}

/** What a cell says, in words: read out to who moves by the keyboard. */
export function cellText(
  scene: Scene,
  column: number,
  row: number,
  clock: (time: number) => string,
): string {
  const value = cellAt(scene, column, row);
  const shown = value === undefined ? 'no value' : scene.valueText(value);
  return `${clock(timeOf(scene.grid.columns, column))}, ${rowText(scene, row)}: ${shown}`;
}
