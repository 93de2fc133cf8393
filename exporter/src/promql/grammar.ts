import type { SyntaxNode } from '@lezer/common';
import type { Span } from './ast.js';
import { ParseError } from './errors.js';

const EXPRESSIONS: ReadonlySet<string> = new Set([
  'AggregateExpr',
  'BinaryExpr',
  'FunctionCall',
  'MatrixSelector',
  'NumberDurationLiteral',
  'OffsetExpr',
  'AnchoredExpr',
  'SmoothedExpr',
  'ParenExpr',
  'StringLiteral',
  'SubqueryExpr',
  'UnaryExpr',
  'VectorSelector',
  'StepInvariantExpr',
]);

/** The expressions directly below a node of the grammar. */
export function expressionChildren(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (EXPRESSIONS.has(child.name)) children.push(child);
  }
  return children;
}

/** Where a node stands. */
export function spanOf(node: { from: number; to: number }): Span {
  return { start: node.from, end: node.to };
}

/** The first child of a name, if there is one. */
export function childOf(node: SyntaxNode | undefined, name: string): SyntaxNode | undefined {
  return node?.getChild(name) ?? undefined;
}

/** What is written at a node. */
export function slice(text: string, node: { from: number; to: number }): string {
  return text.slice(node.from, node.to);
}

export function errorAt(
  text: string,
  node: { from: number; to: number },
  reason: string,
  cause?: unknown,
): ParseError {
  return new ParseError(text, spanOf(node), reason, { cause });
}
