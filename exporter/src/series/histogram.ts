/**
 * A contiguous run of buckets. Bucket `offset + k` has `counts[k]` observations.
 */
export interface BucketRun {
  readonly offset: number;
  readonly counts: Float64Array | readonly number[];
}

/**
 * A base-2 exponential histogram: the shape of Prometheus native histograms (schema −4 … 8) and of
 * OTLP exponential histograms (where it is called scale).
 *
 * With base = 2^(2^−schema), positive bucket i holds observations in (base^(i−1), base^i], as
 * Prometheus numbers them (OTLP's index is one less). Negative buckets mirror that. Observations with
 * |v| <= zeroThreshold are in the zero bucket. Counts are not cumulative over buckets; over time they
 * are, as a counter is.
 * Source: Prometheus model/histogram/float_histogram.go.
 */
export interface ExponentialHistogram {
  readonly schema: number;
  readonly count: number;
  readonly sum: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: BucketRun;
  readonly negative: BucketRun;
  /**
   * Only with schema −53 (Prometheus's custom buckets): ascending upper bounds; bucket i holds
   * (bounds[i−1], bounds[i]], the last one what is above.
   */
  readonly customBounds?: readonly number[];
}

/** The schema of histograms with custom bounds (Prometheus's CustomBucketsSchema). */
export const CUSTOM_BUCKETS_SCHEMA = -53;
