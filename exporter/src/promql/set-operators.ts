import type { LabelSet } from '../series/labels.js';
import type { Binary, VectorMatching } from './ast.js';
import { KeptPair, matchLabels, signaturesOf, type Signatures } from './matching.js';
import type { VectorNode } from './nodes.js';
import { ABSENT, Block, Row, SeriesList } from './rows.js';
import type { Grid, Run } from './run.js';

/** At which steps a signature has a sample on one side. */
class Presence {
  #cells = new Uint8Array(0);
  #steps = 0;

  reset(signatures: number, steps: number): void {
    const cells = signatures * steps;
    if (this.#cells.length < cells) this.#cells = new Uint8Array(cells);
    else this.#cells.fill(0, 0, cells);
    this.#steps = steps;
  }

  add({ kinds, base }: Row, signature: number): void {
    for (let s = 0; s < this.#steps; s++) {
      if (kinds[base + s] !== ABSENT) this.#cells[signature * this.#steps + s] = 1;
    }
  }

  /** Leaves of a row the steps where the signature is present or, with `negate`, is not. */
  mask({ kinds, base }: Row, signature: number, negate: boolean): boolean {
    let any = false;
    for (let s = 0; s < this.#steps; s++) {
      if ((this.#cells[signature * this.#steps + s] === 1) === negate) kinds[base + s] = ABSENT;
      else if (kinds[base + s] !== ABSENT) any = true;
    }
    return any;
  }
}

/** `and` and `unless`: the left side, where the right side has or has not a match. */
export class FilterNode implements VectorNode {
  readonly type = 'vector';
  readonly #left: VectorNode;
  readonly #right: VectorNode;
  readonly #unless: boolean;
  readonly #labelsOf: (labels: LabelSet) => LabelSet;
  readonly #kept = new KeptPair<Signatures>();
  readonly #presence = new Presence();
  readonly #row = new Row();
  #signatures: Int32Array = new Int32Array(0);

  constructor(
    binary: Binary,
    matching: VectorMatching,
    operands: { left: VectorNode; right: VectorNode },
  ) {
    this.#left = operands.left;
    this.#right = operands.right;
    this.#unless = binary.operator === 'unless';
    this.#labelsOf = matchLabels(matching);
  }

  begin(grid: Grid, run: Run): SeriesList {
    const left = this.#left.begin(grid, run);
    const right = this.#right.begin(grid, run);
    const signatures = this.#kept.get(left, right, () => signaturesOf(left, right, this.#labelsOf));
    this.#signatures = signatures.left;
    this.#presence.reset(signatures.count, grid.steps);
    run.hold(signatures.count * grid.steps);
    for (let i = 0; i < right.length; i++) {
      if (!this.#right.read(i, this.#row)) continue;
      this.#presence.add(this.#row, signatures.right[i]);
      run.work(grid.steps);
    }
    return left;
  }

  read(index: number, row: Row): boolean {
    if (!this.#left.read(index, row)) return false;
    return this.#presence.mask(row, this.#signatures[index], this.#unless);
  }
}

/** `or`: the left side, and of the right side what has no match on the left. */
export class UnionNode implements VectorNode {
  readonly type = 'vector';
  readonly #left: VectorNode;
  readonly #right: VectorNode;
  readonly #labelsOf: (labels: LabelSet) => LabelSet;
  readonly #kept = new KeptPair<Signatures & { output: SeriesList }>();
  readonly #presence = new Presence();
  readonly #block = new Block();
  readonly #row = new Row();
  #leftLength = 0;
  #signatures: Int32Array = new Int32Array(0);

  constructor(matching: VectorMatching, operands: { left: VectorNode; right: VectorNode }) {
    this.#left = operands.left;
    this.#right = operands.right;
    this.#labelsOf = matchLabels(matching);
  }

  begin(grid: Grid, run: Run): SeriesList {
    const left = this.#left.begin(grid, run);
    const { length } = left;
    // The left side is held, as its presence has to be known before the right side is read.
    this.#block.reset(length, grid.steps);
    run.hold(length * grid.steps);
    const present = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      if (!this.#left.read(i, this.#row)) continue;
      present[i] = 1;
      this.#block.copy(this.#row, i);
    }
    const right = this.#right.begin(grid, run);
    const { count, output, ...signatures } = this.#kept.get(left, right, () => ({
      ...signaturesOf(left, right, this.#labelsOf),
      output: concatenated(left, right),
    }));
    this.#leftLength = length;
    this.#signatures = signatures.right;
    this.#presence.reset(count, grid.steps);
    for (let i = 0; i < length; i++) {
      if (present[i] === 0) continue;
      this.#block.row(i, this.#row);
      this.#presence.add(this.#row, signatures.left[i]);
      run.work(grid.steps);
    }
    return output;
  }

  read(index: number, row: Row): boolean {
    if (index < this.#leftLength) return this.#block.row(index, row);
    const position = index - this.#leftLength;
    if (!this.#right.read(position, row)) return false;
    return this.#presence.mask(row, this.#signatures[position], true);
  }
}

function concatenated(left: SeriesList, right: SeriesList): SeriesList {
  const flags = ({ dropName, length }: SeriesList): readonly boolean[] =>
    dropName ?? new Array<boolean>(length).fill(false);
  return new SeriesList([...left.labels, ...right.labels], {
    dropName: [...flags(left), ...flags(right)],
  });
}
