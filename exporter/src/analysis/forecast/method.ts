/** What is asked of a method. */
export interface ForecastTask {
  /** Points to forecast; at least 1. */
  readonly horizon: number;
  /** Seasons in points, ascending, each at least 2; empty where there is none. */
  readonly periods: readonly number[];
}

/** One way to forecast: a pure function of the past. */
export interface ForecastMethod {
  readonly name: string;
  /** How it works, in a few words, for answers and documents. */
  readonly title: string;
  /** Fewest points it needs with these seasons; Infinity where it has no use for them. */
  fewest(periods: readonly number[]): number;
  /**
   * @param values Finite, evenly spaced, the oldest first; at least `fewest` of them.
   * @returns As many points as asked for. They may not be finite where the past does not suit.
   */
  forecast(values: Float64Array, task: ForecastTask): Float64Array;
}
