import type { FloatHistogram } from './histogram/float-histogram.js';
import type { ScalarNode, VectorNode } from './nodes.js';
import { renamed } from './range-call.js';
import { ABSENT, FLOAT, HISTOGRAM, Kept, type Row, type SeriesList } from './rows.js';
import type { Grid, Run } from './run.js';

/** A number from a number and scalar arguments; `undefined` for no result. */
export type FloatFunction = (value: number, ...args: number[]) => number;

/** A function of each float of a vector. Histograms have no result. */
export class MapNode implements VectorNode {
  readonly type = 'vector';
  readonly #input: VectorNode;
  readonly #compute: FloatFunction;
  readonly #args: readonly ScalarNode[];
  readonly #output = new Kept<SeriesList, SeriesList>();
  #steps = 0;
  #run!: Run;
  #evaluated: readonly Float64Array[] = [];

  constructor(input: VectorNode, compute: FloatFunction, args: readonly ScalarNode[]) {
    this.#input = input;
    this.#compute = compute;
    this.#args = args;
  }

  begin(grid: Grid, run: Run): SeriesList {
    this.#steps = grid.steps;
    this.#run = run;
    this.#evaluated = this.#args.map((arg) => arg.evaluate(grid, run));
    return this.#output.get(this.#input.begin(grid, run), (series) => renamed(series, run));
  }

  read(index: number, row: Row): boolean {
    if (!this.#input.read(index, row)) return false;
    const { values, kinds, base } = row;
    const compute = this.#compute;
    const [first, second] = this.#evaluated;
    this.#run.work(this.#steps);
    let any = false;
    for (let s = 0; s < this.#steps; s++) {
      const cell = base + s;
      if (kinds[cell] === FLOAT) {
        if (first === undefined) values[cell] = compute(values[cell]);
        else if (second === undefined) values[cell] = compute(values[cell], first[s]);
        else values[cell] = compute(values[cell], first[s], second[s]);
        any = true;
      } else {
        kinds[cell] = ABSENT;
      }
    }
    return any;
  }
}

/** A number from each histogram of a vector. Floats have no result. */
export class HistogramMapNode implements VectorNode {
  readonly type = 'vector';
  readonly #input: VectorNode;
  readonly #compute: (histogram: FloatHistogram) => number;
  readonly #output = new Kept<SeriesList, SeriesList>();
  #steps = 0;

  constructor(input: VectorNode, compute: (histogram: FloatHistogram) => number) {
    this.#input = input;
    this.#compute = compute;
  }

  begin(grid: Grid, run: Run): SeriesList {
    this.#steps = grid.steps;
    return this.#output.get(this.#input.begin(grid, run), (series) => renamed(series, run));
  }

  read(index: number, row: Row): boolean {
    if (!this.#input.read(index, row)) return false;
    const { values, kinds, base, histograms } = row;
    let any = false;
    for (let s = 0; s < this.#steps; s++) {
      const cell = base + s;
      const histogram = kinds[cell] === HISTOGRAM ? histograms?.[cell] : undefined;
      if (histogram === undefined) {
        kinds[cell] = ABSENT;
      } else {
        values[cell] = this.#compute(histogram);
        kinds[cell] = FLOAT;
        any = true;
      }
    }
    return any;
  }
}
