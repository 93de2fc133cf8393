import {
  childrenOf,
  unwrap,
  type Expression,
  type MatrixSelector,
  type Subquery,
  type VectorSelector,
} from './ast.js';
import { OF_BUCKETS } from './functions/of-buckets.js';
import { durationOf, timeOf, type QueryRange } from './selectors.js';

/** What a query wants of one selector. Times are in Unix ms, both ends included. */
export interface Demand {
  readonly selector: VectorSelector;
  readonly from: number;
  readonly to: number;
  /** Milliseconds: buckets up to this long do as well as samples; 0 where samples are wanted. */
  readonly coarsest: number;
  /** Buckets that a window has to have at least. */
  readonly leastBuckets: number;
}

export interface DemandOptions {
  readonly range: QueryRange;
  /** Milliseconds. */
  readonly lookback: number;
  /** Milliseconds. */
  readonly subqueryStep: number;
}

/** The times an expression is evaluated at: from `first` to `last`; a step of 0 is one time. */
interface Times {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

/** Windows of functions that see averages only have this many of them at least. */
const AVERAGES_A_WINDOW = 4;

/**
 * What the selectors of an expression read, without reading.
 * @throws KymoError for durations that are none
 */
export function demandsOf(expression: Expression, options: DemandOptions): Demand[] {
  const { queryStart, queryEnd, queryStep } = options.range;
  const steps = queryStep > 0 ? Math.floor((queryEnd - queryStart) / queryStep) : 0;
  const times = {
    first: queryStart,
    last: queryStart + steps * queryStep,
    step: steps > 0 ? queryStep : 0,
  };
  return [...new Walk(options).visit(expression, times, undefined)];
}

class Walk {
  readonly #options: DemandOptions;

  constructor(options: DemandOptions) {
    this.#options = options;
  }

  /** @param caller the function whose argument it is */
  *visit(expression: Expression, times: Times, caller: string | undefined): Iterable<Demand> {
    switch (expression.kind) {
      case 'paren':
        yield* this.visit(unwrap(expression), times, caller);
        return;
      case 'selector':
        yield this.#instant(expression, times);
        return;
      case 'matrix':
        yield this.#window(expression, times, caller);
        return;
      case 'subquery':
        yield* this.visit(expression.expression, this.#inner(expression, times), undefined);
        return;
      default: {
        const name = expression.kind === 'call' ? expression.function.name : undefined;
        for (const child of childrenOf(expression)) yield* this.visit(child, times, name);
      }
    }
  }

  #instant(selector: VectorSelector, times: Times): Demand {
    const { first, last, step } = this.#references(selector, times);
    const from = first - this.#options.lookback;
    return { selector, from, to: last, coarsest: step, leastBuckets: 0 };
  }

  #window({ selector, range }: MatrixSelector, times: Times, caller: string | undefined): Demand {
    const { first, last, step } = this.#references(selector, times);
    const length = durationOf(range, this.#options.range);
    const window = { selector, from: first - length, to: last };
    // Without a function it is the samples that are asked for.
    if (caller === undefined) return { ...window, coarsest: 0, leastBuckets: 1 };
    const isFit = OF_BUCKETS[caller] !== undefined;
    const longest = isFit ? length : length / AVERAGES_A_WINDOW;
    const coarsest = Math.min(longest, step === 0 ? Infinity : step);
    return { ...window, coarsest, leastBuckets: isFit ? 1 : 2 };
  }

  /** The times at which a subquery evaluates its expression. */
  #inner(subquery: Subquery, times: Times): Times {
    const { range, subqueryStep } = this.#options;
    const { first, last } = this.#references(subquery, times);
    const step =
      subquery.step === undefined ? subqueryStep : Math.max(1, durationOf(subquery.step, range));
    return { first: first - durationOf(subquery.range, range), last, step };
  }

  #references(
    { at, offset }: Pick<VectorSelector | Subquery, 'at' | 'offset'>,
    times: Times,
  ): Times {
    const { range } = this.#options;
    const back = offset === undefined ? 0 : durationOf(offset, range, true);
    const fixed = timeOf(at, range);
    if (fixed !== undefined) return { first: fixed - back, last: fixed - back, step: 0 };
    return { first: times.first - back, last: times.last - back, step: times.step };
  }
}
