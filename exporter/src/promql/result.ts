import type { LabelSet } from '../series/labels.js';
import type { FloatHistogram } from './histogram/float-histogram.js';

interface ScalarResult {
  readonly type: 'scalar';
  /** Unix milliseconds. */
  readonly time: number;
  readonly value: number;
}

interface StringResult {
  readonly type: 'string';
  readonly time: number;
  readonly value: string;
}

export interface VectorSample {
  readonly labels: LabelSet;
  /** NaN where there is a histogram. */
  readonly value: number;
  readonly histogram: FloatHistogram | undefined;
}

export interface VectorResult {
  readonly type: 'vector';
  /** Of all samples, Unix milliseconds. */
  readonly time: number;
  readonly samples: readonly VectorSample[];
}

/** Samples of one series in columns. */
export interface MatrixSeries {
  readonly labels: LabelSet;
  /**
   * Unix milliseconds, ascending. Series that have a float at every step of a range share one array.
   */
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Both empty for a series of floats. */
  readonly histogramTimes: readonly number[];
  readonly histograms: readonly FloatHistogram[];
}

export interface MatrixResult {
  readonly type: 'matrix';
  /** Sorted by labels. */
  readonly series: readonly MatrixSeries[];
}

export type QueryResult = ScalarResult | StringResult | VectorResult | MatrixResult;
