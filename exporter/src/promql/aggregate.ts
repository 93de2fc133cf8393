import { METRIC_NAME, type LabelSet } from '../series/labels.js';
import { ACCUMULATORS, type Accumulator, type AccumulatorContext } from './accumulators.js';
import { greater, lesser } from './arithmetic.js';
import type { Aggregate } from './ast.js';
import { ExecutionError } from './errors.js';
import { Grouper, type Grouping } from './grouping.js';
import { histogramText } from './histogram/text.js';
import { withLabel } from './label-operations.js';
import { isLabelName, quote } from './literals.js';
import type { ScalarNode, VectorNode } from './nodes.js';
import { formatFloat } from './number-format.js';
import { quantileOf } from './quantile.js';
import { ABSENT, Block, FLOAT, HISTOGRAM, Kept, Row, SeriesList } from './rows.js';
import type { Grid, Run } from './run.js';

/** `sum`, `avg`, `count`, … : takes series in as they come and holds only the groups. */
export class AccumulateNode implements VectorNode {
  readonly type = 'vector';
  readonly #aggregate: Aggregate;
  readonly #input: VectorNode;
  readonly #accumulator: Accumulator;
  readonly #grouper: Grouper;
  readonly #grouping = new Kept<SeriesList, Grouping>();
  readonly #block = new Block();
  readonly #row = new Row();
  #context: AccumulatorContext | undefined;

  constructor(aggregate: Aggregate, operator: keyof typeof ACCUMULATORS, input: VectorNode) {
    this.#aggregate = aggregate;
    this.#input = input;
    this.#accumulator = ACCUMULATORS[operator]();
    this.#grouper = new Grouper(aggregate);
  }

  begin(grid: Grid, run: Run): SeriesList {
    const { steps } = grid;
    const input = this.#input.begin(grid, run);
    const { output, groups } = this.#grouping.get(input, (series) => this.#grouper.group(series));
    const cells = output.length * steps;
    run.hold(cells);
    if (this.#context?.annotations !== run.annotations) {
      const { span } = this.#aggregate.expression;
      this.#context = { annotations: run.annotations, span, metric: '' };
    }
    this.#accumulator.reset(cells, this.#context);
    const row = this.#row;
    for (let i = 0; i < input.length; i++) {
      if (!this.#input.read(i, row)) continue;
      if (row.histograms !== undefined) this.#context.metric = input.labels[i].get(METRIC_NAME);
      this.#accumulator.add(row, groups[i] * steps, steps);
      run.work(steps);
    }
    this.#block.reset(output.length, steps);
    this.#accumulator.finish(this.#block, cells);
    return output;
  }

  read(index: number, row: Row): boolean {
    return this.#block.row(index, row);
  }
}

/** `quantile(q, v)`. */
export class QuantileNode implements VectorNode {
  readonly type = 'vector';
  readonly #aggregate: Aggregate;
  readonly #q: ScalarNode;
  readonly #input: VectorNode;
  readonly #grouper: Grouper;
  readonly #grouping = new Kept<SeriesList, Grouping>();
  readonly #samples = new Block();
  readonly #block = new Block();
  readonly #row = new Row();

  constructor(aggregate: Aggregate, q: ScalarNode, input: VectorNode) {
    this.#aggregate = aggregate;
    this.#q = q;
    this.#input = input;
    this.#grouper = new Grouper(aggregate);
  }

  begin(grid: Grid, run: Run): SeriesList {
    const { steps } = grid;
    const qs = this.#q.evaluate(grid, run);
    const input = this.#input.begin(grid, run);
    const { output, groups } = this.#grouping.get(input, (series) => this.#grouper.group(series));
    this.#tellOfInvalid(qs, run);
    const samples = this.#samples;
    samples.reset(input.length, steps);
    run.hold((input.length + output.length) * steps);
    const sizes = new Int32Array(output.length);
    const members: number[][] = Array.from({ length: output.length }, () => []);
    for (let i = 0; i < input.length; i++) {
      if (!this.#input.read(i, this.#row)) continue;
      samples.copy(this.#row, i);
      members[groups[i]].push(i);
      sizes[groups[i]]++;
    }
    this.#block.reset(output.length, steps);
    for (let group = 0; group < output.length; group++) {
      const values = new Float64Array(sizes[group]);
      for (let s = 0; s < steps; s++) {
        let length = 0;
        for (const i of members[group]) {
          const kind = samples.kinds[i * steps + s];
          if (kind === FLOAT) values[length++] = samples.values[i * steps + s];
          else if (kind === HISTOGRAM) {
            run.annotations.histogramIgnoredIn('quantile', this.#aggregate.expression.span);
          }
        }
        run.work(length);
        if (length === 0) continue;
        const cell = group * steps + s;
        this.#block.kinds[cell] = FLOAT;
        this.#block.values[cell] = quantileOf(qs[s], values.subarray(0, length).sort());
      }
    }
    return output;
  }

  read(index: number, row: Row): boolean {
    return this.#block.row(index, row);
  }

  #tellOfInvalid(qs: Float64Array, { annotations }: Run): void {
    const { span } = this.#aggregate.parameter ?? this.#aggregate;
    let least = Infinity;
    let most = -Infinity;
    let anyNaN = false;
    for (const q of qs) {
      least = lesser(least, q);
      most = greater(most, q);
      anyNaN ||= Number.isNaN(q);
    }
    if (anyNaN) annotations.invalidQuantile(NaN, span);
    if (most > 1) annotations.invalidQuantile(most, span);
    if (least < 0) annotations.invalidQuantile(least, span);
  }
}

/** `count_values("label", v)`: how often each value occurs. Its series depend on the samples. */
export class CountValuesNode implements VectorNode {
  readonly type = 'vector';
  readonly #label: string;
  readonly #input: VectorNode;
  readonly #grouper: Grouper;
  readonly #row = new Row();
  #counts: Float64Array[] = [];
  #kinds = new Uint8Array(0);

  /** @throws ExecutionError for a label name that cannot be. */
  constructor(aggregate: Aggregate, label: string, input: VectorNode) {
    if (!isLabelName(label)) throw new ExecutionError(`invalid label name ${quote(label)}`);
    this.#label = label;
    this.#input = input;
    this.#grouper = new Grouper(aggregate, label);
  }

  begin(grid: Grid, run: Run): SeriesList {
    const { steps } = grid;
    const input = this.#input.begin(grid, run);
    const row = this.#row;
    const labels: LabelSet[] = [];
    const byKey = new Map<string, Float64Array>();
    this.#counts = [];
    for (let i = 0; i < input.length; i++) {
      if (!this.#input.read(i, row)) continue;
      const byValue = new Map<string, Float64Array>();
      for (let s = 0; s < steps; s++) {
        const cell = row.base + s;
        const kind = row.kinds[cell];
        if (kind === ABSENT) continue;
        const histogram = row.histograms?.[cell];
        const value =
          kind === HISTOGRAM && histogram !== undefined
            ? histogramText(histogram)
            : formatFloat(row.values[cell]);
        let counts = byValue.get(value);
        if (counts === undefined) {
          const grouped = this.#grouper.labelsOf(withLabel(input.labels[i], this.#label, value));
          counts = byKey.get(grouped.key);
          if (counts === undefined) {
            counts = new Float64Array(steps);
            run.hold(steps);
            byKey.set(grouped.key, counts);
            labels.push(grouped);
            this.#counts.push(counts);
          }
          byValue.set(value, counts);
        }
        counts[s]++;
      }
      run.work(steps);
    }
    this.#kinds = new Uint8Array(steps);
    return new SeriesList(labels);
  }

  read(index: number, row: Row): boolean {
    const counts = this.#counts[index];
    for (let s = 0; s < counts.length; s++) this.#kinds[s] = counts[s] > 0 ? FLOAT : ABSENT;
    row.point(counts, this.#kinds, 0);
    return true;
  }
}
