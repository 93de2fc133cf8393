import { childrenOf, type Duration, type Expression } from '../promql/ast.js';

/**
 * How far back an evaluation may read before its own time, in milliseconds: beyond it no sample
 * matters. Infinity where the expression does not say, as with arithmetic in a duration.
 * @param lookback how long a sample stands for its series, in milliseconds
 */
export function reachOf(expression: Expression, lookback: number): number {
  switch (expression.kind) {
    case 'selector':
      return expression.at === undefined ? lookback + lengthOf(expression.offset) : 0;
    case 'matrix':
      if (expression.selector.at !== undefined) return 0;
      return lengthOf(expression.range) + lengthOf(expression.selector.offset) + lookback;
    case 'subquery':
      if (expression.at !== undefined) return 0;
      return (
        lengthOf(expression.range) +
        lengthOf(expression.offset) +
        reachOf(expression.expression, lookback)
      );
    default:
      return Math.max(0, ...childrenOf(expression).map((child) => reachOf(child, lookback)));
  }
}

/** Milliseconds; a negative offset reads ahead, which takes nothing off what else is read. */
function lengthOf(duration: Duration | undefined): number {
  if (duration === undefined) return 0;
  if (duration.kind === 'duration-paren') return lengthOf(duration.inner);
  return duration.kind === 'number' ? Math.max(0, duration.value * 1000) : Infinity;
}
