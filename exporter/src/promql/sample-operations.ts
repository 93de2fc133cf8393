import type { Annotations } from './annotations.js';
import { arithmetic } from './arithmetic.js';
import { isComparison, type Binary } from './ast.js';
import {
  compact,
  divide,
  equalHistograms,
  multiply,
  withHint,
  type FloatHistogram,
} from './histogram/float-histogram.js';
import { combine } from './histogram/histogram-sum.js';
import { trim } from './histogram/trim.js';

/** A sample that is a float (`histogram` undefined) or a histogram. */
export interface Operand {
  value: number;
  histogram: FloatHistogram | undefined;
}

/** What an operator made of two samples. */
export interface Outcome extends Operand {
  /** Whether there is a result at all: not where the types do not go together. */
  defined: boolean;
  /** For comparisons: whether it holds. */
  keep: boolean;
}

/**
 * Applies one operator to pairs of samples at least one of which may be a histogram. The outcome is
 * one object, used again for each pair.
 */
export class SampleOperation {
  readonly outcome: Outcome = { value: 0, histogram: undefined, defined: true, keep: true };
  readonly #binary: Binary;
  readonly #comparison: boolean;
  readonly #compute: ((left: number, right: number) => number) | undefined;

  constructor(binary: Binary) {
    const { operator } = binary;
    this.#binary = binary;
    this.#comparison = isComparison(operator);
    this.#compute = operator === '</' || operator === '>/' ? undefined : arithmetic(operator);
  }

  apply(left: Operand, right: Operand, annotations: Annotations): Outcome {
    const { outcome } = this;
    outcome.histogram = undefined;
    outcome.defined = true;
    outcome.keep = true;
    outcome.value = 0;
    if (left.histogram !== undefined || right.histogram !== undefined) {
      this.#withHistograms(left, right, annotations);
    } else if (this.#compute === undefined) {
      this.#incompatible(left, right, annotations);
    } else {
      const result = this.#compute(left.value, right.value);
      outcome.value = this.#comparison ? left.value : result;
      outcome.keep = !this.#comparison || result === 1;
    }
    return outcome;
  }

  #incompatible(left: Operand, right: Operand, annotations: Annotations): void {
    const { operator, span } = this.#binary;
    const name = ({ histogram }: Operand): string =>
      histogram === undefined ? 'float' : 'histogram';
    annotations.info(
      `incompatible sample types encountered for binary operator "${operator}": ${name(left)} ${operator} ${name(right)}`,
      span,
    );
    this.outcome.defined = false;
    this.outcome.keep = false;
  }

  #withHistograms(left: Operand, right: Operand, annotations: Annotations): void {
    const { outcome } = this;
    const { operator } = this.#binary;
    const a = left.histogram;
    const b = right.histogram;
    if (a !== undefined && b !== undefined) {
      if (operator === '+' || operator === '-') {
        this.#combine(a, b, annotations);
        return;
      }
      if (operator === '==' || operator === '!=') {
        outcome.histogram = a;
        outcome.keep = equalHistograms(a, b) === (operator === '==');
        return;
      }
    } else if (a !== undefined) {
      switch (operator) {
        case '*':
          outcome.histogram = compact(multiply(a, right.value));
          return;
        case '/':
          outcome.histogram = compact(divide(a, right.value));
          return;
        case '</':
        case '>/':
          outcome.histogram = trim(a, right.value, operator === '</');
          return;
        default:
      }
    } else if (b !== undefined && operator === '*') {
      outcome.histogram = compact(multiply(b, left.value));
      return;
    }
    this.#incompatible(left, right, annotations);
  }

  #combine(a: FloatHistogram, b: FloatHistogram, annotations: Annotations): void {
    const { operator, span } = this.#binary;
    const add = operator === '+';
    const combined = combine(a, b, add ? 1 : -1);
    if (combined === undefined) {
      annotations.warn(
        `incompatible bucket layout encountered for binary operator ${operator}`,
        span,
      );
      this.outcome.defined = false;
      this.outcome.keep = false;
      return;
    }
    const name = add ? 'addition' : 'subtraction';
    if (combined.hintsCollided) annotations.resetsCollided(name, span);
    if (combined.boundsReconciled) annotations.boundsReconciled(name, span);
    this.outcome.histogram = add ? combined.histogram : withHint(combined.histogram, 'gauge');
  }
}

/** Whether an operator makes something else of its operands, so that the metric name goes. */
export function changesMeaning({ operator, bool }: Binary): boolean {
  return bool || !(isComparison(operator) || operator === '</' || operator === '>/');
}
