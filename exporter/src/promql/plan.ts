import type { ACCUMULATORS } from './accumulators.js';
import { AccumulateNode, CountValuesNode, QuantileNode } from './aggregate.js';
import { SelectNode } from './aggregate-select.js';
import {
  isSetOperator,
  unwrap,
  type Aggregate,
  type Binary,
  type Call,
  type Expression,
} from './ast.js';
import { NegateNode, VectorScalarNode } from './binary-scalar.js';
import { VectorBinaryNode } from './binary-vector.js';
import { ExecutionError } from './errors.js';
import { DEPENDS_ON_TIME, planCall } from './functions/index.js';
import { multiply } from './histogram/float-histogram.js';
import { MergeNode } from './merge.js';
import type { PlanNode, RangeNode, ScalarNode, VectorNode } from './nodes.js';
import { ConstantNode, ScalarBinaryNode, ScalarCallNode } from './scalars.js';
import { RangeSelectorNode, SelectorNode } from './selectors.js';
import { FilterNode, UnionNode } from './set-operators.js';
import { StepInvariantScalar, StepInvariantVector } from './step-invariant.js';
import { SubqueryNode } from './subquery.js';

interface Planned {
  readonly node: PlanNode;
  /** Whether the result is the same at every step. */
  readonly invariant: boolean;
}

/**
 * Turns an expression into nodes that evaluate it. A plan may be evaluated again and again, over any
 * grid; it keeps what it works out about series.
 * @throws ExecutionError for arguments that can never be valid, such as a broken regular expression
 */
export function planExpression(expression: Expression): PlanNode {
  const planned = plan(expression);
  return planned.invariant ? repeated(planned.node) : planned.node;
}

/** Makes a node that is evaluated once and repeated for every step. */
function repeated(node: PlanNode): PlanNode {
  if (node.type === 'vector') return new StepInvariantVector(node);
  if (node.type === 'scalar' && !(node instanceof ConstantNode)) {
    return new StepInvariantScalar(node);
  }
  return node;
}

function expected(node: PlanNode, type: string): TypeError {
  return new TypeError(`planned a ${node.type} where a ${type} was checked to be`);
}

function asVector(node: PlanNode): VectorNode {
  if (node.type !== 'vector') throw expected(node, 'vector');
  return node;
}

function asScalar(node: PlanNode): ScalarNode {
  if (node.type !== 'scalar') throw expected(node, 'scalar');
  return node;
}

function asRange(node: PlanNode): RangeNode {
  if (node.type !== 'matrix') throw expected(node, 'matrix');
  return node;
}

function asText(node: PlanNode): string {
  if (node.type !== 'string') throw expected(node, 'string');
  return node.value;
}

function plan(expression: Expression): Planned {
  switch (expression.kind) {
    case 'number':
      return { node: new ConstantNode(expression.value), invariant: true };
    case 'string':
      return { node: { type: 'string', value: expression.value }, invariant: true };
    case 'paren':
      return plan(expression.expression);
    case 'selector':
      if (expression.extension !== undefined) throw unsupportedExtension(expression.extension);
      return {
        node: new SelectorNode(expression, { timestamps: false }),
        invariant: expression.at !== undefined,
      };
    case 'matrix':
      if (expression.selector.extension !== undefined) {
        throw unsupportedExtension(expression.selector.extension);
      }
      return {
        node: new RangeSelectorNode(expression),
        invariant: expression.selector.at !== undefined,
      };
    case 'subquery': {
      // What does not depend on the step is evaluated once for the whole subquery.
      const inner = asVector(planExpression(expression.expression));
      return { node: new SubqueryNode(expression, inner), invariant: expression.at !== undefined };
    }
    case 'unary': {
      const { node, invariant } = plan(expression.expression);
      if (expression.operator === '+') return { node, invariant };
      if (node.type === 'scalar') {
        return { node: new ScalarCallNode((value) => -value, [node]), invariant };
      }
      const negated = new NegateNode(asVector(node), (histogram) => multiply(histogram, -1));
      return { node: new MergeNode(negated, { strict: false }), invariant };
    }
    case 'binary':
      return planBinary(expression);
    case 'aggregate':
      return planAggregate(expression);
    case 'call':
      return planFunction(expression);
  }
}

function unsupportedExtension(extension: string): ExecutionError {
  return new ExecutionError(
    `the ${extension} modifier is not supported; take it off to use Prometheus's usual windows`,
  );
}

/** Operands of which one does not depend on the step are repeated, if the other one does. */
function aligned(operands: readonly Planned[]): { nodes: PlanNode[]; invariant: boolean } {
  const invariant = operands.every((operand) => operand.invariant);
  return {
    nodes: operands.map((operand) =>
      operand.invariant && !invariant ? repeated(operand.node) : operand.node,
    ),
    invariant,
  };
}

function planBinary(expression: Binary): Planned {
  const { nodes, invariant } = aligned([plan(expression.left), plan(expression.right)]);
  const [left, right] = nodes;
  const node = binaryNode(expression, left, right);
  return { node, invariant };
}

function binaryNode(expression: Binary, left: PlanNode, right: PlanNode): PlanNode {
  const { operator, matching } = expression;
  if (left.type === 'scalar' && right.type === 'scalar') {
    return new ScalarBinaryNode(operator, left, right);
  }
  let node: VectorNode;
  if (left.type === 'scalar') {
    const operands = { vector: asVector(right), scalar: left, scalarLeft: true };
    node = new VectorScalarNode(expression, operands);
  } else if (right.type === 'scalar') {
    const operands = { vector: asVector(left), scalar: right, scalarLeft: false };
    node = new VectorScalarNode(expression, operands);
  } else {
    if (matching === undefined) throw new TypeError(`${operator} between vectors has no matching`);
    const operands = { left: asVector(left), right: asVector(right) };
    if (operator === 'or') node = new UnionNode(matching, operands);
    else if (isSetOperator(operator)) return new FilterNode(expression, matching, operands);
    else node = new VectorBinaryNode(expression, matching, operands);
  }
  return new MergeNode(node, { strict: false });
}

function planAggregate(written: Aggregate): Planned {
  // Annotations point inside parentheses, as Prometheus's do.
  const expression = {
    ...written,
    expression: unwrap(written.expression),
    parameter: written.parameter && unwrap(written.parameter),
  };
  const { operator } = expression;
  const inner = plan(expression.expression);
  const { invariant } = inner;
  const input = asVector(inner.node);
  if (expression.parameter === undefined) {
    const accumulator = operator as keyof typeof ACCUMULATORS;
    const summed = input instanceof MergeNode ? input.stream() : input;
    return { node: new AccumulateNode(expression, accumulator, summed), invariant };
  }
  const parameter = plan(expression.parameter);
  if (operator === 'count_values') {
    return { node: new CountValuesNode(expression, asText(parameter.node), input), invariant };
  }
  const { nodes, invariant: both } = aligned([inner, parameter]);
  const vector = asVector(nodes[0]);
  const scalar = asScalar(nodes[1]);
  const node =
    operator === 'quantile'
      ? new QuantileNode(expression, scalar, vector)
      : new SelectNode(expression, scalar, vector);
  return { node, invariant: both };
}

function planFunction(call: Call): Planned {
  const unwrapped = { ...call, args: call.args.map(unwrap) };
  const { name } = call.function;
  const planned = unwrapped.args.map(plan);
  const all = planned.every(({ invariant }) => invariant);
  // timestamp(selector @ t) is the time of that one sample, and so the same at every step.
  const ofFixedSelector = name === 'timestamp' && unwrapped.args[0].kind === 'selector';
  const invariant = all && (ofFixedSelector || !DEPENDS_ON_TIME.has(name));
  const nodes = planned.map((arg) => (arg.invariant && !invariant ? repeated(arg.node) : arg.node));
  const node = planCall({
    call: unwrapped,
    nodes,
    vector: (index) => asVector(nodes[index]),
    scalar: (index) => asScalar(nodes[index]),
    range: (index) => asRange(nodes[index]),
    text: (index) => asText(nodes[index]),
  });
  return { node, invariant };
}
