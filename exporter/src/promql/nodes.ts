import type { Bucket } from '../series/history/bucket.js';
import type { Row, SeriesList } from './rows.js';
import type { Grid, Run } from './run.js';
import type { FloatHistogram } from './histogram/float-histogram.js';

/**
 * A step of a plan that answers a vector, series by series. `begin` starts an evaluation and says
 * which series there are; `read` then gives each of them once, in order. Nodes have one parent and
 * keep what they work out about series from one evaluation to the next.
 */
export interface VectorNode {
  readonly type: 'vector';
  begin(grid: Grid, run: Run): SeriesList;
  /** @returns false where the series has no sample at any step; `row` is then undefined. */
  read(index: number, row: Row): boolean;
}

/** A step of a plan that answers one number for each step of the grid. */
export interface ScalarNode {
  readonly type: 'scalar';
  /** Valid until the node's next evaluation; may be overwritten. */
  evaluate(grid: Grid, run: Run): Float64Array;
}

interface StringNode {
  readonly type: 'string';
  readonly value: string;
}

/** The samples of one series that the windows of a range vector slide over, without stale ones. */
export class RangeSamples {
  times: Float64Array = new Float64Array(0);
  values: Float64Array = new Float64Array(0);
  length = 0;
  /** Times and values of histogram samples; both empty for a series of floats. */
  histogramTimes: number[] = [];
  histograms: FloatHistogram[] = [];
  /**
   * Where history answers with buckets: those that the floats stand for, and those of the histograms,
   * which are then not cumulative.
   */
  buckets: readonly Bucket[] | undefined;
  histogramBuckets: readonly Bucket[] = [];

  clear(): void {
    this.length = 0;
    this.buckets = undefined;
    if (this.histograms.length > 0) {
      this.histograms = [];
      this.histogramTimes = [];
    }
  }
}

/** Where the windows of a range vector lie: (reference − range, reference]. Milliseconds. */
export interface Windows {
  readonly range: number;
  /** The range as written; less where buckets of history are longer. */
  readonly asked: number;
  /** The reference at step s is `first + s × step`; with `@`, step is 0. */
  readonly first: number;
  readonly step: number;
}

/** A step of a plan that answers a range vector, series by series. */
export interface RangeNode {
  readonly type: 'matrix';
  begin(grid: Grid, run: Run): SeriesList;
  /** Valid after `begin`. */
  readonly windows: Windows;
  /** @returns false where no window has a sample. */
  read(index: number, samples: RangeSamples): boolean;
}

export type PlanNode = VectorNode | ScalarNode | StringNode | RangeNode;
