import type { LabelSet } from '../series/labels.js';
import type { Binary, VectorMatching } from './ast.js';
import { ExecutionError } from './errors.js';
import { KeptPair, matchLabels, resultLabels, signaturesOf, type Signatures } from './matching.js';
import type { VectorNode } from './nodes.js';
import { ABSENT, Block, FLOAT, HISTOGRAM, Row, SeriesList } from './rows.js';
import type { Grid, Run } from './run.js';
import { SampleOperation, type Operand, type Outcome } from './sample-operations.js';
import { StepMatcher } from './step-matcher.js';

/** How series of the two sides pair up. With `group_right`, the many are on the right. */
interface MatchPlan extends Signatures {
  readonly many: Int32Array;
  readonly one: Int32Array;
  /**
   * Set where no step can bring up a conflict: the partner of each of the many, −1 for none, and the
   * series that come out.
   */
  readonly pairs: { readonly partners: Int32Array; readonly output: SeriesList } | undefined;
}

/** An operator between two vectors, other than the set operators. */
export class VectorBinaryNode implements VectorNode {
  readonly type = 'vector';
  readonly #binary: Binary;
  readonly #matching: VectorMatching;
  readonly #left: VectorNode;
  readonly #right: VectorNode;
  readonly #swapped: boolean;
  readonly #labelsOf: (labels: LabelSet) => LabelSet;
  readonly #operation: SampleOperation;
  readonly #kept = new KeptPair<MatchPlan>();
  readonly #many = new Block();
  readonly #one = new Block();
  readonly #row = new Row();
  readonly #operands = {
    left: { value: 0, histogram: undefined } as Operand,
    right: { value: 0, histogram: undefined } as Operand,
  };
  #results = new Block();

  constructor(
    binary: Binary,
    matching: VectorMatching,
    operands: { left: VectorNode; right: VectorNode },
  ) {
    this.#binary = binary;
    this.#matching = matching;
    this.#left = operands.left;
    this.#right = operands.right;
    this.#swapped = matching.cardinality === 'one-to-many';
    this.#labelsOf = matchLabels(matching);
    this.#operation = new SampleOperation(binary);
  }

  begin(grid: Grid, run: Run): SeriesList {
    const { steps } = grid;
    const left = this.#load(this.#left, this.#swapped ? this.#one : this.#many, { grid, run });
    const right = this.#load(this.#right, this.#swapped ? this.#many : this.#one, { grid, run });
    const plan = this.#kept.get(left, right, () => this.#plan(left, right, run));
    const many = this.#swapped ? right : left;
    const one = this.#swapped ? left : right;
    if (plan.pairs === undefined) return this.#evaluateSteps({ plan, many, one, steps }, run);
    const { partners, output } = plan.pairs;
    run.hold(output.length * steps);
    this.#results.reset(output.length, steps);
    let index = 0;
    for (let i = 0; i < many.length; i++) {
      if (partners[i] < 0) continue;
      this.#evaluatePair({ many: i, one: partners[i], to: index++, steps }, run);
      run.work(steps);
    }
    return output;
  }

  read(index: number, row: Row): boolean {
    return this.#results.row(index, row);
  }

  #load(node: VectorNode, block: Block, { grid, run }: { grid: Grid; run: Run }): SeriesList {
    const series = node.begin(grid, run);
    block.reset(series.length, grid.steps);
    run.hold(series.length * grid.steps);
    for (let i = 0; i < series.length; i++) {
      if (node.read(i, this.#row)) block.copy(this.#row, i);
    }
    return series;
  }

  #plan(left: SeriesList, right: SeriesList, run: Run): MatchPlan {
    const signatures = signaturesOf(left, right, this.#labelsOf);
    const many = this.#swapped ? signatures.right : signatures.left;
    const one = this.#swapped ? signatures.left : signatures.right;
    const sides = this.#swapped ? { many: right, one: left } : { many: left, one: right };
    return { ...signatures, many, one, pairs: this.#pair({ many, one }, sides, run) };
  }

  #pair(
    { many, one }: { many: Int32Array; one: Int32Array },
    series: { many: SeriesList; one: SeriesList },
    run: Run,
  ): MatchPlan['pairs'] {
    const { fillLeft, fillRight, cardinality } = this.#matching;
    if (fillLeft !== undefined || fillRight !== undefined) return undefined;
    const bySignature = new Map<number, number>();
    for (let i = 0; i < one.length; i++) {
      if (bySignature.has(one[i])) return undefined;
      bySignature.set(one[i], i);
    }
    const labelsOf = resultLabels(this.#binary, this.#matching, run.delayedNameRemoval);
    const partners = Int32Array.from(many, (signature) => bySignature.get(signature) ?? -1);
    const labels: LabelSet[] = [];
    const seen = new Set<string>();
    for (let i = 0; i < many.length; i++) {
      if (partners[i] < 0) continue;
      const result = labelsOf(series.many.labels[i], series.one.labels[partners[i]]);
      const unique = cardinality === 'one-to-one' ? String(many[i]) : `${many[i]} ${result.key}`;
      if (seen.has(unique)) return undefined;
      seen.add(unique);
      labels.push(result);
    }
    return { partners, output: this.#output(labels, run) };
  }

  #output(labels: readonly LabelSet[], run: Run): SeriesList {
    const drops = run.delayedNameRemoval && this.#binary.bool;
    return new SeriesList(labels, { dropName: drops ? labels.map(() => true) : undefined });
  }

  #apply(many: Operand, one: Operand, run: Run): Outcome {
    return this.#swapped
      ? this.#operation.apply(one, many, run.annotations)
      : this.#operation.apply(many, one, run.annotations);
  }

  #operand(block: Block, cell: number, operand: Operand): Operand {
    operand.value = block.values[cell];
    operand.histogram = block.kinds[cell] === HISTOGRAM ? block.histograms?.[cell] : undefined;
    return operand;
  }

  /** @returns whether the outcome is part of the result. */
  #store(outcome: Outcome, block: Block, cell: number): boolean {
    const { bool } = this.#binary;
    if (!outcome.defined || (!outcome.keep && !bool)) return false;
    if (bool) {
      block.kinds[cell] = FLOAT;
      block.values[cell] = outcome.keep ? 1 : 0;
    } else if (outcome.histogram === undefined) {
      block.kinds[cell] = FLOAT;
      block.values[cell] = outcome.value;
    } else {
      block.setHistogram(cell, outcome.histogram);
    }
    return true;
  }

  #evaluatePair(
    { many, one, to, steps }: { many: number; one: number; to: number; steps: number },
    run: Run,
  ): void {
    const { left, right } = this.#operands;
    for (let s = 0; s < steps; s++) {
      const manyCell = many * steps + s;
      const oneCell = one * steps + s;
      if (this.#many.kinds[manyCell] === ABSENT || this.#one.kinds[oneCell] === ABSENT) continue;
      const outcome = this.#apply(
        this.#operand(this.#many, manyCell, left),
        this.#operand(this.#one, oneCell, right),
        run,
      );
      this.#store(outcome, this.#results, to * steps + s);
    }
  }

  /** Step by step, where partners differ between steps or conflicts have to be found. */
  #evaluateSteps(
    input: { plan: MatchPlan; many: SeriesList; one: SeriesList; steps: number },
    run: Run,
  ): SeriesList {
    const matcher = new StepMatcher({
      binary: this.#binary,
      matching: this.#matching,
      labelsOf: this.#labelsOf,
      resultOf: resultLabels(this.#binary, this.#matching, run.delayedNameRemoval),
      apply: (many, one) => this.#apply(many, one, run),
    });
    const { many, one, plan, steps } = input;
    const labels: LabelSet[] = [];
    const columns: Block[] = [];
    const rows = new Map<string, number>();
    for (let s = 0; s < steps; s++) {
      run.work(many.length + one.length);
      matcher.match(
        {
          many: { series: many, block: this.#many, signatures: plan.many },
          one: { series: one, block: this.#one, signatures: plan.one },
          step: s,
        },
        (result, outcome) => {
          let index = rows.get(result.key);
          if (index === undefined) {
            index = labels.length;
            rows.set(result.key, index);
            labels.push(result);
            const column = new Block();
            column.reset(1, steps);
            run.hold(steps);
            columns.push(column);
          }
          const column = columns[index];
          if (column.kinds[s] !== ABSENT) {
            throw new ExecutionError('vector cannot contain metrics with the same labelset');
          }
          this.#store(outcome, column, s);
        },
      );
    }
    this.#results = new Block();
    this.#results.reset(labels.length, steps);
    columns.forEach((column, i) => {
      column.row(0, this.#row);
      this.#results.copy(this.#row, i);
    });
    return this.#output(labels, run);
  }
}
