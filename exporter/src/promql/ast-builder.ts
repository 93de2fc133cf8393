import type { SyntaxNode } from '@lezer/common';
import { hasParameter, type Aggregate, type AggregateOperator, type Expression } from './ast.js';
import type { ParseError } from './errors.js';
import { FUNCTION_SIGNATURES } from './functions/signatures.js';
import { childOf, errorAt, expressionChildren, slice, spanOf } from './grammar.js';
import { numberLiteral } from './parse-duration.js';
import { withModifier } from './parse-modifier.js';
import { operatorPart } from './parse-operator.js';
import { labelList, stringLiteral, vectorSelector } from './parse-selector.js';
import { byPrecedence, type Part } from './precedence.js';

/** Deeper nesting than this is refused: each level takes a stack frame or more in every pass. */
const MAX_DEPTH = 500;
const MAX_CHAIN = 1000;

/** Turns the concrete tree into the typed one. */
export class AstBuilder {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The typed expression of a node of the grammar. */
  expression(node: SyntaxNode, depth = 0): Expression {
    return byPrecedence(this.#parts(node, depth));
  }

  /** An operation taken apart into operands, signs and operators; anything else is one operand. */
  #parts(node: SyntaxNode, depth: number): Part[] {
    if (depth > MAX_DEPTH) throw this.#tooDeep(node);
    const operands = expressionChildren(node);
    switch (node.name) {
      case 'BinaryExpr': {
        // Chains such as a + b + c lean to the left, and may be longer than nesting may be deep.
        const chain: Part[][] = [];
        let first = node;
        while (first.name === 'BinaryExpr') {
          const [left, right] = expressionChildren(first);
          chain.push([operatorPart(this.#text, first), ...this.#parts(right, depth + 1)]);
          if (chain.length > MAX_CHAIN) throw this.#tooDeep(node);
          first = left;
        }
        return [...this.#parts(first, depth + 1), ...chain.reverse().flat()];
      }
      case 'UnaryExpr':
        return [this.#sign(node), ...this.#parts(operands[0], depth + 1)];
      case 'NumberDurationLiteral': {
        const literal = numberLiteral(this.#text, node);
        if (!/^[+-]/.test(slice(this.#text, node)))
          return [{ kind: 'operand', expression: literal }];
        const span = { start: literal.span.start + 1, end: literal.span.end };
        const value = slice(this.#text, node).startsWith('-') ? -literal.value : literal.value;
        return [this.#sign(node), { kind: 'operand', expression: { ...literal, value, span } }];
      }
      case 'MatrixSelector':
      case 'SubqueryExpr':
      case 'OffsetExpr':
      case 'StepInvariantExpr':
      case 'AnchoredExpr':
      case 'SmoothedExpr': {
        const parts = this.#parts(operands[0], depth + 1);
        const last = parts.pop();
        if (last?.kind !== 'operand')
          throw errorAt(this.#text, node, 'a modifier has no expression');
        const expression = withModifier(this.#text, node, last.expression);
        return [...parts, { kind: 'operand', expression }];
      }
      default:
        return [{ kind: 'operand', expression: this.#operand(node, depth) }];
    }
  }

  #tooDeep(node: SyntaxNode): ParseError {
    return errorAt(
      this.#text,
      node,
      `more than ${MAX_DEPTH} levels deep or ${MAX_CHAIN} operators long; split the expression`,
    );
  }

  #sign(node: SyntaxNode): Part {
    const operator = this.#text[node.from] === '-' ? '-' : '+';
    return { kind: 'sign', operator, start: node.from };
  }

  #operand(node: SyntaxNode, depth: number): Expression {
    const inner = (child: SyntaxNode): Expression => this.expression(child, depth + 1);
    switch (node.name) {
      case 'StringLiteral':
        return stringLiteral(this.#text, node);
      case 'VectorSelector':
        return vectorSelector(this.#text, node);
      case 'ParenExpr': {
        const [child] = expressionChildren(node);
        return { kind: 'paren', expression: inner(child), span: spanOf(node) };
      }
      case 'AggregateExpr':
        return this.#aggregate(node, inner);
      case 'FunctionCall':
        return this.#call(node, inner);
      default:
        throw errorAt(this.#text, node, `unexpected ${node.name}`);
    }
  }

  #aggregate(node: SyntaxNode, inner: (child: SyntaxNode) => Expression): Aggregate {
    const operatorNode = node.getChild('AggregateOp') ?? node;
    const operator = slice(this.#text, operatorNode).toLowerCase() as AggregateOperator;
    const modifier = childOf(node, 'AggregateModifier');
    const labels = childOf(modifier, 'GroupingLabels');
    const body = node.getChild('FunctionCallBody') ?? node;
    const args = expressionChildren(body).map(inner);
    if (args.length === 0) {
      throw errorAt(this.#text, node, 'no arguments for aggregate expression provided');
    }
    const expected = hasParameter(operator) ? 2 : 1;
    if (args.length !== expected) {
      throw errorAt(
        this.#text,
        node,
        `wrong number of arguments for aggregate expression provided, expected ${expected}, got ${args.length}`,
      );
    }
    return {
      kind: 'aggregate',
      operator,
      expression: args[expected - 1],
      parameter: expected === 2 ? args[0] : undefined,
      grouping: labels === undefined ? [] : labelList(this.#text, labels),
      without: childOf(modifier, 'Without') !== undefined,
      span: spanOf(node),
    };
  }

  #call(node: SyntaxNode, inner: (child: SyntaxNode) => Expression): Expression {
    const identifier = node.getChild('FunctionIdentifier') ?? node;
    const name = slice(this.#text, identifier);
    const signature = FUNCTION_SIGNATURES.get(name);
    if (signature === undefined) {
      throw errorAt(this.#text, identifier, `unknown function with name "${name}"`);
    }
    const body = node.getChild('FunctionCallBody') ?? node;
    return {
      kind: 'call',
      function: signature,
      args: expressionChildren(body).map(inner),
      span: spanOf(node),
    };
  }
}
