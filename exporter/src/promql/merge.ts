import { ExecutionError } from './errors.js';
import type { VectorNode } from './nodes.js';
import { ABSENT, Block, Kept, Row, type SeriesList } from './rows.js';
import type { Grid, Run } from './run.js';

export const DUPLICATE_LABELS = 'vector cannot contain metrics with the same labelset';

/** Which input series become which output series, where several have equal labels. */
interface MergePlan {
  readonly output: SeriesList;
  /** Output of each input; `undefined` where no two series have equal labels. */
  readonly targets: Int32Array | undefined;
}

function isPresent(kind: number): boolean {
  return kind !== ABSENT;
}

function planMerge(series: SeriesList): MergePlan {
  if (series.distinct) return { output: series, targets: undefined };
  const byKey = new Map<string, number>();
  const targets = new Int32Array(series.length);
  const kept: number[] = [];
  for (let i = 0; i < series.length; i++) {
    const { key } = series.labels[i];
    let target = byKey.get(key);
    if (target === undefined) {
      target = kept.length;
      byKey.set(key, target);
      kept.push(i);
    }
    targets[i] = target;
  }
  if (kept.length === series.length) return { output: series, targets: undefined };
  return { output: series.pick(kept), targets };
}

/**
 * Makes one series of those with equal labels, which comes about where metric names were dropped.
 * That two of them have a sample at the same step is an error, as in Prometheus.
 */
export class MergeNode implements VectorNode {
  readonly type = 'vector';
  readonly #input: VectorNode;
  /** Functions over ranges fail where two such series have any samples, at whatever step. */
  readonly #strict: boolean;
  readonly #plan = new Kept<SeriesList, MergePlan>();
  readonly #block = new Block();
  readonly #row = new Row();
  #streams = false;
  #merged = false;
  #targets: Int32Array | undefined;
  #seen = new Uint8Array(0);

  constructor(input: VectorNode, options: { strict: boolean }) {
    this.#input = input;
    this.#strict = options.strict;
  }

  /**
   * For a parent to which it is all the same from which of several series with equal labels a sample
   * comes, as it only adds them up. Where but one of them may have samples, none then has to be held.
   */
  stream(): this {
    this.#streams = this.#strict;
    return this;
  }

  begin(grid: Grid, run: Run): SeriesList {
    const input = this.#input.begin(grid, run);
    const { output, targets } = this.#plan.get(input, planMerge);
    this.#merged = targets !== undefined && !this.#streams;
    this.#targets = targets;
    if (targets === undefined) return input;
    if (this.#streams) {
      this.#seen = new Uint8Array(output.length);
      return input;
    }

    const row = this.#row;
    const block = this.#block;
    block.reset(output.length, grid.steps);
    run.hold(output.length * grid.steps);
    const seen = new Uint8Array(output.length);
    const began = new Float64Array(output.length).fill(Infinity);
    const first: number[] = [];
    for (let i = 0; i < input.length; i++) {
      const target = targets[i];
      first[target] ??= i;
      if (!this.#input.read(i, row)) continue;
      if (seen[target] === 1 && (this.#strict || this.#overlaps(row, target, grid.steps))) {
        throw new ExecutionError(DUPLICATE_LABELS);
      }
      seen[target] = 1;
      block.copy(row, target);
      const begin = row.kinds.subarray(row.base, row.base + grid.steps).findIndex(isPresent);
      if (begin >= began[target]) continue;
      began[target] = begin;
      first[target] = i;
    }
    // Whether the name goes is for the series to say that has the first sample.
    return input.dropName === undefined ? output : input.pick(first);
  }

  read(index: number, row: Row): boolean {
    if (this.#merged) return this.#block.row(index, row);
    if (!this.#input.read(index, row)) return false;
    if (this.#targets !== undefined) this.#see(this.#targets[index]);
    return true;
  }

  #see(target: number): void {
    if (this.#seen[target] === 1) throw new ExecutionError(DUPLICATE_LABELS);
    this.#seen[target] = 1;
  }

  #overlaps(row: Row, target: number, steps: number): boolean {
    for (let s = 0; s < steps; s++) {
      const both =
        row.kinds[row.base + s] !== ABSENT && this.#block.kinds[target * steps + s] !== ABSENT;
      if (both) return true;
    }
    return false;
  }
}
