import { childrenOf, isComparison, typeOf, type Expression } from '../promql/ast.js';

/**
 * The expression behind a condition: what yields the condition's label sets whether or not it holds.
 * `a > 5` becomes `a > bool 5`; an expression without comparison is its own data.
 */
export function dataExpression(expression: Expression): Expression {
  switch (expression.kind) {
    case 'paren':
      return { ...expression, expression: dataExpression(expression.expression) };
    case 'binary': {
      const { operator, left, right } = expression;
      if (operator === 'and' || operator === 'unless') return dataExpression(left);
      if (operator === 'or') {
        return { ...expression, left: dataExpression(left), right: dataExpression(right) };
      }
      if (!isComparison(operator)) return expression;
      return typeOf(expression) === 'vector' ? { ...expression, bool: true } : expression;
    }
    default:
      return expression;
  }
}

/** The longest time that an expression looks back over, in milliseconds. */
export function longestRange(expression: Expression): number {
  const own =
    (expression.kind === 'matrix' || expression.kind === 'subquery') &&
    expression.range.kind === 'number'
      ? expression.range.value * 1000
      : 0;
  const below = Math.max(0, ...childrenOf(expression).map(longestRange));
  return expression.kind === 'subquery' ? own + below : Math.max(own, below);
}
