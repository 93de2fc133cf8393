import type { LabelSet } from '../series/labels.js';
import { ExecutionError } from './errors.js';
import type { FloatHistogram } from './histogram/float-histogram.js';
import { compareLabels, dropName } from './label-operations.js';
import { DUPLICATE_LABELS } from './merge.js';
import { RangeSamples, type RangeNode, type VectorNode } from './nodes.js';
import type { MatrixResult, MatrixSeries, VectorResult, VectorSample } from './result.js';
import { ABSENT, FLOAT, HISTOGRAM, Kept, Row, type SeriesList } from './rows.js';
import type { Grid, Run } from './run.js';

/** Labels of results: where names are dropped late, this is when. */
function finalLabels({ labels, dropName: drop }: SeriesList): readonly LabelSet[] {
  if (drop === undefined) return labels;
  return labels.map((set, i) => (drop[i] ? dropName(set) : set));
}

interface Final {
  readonly labels: readonly LabelSet[];
  /** Whether two series have equal labels, which is an error if both have a sample. */
  readonly ambiguous: boolean;
}

function finish(series: SeriesList): Final {
  const labels = finalLabels(series);
  const ambiguous =
    series.dropName !== undefined && new Set(labels.map(({ key }) => key)).size < labels.length;
  return { labels, ambiguous };
}

/** Collects what comes out of the last node of a plan. */
export class Collector {
  readonly #final = new Kept<SeriesList, Final>();
  readonly #row = new Row();

  /** The samples of an instant. */
  vector(node: VectorNode, grid: Grid, run: Run): VectorResult {
    const row = this.#row;
    const series = node.begin(grid, run);
    const { labels, ambiguous } = this.#final.get(series, finish);
    const samples: VectorSample[] = [];
    for (let i = 0; i < series.length; i++) {
      if (!node.read(i, row)) continue;
      const { kinds, values, histograms, base } = row;
      const kind = kinds[base];
      if (kind === ABSENT) continue;
      const histogram = kind === HISTOGRAM ? histograms?.[base] : undefined;
      const value = kind === FLOAT ? values[base] : NaN;
      samples.push({ labels: labels[i], value, histogram });
    }
    if (ambiguous && new Set(samples.map((sample) => sample.labels.key)).size < samples.length) {
      throw new ExecutionError(DUPLICATE_LABELS);
    }
    run.hold(samples.length);
    return { type: 'vector', time: grid.start, samples };
  }

  /** The series of a range, sorted by labels. */
  matrix(node: VectorNode, grid: Grid, run: Run): MatrixResult {
    const row = this.#row;
    const times = gridTimes(grid);
    const series = node.begin(grid, run);
    const { labels, ambiguous } = this.#final.get(series, finish);
    const columns: MatrixSeries[] = [];
    for (let i = 0; i < series.length; i++) {
      if (!node.read(i, row)) continue;
      const column = columnOf(row, labels[i], times);
      run.hold(column.times.length + column.histograms.length);
      columns.push(column);
    }
    return sortedMatrix(ambiguous ? mergeColumns(columns) : columns);
  }

  /** The samples of the windows of an instant. */
  range(node: RangeNode, grid: Grid, run: Run): MatrixResult {
    const series = node.begin(grid, run);
    const { labels, ambiguous } = this.#final.get(series, finish);
    const { first, range } = node.windows;
    const samples = new RangeSamples();
    const columns: MatrixSeries[] = [];
    for (let i = 0; i < series.length; i++) {
      if (!node.read(i, samples)) continue;
      const column = windowOf(samples, labels[i], { from: first - range, to: first });
      const size = column.times.length + column.histograms.length;
      run.stats.samplesConsidered += size;
      run.hold(size);
      if (size > 0) columns.push(column);
    }
    return sortedMatrix(ambiguous ? mergeColumns(columns) : columns);
  }
}

function gridTimes({ start, step, steps }: Grid): Float64Array {
  const times = new Float64Array(steps);
  for (let s = 0; s < steps; s++) times[s] = start + s * step;
  return times;
}

function columnOf(
  { kinds, values, histograms, base }: Row,
  labels: LabelSet,
  times: Float64Array,
): MatrixSeries {
  const steps = times.length;
  let floats = 0;
  for (let s = 0; s < steps; s++) if (kinds[base + s] === FLOAT) floats++;
  if (floats === steps) {
    const copy = values.slice(base, base + steps);
    return { labels, times, values: copy, histogramTimes: [], histograms: [] };
  }
  const ownTimes = new Float64Array(floats);
  const ownValues = new Float64Array(floats);
  const histogramTimes: number[] = [];
  const own: FloatHistogram[] = [];
  let next = 0;
  for (let s = 0; s < steps; s++) {
    const kind = kinds[base + s];
    if (kind === FLOAT) {
      ownTimes[next] = times[s];
      ownValues[next++] = values[base + s];
      continue;
    }
    const histogram = kind === HISTOGRAM ? histograms?.[base + s] : undefined;
    if (histogram === undefined) continue;
    histogramTimes.push(times[s]);
    own.push(histogram);
  }
  return { labels, times: ownTimes, values: ownValues, histogramTimes, histograms: own };
}

function windowOf(
  samples: RangeSamples,
  labels: LabelSet,
  { from, to }: { from: number; to: number },
): MatrixSeries {
  let first = 0;
  let end = samples.length;
  while (first < end && samples.times[first] <= from) first++;
  while (end > first && samples.times[end - 1] > to) end--;
  const inside = samples.histogramTimes.map((time) => time > from && time <= to);
  return {
    labels,
    times: samples.times.slice(first, end),
    values: samples.values.slice(first, end),
    histogramTimes: samples.histogramTimes.filter((_, i) => inside[i]),
    histograms: samples.histograms.filter((_, i) => inside[i]),
  };
}

function sortedMatrix(series: MatrixSeries[]): MatrixResult {
  return { type: 'matrix', series: series.sort((a, b) => compareLabels(a.labels, b.labels)) };
}

/** Makes one series of those with equal labels. */
function mergeColumns(columns: readonly MatrixSeries[]): MatrixSeries[] {
  const byKey = new Map<string, MatrixSeries>();
  for (const column of columns) {
    const known = byKey.get(column.labels.key);
    byKey.set(column.labels.key, known === undefined ? column : mergedColumn(known, column));
  }
  return [...byKey.values()];
}

function mergedColumn(a: MatrixSeries, b: MatrixSeries): MatrixSeries {
  const floats = new Map<number, number>();
  const histograms = new Map<number, FloatHistogram>();
  for (const { times, values, histogramTimes, histograms: own } of [a, b]) {
    times.forEach((time, i) => floats.set(time, values[i]));
    histogramTimes.forEach((time, i) => histograms.set(time, own[i]));
  }
  const samples = a.times.length + b.times.length;
  const histogramSamples = a.histograms.length + b.histograms.length;
  if (floats.size < samples || histograms.size < histogramSamples) {
    throw new ExecutionError(DUPLICATE_LABELS);
  }
  const times = Float64Array.from(floats.keys()).sort();
  const histogramTimes = [...histograms.keys()].sort((x, y) => x - y);
  return {
    labels: a.labels,
    times,
    values: times.map((time) => floats.get(time) ?? NaN),
    histogramTimes,
    histograms: histogramTimes.flatMap((time) => histograms.get(time) ?? []),
  };
}
