import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { children, readComparison, type Condition } from '../alerts/condition.js';

const SETS = new Set(['And', 'Unless', 'Or']);

/** All comparisons that `and`, `or` and `unless` join in an expression, from left to right. */
export function comparisonsOf(expr: string): Condition[] {
  const found: Condition[] = [];
  const visit = (node: SyntaxNode): void => {
    const inner = children(node);
    if (node.name === 'ParenExpr') inner.forEach(visit);
    if (node.name !== 'BinaryExpr') return;
    if (inner.some(({ name }) => SETS.has(name))) return inner.forEach(visit);
    const comparison = readComparison(node, expr);
    if (comparison !== undefined) found.push(comparison);
  };
  const top = parser.parse(expr).topNode.firstChild;
  if (top !== null) visit(top);
  return found;
}
