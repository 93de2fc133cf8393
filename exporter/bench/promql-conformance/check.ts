import { messageOf } from '../../src/lib/errors.js';
import { childrenOf, type At, type Expression, type VectorSelector } from '../../src/promql/ast.js';
import {
  evaluateInstant,
  evaluateRange,
  type EngineOptions,
  type Evaluation,
} from '../../src/promql/engine.js';
import { DEPENDS_ON_TIME } from '../../src/promql/functions/index.js';
import { parseExpression } from '../../src/promql/parse.js';
import { printExpression } from '../../src/promql/print.js';
import type { QueryResult, VectorSample } from '../../src/promql/result.js';
import type { SeriesReader } from '../../src/series/reader.js';
import { compareResult } from './compare.js';
import type { EvalCommand } from './script.js';

// As Prometheus runs them: names dropped late, subqueries of one minute.
const OPTIONS: EngineOptions = {
  delayedNameRemoval: true,
  subqueryStep: 60_000,
  maxSamples: 10_000,
};

/** What is wrong with the engine's answers to one command; `undefined` where nothing is. */
export function checkCommand(command: EvalCommand, reader: SeriesReader): string | undefined {
  if (command.step > 0) {
    return attempt(command, () => {
      const { start, end, step } = command;
      return evaluateRange(command.expression, reader, { ...OPTIONS, start, end, step });
    });
  }
  const failed = checkInstant(command, reader, { text: command.expression, time: command.start });
  if (failed !== undefined) return failed;
  for (const query of fixedInTime(command)) {
    const wrong = checkInstant(command, reader, query);
    if (wrong !== undefined) return `as ${query.text} at ${query.time}: ${wrong}`;
  }
  return undefined;
}

function has(command: EvalCommand, kind: string): boolean {
  return command.expectations.some((expectation) => expectation.kind === kind);
}

function checkInstant(
  command: EvalCommand,
  reader: SeriesReader,
  { text, time }: { text: string; time: number },
): string | undefined {
  const wrong = attempt(command, () => evaluateInstant(text, reader, { ...OPTIONS, time }));
  if (wrong !== undefined || has(command, 'fail')) return wrong;
  // The same as the middle step of a range. Results that depend on the range are left out.
  const excluded =
    command.rangeVector !== undefined ||
    command.expectedString !== undefined ||
    /(start|end|range|step)\(\)/.test(text) ||
    has(command, 'ordered');
  if (excluded) return undefined;
  try {
    const range = { start: time - 60_000, end: time + 60_000, step: 60_000 };
    const { result } = evaluateRange(text, reader, { ...OPTIONS, ...range });
    const difference = compareResult(command, middleOf(result, time, command), false);
    return difference === undefined ? undefined : `in a range: ${difference}`;
  } catch (thrown) {
    return `in a range: ${messageOf(thrown)}`;
  }
}

function middleOf(result: QueryResult, time: number, command: EvalCommand): QueryResult {
  if (result.type !== 'matrix') return result;
  const samples = result.series.flatMap((column): VectorSample[] => {
    const { labels, times, values, histogramTimes, histograms } = column;
    const float = times.indexOf(time);
    if (float >= 0) return [{ labels, value: values[float], histogram: undefined }];
    const histogram = histogramTimes.indexOf(time);
    return histogram < 0 ? [] : [{ labels, value: NaN, histogram: histograms[histogram] }];
  });
  if (command.expectedScalar !== undefined) {
    return { type: 'scalar', time, value: samples[0]?.value ?? NaN };
  }
  return { type: 'vector', time, samples };
}

function attempt(command: EvalCommand, evaluate: () => Evaluation): string | undefined {
  const failure = command.expectations.find(({ kind }) => kind === 'fail');
  let evaluation: Evaluation;
  try {
    evaluation = evaluate();
  } catch (thrown) {
    const message = messageOf(thrown);
    if (failure === undefined) return `failed: ${message}`;
    if (failure.matches !== undefined && !failure.matches(message)) {
      return `failed with another message: ${message}`;
    }
    return undefined;
  }
  if (failure !== undefined) return 'did not fail';
  return (
    checkMessages(command, evaluation) ??
    compareResult(command, evaluation.result, has(command, 'ordered'))
  );
}

/** Messages are compared without the position that stands at their end. */
function withoutPosition(message: string): string {
  return message
    .replace(/ \(\d+:\d+\)$/, '')
    .replace(/, from buckets .* to .*, with a max diff of .*$/, '');
}

function checkMessages(command: EvalCommand, evaluation: Evaluation): string | undefined {
  for (const [kind, messages] of [
    ['warn', evaluation.warnings],
    ['info', evaluation.infos],
  ] as const) {
    const actual = messages.map(withoutPosition);
    if (has(command, `no_${kind}`) && actual.length > 0) return `unexpected ${kind}: ${actual[0]}`;
    const expected = command.expectations.filter((expectation) => expectation.kind === kind);
    if (expected.length === 0) continue;
    if (actual.length === 0) return `no ${kind}`;
    const unmet = expected.some(
      ({ matches }) => matches !== undefined && !actual.some((message) => matches(message)),
    );
    if (unmet) return `another ${kind}: ${actual.join('; ')}`;
    const surplus = actual.find(
      (message) => !expected.some(({ matches }) => matches === undefined || matches(message)),
    );
    if (surplus !== undefined) return `unexpected ${kind}: ${surplus}`;
  }
  return undefined;
}

/** The same expression with `@` on every selector must give the same at any time. */
function fixedInTime(command: EvalCommand): { text: string; time: number }[] {
  let expression: Expression;
  try {
    expression = parseExpression(command.expression);
  } catch {
    return [];
  }
  if (dependsOnTime(expression)) return [];
  const at = command.start;
  const text = printExpression(withAt(expression, at));
  const times = at === 0 ? [-1000, 0, 1000] : [-10 * at, 0, Math.trunc(at / 5), at, 10 * at];
  return times.map((time) => ({ text, time }));
}

const OF_THE_QUERY: ReadonlySet<string> = new Set(['start', 'end', 'range', 'step']);

function dependsOnTime(expression: Expression): boolean {
  if (expression.kind === 'call') {
    const { name } = expression.function;
    if (DEPENDS_ON_TIME.has(name) || OF_THE_QUERY.has(name)) return true;
  }
  return childrenOf(expression).some(dependsOnTime);
}

function withAt(expression: Expression, at: At): Expression {
  const inner = (child: Expression): Expression => withAt(child, at);
  switch (expression.kind) {
    case 'number':
    case 'string':
      return expression;
    case 'selector':
      return typeof expression.at === 'number' ? expression : { ...expression, at };
    case 'matrix':
      return { ...expression, selector: inner(expression.selector) as VectorSelector };
    case 'subquery':
      return typeof expression.at === 'number' ? expression : { ...expression, at };
    case 'paren':
    case 'unary':
      return { ...expression, expression: inner(expression.expression) };
    case 'binary':
      return { ...expression, left: inner(expression.left), right: inner(expression.right) };
    case 'aggregate': {
      const parameter =
        expression.parameter === undefined ? undefined : inner(expression.parameter);
      return { ...expression, parameter, expression: inner(expression.expression) };
    }
    case 'call':
      return { ...expression, args: expression.args.map(inner) };
  }
}
