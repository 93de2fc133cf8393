import type { VectorNode } from '../nodes.js';
import { renamed } from '../range-call.js';
import { ABSENT, FLOAT, Kept, type Row, type SeriesList } from '../rows.js';
import type { Grid, Run } from '../run.js';

/** `timestamp(v)` of anything but a selector: the time of the step, in seconds. */
export class StepTimeNode implements VectorNode {
  readonly type = 'vector';
  readonly #input: VectorNode;
  #grid: Grid = { start: 0, step: 0, steps: 0 };

  constructor(input: VectorNode) {
    this.#input = input;
  }

  begin(grid: Grid, run: Run): SeriesList {
    this.#grid = grid;
    return this.#input.begin(grid, run);
  }

  read(index: number, row: Row): boolean {
    if (!this.#input.read(index, row)) return false;
    const { start, step, steps } = this.#grid;
    for (let s = 0; s < steps; s++) {
      const cell = row.base + s;
      if (row.kinds[cell] === ABSENT) continue;
      row.kinds[cell] = FLOAT;
      row.values[cell] = (start + s * step) / 1000;
    }
    return true;
  }
}

/** Takes the metric name off. */
export class RenamedNode implements VectorNode {
  readonly type = 'vector';
  readonly #input: VectorNode;
  readonly #output = new Kept<SeriesList, SeriesList>();

  constructor(input: VectorNode) {
    this.#input = input;
  }

  begin(grid: Grid, run: Run): SeriesList {
    return this.#output.get(this.#input.begin(grid, run), (series) => renamed(series, run));
  }

  read(index: number, row: Row): boolean {
    return this.#input.read(index, row);
  }
}
