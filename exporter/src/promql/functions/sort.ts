import type { LabelSet } from '../../series/labels.js';
import type { Span } from '../ast.js';
import { compareLabels } from '../label-operations.js';
import type { VectorNode } from '../nodes.js';
import { ABSENT, Block, FLOAT, Row, type SeriesList } from '../rows.js';
import type { Grid, Run } from '../run.js';

/** Compares two series of a vector at one step. */
type Comparison = (
  a: { labels: LabelSet; value: number },
  b: { labels: LabelSet; value: number },
) => number;

/** Ascending or descending values; NaN comes last either way. */
export function byValue(sign: 1 | -1): Comparison {
  return ({ value: a }, { value: b }) => {
    if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
    if (Number.isNaN(b)) return -1;
    return a === b ? 0 : a < b ? -sign : sign;
  };
}

function parts(text: string): string[] {
  return text.match(/\d+|\D+/g) ?? [''];
}

/**
 * Natural order: runs of digits compare as numbers (as github.com/facette/natsort, which Prometheus
 * sorts labels with).
 */
function compareNaturally(a: string, b: string): number {
  const left = parts(a);
  const right = parts(b);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] === right[i]) continue;
    if (/^\d/.test(left[i]) && /^\d/.test(right[i])) {
      const difference = Number(left[i]) - Number(right[i]);
      if (difference !== 0) return difference;
      // Of equal numbers the one with fewer leading zeros comes first.
      return left[i].length - right[i].length;
    }
    return left[i] < right[i] ? -1 : 1;
  }
  return left.length - right.length;
}

/** By the values of some labels in natural order, then by all labels. */
export function byLabels(names: readonly string[], sign: 1 | -1): Comparison {
  return ({ labels: a }, { labels: b }) => {
    for (const name of names) {
      const order = compareNaturally(a.get(name), b.get(name));
      if (order !== 0) return sign * order;
    }
    return sign * compareLabels(a, b);
  };
}

/**
 * Puts the series of an instant vector in order. Over a range, results are ordered by labels, so
 * sorting has no effect and a warning says so.
 */
export class SortNode implements VectorNode {
  readonly type = 'vector';
  readonly #input: VectorNode;
  readonly #compare: Comparison;
  /** `sort` and `sort_desc` leave histograms out, which have no order. */
  readonly #floatsOnly: boolean;
  readonly #span: Span;
  readonly #block = new Block();
  readonly #row = new Row();
  #order: readonly number[] = [];
  #sorts = false;
  #steps = 0;

  constructor(
    input: VectorNode,
    options: { compare: Comparison; floatsOnly: boolean; span: Span },
  ) {
    this.#input = input;
    this.#compare = options.compare;
    this.#floatsOnly = options.floatsOnly;
    this.#span = options.span;
  }

  begin(grid: Grid, run: Run): SeriesList {
    const series = this.#input.begin(grid, run);
    this.#steps = grid.steps;
    this.#sorts = grid.steps === 1;
    if (!this.#sorts) {
      run.annotations.warn(
        'sort is ineffective for range queries since results are always ordered by labels',
        this.#span,
      );
      return series;
    }
    this.#block.reset(series.length, 1);
    run.hold(series.length);
    for (let i = 0; i < series.length; i++) {
      if (this.#input.read(i, this.#row)) this.#block.copy(this.#row, i);
    }
    const { kinds, values } = this.#block;
    const entries = series.labels
      .map((labels, i) => ({ labels, value: values[i], i }))
      .filter(({ i }) => (this.#floatsOnly ? kinds[i] === FLOAT : kinds[i] !== ABSENT));
    entries.sort(this.#compare);
    this.#order = entries.map(({ i }) => i);
    return series.pick(this.#order);
  }

  read(index: number, row: Row): boolean {
    if (this.#sorts) return this.#block.row(this.#order[index], row);
    if (!this.#input.read(index, row)) return false;
    if (!this.#floatsOnly || row.histograms === undefined) return true;
    let any = false;
    for (let s = 0; s < this.#steps; s++) {
      if (row.kinds[row.base + s] === FLOAT) any = true;
      else row.kinds[row.base + s] = ABSENT;
    }
    return any;
  }
}
