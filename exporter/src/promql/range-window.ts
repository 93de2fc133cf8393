import { LabelSet } from '../series/labels.js';
import type { Annotations } from './annotations.js';
import type { Span } from './ast.js';
import type { FloatHistogram } from './histogram/float-histogram.js';
import { RangeSamples } from './nodes.js';

/**
 * One window of a range vector, as functions over ranges see it: floats [first, end) of
 * `samples.values`, histograms [histogramFirst, histogramEnd) of `samples.histograms`. At least one
 * of them is not empty. The same object serves all windows of a call.
 */
export class Window {
  readonly samples = new RangeSamples();
  first = 0;
  end = 0;
  histogramFirst = 0;
  histogramEnd = 0;
  /** Unix milliseconds: samples are in (start, stop]. */
  start = 0;
  stop = 0;
  /** Time of the step, which an offset or `@` leaves as it is. Unix milliseconds. */
  time = 0;
  step = 0;
  steps = 1;
  /** What the asked range is of the window's own, which is longer where buckets of history are. */
  share = 1;
  /** Scalar arguments, each with a number per step. */
  args: readonly Float64Array[] = [];
  /** Where the function leaves its result. */
  value = 0;
  histogram: FloatHistogram | undefined = undefined;
  /** Of the series. */
  labels = LabelSet.EMPTY;
  readonly annotations: Annotations;
  /** Of the range vector, for messages. */
  readonly span: Span;
  #resets: number[] | undefined;
  #nextReset = 0;

  constructor(annotations: Annotations, span: Span) {
    this.annotations = annotations;
    this.span = span;
  }

  /** Starts over with the samples of another series. */
  begin(): void {
    this.first = 0;
    this.end = 0;
    this.histogramFirst = 0;
    this.histogramEnd = 0;
    this.#resets = undefined;
    this.#nextReset = 0;
  }

  /** Metric name of the series, for messages. */
  get metric(): string {
    return this.labels.metricName;
  }

  get floats(): number {
    return this.end - this.first;
  }

  get histogramCount(): number {
    return this.histogramEnd - this.histogramFirst;
  }

  get mixed(): boolean {
    return this.end > this.first && this.histogramEnd > this.histogramFirst;
  }

  /** Argument `index` at this step. */
  arg(index: number): number {
    return this.args[index][this.step];
  }

  /**
   * A difference with the values before each counter reset in the window; added one by one, as
   * Prometheus does, so that what is lost to rounding is the same.
   */
  withResets(difference: number): number {
    const { values } = this.samples;
    let sum = difference;
    if (this.steps === 1) {
      for (let i = this.first + 1; i < this.end; i++) {
        if (values[i] < values[i - 1]) sum += values[i - 1];
      }
      return sum;
    }
    // Windows of a series overlap, so its resets are looked for once.
    this.#resets ??= this.#findResets();
    const resets = this.#resets;
    while (this.#nextReset < resets.length && resets[this.#nextReset] <= this.first) {
      this.#nextReset++;
    }
    for (let r = this.#nextReset; r < resets.length && resets[r] < this.end; r++) {
      sum += values[resets[r] - 1];
    }
    return sum;
  }

  #findResets(): number[] {
    const { values, length } = this.samples;
    const resets: number[] = [];
    for (let i = 1; i < length; i++) if (values[i] < values[i - 1]) resets.push(i);
    return resets;
  }
}

/**
 * Computes one window: leaves the result in `value` or `histogram`.
 * @returns a kind: ABSENT where there is no result, FLOAT or HISTOGRAM
 */
export type WindowFunction = (window: Window) => number;
