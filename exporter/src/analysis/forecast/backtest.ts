import type { ForecastMethod, ForecastTask } from './method.js';

/** What methods would have forecast from earlier points of the past. */
export interface Backtest {
  readonly horizon: number;
  /** Points of the past before each of the origins, the latest origin first. */
  readonly origins: readonly number[];
  /** Of each method and origin what it forecast; null where the past was too short or did not suit. */
  readonly forecasts: readonly (readonly (Float64Array | null)[])[];
}

/** Fewest points of the past before the first origin, beside what a method needs. */
const FEWEST = 2;

/**
 * Origins to forecast from: evenly spaced within the later half of the past, so that the last forecasts
 * end with it. Where it is shorter than twice the horizon, they reach beyond its end.
 */
export function originsOf(length: number, horizon: number, count: number): number[] {
  const first = Math.max(FEWEST, Math.floor(length / 2));
  const last = Math.max(first, length - horizon);
  if (last >= length) return [];
  const end = length - horizon > first ? last : length - 1;
  const spacing = Math.max(
    1,
    Math.min(Math.ceil(horizon / 2), Math.floor((end - first) / Math.max(1, count - 1))),
  );
  const origins: number[] = [];
  for (let origin = end; origin >= first && origins.length < count; origin -= spacing) {
    origins.push(origin);
  }
  return origins;
}

/**
 * Lets every method forecast from each origin, knowing only what lies before it (Tashman 2000:
 * rolling-origin evaluation).
 * @param count Origins at most.
 */
export function backtest(
  values: Float64Array,
  methods: readonly ForecastMethod[],
  { horizon, periods, count }: ForecastTask & { readonly count: number },
): Backtest {
  const origins = originsOf(values.length, horizon, count);
  const forecasts = methods.map((method) =>
    origins.map((origin) => attempt(method, values.subarray(0, origin), { horizon, periods })),
  );
  return { horizon, origins, forecasts };
}

/** The forecast of one method, or null where it has too little to go by or does not suit. */
export function attempt(
  method: ForecastMethod,
  values: Float64Array,
  task: ForecastTask,
): Float64Array | null {
  if (values.length < method.fewest(task.periods)) return null;
  const forecast = method.forecast(values, task);
  return forecast.every(Number.isFinite) ? forecast : null;
}
