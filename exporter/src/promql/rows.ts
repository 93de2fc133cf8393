import type { LabelSet } from '../series/labels.js';
import type { FloatHistogram } from './histogram/float-histogram.js';

/** What a series has at a step. */
export const ABSENT = 0;
export const FLOAT = 1;
export const HISTOGRAM = 2;

/**
 * The series of a vector without their samples. Immutable; while the index does not change, a node
 * answers the same object again, so that what was worked out for it can be kept.
 */
export class SeriesList {
  static readonly EMPTY = new SeriesList([]);

  readonly labels: readonly LabelSet[];
  /**
   * Series whose name goes at the end of the evaluation, where names are dropped late; `undefined`
   * where there are none.
   */
  readonly dropName: readonly boolean[] | undefined;
  /** Whether it is known that no two series have equal labels. */
  readonly distinct: boolean;

  constructor(
    labels: readonly LabelSet[],
    options: { dropName?: readonly boolean[] | undefined; distinct?: boolean } = {},
  ) {
    this.labels = labels;
    this.dropName = options.dropName?.includes(true) === true ? options.dropName : undefined;
    this.distinct = options.distinct ?? false;
  }

  /** The series at some positions, in that order. */
  pick(positions: readonly number[]): SeriesList {
    const { dropName, distinct } = this;
    return new SeriesList(
      positions.map((i) => this.labels[i]),
      { dropName: dropName && positions.map((i) => dropName[i]), distinct },
    );
  }

  get length(): number {
    return this.labels.length;
  }
}

/**
 * The samples of one series over all steps: those of step s are at `base + s`. It points into memory
 * of the node that filled it, valid until that node's next row; whoever reads a row may overwrite it.
 */
export class Row {
  values: Float64Array = new Float64Array(0);
  /** {@link ABSENT}, {@link FLOAT} or {@link HISTOGRAM}. */
  kinds: Uint8Array = new Uint8Array(0);
  base = 0;
  /** Set where a kind is {@link HISTOGRAM}. */
  histograms: (FloatHistogram | undefined)[] | undefined = undefined;

  point(
    values: Float64Array,
    kinds: Uint8Array,
    base: number,
    histograms?: (FloatHistogram | undefined)[],
  ): void {
    this.values = values;
    this.kinds = kinds;
    this.base = base;
    this.histograms = histograms;
  }
}

/** Samples of several series over all steps, in one piece of memory that is used again. */
export class Block {
  values = new Float64Array(0);
  kinds = new Uint8Array(0);
  histograms: (FloatHistogram | undefined)[] | undefined = undefined;
  steps = 0;

  /** Makes room for `rows` series, all absent. */
  reset(rows: number, steps: number): void {
    const cells = rows * steps;
    if (this.kinds.length < cells) {
      this.values = new Float64Array(cells);
      this.kinds = new Uint8Array(cells);
    } else {
      this.kinds.fill(0, 0, cells);
    }
    this.steps = steps;
    this.histograms = undefined;
  }

  setHistogram(cell: number, histogram: FloatHistogram): void {
    this.histograms ??= [];
    this.histograms[cell] = histogram;
    this.kinds[cell] = HISTOGRAM;
  }

  /** Copies a row; what the row does not have stays as it is. @returns whether it had anything. */
  copy(row: Row, index: number): boolean {
    const to = index * this.steps;
    let any = false;
    for (let s = 0; s < this.steps; s++) {
      const kind = row.kinds[row.base + s];
      if (kind === ABSENT) continue;
      any = true;
      if (kind === FLOAT) {
        this.kinds[to + s] = FLOAT;
        this.values[to + s] = row.values[row.base + s];
      } else {
        const histogram = row.histograms?.[row.base + s];
        if (histogram !== undefined) this.setHistogram(to + s, histogram);
      }
    }
    return any;
  }

  /** Points `row` at a series. @returns whether it has a sample at any step. */
  row(index: number, row: Row): boolean {
    const base = index * this.steps;
    row.point(this.values, this.kinds, base, this.histograms);
    for (let s = 0; s < this.steps; s++) if (this.kinds[base + s] !== ABSENT) return true;
    return false;
  }
}

/** Keeps what was last made of a key, while the key stays the same object. */
export class Kept<K, V> {
  #key: K | undefined;
  #value: V | undefined;

  get(key: K, make: (key: K) => V): V {
    if (this.#key !== key || this.#value === undefined) {
      this.#value = make(key);
      this.#key = key;
    }
    return this.#value;
  }
}
