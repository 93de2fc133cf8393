import type { HeatmapAnswer, HeatmapRow } from '@kymo/contract';
import { nameOf, selectorOf } from './expression.js';
import { firstSeries, onGrid, readMatrix, sampleNumber, type MatrixSeries } from './matrix.js';
import {
  known,
  knownColumn,
  rangeOf,
  secondsAt,
  type Check,
  type Grid,
  type TaskAnswer,
} from './task.js';

export interface HeatmapTask {
  readonly grid: Grid;
  readonly body: Uint8Array;
}

/** Rows of an answer; neighbouring buckets of a distribution are joined beyond it. */
export const HEATMAP_ROWS = 200;

type Rows = Pick<HeatmapAnswer, 'kind' | 'omitted' | 'rows' | 'cells'>;

/** Series, classic buckets (`le`) or exponential histograms over time, as columns. */
export function heatmap({ grid, body }: HeatmapTask, check: Check): TaskAnswer {
  const { series, warnings, infos } = readMatrix(body);
  check();
  const answer: HeatmapAnswer = {
    ...rangeOf(grid),
    times: Array.from({ length: grid.length }, (_, i) => secondsAt(grid, i)),
    ...rowsOf(series, grid),
  };
  return { data: JSON.stringify(answer), warnings, infos };
}

function rowsOf(series: readonly MatrixSeries[], grid: Grid): Rows {
  if (series.some(({ histograms = [] }) => histograms.length > 0)) {
    return distribution(exponentialBuckets(series), grid);
  }
  if (series.length > 0 && series.every(({ metric }) => metric.le !== undefined)) {
    return distribution(classicBuckets(series, grid), grid);
  }
  const { kept, omitted } = firstSeries(series, HEATMAP_ROWS);
  const all = series.map(({ metric }) => metric);
  const rows = kept.map(({ metric }): HeatmapRow => {
    const label = nameOf(metric.__name__ ?? '', metric, all).trim();
    return { label: label === '' ? selectorOf(metric) : label, lower: null, upper: null, metric };
  });
  return {
    kind: 'series',
    omitted,
    rows,
    cells: kept.map((one) => knownColumn(onGrid(one, grid))),
  };
}

/** Observations between two bounds at a time. */
interface Bucket {
  /** Unix seconds. */
  readonly time: number;
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/** Buckets that count what is up to `le`, series with equal bounds together, as what is in each alone. */
function classicBuckets(series: readonly MatrixSeries[], grid: Grid): Bucket[] {
  const columns = new Map<number, Float64Array>();
  for (const one of series) {
    const bound = sampleNumber(one.metric.le);
    const column = onGrid(one, grid);
    const sum = columns.get(bound);
    if (sum === undefined) columns.set(bound, column);
    else
      column.forEach((value, i) => (sum[i] = Number.isNaN(sum[i]) ? value : sum[i] + (value || 0)));
  }
  const bounds = [...columns.keys()].filter((bound) => !Number.isNaN(bound)).sort((a, b) => a - b);
  const buckets: Bucket[] = [];
  for (let i = 0; i < grid.length; i++) {
    let below = 0;
    bounds.forEach((upper, k) => {
      const upTo = columns.get(upper)?.[i] ?? NaN;
      if (!Number.isFinite(upTo)) return;
      const lower = k === 0 ? (upper > 0 ? 0 : -Infinity) : bounds[k - 1];
      // Scrapes of a busy histogram are not of one instant: never below 0.
      buckets.push({ time: secondsAt(grid, i), lower, upper, count: Math.max(0, upTo - below) });
      below = Math.max(below, upTo);
    });
  }
  return buckets;
}

function exponentialBuckets(series: readonly MatrixSeries[]): Bucket[] {
  return series.flatMap(({ histograms = [] }) =>
    histograms.flatMap(([time, { buckets = [] }]) =>
      buckets.map(([, lower, upper, count]) => ({
        time,
        lower: sampleNumber(lower),
        upper: sampleNumber(upper),
        count: sampleNumber(count),
      })),
    ),
  );
}

/** Rows from the lowest bound up; a bucket that is wider than a row counts in the row of its middle. */
function distribution(buckets: readonly Bucket[], grid: Grid): Rows {
  const bounds = thinned(boundsOf(buckets));
  const times = new Set(buckets.map(({ time }) => column(time, grid)));
  const cells = bounds
    .slice(1)
    .map(() =>
      Array.from({ length: grid.length }, (_, i): number | null => (times.has(i) ? 0 : null)),
    );
  for (const { time, lower, upper, count } of buckets) {
    const row = rowOf(bounds, lower, upper);
    const at = column(time, grid);
    if (cells[row] === undefined || at < 0 || at >= grid.length) continue;
    cells[row][at] = (cells[row][at] ?? 0) + count;
  }
  const rows = bounds.slice(1).map((upper, i): HeatmapRow => ({
    label: upper === Infinity ? '+Inf' : `${upper}`,
    lower: known(bounds[i]),
    upper: known(upper),
    metric: null,
  }));
  return { kind: 'distribution', omitted: 0, rows, cells };
}

const column = (time: number, { start, step }: Grid): number =>
  Math.round((time * 1000 - start) / step);

function boundsOf(buckets: readonly Bucket[]): number[] {
  const all = new Set<number>();
  for (const { lower, upper } of buckets) all.add(lower).add(upper);
  return [...all].sort((a, b) => a - b);
}

function thinned(bounds: readonly number[]): number[] {
  const every = Math.ceil((bounds.length - 1) / HEATMAP_ROWS);
  if (every <= 1) return [...bounds];
  return bounds.filter((_, i) => i % every === 0 || i === bounds.length - 1);
}

function rowOf(bounds: readonly number[], lower: number, upper: number): number {
  let low = 0;
  let high = bounds.length - 1;
  const middle = middleOf(lower, upper);
  while (high - low > 1) {
    const at = (low + high) >> 1;
    if (bounds[at] < middle) low = at;
    else high = at;
  }
  return low;
}

function middleOf(lower: number, upper: number): number {
  if (upper === Infinity) return Number.MAX_VALUE;
  if (lower === -Infinity) return -Number.MAX_VALUE;
  return (lower + upper) / 2;
}
