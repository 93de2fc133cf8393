import { KymoError } from '../../lib/errors.js';
import { fillGaps } from './gaps.js';
import { forecastMethods } from './index.js';
import type { ForecastMethod } from './method.js';
import { detectPeriods } from './periods.js';
import { predict, type MethodUsed } from './predict.js';

/** Of the past, the last points that count; what is older changes little and costs time. */
const POINTS = 2048;
/** The farthest horizon. */
const FARTHEST = 10_000;

export interface ForecastOptions {
  /** Points to forecast, 1 to 10,000. */
  readonly horizon: number;
  /** Seasons in points; found in the series by default. Those seen less than twice are left out. */
  readonly periods?: readonly number[];
  /** Seasons in points that time suggests (`periodsOfTime`), where none are given. */
  readonly candidates?: readonly number[];
  /** Name of one method; by default those that did best on this series are combined. */
  readonly method?: string;
  /** Share of future values that should lie within the interval, between 0 and 1; 0.95 by default. */
  readonly level?: number;
}

/** The points after the last of a series. */
export interface Forecast {
  readonly values: Float64Array;
  /** Interval at the level asked for; NaN where too little of the past is known to tell. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Seasons that were assumed, in points. */
  readonly periods: readonly number[];
  /** What was combined, the heaviest first. */
  readonly methods: readonly MethodUsed[];
}

/**
 * Forecasts a series that is evenly spaced, the oldest value first. Of the past, the last 2,048 points count;
 * gaps (NaN, infinite) are filled by straight lines. A series that was never negative is not forecast
 * to be. Every call does the same amount of work at most, some tens of milliseconds.
 * @returns Null if no value is known.
 * @throws {KymoError} `bad_forecast` for a horizon, level, period or method that cannot be.
 */
export function forecast(series: Float64Array, options: ForecastOptions): Forecast | null {
  const { level = 0.95 } = options;
  check(options, level);
  const { values: filled, trailing } = fillGaps(series.subarray(-POINTS));
  if (filled.length === 0) return null;
  // Squares of very large or small values would not be numbers; a power of two changes no digit.
  const scale = powerOfTwo(filled);
  const past = filled.map((value) => value / scale);
  const wanted = options.periods ?? detectPeriods(past, options.candidates);
  const periods = wanted.filter((period) => 2 * period <= past.length).sort((a, b) => a - b);
  // Points that are missing at the end lie in the future of those that are known.
  const horizon = options.horizon + trailing;
  const { values, widths, methods } = predict(past, {
    methods: chosen(options),
    horizon,
    periods,
    level,
  });
  const floor = past.every((value) => value >= 0) ? 0 : -Infinity;
  const from = (at: (h: number) => number): Float64Array =>
    new Float64Array(options.horizon).map((_, h) => scale * Math.max(floor, at(trailing + h)));
  return {
    values: from((h) => values[h]),
    lower: from((h) => values[h] - widths[h]),
    upper: from((h) => values[h] + widths[h]),
    periods,
    methods,
  };
}

function check({ horizon, periods = [], candidates = [] }: ForecastOptions, level: number): void {
  if (!Number.isInteger(horizon) || horizon < 1 || horizon > FARTHEST) {
    throw bad(`a horizon of ${horizon} points: give a whole number from 1 to ${FARTHEST}`);
  }
  if (!(level > 0 && level < 1)) throw bad(`a level of ${level}: give one between 0 and 1`);
  for (const period of [...periods, ...candidates]) {
    if (!Number.isInteger(period) || period < 2) {
      throw bad(`a season of ${period} points: give a whole number from 2 on`);
    }
  }
}

function chosen({ method }: ForecastOptions): readonly ForecastMethod[] {
  if (method === undefined) return forecastMethods;
  const found = forecastMethods.filter(({ name }) => name === method);
  if (found.length > 0) return found;
  throw bad(`method ${method}: give one of ${forecastMethods.map(({ name }) => name).join(', ')}`);
}

function bad(what: string): KymoError {
  return new KymoError('bad_forecast', `Cannot forecast with ${what}.`);
}

/** About the largest of the values; 1 if all are 0. */
function powerOfTwo(values: Float64Array): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest > 0 ? 2 ** Math.min(1023, Math.floor(Math.log2(largest))) : 1;
}
