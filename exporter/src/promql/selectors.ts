import type { SeriesId, SeriesReader } from '../series/reader.js';
import type { SampleBuffer } from '../series/samples.js';
import type { At, Duration, MatrixSelector, VectorSelector } from './ast.js';
import { BadRequestError } from './errors.js';
import type { FloatHistogram } from './histogram/float-histogram.js';
import type { RangeNode, RangeSamples, VectorNode, Windows } from './nodes.js';
import { ABSENT, FLOAT, HISTOGRAM, SeriesList, type Row } from './rows.js';
import type { Grid, Run, SelectorHistory } from './run.js';

/** The range of a query, which durations and `@` may depend on. Milliseconds. */
export type QueryRange = Pick<Run, 'queryStart' | 'queryEnd' | 'queryStep'>;

/** Milliseconds of a duration, whose arithmetic may depend on the query's step and range. */
export function durationOf(duration: Duration, run: QueryRange, signed = false): number {
  const seconds = evaluate(duration, run);
  if (!Number.isFinite(seconds)) {
    throw new BadRequestError(`a duration is ${seconds}; it must be a finite number of seconds`);
  }
  if (!signed && seconds <= 0) {
    throw new BadRequestError(`a duration is ${seconds} s; duration must be greater than 0`);
  }
  return Math.trunc(Math.round(seconds * 1e9) / 1e6);
}

function evaluate(duration: Duration, run: QueryRange): number {
  switch (duration.kind) {
    case 'number':
      return duration.value;
    case 'duration-paren':
      return evaluate(duration.inner, run);
    case 'duration-unary': {
      const operand = evaluate(duration.operand, run);
      return duration.operator === '-' ? -operand : operand;
    }
    case 'duration-call': {
      if (duration.name === 'step') return run.queryStep / 1000;
      if (duration.name === 'range') return (run.queryEnd - run.queryStart) / 1000;
      const values = duration.args.map((arg) => evaluate(arg, run));
      return duration.name === 'min_of' ? Math.min(...values) : Math.max(...values);
    }
    case 'duration-binary': {
      const left = evaluate(duration.left, run);
      const right = evaluate(duration.right, run);
      switch (duration.operator) {
        case '+':
          return left + right;
        case '-':
          return left - right;
        case '*':
          return left * right;
        case '/':
          return left / right;
        case '%':
          return left % right;
        case '^':
          return left ** right;
      }
    }
  }
}

/** The time `@` stands for; `undefined` without `@`. */
export function timeOf(at: At | undefined, run: QueryRange): number | undefined {
  if (at === 'start') return run.queryStart;
  return at === 'end' ? run.queryEnd : at;
}

/** Times that selected samples are looked up for. */
interface References {
  readonly first: number;
  readonly step: number;
}

function references(
  grid: Grid,
  run: Run,
  { at, offset }: { at: At | undefined; offset: Duration | undefined },
): References {
  const back = offset === undefined ? 0 : durationOf(offset, run, true);
  const fixed = timeOf(at, run);
  return fixed === undefined
    ? { first: grid.start - back, step: grid.step }
    : { first: fixed - back, step: 0 };
}

/** The series a selector selects, asked of the index only when that has changed. */
class Selection {
  readonly #selector: VectorSelector;
  #reader: SeriesReader | undefined;
  #version = -1;
  ids: readonly SeriesId[] = [];
  series = SeriesList.EMPTY;
  /** Where the selector reaches beyond the head. */
  history: SelectorHistory | undefined;

  constructor(selector: VectorSelector) {
    this.#selector = selector;
  }

  get reader(): SeriesReader {
    return this.#reader as SeriesReader;
  }

  update(run: Run): void {
    this.history = run.histories?.get(this.#selector);
    const reader = this.history?.reader ?? run.reader;
    if (this.history !== undefined) this.#tell(this.history, run);
    if (this.#reader === reader && this.#version === reader.indexVersion) return;
    this.#version = reader.indexVersion;
    this.#reader = reader;
    this.ids = reader.select(this.#selector.matchers);
    const labels = this.ids.map((id) => reader.labels(id));
    const before = this.series.labels;
    // What was worked out for the series holds on where others came or went.
    if (labels.length === before.length && labels.every((set, i) => set === before[i])) return;
    this.series = new SeriesList(labels, { distinct: true });
  }

  #tell({ reader: { resolution } }: SelectorHistory, { annotations }: Run): void {
    if (resolution === 'raw') return;
    annotations.info(`computed from ${resolution} buckets of history`, this.#selector.span);
  }
}

// An instant needs one sample, and mostly finds it this close; only else the whole lookback is read.
const PROBE = 2_500;

/** An instant vector selector: at each step the newest sample within the lookback. */
export class SelectorNode implements VectorNode {
  readonly type = 'vector';
  readonly #selector: VectorSelector;
  readonly #selection: Selection;
  /** Answer the time of the sample, in seconds, in place of its value. */
  readonly #timestamps: boolean;
  #run!: Run;
  #steps = 0;
  #lookback = 0;
  #references: References = { first: 0, step: 0 };
  #values = new Float64Array(1);
  #kinds = new Uint8Array(1);

  constructor(selector: VectorSelector, options: { timestamps: boolean }) {
    this.#selector = selector;
    this.#selection = new Selection(selector);
    this.#timestamps = options.timestamps;
  }

  begin(grid: Grid, run: Run): SeriesList {
    this.#run = run;
    this.#steps = grid.steps;
    this.#references = references(grid, run, this.#selector);
    if (this.#kinds.length < grid.steps) {
      this.#values = new Float64Array(grid.steps);
      this.#kinds = new Uint8Array(grid.steps);
    }
    this.#selection.update(run);
    // A bucket stands for its time until the next one ends.
    this.#lookback = run.lookback + (this.#selection.history?.reader.bucketSize ?? 0);
    return this.#selection.series;
  }

  read(index: number, row: Row): boolean {
    const run = this.#run;
    const lookback = this.#lookback;
    const { buffer } = run;
    const { reader } = this.#selection;
    const { first, step } = this.#references;
    const id = this.#selection.ids[index];
    const last = first + (this.#steps - 1) * step;
    const oldest = first - lookback + 1;
    buffer.clear();
    if (last === first && lookback > PROBE) {
      reader.read(id, first - PROBE, first, buffer);
      if (buffer.length === 0) reader.read(id, oldest, first - PROBE - 1, buffer);
    } else {
      reader.read(id, oldest, last, buffer);
    }
    run.read(buffer.length);
    if (buffer.length === 0) return false;

    const { times, values } = buffer;
    const histograms: (FloatHistogram | undefined)[] | undefined =
      buffer.histograms === undefined ? undefined : [];
    row.point(this.#values, this.#kinds, 0, histograms);
    let next = 0;
    let found = 0;
    for (let s = 0; s < this.#steps; s++) {
      const reference = first + s * step;
      while (next < buffer.length && times[next] <= reference) next++;
      const at = next - 1;
      if (at < 0 || times[at] <= reference - lookback) {
        this.#kinds[s] = ABSENT;
        continue;
      }
      const histogram = buffer.histograms?.[at];
      const value = values[at];
      if (histogram !== undefined && !this.#timestamps) {
        this.#kinds[s] = HISTOGRAM;
        if (histograms !== undefined) histograms[s] = histogram;
      } else if (histogram === undefined && value !== value && buffer.isStale(at)) {
        this.#kinds[s] = ABSENT;
        continue;
      } else {
        this.#kinds[s] = FLOAT;
        this.#values[s] = this.#timestamps ? times[at] / 1000 : value;
      }
      found++;
    }
    run.stats.samplesConsidered += found;
    run.work(this.#steps);
    return found > 0;
  }
}

/** Fills `samples` with what is in the buffer, stale markers left out. */
function withoutStale(buffer: SampleBuffer, samples: RangeSamples): void {
  samples.clear();
  const { length, times, values, histograms } = buffer;
  let clean = histograms === undefined;
  for (let i = 0; clean && i < length; i++) {
    if (values[i] !== values[i] && buffer.isStale(i)) clean = false;
  }
  if (clean) {
    samples.times = times;
    samples.values = values;
    samples.length = length;
    samples.buckets = buffer.buckets;
    return;
  }
  const { buckets } = buffer;
  if (buckets !== undefined) {
    samples.buckets = buckets.filter((_, i) => histograms?.[i] === undefined);
    samples.histogramBuckets = buckets.filter((_, i) => histograms?.[i] !== undefined);
  }
  samples.times = new Float64Array(length);
  samples.values = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const histogram = histograms?.[i];
    if (histogram !== undefined) {
      samples.histogramTimes.push(times[i]);
      samples.histograms.push(histogram);
    } else if (values[i] === values[i] || !buffer.isStale(i)) {
      samples.times[samples.length] = times[i];
      samples.values[samples.length] = values[i];
      samples.length++;
    }
  }
}

/** A range vector selector: `selector[range]`. */
export class RangeSelectorNode implements RangeNode {
  readonly type = 'matrix';
  readonly #matrix: MatrixSelector;
  readonly #selection: Selection;
  #run!: Run;
  #from = 0;
  #to = 0;
  windows: Windows = { range: 0, asked: 0, first: 0, step: 0 };

  constructor(matrix: MatrixSelector) {
    this.#matrix = matrix;
    this.#selection = new Selection(matrix.selector);
  }

  begin(grid: Grid, run: Run): SeriesList {
    const { selector } = this.#matrix;
    const asked = durationOf(this.#matrix.range, run);
    const { first, step } = references(grid, run, selector);
    this.#run = run;
    this.#selection.update(run);
    const range = Math.max(asked, this.#selection.history?.leastRange ?? 0);
    this.windows = { range, asked, first, step };
    // Windows are open on the left: a sample at exactly reference − range is not in it.
    this.#from = first - range + 1;
    this.#to = first + (grid.steps - 1) * step;
    if (selector.extension !== undefined) this.#from -= run.lookback;
    if (selector.extension === 'smoothed') this.#to += run.lookback;
    return this.#selection.series;
  }

  read(index: number, samples: RangeSamples): boolean {
    const run = this.#run;
    const { buffer } = run;
    buffer.clear();
    this.#selection.reader.read(this.#selection.ids[index], this.#from, this.#to, buffer);
    if (buffer.length === 0) return false;
    run.read(buffer.length);
    withoutStale(buffer, samples);
    return samples.length > 0 || samples.histograms.length > 0;
  }
}
