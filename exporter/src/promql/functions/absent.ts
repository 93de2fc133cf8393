import { LabelSet, METRIC_NAME } from '../../series/labels.js';
import type { Expression } from '../ast.js';
import type { VectorNode } from '../nodes.js';
import { ABSENT, FLOAT, Row, SeriesList } from '../rows.js';
import type { Grid, Run } from '../run.js';

/**
 * The series that `absent` answers: with the labels that its selector asks for with `=`, unless it
 * asks for one twice.
 */
export function absentSeries(expression: Expression): SeriesList {
  const selector = expression.kind === 'matrix' ? expression.selector : expression;
  if (selector.kind !== 'selector') return new SeriesList([LabelSet.EMPTY]);
  const labels: Record<string, string> = {};
  const seen = new Set<string>();
  for (const { name, operator, value } of selector.matchers) {
    if (name === METRIC_NAME) continue;
    labels[name] = operator === '=' && !seen.has(name) ? value : '';
    if (operator === '=') seen.add(name);
  }
  return new SeriesList([LabelSet.from(labels)]);
}

/** `absent(v)`: 1 at each step at which the vector is empty. */
export class AbsentNode implements VectorNode {
  readonly type = 'vector';
  readonly #input: VectorNode;
  readonly #series: SeriesList;
  readonly #row = new Row();
  #kinds = new Uint8Array(1);
  #values = new Float64Array(1);
  #any = false;

  constructor(input: VectorNode, series: SeriesList) {
    this.#input = input;
    this.#series = series;
  }

  begin(grid: Grid, run: Run): SeriesList {
    const { steps } = grid;
    if (this.#kinds.length < steps) {
      this.#kinds = new Uint8Array(steps);
      this.#values = new Float64Array(steps);
    }
    this.#kinds.fill(FLOAT);
    this.#values.fill(1);
    const series = this.#input.begin(grid, run);
    const row = this.#row;
    for (let i = 0; i < series.length; i++) {
      if (!this.#input.read(i, row)) continue;
      for (let s = 0; s < steps; s++) {
        if (row.kinds[row.base + s] !== ABSENT) this.#kinds[s] = ABSENT;
      }
    }
    this.#any = this.#kinds.subarray(0, steps).includes(FLOAT);
    return this.#series;
  }

  read(_index: number, row: Row): boolean {
    row.point(this.#values, this.#kinds, 0);
    return this.#any;
  }
}
