import { arithmetic } from './arithmetic.js';
import type { BinaryOperator } from './ast.js';
import type { ScalarNode, VectorNode } from './nodes.js';
import { FLOAT, Row, SeriesList } from './rows.js';
import type { Grid, Run } from './run.js';
import { LabelSet } from '../series/labels.js';

/** One number a step, in memory that is used again. */
class Numbers {
  #values = new Float64Array(1);

  of(steps: number): Float64Array {
    if (this.#values.length !== steps) this.#values = new Float64Array(steps);
    return this.#values;
  }
}

export class ConstantNode implements ScalarNode {
  readonly type = 'scalar';
  readonly value: number;
  readonly #numbers = new Numbers();

  constructor(value: number) {
    this.value = value;
  }

  evaluate({ steps }: Grid): Float64Array {
    return this.#numbers.of(steps).fill(this.value);
  }
}

/** A number that depends on the step's time (Unix ms) or on the query's range. */
export class ComputedScalar implements ScalarNode {
  readonly type = 'scalar';
  readonly #compute: (time: number, run: Run) => number;
  readonly #numbers = new Numbers();

  constructor(compute: (time: number, run: Run) => number) {
    this.#compute = compute;
  }

  evaluate({ start, step, steps }: Grid, run: Run): Float64Array {
    const values = this.#numbers.of(steps);
    for (let s = 0; s < steps; s++) values[s] = this.#compute(start + s * step, run);
    return values;
  }
}

/** A function of other scalars. */
export class ScalarCallNode implements ScalarNode {
  readonly type = 'scalar';
  readonly #compute: (...args: number[]) => number;
  readonly #args: readonly ScalarNode[];

  constructor(compute: (...args: number[]) => number, args: readonly ScalarNode[]) {
    this.#compute = compute;
    this.#args = args;
  }

  evaluate(grid: Grid, run: Run): Float64Array {
    const inputs = this.#args.map((arg) => arg.evaluate(grid, run));
    const [output] = inputs;
    for (let s = 0; s < grid.steps; s++) {
      output[s] = this.#compute(...inputs.map((input) => input[s]));
    }
    return output;
  }
}

export class ScalarBinaryNode implements ScalarNode {
  readonly type = 'scalar';
  readonly #compute: (left: number, right: number) => number;
  readonly #left: ScalarNode;
  readonly #right: ScalarNode;

  constructor(operator: BinaryOperator, left: ScalarNode, right: ScalarNode) {
    this.#compute = arithmetic(operator);
    this.#left = left;
    this.#right = right;
  }

  evaluate(grid: Grid, run: Run): Float64Array {
    const left = this.#left.evaluate(grid, run);
    const right = this.#right.evaluate(grid, run);
    for (let s = 0; s < grid.steps; s++) left[s] = this.#compute(left[s], right[s]);
    return left;
  }
}

/** `scalar(v)`: the float of a vector that has exactly one, else NaN. */
export class ScalarOfNode implements ScalarNode {
  readonly type = 'scalar';
  readonly #input: VectorNode;
  readonly #numbers = new Numbers();
  readonly #row = new Row();

  constructor(input: VectorNode) {
    this.#input = input;
  }

  evaluate(grid: Grid, run: Run): Float64Array {
    const { steps } = grid;
    const row = this.#row;
    const series = this.#input.begin(grid, run);
    const values = this.#numbers.of(steps);
    const found = new Uint8Array(steps);
    values.fill(NaN);
    for (let i = 0; i < series.length; i++) {
      if (!this.#input.read(i, row)) continue;
      for (let s = 0; s < steps; s++) {
        if (row.kinds[row.base + s] !== FLOAT) continue;
        values[s] = found[s] === 0 ? row.values[row.base + s] : NaN;
        found[s] = 1;
      }
    }
    return values;
  }
}

const ONE_SERIES = new SeriesList([LabelSet.EMPTY]);

/** `vector(s)`: a scalar as a vector of one series without labels. */
export class VectorOfNode implements VectorNode {
  readonly type = 'vector';
  readonly #input: ScalarNode;
  #values: Float64Array = new Float64Array(0);
  #kinds = new Uint8Array(0);

  constructor(input: ScalarNode) {
    this.#input = input;
  }

  begin(grid: Grid, run: Run): SeriesList {
    this.#values = this.#input.evaluate(grid, run);
    if (this.#kinds.length < grid.steps) this.#kinds = new Uint8Array(grid.steps);
    return ONE_SERIES;
  }

  read(_index: number, row: Row): boolean {
    row.point(this.#values, this.#kinds.fill(FLOAT), 0);
    return true;
  }
}
