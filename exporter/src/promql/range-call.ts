import type { LabelSet } from '../series/labels.js';
import type { Span } from './ast.js';
import { dropName } from './label-operations.js';
import type { RangeNode, ScalarNode, VectorNode } from './nodes.js';
import { RangeSamples } from './nodes.js';
import { Window, type WindowFunction } from './range-window.js';
import { ABSENT, FLOAT, HISTOGRAM, Kept, SeriesList, type Row } from './rows.js';
import type { Grid, Run } from './run.js';
import type { FloatHistogram } from './histogram/float-histogram.js';

/** The series that come out of a function that drops the metric name. */
export function renamed({ labels, distinct }: SeriesList, run: Run): SeriesList {
  if (run.delayedNameRemoval) {
    return new SeriesList(labels, { dropName: labels.map(() => true), distinct });
  }
  const dropped = labels.map(dropName);
  // Of one metric, series that were told apart by other labels still are.
  return new SeriesList(dropped, { distinct: distinct && haveOneName(labels, dropped) });
}

function haveOneName(labels: readonly LabelSet[], dropped: readonly LabelSet[]): boolean {
  if (labels.length === 0) return true;
  const name = labels[0].metricName;
  // A name and nothing else was taken off, and it was the same one.
  return labels.every(
    (set, i) => set.metricName === name && set.length - dropped[i].length === (name === '' ? 0 : 1),
  );
}

export interface RangeCallOptions {
  readonly range: RangeNode;
  readonly compute: WindowFunction;
  /** Computes windows of buckets of history; by default `compute` does, from what they stand for. */
  readonly ofBuckets?: WindowFunction | undefined;
  /** Scalar arguments in the order of the call. */
  readonly args: readonly ScalarNode[];
  /** Whether results keep the metric name (`last_over_time`, `first_over_time`). */
  readonly keepsName: boolean;
  /** Whether to tell of metrics whose names are not those of counters. */
  readonly expectsCounter: boolean;
  /** Of the first argument, for messages. */
  readonly span: Span;
}

const COUNTER_NAME = /_(total|sum|count|bucket)$/;

/** A function over a range vector: slides its window over each series, which is read once. */
export class RangeCallNode implements VectorNode {
  readonly type = 'vector';
  readonly #options: RangeCallOptions;
  readonly #output = new Kept<SeriesList, SeriesList>();
  #input = SeriesList.EMPTY;
  #grid!: Grid;
  #run!: Run;
  #window: Window | undefined;
  #values = new Float64Array(1);
  #kinds = new Uint8Array(1);
  #checked: string | undefined;
  #gaugeMessage: string | undefined;

  constructor(options: RangeCallOptions) {
    this.#options = options;
  }

  begin(grid: Grid, run: Run): SeriesList {
    const { range, args, keepsName, span } = this.#options;
    this.#grid = grid;
    if (this.#run !== run || this.#window === undefined) {
      this.#run = run;
      this.#window = new Window(run.annotations, span);
    }
    this.#window.steps = grid.steps;
    this.#window.args = args.map((arg) => arg.evaluate(grid, run));
    if (this.#kinds.length < grid.steps) {
      this.#values = new Float64Array(grid.steps);
      this.#kinds = new Uint8Array(grid.steps);
    }
    this.#input = range.begin(grid, run);
    return this.#output.get(this.#input, (series) => (keepsName ? series : renamed(series, run)));
  }

  read(index: number, row: Row): boolean {
    const { range, ofBuckets, expectsCounter } = this.#options;
    const window = this.#window as Window;
    const { samples } = window;
    if (!range.read(index, samples)) return false;
    let { compute } = this.#options;
    if (samples.buckets !== undefined && ofBuckets !== undefined) compute = ofBuckets;
    window.begin();
    window.labels = this.#input.labels[index];

    const { start, step, steps } = this.#grid;
    const { range: length, first: firstReference, step: referenceStep } = range.windows;
    window.share = range.windows.asked / length;
    const { times, histogramTimes } = samples;
    const histogramLength = histogramTimes.length;
    const values = this.#values;
    const kinds = this.#kinds;
    let histograms: (FloatHistogram | undefined)[] | undefined;
    let considered = 0;
    let any = false;
    for (let s = 0; s < steps; s++) {
      const stop = firstReference + s * referenceStep;
      const from = stop - length;
      let { first, end } = window;
      while (end < samples.length && times[end] <= stop) end++;
      while (first < end && times[first] <= from) first++;
      window.first = first;
      window.end = end;
      if (histogramLength > 0) {
        let { histogramFirst, histogramEnd } = window;
        while (histogramEnd < histogramLength && histogramTimes[histogramEnd] <= stop) {
          histogramEnd++;
        }
        while (histogramFirst < histogramEnd && histogramTimes[histogramFirst] <= from) {
          histogramFirst++;
        }
        window.histogramFirst = histogramFirst;
        window.histogramEnd = histogramEnd;
      }
      const size = window.floats + window.histogramCount;
      if (size === 0) {
        kinds[s] = ABSENT;
        continue;
      }
      considered += size;
      window.start = from;
      window.stop = stop;
      window.time = start + s * step;
      window.step = s;
      const kind = compute(window);
      kinds[s] = kind;
      if (kind === FLOAT) {
        values[s] = window.value;
        any = true;
      } else if (kind === HISTOGRAM) {
        histograms ??= [];
        histograms[s] = window.histogram;
        any = true;
      }
    }
    this.#run.stats.samplesConsidered += considered;
    this.#run.work(considered + steps);
    if (!any) return false;
    row.point(values, kinds, 0, histograms);
    if (expectsCounter && histograms === undefined) this.#tellOfGauge(window);
    return true;
  }

  /** Told once an evaluation for each metric, and worked out once for runs of series of one metric. */
  #tellOfGauge({ metric, annotations, span }: Window): void {
    if (this.#checked !== metric) {
      this.#checked = metric;
      this.#gaugeMessage =
        metric === '' || COUNTER_NAME.test(metric)
          ? undefined
          : `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(metric)}`;
    }
    if (this.#gaugeMessage !== undefined) annotations.info(this.#gaugeMessage, span);
  }
}

/** `absent_over_time`: 1 at each step at which no series has a sample in its window. */
export class AbsentOverTimeNode implements VectorNode {
  readonly type = 'vector';
  readonly #range: RangeNode;
  readonly #series: SeriesList;
  readonly #samples = new RangeSamples();
  #present = new Uint8Array(1);
  #values = new Float64Array(1);
  #steps = 0;

  constructor(range: RangeNode, series: SeriesList) {
    this.#range = range;
    this.#series = series;
  }

  begin(grid: Grid, run: Run): SeriesList {
    const { steps } = grid;
    this.#steps = steps;
    if (this.#present.length < steps) {
      this.#present = new Uint8Array(steps);
      this.#values = new Float64Array(steps);
    }
    this.#present.fill(0);
    const input = this.#range.begin(grid, run);
    const samples = this.#samples;
    for (let i = 0; i < input.length; i++) {
      if (!this.#range.read(i, samples)) continue;
      this.#mark(samples.times, samples.length);
      this.#mark(samples.histogramTimes, samples.histogramTimes.length);
      run.work(steps);
    }
    return this.#series;
  }

  read(_index: number, row: Row): boolean {
    let any = false;
    for (let s = 0; s < this.#steps; s++) {
      const absent = this.#present[s] === 0;
      this.#present[s] = absent ? FLOAT : ABSENT;
      this.#values[s] = 1;
      any ||= absent;
    }
    row.point(this.#values, this.#present, 0);
    return any;
  }

  #mark(times: Float64Array | readonly number[], length: number): void {
    const { range, first, step } = this.#range.windows;
    let next = 0;
    for (let s = 0; s < this.#steps; s++) {
      const stop = first + s * step;
      while (next < length && times[next] <= stop) next++;
      if (next > 0 && times[next - 1] > stop - range) this.#present[s] = 1;
    }
  }
}
