import { unwrap } from '../../promql/ast.js';
import { promqlSpan } from '../../analysis/insights/wording.js';
import { isCounter } from '../../analysis/tasks/expression.js';
import { parseExpression } from '../../promql/parse.js';
import type { Matcher } from '../../series/matcher.js';

/** An expression that selects series and computes nothing. */
export interface PlainSelector {
  /** Without parentheses around it. */
  readonly text: string;
  readonly matchers: readonly Matcher[];
  /** Of the metric; `''` where more than one may be selected. */
  readonly name: string;
  /** Whether its values only rise, as the naming rules of Prometheus have it. */
  readonly counter: boolean;
}

/** @returns undefined for whatever is more than a selector. @throws ParseError */
export function plainSelector(expr: string): PlainSelector | undefined {
  const expression = unwrap(parseExpression(expr));
  if (expression.kind !== 'selector') return undefined;
  const { offset, at, extension, matchers, span } = expression;
  if (offset !== undefined || at !== undefined || extension !== undefined) return undefined;
  const named = matchers.find(({ name, operator }) => name === '__name__' && operator === '=');
  const name = named?.value ?? '';
  return { text: expr.slice(span.start, span.end), matchers, name, counter: isCounter(name) };
}

/** Window of a rate that is shown by `step` (ms): two steps, and a minute at least. */
export function rateWindow(step: number): string {
  return `[${promqlSpan(Math.max(2 * step, 60_000))}]`;
}
