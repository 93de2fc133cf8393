import type { SyntaxNode } from '@lezer/common';
import {
  isSetOperator,
  typeOf,
  type BinaryOperator,
  type Cardinality,
  type VectorMatching,
} from './ast.js';
import { childOf, expressionChildren, slice, spanOf } from './grammar.js';
import { numberLiteral } from './parse-duration.js';
import { labelList } from './parse-selector.js';
import type { Part } from './precedence.js';

/** The operator of a binary expression with what modifies it. */
export function operatorPart(text: string, node: SyntaxNode): Part {
  const [left] = expressionChildren(node);
  let operatorNode = left.nextSibling ?? node;
  while (operatorNode.name === 'LineComment') operatorNode = operatorNode.nextSibling ?? node;
  const operator = slice(text, operatorNode).toLowerCase() as BinaryOperator;
  const matching = matchingOf(text, node, operator);
  const plain =
    matching.labels.length === 0 &&
    matching.fillLeft === undefined &&
    matching.fillRight === undefined;
  const bool = node.getChild('BoolModifier') !== null;
  const operatorSpan = spanOf(operatorNode);
  return {
    kind: 'operator',
    operator,
    combine: (left, right) => ({
      kind: 'binary',
      operator,
      left,
      right,
      bool,
      // What is written between scalars without need is kept only for the type check to refuse it.
      matching:
        (typeOf(left) === 'vector' && typeOf(right) === 'vector') || !plain ? matching : undefined,
      operatorSpan,
      span: { start: left.span.start, end: right.span.end },
    }),
  };
}

function matchingOf(text: string, node: SyntaxNode, operator: BinaryOperator): VectorMatching {
  const clause = childOf(node, 'MatchingModifierClause');
  const lists = clause?.getChildren('GroupingLabels') ?? [];
  let cardinality: Cardinality = isSetOperator(operator) ? 'many-to-many' : 'one-to-one';
  if (childOf(clause, 'GroupLeft') !== undefined) cardinality = 'many-to-one';
  if (childOf(clause, 'GroupRight') !== undefined) cardinality = 'one-to-many';
  const fill = childOf(node, 'FillModifier');
  const fillOf = (name: string): number | undefined => {
    const literal = childOf(childOf(fill, name), 'NumberDurationLiteral');
    return literal === undefined ? undefined : numberLiteral(text, literal).value;
  };
  const both = fillOf('FillClause');
  return {
    cardinality,
    labels: lists.length > 0 ? labelList(text, lists[0]) : [],
    on: childOf(clause, 'On') !== undefined,
    include: lists.length > 1 ? labelList(text, lists[1]) : [],
    fillLeft: both ?? fillOf('FillLeftClause'),
    fillRight: both ?? fillOf('FillRightClause'),
  };
}
