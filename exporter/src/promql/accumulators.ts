import type { Annotations } from './annotations.js';
import type { AggregateOperator, Span } from './ast.js';
import { divide } from './histogram/float-histogram.js';
import { HistogramSum } from './histogram/histogram-sum.js';
import { ABSENT, FLOAT, HISTOGRAM, type Block, type Row } from './rows.js';

/** Where messages about an aggregation go, and what they are about. */
export interface AccumulatorContext {
  readonly annotations: Annotations;
  /** Of the aggregated expression. */
  readonly span: Span;
  /** Metric name of the series that is being added. */
  metric: string;
}

/**
 * Takes in series one by one and keeps, for each group and step (a cell), what the aggregation needs.
 */
export interface Accumulator {
  /** Starts over with room for `cells`. */
  reset(cells: number, context: AccumulatorContext): void;
  /** Adds the samples of a series; those of step s belong to cell `cell + s`. */
  add(row: Row, cell: number, steps: number): void;
  /** Writes the result of each cell. */
  finish(block: Block, cells: number): void;
}

const SEEN_FLOAT = 1;
const SEEN_HISTOGRAM = 2;
const INCOMPATIBLE = 4;
const INCREMENTAL = 8;

/** Float64Arrays that are cleared and used again while they are large enough. */
function cleared(array: Float64Array, cells: number): Float64Array {
  return array.length < cells ? new Float64Array(cells) : array.fill(0, 0, cells);
}

function clearedBytes(array: Uint8Array, cells: number): Uint8Array {
  return array.length < cells ? new Uint8Array(cells) : array.fill(0, 0, cells);
}

/** `sum` and `avg`, of floats or of histograms. */
class SumAccumulator implements Accumulator {
  readonly #mean: boolean;
  #context!: AccumulatorContext;
  #flags: Uint8Array = new Uint8Array(0);
  #sums: Float64Array = new Float64Array(0);
  #compensations: Float64Array = new Float64Array(0);
  #counts: Float64Array = new Float64Array(0);
  #histograms: (HistogramSum | undefined)[] = [];
  /** Hints seen in each cell: 1 a reset, 2 no reset. */
  #hints: number[] = [];

  constructor(mean: boolean) {
    this.#mean = mean;
  }

  reset(cells: number, context: AccumulatorContext): void {
    this.#context = context;
    this.#flags = clearedBytes(this.#flags, cells);
    this.#sums = cleared(this.#sums, cells);
    this.#compensations = cleared(this.#compensations, cells);
    if (this.#mean) this.#counts = cleared(this.#counts, cells);
    if (this.#histograms.length > 0) this.#histograms = [];
    if (this.#hints.length > 0) this.#hints = [];
  }

  add(row: Row, cell: number, steps: number): void {
    const { values, kinds, base } = row;
    const flags = this.#flags;
    const sums = this.#sums;
    const compensations = this.#compensations;
    for (let s = 0; s < steps; s++) {
      const kind = kinds[base + s];
      if (kind === ABSENT) continue;
      const at = cell + s;
      if (kind === HISTOGRAM) {
        this.#addHistogram(row, base + s, at);
        continue;
      }
      const value = values[base + s];
      if (flags[at] === 0) {
        flags[at] = SEEN_FLOAT;
        sums[at] = value;
        if (this.#mean) this.#counts[at] = 1;
        continue;
      }
      flags[at] |= SEEN_FLOAT;
      if (this.#mean) {
        this.#addToMean(at, value);
        continue;
      }
      const sum = sums[at];
      const total = sum + value;
      if (total === Infinity || total === -Infinity) compensations[at] = 0;
      else if (Math.abs(sum) >= Math.abs(value)) compensations[at] += sum - total + value;
      else compensations[at] += value - total + sum;
      sums[at] = total;
    }
  }

  finish(block: Block, cells: number): void {
    const { annotations, span } = this.#context;
    for (let at = 0; at < cells; at++) {
      const flags = this.#flags[at];
      if (flags === 0) continue;
      if ((flags & SEEN_FLOAT) !== 0 && (flags & SEEN_HISTOGRAM) !== 0) {
        annotations.warn('encountered a mix of histograms and floats for aggregation', span);
      } else if ((flags & SEEN_FLOAT) !== 0) {
        block.kinds[at] = FLOAT;
        block.values[at] = this.#floatResult(at, flags);
      } else if ((flags & INCOMPATIBLE) === 0) {
        if (this.#hints[at] === 3) annotations.resetsCollided('aggregation', span);
        const divisor = this.#mean && (flags & INCREMENTAL) === 0 ? this.#counts[at] : 1;
        const histogram = this.#histograms[at]?.result(divisor);
        if (histogram !== undefined) block.setHistogram(at, histogram);
      }
    }
  }

  #floatResult(at: number, flags: number): number {
    const sum = this.#sums[at];
    const compensation = this.#compensations[at];
    if (!this.#mean || (flags & INCREMENTAL) !== 0) return sum + compensation;
    return sum / this.#counts[at] + compensation / this.#counts[at];
  }

  /** Adds up while the sum stays finite; from then on it keeps the mean itself. */
  #addToMean(at: number, value: number): void {
    const count = ++this.#counts[at];
    let sum = this.#sums[at];
    let term = value;
    if ((this.#flags[at] & INCREMENTAL) === 0 && Math.abs(sum + value) === Infinity) {
      this.#flags[at] |= INCREMENTAL;
      sum /= count - 1;
      this.#compensations[at] /= count - 1;
    }
    if ((this.#flags[at] & INCREMENTAL) !== 0) {
      const q = (count - 1) / count;
      sum *= q;
      this.#compensations[at] *= q;
      term = value / count;
    }
    const total = sum + term;
    if (Math.abs(total) === Infinity) this.#compensations[at] = 0;
    else if (Math.abs(sum) >= Math.abs(term)) this.#compensations[at] += sum - total + term;
    else this.#compensations[at] += term - total + sum;
    this.#sums[at] = total;
  }

  #addHistogram(row: Row, from: number, at: number): void {
    const histogram = row.histograms?.[from];
    if (histogram === undefined) return;
    const flags = this.#flags[at];
    this.#flags[at] = flags | SEEN_HISTOGRAM;
    if (this.#mean) this.#counts[at]++;
    const seen = histogram.resetHint === 'reset' ? 1 : histogram.resetHint === 'not_reset' ? 2 : 0;
    this.#hints[at] = (this.#hints[at] ?? 0) | seen;
    if (flags === 0) {
      this.#histograms[at] = new HistogramSum(histogram);
      return;
    }
    // With floats in the group there will be no result.
    const sum = this.#histograms[at];
    if (sum === undefined || (flags & INCOMPATIBLE) !== 0) return;
    const count = this.#counts[at];
    let incremental = (flags & INCREMENTAL) !== 0;
    if (this.#mean && !incremental && sum.overflowsWith(histogram)) {
      incremental = true;
      this.#flags[at] |= INCREMENTAL;
      sum.divide(count - 1);
    }
    let added: boolean;
    if (incremental) {
      sum.scale((count - 1) / count);
      added = sum.add(divide(histogram, count));
    } else {
      added = sum.add(histogram);
    }
    const { annotations, metric, span } = this.#context;
    if (!added) {
      this.#flags[at] |= INCOMPATIBLE;
      annotations.mixedCustomBuckets(metric, span);
    } else if (sum.boundsReconciled) {
      annotations.boundsReconciled('aggregation', span);
    }
  }
}

/** `min` and `max`; NaN only where there is nothing else. */
class ExtremeAccumulator implements Accumulator {
  readonly #operator: 'min' | 'max';
  #context!: AccumulatorContext;
  #seen: Uint8Array = new Uint8Array(0);
  #values: Float64Array = new Float64Array(0);

  constructor(operator: 'min' | 'max') {
    this.#operator = operator;
  }

  reset(cells: number, context: AccumulatorContext): void {
    this.#context = context;
    this.#seen = clearedBytes(this.#seen, cells);
    this.#values = cleared(this.#values, cells);
  }

  add({ values, kinds, base }: Row, cell: number, steps: number): void {
    const sign = this.#operator === 'max' ? 1 : -1;
    for (let s = 0; s < steps; s++) {
      const kind = kinds[base + s];
      if (kind === FLOAT) {
        const at = cell + s;
        const value = values[base + s];
        const known = this.#values[at];
        if (this.#seen[at] === 0 || sign * value > sign * known || known !== known) {
          this.#values[at] = value;
          this.#seen[at] = 1;
        }
      } else if (kind === HISTOGRAM) {
        this.#context.annotations.histogramIgnoredIn(this.#operator, this.#context.span);
      }
    }
  }

  finish(block: Block, cells: number): void {
    for (let at = 0; at < cells; at++) {
      if (this.#seen[at] === 0) continue;
      block.kinds[at] = FLOAT;
      block.values[at] = this.#values[at];
    }
  }
}

/** `count` and `group`. */
class CountAccumulator implements Accumulator {
  readonly #ones: boolean;
  #counts: Float64Array = new Float64Array(0);

  constructor(ones: boolean) {
    this.#ones = ones;
  }

  reset(cells: number): void {
    this.#counts = cleared(this.#counts, cells);
  }

  add({ kinds, base }: Row, cell: number, steps: number): void {
    for (let s = 0; s < steps; s++) if (kinds[base + s] !== ABSENT) this.#counts[cell + s]++;
  }

  finish(block: Block, cells: number): void {
    for (let at = 0; at < cells; at++) {
      if (this.#counts[at] === 0) continue;
      block.kinds[at] = FLOAT;
      block.values[at] = this.#ones ? 1 : this.#counts[at];
    }
  }
}

/** `stddev` and `stdvar`, by Welford's method. */
class VarianceAccumulator implements Accumulator {
  readonly #operator: 'stddev' | 'stdvar';
  #context!: AccumulatorContext;
  #counts: Float64Array = new Float64Array(0);
  #means: Float64Array = new Float64Array(0);
  #squares: Float64Array = new Float64Array(0);

  constructor(operator: 'stddev' | 'stdvar') {
    this.#operator = operator;
  }

  reset(cells: number, context: AccumulatorContext): void {
    this.#context = context;
    this.#counts = cleared(this.#counts, cells);
    this.#means = cleared(this.#means, cells);
    this.#squares = cleared(this.#squares, cells);
  }

  add({ values, kinds, base }: Row, cell: number, steps: number): void {
    for (let s = 0; s < steps; s++) {
      const kind = kinds[base + s];
      if (kind === HISTOGRAM) {
        this.#context.annotations.histogramIgnoredIn(this.#operator, this.#context.span);
      }
      if (kind !== FLOAT) continue;
      const at = cell + s;
      const value = values[base + s];
      const count = ++this.#counts[at];
      if (count === 1) {
        this.#means[at] = value;
        this.#squares[at] = Number.isFinite(value) ? 0 : NaN;
        continue;
      }
      const deviation = value - this.#means[at];
      this.#means[at] += deviation / count;
      this.#squares[at] += deviation * (value - this.#means[at]);
    }
  }

  finish(block: Block, cells: number): void {
    for (let at = 0; at < cells; at++) {
      if (this.#counts[at] === 0) continue;
      const variance = this.#squares[at] / this.#counts[at];
      block.kinds[at] = FLOAT;
      block.values[at] = this.#operator === 'stddev' ? Math.sqrt(variance) : variance;
    }
  }
}

/** Aggregations that need no more than a few numbers a group and step. */
export const ACCUMULATORS = {
  sum: () => new SumAccumulator(false),
  avg: () => new SumAccumulator(true),
  min: () => new ExtremeAccumulator('min'),
  max: () => new ExtremeAccumulator('max'),
  count: () => new CountAccumulator(false),
  group: () => new CountAccumulator(true),
  stddev: () => new VarianceAccumulator('stddev'),
  stdvar: () => new VarianceAccumulator('stdvar'),
} satisfies Partial<Record<AggregateOperator, () => Accumulator>>;
