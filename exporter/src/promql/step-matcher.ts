import type { LabelSet } from '../series/labels.js';
import type { Binary, VectorMatching } from './ast.js';
import { ExecutionError } from './errors.js';
import { ABSENT, HISTOGRAM, type Block, type SeriesList } from './rows.js';
import type { Operand, Outcome } from './sample-operations.js';

/** One side of an operator: its samples, and numbers that are equal where series match. */
interface Side {
  readonly series: SeriesList;
  readonly block: Block;
  readonly signatures: Int32Array;
}

interface StepMatcherOptions {
  readonly binary: Binary;
  readonly matching: VectorMatching;
  readonly labelsOf: (labels: LabelSet) => LabelSet;
  readonly resultOf: (many: LabelSet, one: LabelSet) => LabelSet;
  readonly apply: (many: Operand, one: Operand) => Outcome;
}

/** Matches the samples of one step as Prometheus does, with its errors. */
export class StepMatcher {
  readonly #options: StepMatcherOptions;
  /** Labels of results by signature, to find two that are the same. */
  #matched = new Map<number, Set<string>>();

  constructor(options: StepMatcherOptions) {
    this.#options = options;
  }

  match(
    { many, one, step }: { many: Side; one: Side; step: number },
    emit: (labels: LabelSet, outcome: Outcome) => void,
  ): void {
    const { fillLeft, fillRight } = this.#options.matching;
    const manyRows = present(many, step);
    const oneRows = present(one, step);
    const fills = fillLeft !== undefined || fillRight !== undefined;
    if (manyRows.length === 0 && oneRows.length === 0) return;
    if ((manyRows.length === 0 || oneRows.length === 0) && !fills) return;

    this.#matched = new Map();
    const partners = new Map<number, number>();
    for (const row of oneRows) {
      const signature = one.signatures[row];
      const other = partners.get(signature);
      if (other !== undefined)
        this.#failDuplicate(one.series.labels[row], one.series.labels[other]);
      partners.set(signature, row);
    }
    for (const row of manyRows) {
      const signature = many.signatures[row];
      const partner = partners.get(signature);
      const labels = many.series.labels[row];
      const operand = operandOf(many, row, step);
      if (partner !== undefined) {
        const pair = { many: labels, one: one.series.labels[partner] };
        this.#combine(pair, [operand, operandOf(one, partner, step)], { signature, emit });
      } else if (fillRight !== undefined) {
        const pair = { many: labels, one: this.#options.labelsOf(labels) };
        this.#combine(pair, [operand, { value: fillRight, histogram: undefined }], {
          signature,
          emit,
        });
      }
    }
    if (fillLeft === undefined) return;
    for (const row of oneRows) {
      const signature = one.signatures[row];
      if (this.#matched.has(signature)) continue;
      const labels = one.series.labels[row];
      const pair = { many: this.#options.labelsOf(labels), one: labels };
      const filled: Operand = { value: fillLeft, histogram: undefined };
      this.#combine(pair, [filled, operandOf(one, row, step)], { signature, emit });
    }
  }

  #combine(
    pair: { many: LabelSet; one: LabelSet },
    [many, one]: readonly [Operand, Operand],
    { signature, emit }: { signature: number; emit: (labels: LabelSet, outcome: Outcome) => void },
  ): void {
    const { binary, matching, resultOf, apply } = this.#options;
    const outcome = apply(many, one);
    if (!outcome.defined) return;
    const labels = resultOf(pair.many, pair.one);
    let matched = this.#matched.get(signature);
    if (matched === undefined) {
      matched = new Set();
      this.#matched.set(signature, matched);
    } else if (matching.cardinality === 'one-to-one') {
      throw new ExecutionError(
        'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
      );
    } else if (matched.has(labels.key)) {
      throw new ExecutionError(
        'multiple matches for labels: grouping labels must ensure unique matches',
      );
    }
    matched.add(labels.key);
    if (outcome.keep || binary.bool) emit(labels, outcome);
  }

  #failDuplicate(second: LabelSet, first: LabelSet): never {
    const { matching, labelsOf } = this.#options;
    const side = matching.cardinality === 'one-to-many' ? 'left' : 'right';
    throw new ExecutionError(
      `found duplicate series for the match group ${bracedLabels(labelsOf(second))} on the ${side} hand-side of the operation: [${bracedLabels(second)}, ${bracedLabels(first)}];many-to-many matching not allowed: matching labels must be unique on one side`,
    );
  }
}

function present({ series, block }: Side, step: number): number[] {
  const rows: number[] = [];
  for (let i = 0; i < series.length; i++) {
    if (block.kinds[i * block.steps + step] !== ABSENT) rows.push(i);
  }
  return rows;
}

function operandOf({ block }: Side, row: number, step: number): Operand {
  const cell = row * block.steps + step;
  return {
    value: block.values[cell],
    histogram: block.kinds[cell] === HISTOGRAM ? block.histograms?.[cell] : undefined,
  };
}

/** All labels in braces, the metric name as `__name__`, as Prometheus writes labels in errors. */
function bracedLabels({ names, values }: LabelSet): string {
  return `{${names.map((name, i) => `${name}=${JSON.stringify(values[i])}`).join(', ')}}`;
}
