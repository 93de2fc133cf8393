import { isComparison, type Binary } from './ast.js';
import { arithmetic } from './arithmetic.js';
import type { ScalarNode, VectorNode } from './nodes.js';
import { renamed } from './range-call.js';
import { ABSENT, FLOAT, HISTOGRAM, Kept, type Row, type SeriesList } from './rows.js';
import type { Grid, Run } from './run.js';
import { changesMeaning, SampleOperation, type Operand } from './sample-operations.js';
import type { FloatHistogram } from './histogram/float-histogram.js';

/** An operator between a vector and a scalar, on either side. */
export class VectorScalarNode implements VectorNode {
  readonly type = 'vector';
  readonly #binary: Binary;
  readonly #vector: VectorNode;
  readonly #scalar: ScalarNode;
  readonly #scalarLeft: boolean;
  readonly #comparison: boolean;
  readonly #compute: ((left: number, right: number) => number) | undefined;
  readonly #operation: SampleOperation;
  readonly #output = new Kept<SeriesList, SeriesList>();
  #numbers: Float64Array = new Float64Array(0);
  #steps = 0;
  #run!: Run;

  constructor(
    binary: Binary,
    operands: { vector: VectorNode; scalar: ScalarNode; scalarLeft: boolean },
  ) {
    this.#binary = binary;
    this.#vector = operands.vector;
    this.#scalar = operands.scalar;
    this.#scalarLeft = operands.scalarLeft;
    this.#comparison = isComparison(binary.operator);
    this.#operation = new SampleOperation(binary);
    const trims = binary.operator === '</' || binary.operator === '>/';
    this.#compute = trims ? undefined : arithmetic(binary.operator);
  }

  begin(grid: Grid, run: Run): SeriesList {
    this.#steps = grid.steps;
    this.#run = run;
    this.#numbers = this.#scalar.evaluate(grid, run);
    const input = this.#vector.begin(grid, run);
    if (!changesMeaning(this.#binary)) return input;
    return this.#output.get(input, (series) => renamed(series, run));
  }

  read(index: number, row: Row): boolean {
    if (!this.#vector.read(index, row)) return false;
    this.#run.work(this.#steps);
    const compute = this.#compute;
    if (row.histograms !== undefined || compute === undefined) return this.#readAny(row);
    const { values, kinds, base } = row;
    const numbers = this.#numbers;
    const filter = this.#comparison && !this.#binary.bool;
    let any = false;
    for (let s = 0; s < this.#steps; s++) {
      const cell = base + s;
      if (kinds[cell] === ABSENT) continue;
      const value = values[cell];
      const result = this.#scalarLeft ? compute(numbers[s], value) : compute(value, numbers[s]);
      if (!filter) {
        values[cell] = result;
        any = true;
      } else if (result === 1) {
        any = true;
      } else {
        kinds[cell] = ABSENT;
      }
    }
    return any;
  }

  #readAny(row: Row): boolean {
    const { values, kinds, base, histograms } = row;
    const vector: Operand = { value: 0, histogram: undefined };
    const scalar: Operand = { value: 0, histogram: undefined };
    let any = false;
    for (let s = 0; s < this.#steps; s++) {
      const cell = base + s;
      if (kinds[cell] === ABSENT) continue;
      vector.value = values[cell];
      vector.histogram = kinds[cell] === HISTOGRAM ? histograms?.[cell] : undefined;
      scalar.value = this.#numbers[s];
      const outcome = this.#scalarLeft
        ? this.#operation.apply(scalar, vector, this.#run.annotations)
        : this.#operation.apply(vector, scalar, this.#run.annotations);
      if (!outcome.defined || (!outcome.keep && !this.#binary.bool)) {
        kinds[cell] = ABSENT;
        continue;
      }
      any = true;
      if (this.#binary.bool) {
        kinds[cell] = FLOAT;
        values[cell] = outcome.keep ? 1 : 0;
      } else if (!this.#comparison) {
        this.#store(row, cell, outcome);
      }
    }
    return any;
  }

  #store({ values, kinds, histograms }: Row, cell: number, { value, histogram }: Operand): void {
    if (histogram === undefined) {
      kinds[cell] = FLOAT;
      values[cell] = value;
    } else {
      kinds[cell] = HISTOGRAM;
      if (histograms !== undefined) histograms[cell] = histogram;
    }
  }
}

/** `-v`: floats and histograms with the opposite sign. */
export class NegateNode implements VectorNode {
  readonly type = 'vector';
  readonly #input: VectorNode;
  readonly #negate: (histogram: FloatHistogram) => FloatHistogram;
  readonly #output = new Kept<SeriesList, SeriesList>();
  #steps = 0;

  constructor(input: VectorNode, negate: (histogram: FloatHistogram) => FloatHistogram) {
    this.#input = input;
    this.#negate = negate;
  }

  begin(grid: Grid, run: Run): SeriesList {
    this.#steps = grid.steps;
    return this.#output.get(this.#input.begin(grid, run), (series) => renamed(series, run));
  }

  read(index: number, row: Row): boolean {
    if (!this.#input.read(index, row)) return false;
    const { values, kinds, base, histograms } = row;
    for (let s = 0; s < this.#steps; s++) {
      const cell = base + s;
      if (kinds[cell] === FLOAT) values[cell] = -values[cell];
      else if (kinds[cell] === HISTOGRAM && histograms !== undefined) {
        const histogram = histograms[cell];
        if (histogram !== undefined) histograms[cell] = this.#negate(histogram);
      }
    }
    return true;
  }
}
