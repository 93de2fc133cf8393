import type { SyntaxNode } from '@lezer/common';
import type { At, Duration, Expression, Extension, VectorSelector } from './ast.js';
import { errorAt, slice } from './grammar.js';
import { durationExpression, numberLiteral, positiveDuration } from './parse-duration.js';

function matrixModified(text: string, node: SyntaxNode, selector: Expression): Expression {
  const brackets = { from: text.indexOf('[', selector.span.end), to: node.to };
  if (selector.kind !== 'selector') {
    throw errorAt(
      text,
      brackets,
      'ranges only allowed for vector selectors; a subquery such as [5m:1m] takes any instant vector',
    );
  }
  if (selector.offset !== undefined) {
    throw errorAt(text, brackets, 'no offset modifiers allowed before range');
  }
  if (selector.at !== undefined) {
    throw errorAt(text, brackets, 'no @ modifiers allowed before range');
  }
  const range = positiveDuration(text, node.getChild('DurationExpr') ?? node);
  return { kind: 'matrix', selector, range, span: { start: selector.span.start, end: node.to } };
}

function subqueryModified(text: string, node: SyntaxNode, expression: Expression): Expression {
  const durations = node.getChildren('DurationExpr');
  return {
    kind: 'subquery',
    expression,
    range: positiveDuration(text, durations[0]),
    step: durations.length > 1 ? positiveDuration(text, durations[1]) : undefined,
    offset: undefined,
    at: undefined,
    span: { start: expression.span.start, end: node.to },
  };
}

function offsetModified(text: string, node: SyntaxNode, expression: Expression): Expression {
  const offset: Duration = durationExpression(text, node.getChild('OffsetDurationExpr') ?? node);
  const target = expression.kind === 'matrix' ? expression.selector : expression;
  if (target.kind !== 'selector' && target.kind !== 'subquery') {
    throw errorAt(
      text,
      rangeOf(expression),
      'offset modifier must be preceded by an instant vector selector or range vector selector or a subquery',
    );
  }
  if (target.offset !== undefined) {
    throw errorAt(text, rangeOf(expression), 'offset may not be set multiple times');
  }
  return modified(expression, { offset }, node.to);
}

function atModified(text: string, node: SyntaxNode, expression: Expression): Expression {
  const target = expression.kind === 'matrix' ? expression.selector : expression;
  if (target.kind !== 'selector' && target.kind !== 'subquery') {
    throw errorAt(
      text,
      rangeOf(expression),
      '@ modifier must be preceded by an instant vector selector or range vector selector or a subquery',
    );
  }
  if (target.at !== undefined) {
    throw errorAt(text, rangeOf(expression), '@ <timestamp> may not be set multiple times');
  }
  const end = node.getChild('AtModifierPreprocessors');
  if (end !== null) {
    const at: At = slice(text, end).toLowerCase() === 'start' ? 'start' : 'end';
    return modified(expression, { at }, node.to);
  }
  const literals = node.getChildren('NumberDurationLiteral');
  const seconds = numberLiteral(text, literals[literals.length - 1]).value;
  if (!(Math.abs(seconds) < 2 ** 63)) {
    throw errorAt(text, rangeOf(expression), `timestamp out of bounds for @ modifier: ${seconds}`);
  }
  return modified(expression, { at: Math.round(seconds * 1000) }, node.to);
}

function extended(
  text: string,
  node: SyntaxNode,
  expression: Expression,
  extension: Extension,
): Expression {
  const target = expression.kind === 'matrix' ? expression.selector : expression;
  if (target.kind !== 'selector') {
    throw errorAt(
      text,
      rangeOf(expression),
      `${extension} modifier is only supported for selectors`,
    );
  }
  if (target.extension !== undefined) {
    throw errorAt(
      text,
      rangeOf(expression),
      'anchored and smoothed modifiers cannot be used together',
    );
  }
  return modified(expression, { extension }, node.to);
}

/** An expression with the range, subquery, offset or `@` that a node of the grammar puts on it. */
export function withModifier(text: string, node: SyntaxNode, expression: Expression): Expression {
  switch (node.name) {
    case 'MatrixSelector':
      return matrixModified(text, node, expression);
    case 'SubqueryExpr':
      return subqueryModified(text, node, expression);
    case 'OffsetExpr':
      return offsetModified(text, node, expression);
    case 'StepInvariantExpr':
      return atModified(text, node, expression);
    default:
      return extended(
        text,
        node,
        expression,
        node.name === 'AnchoredExpr' ? 'anchored' : 'smoothed',
      );
  }
}

type Modifiers = Partial<Pick<VectorSelector, 'offset' | 'at' | 'extension'>>;

function modified(expression: Expression, modifiers: Modifiers, end: number): Expression {
  const span = { start: expression.span.start, end };
  if (expression.kind === 'matrix') {
    return { ...expression, selector: { ...expression.selector, ...modifiers }, span };
  }
  if (expression.kind === 'selector' || expression.kind === 'subquery') {
    return { ...expression, ...modifiers, span };
  }
  return expression;
}

function rangeOf({ span }: Expression): { from: number; to: number } {
  return { from: span.start, to: span.end };
}
