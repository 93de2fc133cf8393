import type { Matcher } from '../series/matcher.js';
import type { FunctionSignature } from './functions/signature.js';

/** Offsets into the expression's text (UTF-16 code units); `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

export interface NumberLiteral {
  readonly kind: 'number';
  readonly value: number;
  /** Whether it was written as a duration, such as `5m`; its value is then in seconds. */
  readonly duration: boolean;
  readonly span: Span;
}

export interface StringLiteral {
  readonly kind: 'string';
  readonly value: string;
  readonly span: Span;
}

export type DurationOperator = '+' | '-' | '*' | '/' | '%' | '^';

/** A range, step or offset: a number of seconds, or arithmetic over such. */
export type Duration =
  | NumberLiteral
  | {
      readonly kind: 'duration-call';
      readonly name: 'step' | 'range' | 'min_of' | 'max_of';
      readonly args: readonly Duration[];
      readonly span: Span;
    }
  | {
      readonly kind: 'duration-unary';
      readonly operator: '+' | '-';
      readonly operand: Duration;
      readonly span: Span;
    }
  | {
      readonly kind: 'duration-binary';
      readonly operator: DurationOperator;
      readonly left: Duration;
      readonly right: Duration;
      readonly span: Span;
    }
  | { readonly kind: 'duration-paren'; readonly inner: Duration; readonly span: Span };

/** Where `@` puts a selector or subquery: Unix milliseconds, or an end of the query's range. */
export type At = number | 'start' | 'end';

/** How a selector sees samples beyond its window: Prometheus's extended range selectors. */
export type Extension = 'anchored' | 'smoothed';

export interface VectorSelector {
  readonly kind: 'selector';
  /** The name in front of the braces, `''` where there is none. */
  readonly name: string;
  /** All matchers, the one for `name` last. */
  readonly matchers: readonly Matcher[];
  readonly offset: Duration | undefined;
  readonly at: At | undefined;
  readonly extension: Extension | undefined;
  readonly span: Span;
}

export interface MatrixSelector {
  readonly kind: 'matrix';
  /** Carries the offset and `@` of the whole. */
  readonly selector: VectorSelector;
  readonly range: Duration;
  readonly span: Span;
}

export interface Subquery {
  readonly kind: 'subquery';
  readonly expression: Expression;
  readonly range: Duration;
  /** Absent where the default step applies. */
  readonly step: Duration | undefined;
  readonly offset: Duration | undefined;
  readonly at: At | undefined;
  readonly span: Span;
}

export interface Paren {
  readonly kind: 'paren';
  readonly expression: Expression;
  readonly span: Span;
}

interface Unary {
  readonly kind: 'unary';
  readonly operator: '+' | '-';
  readonly expression: Expression;
  readonly span: Span;
}

type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type ComparisonOperator = '==' | '!=' | '>' | '<' | '>=' | '<=';
export type SetOperator = 'and' | 'or' | 'unless';
/** Keep the part of a histogram below (`</`) or above (`>/`) a value. */
type TrimOperator = '</' | '>/';
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | SetOperator | TrimOperator;

export type Cardinality = 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';

export interface VectorMatching {
  readonly cardinality: Cardinality;
  /** Labels of `on` or `ignoring`. */
  readonly labels: readonly string[];
  readonly on: boolean;
  /** Labels of `group_left` or `group_right`, taken from the side of the one. */
  readonly include: readonly string[];
  /** Values for series that have no partner on the left or the right; absent: no result. */
  readonly fillLeft: number | undefined;
  readonly fillRight: number | undefined;
}

export interface Binary {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  /** `bool`: the comparison answers 0 or 1 and filters nothing. */
  readonly bool: boolean;
  /** Absent unless both sides are vectors. */
  readonly matching: VectorMatching | undefined;
  /** Of the operator, for messages about it. */
  readonly operatorSpan: Span;
  readonly span: Span;
}

export type AggregateOperator =
  | 'sum'
  | 'avg'
  | 'count'
  | 'min'
  | 'max'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'count_values'
  | 'quantile'
  | 'limitk'
  | 'limit_ratio';

export interface Aggregate {
  readonly kind: 'aggregate';
  readonly operator: AggregateOperator;
  readonly expression: Expression;
  readonly parameter: Expression | undefined;
  readonly grouping: readonly string[];
  readonly without: boolean;
  readonly span: Span;
}

export interface Call {
  readonly kind: 'call';
  readonly function: FunctionSignature;
  readonly args: readonly Expression[];
  readonly span: Span;
}

export type Expression =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Paren
  | Unary
  | Binary
  | Aggregate
  | Call;

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '>', '<', '>=', '<=']);
const SET_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless']);
const PARAMETERISED: ReadonlySet<string> = new Set([
  'topk',
  'bottomk',
  'count_values',
  'quantile',
  'limitk',
  'limit_ratio',
]);

export function isComparison(operator: BinaryOperator): operator is ComparisonOperator {
  return COMPARISONS.has(operator);
}

export function isSetOperator(operator: BinaryOperator): operator is SetOperator {
  return SET_OPERATORS.has(operator);
}

/** Whether an aggregation takes a parameter before its vector. */
export function hasParameter(operator: AggregateOperator): boolean {
  return PARAMETERISED.has(operator);
}

export function typeOf(expression: Expression): ValueType {
  switch (expression.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
    case 'aggregate':
      return 'vector';
    case 'matrix':
    case 'subquery':
      return 'matrix';
    case 'paren':
    case 'unary':
      return typeOf(expression.expression);
    case 'binary':
      return typeOf(expression.left) === 'scalar' && typeOf(expression.right) === 'scalar'
        ? 'scalar'
        : 'vector';
    case 'call':
      return expression.function.returns;
  }
}

/** The expressions directly below one, in the order they are written. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return [];
    case 'matrix':
      return [expression.selector];
    case 'subquery':
    case 'paren':
    case 'unary':
      return [expression.expression];
    case 'binary':
      return [expression.left, expression.right];
    case 'aggregate':
      return expression.parameter === undefined
        ? [expression.expression]
        : [expression.parameter, expression.expression];
    case 'call':
      return expression.args;
  }
}

/** All vector selectors of an expression, those inside ranges and subqueries among them. */
export function selectorsOf(expression: Expression): VectorSelector[] {
  if (expression.kind === 'selector') return [expression];
  return childrenOf(expression).flatMap(selectorsOf);
}

/** Takes off the parentheses around an expression. */
export function unwrap(expression: Expression): Exclude<Expression, Paren> {
  let inner = expression;
  while (inner.kind === 'paren') inner = inner.expression;
  return inner;
}
