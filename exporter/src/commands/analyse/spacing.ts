import type { Grid } from '../../analysis/tasks/task.js';
import { isCounter } from '../../analysis/tasks/expression.js';
import type { RecordedSeries } from '../../rules/replay/recording.js';
import { METRIC_NAME } from '../../series/labels.js';

/** Points of a series that are analysed. */
export const MOST_POINTS = 10_000;
/** Share of values below the one before up to which a counter by name is taken for one. */
const RESETS = 0.05;

/**
 * Evenly spaced points over all series: at the step given or else at the usual distance of the values, made
 * longer until {@link MOST_POINTS} are enough.
 * @param given milliseconds
 */
export function gridOf(series: readonly RecordedSeries[], given?: number): Grid {
  let [start, end] = [Infinity, -Infinity];
  for (const { times } of series) {
    start = Math.min(start, times[0]);
    end = Math.max(end, times[times.length - 1]);
  }
  const step = given ?? median(series.flatMap((one) => usualDistance(one) ?? [])) ?? 1000;
  const longer = step * Math.max(1, Math.ceil(((end - start) / step + 1) / MOST_POINTS));
  return { start, step: longer, length: Math.floor((end - start) / longer) + 1 };
}

/** Whether a series only rises, but for resets. */
export function isRising({ labels, values }: RecordedSeries): boolean {
  if (!isCounter(labels.get(METRIC_NAME))) return false;
  let falls = 0;
  for (let i = 1; i < values.length; i++) if (values[i] < values[i - 1]) falls++;
  return falls <= RESETS * values.length;
}

/** The mean of what lies in each step; NaN where nothing does. */
export function spaced({ times, values }: RecordedSeries, grid: Grid): Float64Array {
  const [sums, counts] = [new Float64Array(grid.length), new Float64Array(grid.length)];
  for (let i = 0; i < times.length; i++) {
    const at = place(times[i], grid);
    sums[at] += values[i];
    counts[at]++;
  }
  return sums.map((sum, at) => sum / counts[at]);
}

/** The rate a second of a counter in each step; NaN where none is known. After a reset it counts from 0. */
export function rates({ times, values }: RecordedSeries, grid: Grid): Float64Array {
  const [increases, spans] = [new Float64Array(grid.length), new Float64Array(grid.length)];
  for (let i = 1; i < times.length; i++) {
    const at = place(times[i], grid);
    increases[at] += values[i] < values[i - 1] ? values[i] : values[i] - values[i - 1];
    spans[at] += (times[i] - times[i - 1]) / 1000;
  }
  return increases.map((increase, at) => increase / spans[at]);
}

function place(time: number, { start, step, length }: Grid): number {
  return Math.min(length - 1, Math.round((time - start) / step));
}

/** Distances that are looked at to tell the usual one. */
const DISTANCES = 10_000;

function usualDistance({ times }: RecordedSeries): number | undefined {
  const distances: number[] = [];
  for (let i = 1; i < Math.min(times.length, DISTANCES); i++)
    distances.push(times[i] - times[i - 1]);
  return median(distances);
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b).at(Math.floor(values.length / 2));
}
