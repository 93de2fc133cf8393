/** Levels of the percentiles that every description has. */
const LEVELS = {
  p1: 0.01,
  p5: 0.05,
  p25: 0.25,
  p50: 0.5,
  p75: 0.75,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p999: 0.999,
} as const;

/** Figures of a set of values, in their unit unless told. */
export interface Description {
  /** Values that are finite; the rest does not count. */
  readonly count: number;
  /** Values that are not. */
  readonly missing: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of a sample (n − 1); NaN below two values. */
  readonly standardDeviation: number;
  /** Standard deviation as a share of the absolute mean; NaN for a mean of 0. */
  readonly variation: number;
  /** Median distance from the median, times 1.4826: the standard deviation if values are normal. */
  readonly robustDeviation: number;
  readonly percentiles: Readonly<Record<keyof typeof LEVELS, number>>;
}

/** The finite values in ascending order. */
export function sortedFinite(values: Float64Array): Float64Array {
  return values.filter(Number.isFinite).sort();
}

/**
 * The value at a rank of 0 to 1, by straight lines between the two nearest (type 7 of Hyndman and Fan 1996,
 * as PromQL's `quantile_over_time`); NaN for no values.
 */
export function quantile(sorted: Float64Array, level: number): number {
  if (sorted.length === 0) return NaN;
  const rank = level * (sorted.length - 1);
  const below = Math.floor(rank);
  const share = rank - below;
  const value = sorted[below];
  return share === 0 ? value : value * (1 - share) + sorted[below + 1] * share;
}

/** 1.4826 times the median distance from the median; NaN for no values. */
export function robustDeviation(sorted: Float64Array): number {
  const median = quantile(sorted, 0.5);
  return 1.4826 * quantile(sorted.map((value) => Math.abs(value - median)).sort(), 0.5);
}

/** Describes values; where none is finite, all figures but `count`, `missing` and `sum` are NaN. */
export function describe(values: Float64Array): Description {
  const sorted = sortedFinite(values);
  const count = sorted.length;
  let mean = 0;
  let squares = 0;
  let sum = 0;
  sorted.forEach((value, i) => {
    const distance = value - mean;
    mean += distance / (i + 1);
    squares += distance * (value - mean);
    sum += value;
  });
  if (count === 0) mean = NaN;
  const standardDeviation = count > 1 ? Math.sqrt(squares / (count - 1)) : NaN;
  const percentiles = Object.fromEntries(
    Object.entries(LEVELS).map(([name, level]) => [name, quantile(sorted, level)]),
  ) as Record<keyof typeof LEVELS, number>;
  return {
    count,
    missing: values.length - count,
    sum,
    min: count > 0 ? sorted[0] : NaN,
    max: count > 0 ? sorted[count - 1] : NaN,
    mean,
    standardDeviation,
    variation: mean === 0 ? NaN : standardDeviation / Math.abs(mean),
    robustDeviation: robustDeviation(sorted),
    percentiles,
  };
}
