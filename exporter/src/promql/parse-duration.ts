import type { SyntaxNode } from '@lezer/common';
import { messageOf } from '../lib/errors.js';
import type { Duration, DurationOperator, NumberLiteral } from './ast.js';
import { MAX_DURATION_SECONDS, parseDuration } from './durations.js';
import { ParseError } from './errors.js';
import { parseNumber } from './literals.js';

/** A number or a duration such as `5m` (in seconds), with an optional sign in front. */
export function numberLiteral(text: string, node: SyntaxNode): NumberLiteral {
  const span = { start: node.from, end: node.to };
  const written = text.slice(node.from, node.to);
  const sign = written.startsWith('-') ? -1 : 1;
  const digits = written.replace(/^[+-](?:\s|#[^\n]*)*/, '');
  const duration = /^[\d]+[a-z]/.test(digits) && !/^(0x|\d[\d_]*e)/i.test(digits);
  try {
    const value = duration ? parseDuration(digits) / 1000 : parseNumber(digits);
    return { kind: 'number', value: sign * value, duration, span };
  } catch (thrown) {
    throw new ParseError(text, span, messageOf(thrown), { cause: thrown });
  }
}

function operatorOf(node: SyntaxNode, text: string): DurationOperator {
  return text.slice(node.from, node.to) as DurationOperator;
}

/** The duration expression of a range, a step or an offset. */
export function durationExpression(text: string, node: SyntaxNode): Duration {
  const span = { start: node.from, end: node.to };
  const fail = (reason: string): ParseError => new ParseError(text, span, reason);
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') children.push(child);
  }
  const operands = children.filter(({ name }) => name.endsWith('DurationExpr'));
  const first = children[0];

  if (node.name === 'NumberDurationLiteralInDurationContext') {
    return withinRange(text, numberLiteral(text, node));
  }
  switch (first?.name) {
    case 'NumberDurationLiteralInDurationContext':
      return withinRange(text, numberLiteral(text, first));
    case 'DurationStep':
      return { kind: 'duration-call', name: 'step', args: [], span };
    case 'DurationRange':
      return { kind: 'duration-call', name: 'range', args: [], span };
    case 'DurationMinOf':
    case 'DurationMaxOf':
      return {
        kind: 'duration-call',
        name: first.name === 'DurationMinOf' ? 'min_of' : 'max_of',
        args: operands.map((operand) => durationExpression(text, operand)),
        span,
      };
    case 'UnaryOp': {
      const operator = text[first.from] === '-' ? '-' : '+';
      const operand = durationExpression(text, children[1]);
      if (operand.kind === 'number') {
        return { ...operand, value: operator === '-' ? -operand.value : operand.value, span };
      }
      return { kind: 'duration-unary', operator, operand, span };
    }
    case 'DurationExpr':
    case 'OffsetDurationExpr': {
      if (children.length === 1) {
        const inner = durationExpression(text, first);
        return inner.kind === 'number'
          ? { ...inner, span }
          : { kind: 'duration-paren', inner, span };
      }
      const operator = operatorOf(children[1], text);
      const left = durationExpression(text, first);
      const right = durationExpression(text, children[2]);
      if (right.kind === 'number' && right.value === 0) {
        if (operator === '/') throw fail('division by zero');
        if (operator === '%') throw fail('modulo by zero');
      }
      return { kind: 'duration-binary', operator, left, right, span };
    }
    default:
      throw fail('expected a number, duration, step(), or range()');
  }
}

function withinRange(text: string, literal: NumberLiteral): NumberLiteral {
  if (Math.abs(literal.value) > MAX_DURATION_SECONDS || Number.isNaN(literal.value)) {
    throw new ParseError(text, literal.span, 'duration out of range');
  }
  return literal;
}

/** As {@link durationExpression}, for ranges and steps, which must be greater than 0. */
export function positiveDuration(text: string, node: SyntaxNode): Duration {
  const duration = durationExpression(text, node);
  if (duration.kind === 'number' && !(duration.value > 0)) {
    throw new ParseError(text, duration.span, 'duration must be greater than 0');
  }
  return duration;
}
