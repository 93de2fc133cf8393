import type { BinaryOperator, Expression, Span } from './ast.js';

/** A part of an expression without parentheses: an operand, a sign before one, or an operator. */
export type Part =
  | { readonly kind: 'operand'; readonly expression: Expression }
  | { readonly kind: 'sign'; readonly operator: '+' | '-'; readonly start: number }
  | { readonly kind: 'operator'; readonly operator: BinaryOperator; readonly combine: Combine };

/** Makes the expression of an operator once its operands are known. */
type Combine = (left: Expression, right: Expression) => Expression;

const LEVELS: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '>': 3,
  '<': 3,
  '>=': 3,
  '<=': 3,
  '</': 3,
  '>/': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': 6,
};

/**
 * Puts parts together by PromQL's precedence: `^` is right-associative and binds closer than a sign,
 * everything else is left-associative. The grammar's own tree cannot be taken as it is: it takes
 * modifiers (`@`, `offset`, ranges) to apply to all that stands before them.
 */
export function byPrecedence(parts: readonly Part[]): Expression {
  let position = 0;

  const operand = (): Expression => {
    const part = parts[position++];
    if (part?.kind === 'operand') return part.expression;
    if (part?.kind !== 'sign') throw new TypeError('an operator has no operand');
    const inner = binary(operand(), LEVELS['^']);
    return signed(part.operator, inner, { start: part.start, end: inner.span.end });
  };
  const binary = (first: Expression, least: number): Expression => {
    let left = first;
    for (;;) {
      const part = parts[position];
      if (part?.kind !== 'operator') return left;
      const level = LEVELS[part.operator];
      if (level < least) return left;
      position++;
      left = part.combine(left, binary(operand(), part.operator === '^' ? level : level + 1));
    }
  };
  return binary(operand(), 0);
}

/** A sign before a number is part of the number. */
function signed(operator: '+' | '-', expression: Expression, span: Span): Expression {
  if (expression.kind !== 'number') return { kind: 'unary', operator, expression, span };
  const value = operator === '-' ? -expression.value : expression.value;
  return { ...expression, value, span };
}
