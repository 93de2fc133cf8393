import type { Aggregate } from './ast.js';
import { ExecutionError } from './errors.js';
import { Grouper, type Grouping } from './grouping.js';
import { sampleOffset } from './label-hash.js';
import type { ScalarNode, VectorNode } from './nodes.js';
import { formatFloat, formatGeneral } from './number-format.js';
import { ABSENT, Block, HISTOGRAM, Kept, Row, SeriesList } from './rows.js';
import type { Grid, Run } from './run.js';

// Bounds of a 64-bit integer, as floats that fit.
const MAX_INTEGER = 9223372036854774784;
const MIN_INTEGER = -9223372036854775808;

/**
 * The k samples of a group that come out of `topk` or `bottomk`, kept as a heap whose top is the
 * first to go. Which of equal values stay depends on the heap's order, so it is built as Go's
 * container/heap builds it.
 */
class Best {
  readonly rows: number[] = [];
  readonly #values: number[] = [];
  readonly #sign: 1 | -1;

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  offer(row: number, value: number, k: number): void {
    if (this.rows.length < k) {
      this.rows.push(row);
      this.#values.push(value);
      this.#up(this.rows.length - 1);
      return;
    }
    const worst = this.#values[0];
    const better =
      this.#sign * value > this.#sign * worst || (Number.isNaN(worst) && !Number.isNaN(value));
    if (!better) return;
    this.rows[0] = row;
    this.#values[0] = value;
    this.#down();
  }

  /** Rows from the best to the worst. */
  ordered(): number[] {
    return this.rows
      .map((row, i) => ({ row, value: this.#values[i] }))
      .sort((a, b) => {
        if (Number.isNaN(a.value)) return Number.isNaN(b.value) ? 0 : 1;
        if (Number.isNaN(b.value)) return -1;
        return this.#sign * (b.value - a.value) || 0;
      })
      .map(({ row }) => row);
  }

  #worse(i: number, j: number): boolean {
    const value = this.#values[i];
    return Number.isNaN(value) || this.#sign * value < this.#sign * this.#values[j];
  }

  #swap(i: number, j: number): void {
    [this.rows[i], this.rows[j]] = [this.rows[j], this.rows[i]];
    [this.#values[i], this.#values[j]] = [this.#values[j], this.#values[i]];
  }

  #up(from: number): void {
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#worse(child, parent)) break;
      this.#swap(parent, child);
      child = parent;
    }
  }

  #down(): void {
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= this.rows.length) break;
      if (child + 1 < this.rows.length && this.#worse(child + 1, child)) child++;
      if (!this.#worse(child, parent)) break;
      this.#swap(parent, child);
      parent = child;
    }
  }
}

/** `topk`, `bottomk`, `limitk` and `limit_ratio`: some of the series, with all their labels. */
export class SelectNode implements VectorNode {
  readonly type = 'vector';
  readonly #aggregate: Aggregate;
  readonly #parameter: ScalarNode;
  readonly #input: VectorNode;
  readonly #grouper: Grouper;
  readonly #grouping = new Kept<SeriesList, Grouping>();
  readonly #offsets = new Kept<SeriesList, readonly number[]>();
  readonly #block = new Block();
  readonly #row = new Row();
  /** Input series of each output series; the same number where the order is kept. */
  #order: readonly number[] | undefined;

  constructor(aggregate: Aggregate, parameter: ScalarNode, input: VectorNode) {
    this.#aggregate = aggregate;
    this.#parameter = parameter;
    this.#input = input;
    this.#grouper = new Grouper(aggregate);
  }

  begin(grid: Grid, run: Run): SeriesList {
    const { operator } = this.#aggregate;
    const { steps } = grid;
    const parameters = this.#parameter.evaluate(grid, run);
    const input = this.#input.begin(grid, run);
    this.#order = undefined;
    if (!this.#wanted(parameters, run)) {
      // Reading may still warn or fail.
      for (let i = 0; i < input.length; i++) this.#input.read(i, this.#row);
      return SeriesList.EMPTY;
    }

    const { output, groups } = this.#grouping.get(input, (series) => this.#grouper.group(series));
    const block = this.#block;
    block.reset(input.length, steps);
    run.hold(input.length * steps);
    for (let i = 0; i < input.length; i++) {
      if (this.#input.read(i, this.#row)) block.copy(this.#row, i);
    }
    const ranked = operator === 'topk' || operator === 'bottomk';
    let order: number[] = [];
    for (let s = 0; s < steps; s++) {
      run.work(input.length);
      if (ranked)
        order = this.#rank(s, { k: parameters[s], groups, groupCount: output.length }, run);
      else if (operator === 'limitk') this.#limit(s, Math.trunc(parameters[s]), groups);
      else this.#sample(s, parameters[s], input);
    }
    if (!ranked || steps > 1) return input;
    this.#order = order;
    return input.pick(order);
  }

  read(index: number, row: Row): boolean {
    return this.#block.row(this.#order?.[index] ?? index, row);
  }

  /** Checks the parameters of all steps. @returns whether anything can come out. */
  #wanted(parameters: Float64Array, { annotations }: Run): boolean {
    const least = Math.min(...parameters);
    const most = Math.max(...parameters);
    const span = this.#aggregate.parameter?.span ?? this.#aggregate.span;
    if (this.#aggregate.operator === 'limit_ratio') {
      if (least === 0 && most === 0) return false;
      if (Number.isNaN(most)) throw new ExecutionError('Ratio value is NaN');
      const capped = (ratio: number, to: number): void =>
        annotations.warn(
          `ratio value should be between -1 and 1, got ${formatGeneral(ratio)}, capping to ${to}`,
          span,
        );
      if (most > 1) capped(most, 1);
      if (least < -1) capped(least, -1);
      return true;
    }
    if (Number.isNaN(most)) throw new ExecutionError('Parameter value is NaN');
    if (most < 1) return false;
    if (least <= MIN_INTEGER) {
      throw new ExecutionError(`Scalar value ${scalarText(least)} underflows int64`);
    }
    if (most >= MAX_INTEGER) {
      throw new ExecutionError(`Scalar value ${scalarText(most)} overflows int64`);
    }
    return true;
  }

  /** Leaves the k best of each group at a step. @returns their rows, group by group, best first. */
  #rank(
    s: number,
    { k, groups, groupCount }: { k: number; groups: Int32Array; groupCount: number },
    { annotations }: Run,
  ): number[] {
    const { kinds, values, steps } = this.#block;
    const { operator } = this.#aggregate;
    const sign = operator === 'topk' ? 1 : -1;
    const best = Array.from({ length: groupCount }, () => new Best(sign));
    for (let i = 0; i < groups.length; i++) {
      const cell = i * steps + s;
      if (kinds[cell] === HISTOGRAM) {
        annotations.histogramIgnoredIn(operator, this.#aggregate.span);
      } else if (kinds[cell] !== ABSENT && k >= 1) {
        best[groups[i]].offer(i, values[cell], Math.trunc(k));
      }
      // Those chosen are set again below.
      kinds[cell] = ABSENT;
    }
    const order: number[] = [];
    for (const group of best) {
      for (const row of group.ordered()) {
        kinds[row * steps + s] = 1;
        order.push(row);
      }
    }
    return order;
  }

  #limit(s: number, k: number, groups: Int32Array): void {
    const { kinds, steps } = this.#block;
    const taken = new Map<number, number>();
    for (let i = 0; i < groups.length; i++) {
      const cell = i * steps + s;
      if (kinds[cell] === ABSENT) continue;
      const count = taken.get(groups[i]) ?? 0;
      if (count >= k) kinds[cell] = ABSENT;
      else taken.set(groups[i], count + 1);
    }
  }

  #sample(s: number, parameter: number, input: SeriesList): void {
    const { kinds, steps } = this.#block;
    const ratio = Math.max(-1, Math.min(1, parameter));
    const offsets = this.#offsets.get(input, (series) => series.labels.map(sampleOffset));
    for (let i = 0; i < offsets.length; i++) {
      const offset = offsets[i];
      const keep = ratio >= 0 ? offset < ratio : offset >= 1 + ratio;
      if (!keep || ratio === 0) kinds[i * steps + s] = ABSENT;
    }
  }
}

function scalarText(value: number): string {
  return Math.abs(value) === Infinity ? formatFloat(value) : formatGeneral(value);
}
