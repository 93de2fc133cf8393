import type { ScalarNode, VectorNode } from './nodes.js';
import { ABSENT, FLOAT, type Row, type SeriesList } from './rows.js';
import type { Grid, Run } from './run.js';

function single(grid: Grid): Grid {
  return { start: grid.start, step: grid.step, steps: 1 };
}

/** A vector that is the same at every step, as with `@`: evaluated once, then repeated. */
export class StepInvariantVector implements VectorNode {
  readonly type = 'vector';
  readonly #inner: VectorNode;
  #steps = 0;
  #values = new Float64Array(0);
  #kinds = new Uint8Array(0);

  constructor(inner: VectorNode) {
    this.#inner = inner;
  }

  begin(grid: Grid, run: Run): SeriesList {
    this.#steps = grid.steps;
    if (this.#kinds.length < grid.steps) {
      this.#values = new Float64Array(grid.steps);
      this.#kinds = new Uint8Array(grid.steps);
    }
    return this.#inner.begin(single(grid), run);
  }

  read(index: number, row: Row): boolean {
    if (!this.#inner.read(index, row)) return false;
    if (this.#steps === 1) return true;
    const kind = row.kinds[row.base];
    const histogram = row.histograms?.[row.base];
    this.#kinds.fill(kind, 0, this.#steps);
    if (kind === FLOAT) {
      this.#values.fill(row.values[row.base], 0, this.#steps);
      row.point(this.#values, this.#kinds, 0);
    } else {
      row.point(
        this.#values,
        this.#kinds,
        0,
        Array.from({ length: this.#steps }, () => histogram),
      );
    }
    return kind !== ABSENT;
  }
}

/** A scalar that is the same at every step. */
export class StepInvariantScalar implements ScalarNode {
  readonly type = 'scalar';
  readonly #inner: ScalarNode;
  #values = new Float64Array(0);

  constructor(inner: ScalarNode) {
    this.#inner = inner;
  }

  evaluate(grid: Grid, run: Run): Float64Array {
    if (grid.steps === 1) return this.#inner.evaluate(grid, run);
    const [value] = this.#inner.evaluate(single(grid), run);
    if (this.#values.length !== grid.steps) this.#values = new Float64Array(grid.steps);
    return this.#values.fill(value);
  }
}
