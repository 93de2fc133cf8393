import { seasonalFigures } from '../forecast/decompose.js';
import { fillGaps } from '../forecast/gaps.js';
import { detectPeriods } from '../forecast/periods.js';
import { changePoints, type ChangePoint } from './change-points.js';
import { describe, type Description } from './descriptive.js';
import { shapeOf, type Shape } from './shape.js';
import { trendOf, type Trend } from './trend.js';

/** What can be said of a stretch of a series by itself; `compare` sets it beside another one. */
export interface Statistics {
  readonly description: Description;
  readonly shape: Shape;
  /** Seasons in points, ascending. */
  readonly periods: readonly number[];
  /** Of what the seasons leave; null where too little is known. */
  readonly trend: Trend | null;
  /**
   * Of what the seasons leave, the oldest first; none where a straight line says more about the values
   * than levels do.
   */
  readonly changes: readonly ChangePoint[];
}

/**
 * Statistics of evenly spaced values, the oldest first; what is not finite counts as missing.
 * @param candidates Seasons in points that time suggests, as `periodsOfTime` gives them.
 */
export function statisticsOf(values: Float64Array, candidates: readonly number[] = []): Statistics {
  const periods = detectPeriods(values, candidates);
  const rest = periods.reduce(withoutSeason, values);
  const trend = trendOf(rest);
  return {
    description: describe(values),
    shape: shapeOf(values),
    periods,
    trend,
    changes: changesBeside(rest, trend),
  };
}

function changesBeside(values: Float64Array, trend: Trend | null): readonly ChangePoint[] {
  const changes = changePoints(values);
  if (trend === null || trend.direction === 'none' || changes.length === 0) return changes;
  const rest = values.map((value, i) => value - trend.intercept - trend.slope * i);
  const levels = levelsOf(changes);
  const byLevels = criterion(
    values.map((value, i) => value - levels(i)),
    2 * changes.length + 1,
  );
  return criterion(rest, 2) <= byLevels ? [] : changes;
}

/** The level at each point, asked from the first on. */
function levelsOf(changes: readonly ChangePoint[]): (index: number) => number {
  let next = 0;
  return (index) => {
    while (next < changes.length && changes[next].index <= index) next++;
    return next === 0 ? changes[0].before : changes[next - 1].after;
  };
}

/** Schwarz's information criterion (1978) of a model that leaves this: the lower the better. */
function criterion(left: Float64Array, parameters: number): number {
  const known = left.filter(Number.isFinite);
  const squares = known.reduce((sum, value) => sum + value * value, 0);
  return known.length * Math.log(squares / known.length) + parameters * Math.log(known.length);
}

/** Takes out a season as a difference; gaps stay gaps. */
function withoutSeason(values: Float64Array, period: number): Float64Array {
  const first = values.findIndex(Number.isFinite);
  const figures = seasonalFigures(fillGaps(values).values, period, false);
  return values.map((value, i) => (i < first ? value : value - figures[(i - first) % period]));
}
