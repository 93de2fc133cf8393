import type { Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Matcher } from '../series/matcher.js';
import type { Expression } from './ast.js';
import { AstBuilder } from './ast-builder.js';
import { checkTypes } from './check.js';
import { ParseError } from './errors.js';
import { expressionChildren } from './grammar.js';
import { rewritings } from './grammar-gaps.js';
import { syntaxErrorOf } from './syntax-error.js';

/**
 * Parses a PromQL expression and checks its types.
 * @throws ParseError with the position of the first thing that is wrong.
 */
export function parseExpression(text: string): Expression {
  const [top] = expressionChildren(parseTree(text).topNode);
  if (top === undefined) {
    throw new ParseError(text, { start: 0, end: 0 }, 'no expression found in input');
  }
  const expression = new AstBuilder(text).expression(top);
  checkTypes(text, expression);
  return expression;
}

/**
 * Matchers of a series selector such as `up{job="node"}`: what `match[]` takes.
 * @throws ParseError for anything that is not an instant vector selector without modifiers.
 */
export function parseSeriesSelector(text: string): readonly Matcher[] {
  const expression = parseExpression(text);
  const plain =
    expression.kind === 'selector' &&
    expression.offset === undefined &&
    expression.at === undefined;
  if (!plain) {
    throw new ParseError(
      text,
      expression.span,
      'expected a series selector such as up{job="node"}',
    );
  }
  return expression.matchers;
}

function parseTree(text: string): Tree {
  const tree = parser.parse(text);
  let error = syntaxErrorOf(text, tree);
  if (error === undefined) return tree;
  for (const rewritten of rewritings(text)) {
    const second = parser.parse(rewritten);
    const other = syntaxErrorOf(text, second);
    if (other === undefined) return second;
    // What the grammar only lacks is not what is wrong.
    if (other.span.start > error.span.start) error = other;
  }
  throw error;
}
