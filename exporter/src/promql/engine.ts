import type { SeriesReader } from '../series/reader.js';
import { typeOf, type Expression } from './ast.js';
import { Collector } from './collect.js';
import { BadRequestError } from './errors.js';
import { parseExpression } from './parse.js';
import { planExpression } from './plan.js';
import type { QueryResult } from './result.js';
import { Run, type Histories, type Limits, type QueryStats } from './run.js';
import { VectorOfNode } from './scalars.js';

/** How long a sample stands for its series: Prometheus's default, in milliseconds. */
export const DEFAULT_LOOKBACK = 300_000;

/** Step of subqueries that name none: Prometheus's default evaluation interval, in milliseconds. */
export const DEFAULT_SUBQUERY_STEP = 60_000;

/** Most steps of a range query, as in Prometheus's API. */
const MAX_STEPS = 11_000;

export interface EngineOptions extends Limits {
  /** Milliseconds a sample stays current; default {@link DEFAULT_LOOKBACK}. */
  readonly lookback?: number;
  /** Milliseconds; default {@link DEFAULT_SUBQUERY_STEP}. */
  readonly subqueryStep?: number;
  /**
   * Whether metric names are dropped only at the end of an evaluation (Prometheus's feature
   * `promql-delayed-name-removal`); default false, as in Prometheus.
   */
  readonly delayedNameRemoval?: boolean;
  /** Of the selectors that reach beyond the head, where the query is given as parsed. */
  readonly histories?: Histories;
}

/** An expression with the text that it was parsed from. */
export interface ParsedQuery {
  readonly expression: Expression;
  readonly text: string;
}

type Query = string | Expression | ParsedQuery;

export interface InstantQuery extends EngineOptions {
  /** Unix milliseconds. */
  readonly time: number;
}

export interface RangeQuery extends EngineOptions {
  /** Unix milliseconds. */
  readonly start: number;
  /** Unix milliseconds; a step that falls on it is part of the range. */
  readonly end: number;
  /** Milliseconds between steps. */
  readonly step: number;
  /** Default {@link MAX_STEPS}. */
  readonly maxSteps?: number;
}

export interface Evaluation<Result extends QueryResult = QueryResult> {
  readonly result: Result;
  /** Texts in Prometheus's words, with line and column where the expression was given as text. */
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  readonly stats: Readonly<QueryStats>;
}

export function runOptions(reader: SeriesReader, options: EngineOptions): Run {
  const { lookback = DEFAULT_LOOKBACK, subqueryStep = DEFAULT_SUBQUERY_STEP } = options;
  if (!(lookback > 0)) {
    throw new BadRequestError(`a lookback of ${lookback} ms is not possible; it must be above 0`);
  }
  return new Run({
    reader,
    histories: options.histories,
    lookback,
    subqueryStep,
    delayedNameRemoval: options.delayedNameRemoval ?? false,
    limits: options,
  });
}

function parsed(query: Query): { expression: Expression; text: string | undefined } {
  if (typeof query === 'string') return { expression: parseExpression(query), text: query };
  return 'kind' in query ? { expression: query, text: undefined } : query;
}

function finished<Result extends QueryResult>(
  result: Result,
  run: Run,
  text: string | undefined,
): Evaluation<Result> {
  return { result, ...run.annotations.texts(text), stats: { ...run.stats } };
}

/**
 * Evaluates an expression at one time.
 * @throws ParseError, ExecutionError, TooManySamplesError, QueryTimeoutError, QueryCanceledError
 */
export function evaluateInstant(
  query: Query,
  reader: SeriesReader,
  options: InstantQuery,
): Evaluation {
  const { expression, text } = parsed(query);
  const run = runOptions(reader, options);
  const time = Math.round(options.time);
  run.restart(time, time, 0);
  const node = planExpression(expression);
  const grid = { start: time, step: 1, steps: 1 };
  const collector = new Collector();
  switch (node.type) {
    case 'string':
      return finished({ type: 'string', time, value: node.value }, run, text);
    case 'scalar': {
      const [value] = node.evaluate(grid, run);
      return finished({ type: 'scalar', time, value }, run, text);
    }
    case 'vector':
      return finished(collector.vector(node, grid, run), run, text);
    case 'matrix':
      return finished(collector.range(node, grid, run), run, text);
  }
}

/**
 * Evaluates an expression at every step of a range. Its result is a matrix; a scalar becomes a
 * series without labels.
 * @throws BadRequestError for a range, step or type of expression that cannot be
 * @throws ParseError, ExecutionError, TooManySamplesError, QueryTimeoutError, QueryCanceledError
 */
export function evaluateRange(query: Query, reader: SeriesReader, options: RangeQuery): Evaluation {
  const { expression, text } = parsed(query);
  const type = typeOf(expression);
  if (type !== 'scalar' && type !== 'vector') {
    const name = type === 'matrix' ? 'range vector' : type;
    throw new BadRequestError(
      `invalid expression type "${name}" for range query, must be Scalar or instant Vector`,
    );
  }
  const start = Math.round(options.start);
  const end = Math.round(options.end);
  const step = Math.round(options.step);
  if (!(step > 0)) {
    throw new BadRequestError(
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  }
  if (!(end >= start)) throw new BadRequestError('end timestamp must not be before start time');
  const steps = Math.floor((end - start) / step) + 1;
  const { maxSteps = MAX_STEPS } = options;
  if (steps > maxSteps) {
    throw new BadRequestError(
      `exceeded maximum resolution of ${maxSteps.toLocaleString('en-US')} points per timeseries. Try decreasing the query resolution (?step=XX)`,
    );
  }
  const run = runOptions(reader, options);
  run.restart(start, end, step);
  const planned = planExpression(expression);
  const node = planned.type === 'scalar' ? new VectorOfNode(planned) : planned;
  if (node.type !== 'vector') throw new TypeError(`planned a ${node.type} for a range query`);
  return finished(new Collector().matrix(node, { start, step, steps }, run), run, text);
}
