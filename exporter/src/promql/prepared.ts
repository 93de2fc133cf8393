import type { SeriesReader } from '../series/reader.js';
import { typeOf, type Expression, type ValueType } from './ast.js';
import { Collector } from './collect.js';
import { runOptions, type EngineOptions, type Evaluation } from './engine.js';
import type { PlanNode } from './nodes.js';
import { parseExpression } from './parse.js';
import { planExpression } from './plan.js';
import type { QueryResult } from './result.js';
import type { Grid, Run } from './run.js';

export interface PrepareOptions extends Omit<EngineOptions, 'deadline'> {
  /** Milliseconds an evaluation may take on the clock `now`; default without limit. */
  readonly timeout?: number;
}

const NO_TEXTS: readonly string[] = [];

/**
 * An expression that is parsed and planned once and evaluated at one time after another, as rules,
 * live topics and watches do. Between evaluations it keeps which series its selectors select, until
 * the index changes, and how they group and match; in the steady state an evaluation allocates little
 * more than its result.
 */
export class PreparedExpression {
  readonly expression: Expression;
  readonly type: ValueType;
  readonly #text: string | undefined;
  readonly #node: PlanNode;
  readonly #run: Run;
  readonly #collector = new Collector();
  readonly #grid: { -readonly [Key in keyof Grid]: Grid[Key] } = { start: 0, step: 1, steps: 1 };
  readonly #timeout: number | undefined;
  readonly #now: (() => number) | undefined;

  /** @throws ParseError, ExecutionError */
  constructor(query: string | Expression, reader: SeriesReader, options: PrepareOptions = {}) {
    this.expression = typeof query === 'string' ? parseExpression(query) : query;
    this.type = typeOf(this.expression);
    this.#text = typeof query === 'string' ? query : undefined;
    this.#node = planExpression(this.expression);
    this.#run = runOptions(reader, options);
    this.#timeout = options.timeout;
    this.#now = options.now;
  }

  /**
   * Evaluates at `time` (Unix ms). The result is the caller's to keep; `stats` are those of the last
   * evaluation and change with the next.
   * @throws ExecutionError, TooManySamplesError, QueryTimeoutError, QueryCanceledError
   */
  evaluate(time: number): Evaluation {
    const run = this.#run;
    const timed = this.#timeout !== undefined && this.#now !== undefined;
    run.restart(time, time, 0, timed ? this.#now() + this.#timeout : undefined);
    this.#grid.start = time;
    const result = this.#result(time);
    if (run.annotations.size === 0) {
      return { result, warnings: NO_TEXTS, infos: NO_TEXTS, stats: run.stats };
    }
    return { result, ...run.annotations.texts(this.#text), stats: run.stats };
  }

  #result(time: number): QueryResult {
    const node = this.#node;
    switch (node.type) {
      case 'string':
        return { type: 'string', time, value: node.value };
      case 'scalar':
        return { type: 'scalar', time, value: node.evaluate(this.#grid, this.#run)[0] };
      case 'vector':
        return this.#collector.vector(node, this.#grid, this.#run);
      case 'matrix':
        return this.#collector.range(node, this.#grid, this.#run);
    }
  }
}

/** Parses and plans an expression for repeated evaluation over `reader`. */
export function prepare(
  query: string | Expression,
  reader: SeriesReader,
  options?: PrepareOptions,
): PreparedExpression {
  return new PreparedExpression(query, reader, options);
}
