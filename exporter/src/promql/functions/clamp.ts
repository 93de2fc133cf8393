import { clamp } from '../arithmetic.js';
import type { ScalarNode, VectorNode } from '../nodes.js';
import { renamed } from '../range-call.js';
import { ABSENT, FLOAT, Kept, type Row, type SeriesList } from '../rows.js';
import type { Grid, Run } from '../run.js';

/** `clamp(v, min, max)`: no result at all at steps where min is above max. */
export class ClampNode implements VectorNode {
  readonly type = 'vector';
  readonly #input: VectorNode;
  readonly #least: ScalarNode;
  readonly #most: ScalarNode;
  readonly #output = new Kept<SeriesList, SeriesList>();
  #bounds: { least: Float64Array; most: Float64Array } = {
    least: new Float64Array(0),
    most: new Float64Array(0),
  };
  #steps = 0;

  constructor(input: VectorNode, least: ScalarNode, most: ScalarNode) {
    this.#input = input;
    this.#least = least;
    this.#most = most;
  }

  begin(grid: Grid, run: Run): SeriesList {
    this.#steps = grid.steps;
    this.#bounds = { least: this.#least.evaluate(grid, run), most: this.#most.evaluate(grid, run) };
    return this.#output.get(this.#input.begin(grid, run), (series) => renamed(series, run));
  }

  read(index: number, row: Row): boolean {
    if (!this.#input.read(index, row)) return false;
    const { values, kinds, base } = row;
    const { least, most } = this.#bounds;
    let any = false;
    for (let s = 0; s < this.#steps; s++) {
      const cell = base + s;
      if (kinds[cell] !== FLOAT || most[s] < least[s]) {
        kinds[cell] = ABSENT;
        continue;
      }
      values[cell] = clamp(values[cell], least[s], most[s]);
      any = true;
    }
    return any;
  }
}
