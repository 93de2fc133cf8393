import { toFrames } from '../frames.js';
import { gridFrom, gridTo } from '../live/past.js';
import { SeriesTable, type Series } from '../live/table.js';
import type { Doors, Kind, Target } from './kind.js';

/** Values over the time range. */
export const range: Kind = async (target, doors) => {
  const { expr, start, end, interval } = target;
  const stretch = { expr, start: gridFrom(start, interval), end: gridTo(end, interval) };
  return frameOf(target, doors, await doors.prometheus.range({ ...stretch, step: interval }));
};

/** Values at the end of the time range. */
export const instant: Kind = async (target, doors) =>
  frameOf(target, doors, await doors.prometheus.instant(target.expr, target.end));

async function frameOf({ query, expr }: Target, { unitOf }: Doors, series: readonly Series[]) {
  const table = new SeriesTable();
  table.addSeries(series);
  return toFrames(table, { ...query, expr, unit: await unitOf(expr) });
}
