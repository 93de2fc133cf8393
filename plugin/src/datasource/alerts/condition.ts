import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';

/** What a rule compares with what. */
export interface Condition {
  /** The expression on the left. */
  readonly compared: string;
  /** `>` and so on. */
  readonly operator: string;
  /** `null` where it is no plain number. */
  readonly threshold: number | null;
}

const COMPARISONS = new Map([
  ['Gtr', '>'],
  ['Gte', '≥'],
  ['Lss', '<'],
  ['Lte', '≤'],
  ['Eql', '='],
  ['Neq', '≠'],
]);
const SETS = new Set(['And', 'Unless']);

/** The comparison that the value of an expression comes from; `undefined` where there is none. */
export function conditionOf(expr: string): Condition | undefined {
  const top = parser.parse(expr).topNode.firstChild;
  return top === null ? undefined : read(top, expr);
}

function read(node: SyntaxNode, text: string): Condition | undefined {
  if (node.name === 'ParenExpr') {
    const inner = children(node).find(({ name }) => name !== '(' && name !== ')');
    return inner === undefined ? undefined : read(inner, text);
  }
  // What `and` and `unless` yield is what stands on their left.
  const [left, operation] = children(node);
  if (left !== undefined && SETS.has(operation?.name ?? '')) return read(left, text);
  return readComparison(node, text);
}

/** The comparison that a node of the syntax tree of `text` is; `undefined` where it is none. */
export function readComparison(node: SyntaxNode, text: string): Condition | undefined {
  if (node.name !== 'BinaryExpr') return undefined;
  const [left, operation, ...rest] = children(node);
  const right = rest.at(-1);
  if (left === undefined || operation === undefined || right === undefined) return undefined;
  const operator = COMPARISONS.get(operation.name);
  if (operator === undefined) return undefined;
  const of = ({ from, to }: SyntaxNode): string => text.slice(from, to);
  if (of(right).trim() === '') return undefined;
  const number = Number(of(right).replace(/^\((.*)\)$/, '$1'));
  return {
    compared: of(left).trim(),
    operator,
    threshold: Number.isFinite(number) ? number : null,
  };
}

/** The nodes right below one, operators among them. */
export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found;
}
