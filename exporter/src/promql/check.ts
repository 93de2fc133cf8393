import {
  isComparison,
  isSetOperator,
  typeOf,
  type Aggregate,
  type Binary,
  type Call,
  type Expression,
  type Span,
  type ValueType,
  type VectorSelector,
} from './ast.js';
import { METRIC_NAME } from '../series/labels.js';
import { ParseError } from './errors.js';

const DOCUMENTED: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  vector: 'instant vector',
  matrix: 'range vector',
  string: 'string',
};

/** What to do where a type does not fit, if there is something simple. */
function remedy(expected: ValueType, actual: ValueType): string {
  if (expected === 'matrix' && actual === 'vector') return '; add a range such as [5m]';
  if (expected === 'vector' && actual === 'matrix') {
    return '; take the range off, or put a function such as rate(…) around it';
  }
  if (expected === 'vector' && actual === 'scalar') return '; put vector(…) around it';
  if (expected === 'scalar' && actual === 'vector') return '; put scalar(…) around it';
  return '';
}

/**
 * Checks that types fit together, as Prometheus's parser does after parsing.
 * @throws ParseError for the first one that does not.
 */
export function checkTypes(text: string, expression: Expression): void {
  new TypeCheck(text).check(expression);
}

class TypeCheck {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  check(expression: Expression): ValueType {
    switch (expression.kind) {
      case 'number':
      case 'string':
        break;
      case 'selector':
        this.#selector(expression, false);
        break;
      case 'matrix':
        this.check(expression.selector);
        break;
      case 'paren':
        this.check(expression.expression);
        break;
      case 'unary': {
        const type = this.check(expression.expression);
        if (type !== 'scalar' && type !== 'vector') {
          this.#fail(
            expression.span,
            `unary expression only allowed on expressions of type scalar or instant vector, got "${DOCUMENTED[type]}"`,
          );
        }
        break;
      }
      case 'subquery': {
        const type = this.check(expression.expression);
        if (type !== 'vector') {
          this.#fail(
            expression.span,
            `subquery is only allowed on instant vector, got ${type} instead`,
          );
        }
        break;
      }
      case 'aggregate':
        this.#aggregate(expression);
        break;
      case 'binary':
        this.#binary(expression);
        break;
      case 'call':
        this.#call(expression);
        break;
    }
    return typeOf(expression);
  }

  #fail(span: Span, reason: string): never {
    throw new ParseError(this.#text, span, reason);
  }

  #expect(expression: Expression, expected: ValueType, context: string): void {
    const actual = this.check(expression);
    if (actual === expected) return;
    this.#fail(
      expression.span,
      `expected type ${DOCUMENTED[expected]} in ${context}, got ${DOCUMENTED[actual]}${remedy(expected, actual)}`,
    );
  }

  #selector(selector: VectorSelector, mayBeEmpty: boolean): void {
    if (selector.name !== '') {
      const second = selector.matchers.slice(0, -1).find(({ name }) => name === METRIC_NAME);
      if (second !== undefined) {
        this.#fail(
          selector.span,
          `metric name must not be set twice: "${selector.name}" or "${second.value}"`,
        );
      }
      return;
    }
    if (mayBeEmpty || selector.matchers.some((matcher) => !matcher.matches(''))) return;
    this.#fail(
      selector.span,
      'vector selector must contain at least one non-empty matcher, for example {job="node"} or {__name__=~".+"}',
    );
  }

  #aggregate(expression: Aggregate): void {
    this.#expect(expression.expression, 'vector', 'aggregation expression');
    if (expression.parameter !== undefined) {
      const expected = expression.operator === 'count_values' ? 'string' : 'scalar';
      this.#expect(expression.parameter, expected, 'aggregation parameter');
    }
  }

  #binary(expression: Binary): void {
    const { operator, matching, operatorSpan, span } = expression;
    const left = this.check(expression.left);
    const right = this.check(expression.right);
    const side = 'binary expression must contain only scalar and instant vector types';
    if (expression.bool && !isComparison(operator)) {
      this.#fail(operatorSpan, 'bool modifier can only be used on comparison operators');
    }
    if (isComparison(operator) && !expression.bool && left === 'scalar' && right === 'scalar') {
      this.#fail(
        operatorSpan,
        `comparisons between scalars must use BOOL modifier; write "${operator} bool"`,
      );
    }
    if (left !== 'scalar' && left !== 'vector') this.#fail(expression.left.span, side);
    if (right !== 'scalar' && right !== 'vector') this.#fail(expression.right.span, side);
    if ((left === 'scalar' || right === 'scalar') && isSetOperator(operator)) {
      this.#fail(span, `set operator "${operator}" not allowed in binary scalar expression`);
    }
    if (matching === undefined) return;

    const { labels, include, on, cardinality, fillLeft, fillRight } = matching;
    const fills = fillLeft !== undefined || fillRight !== undefined;
    const both = on ? labels.find((label) => include.includes(label)) : undefined;
    if (both !== undefined) {
      this.#fail(operatorSpan, `label "${both}" must not occur in ON and GROUP clause at once`);
    }
    if (left !== 'vector' || right !== 'vector') {
      if (labels.length > 0) {
        this.#fail(span, 'vector matching only allowed between instant vectors');
      }
      if (fills) {
        this.#fail(span, 'filling in missing series only allowed between instant vectors');
      }
    } else if (isSetOperator(operator)) {
      if (cardinality !== 'many-to-many') {
        this.#fail(span, `no grouping allowed for "${operator}" operation`);
      }
      if (fills) this.#fail(span, 'filling in missing series not allowed for set operators');
    }
  }

  #call(call: Call): void {
    const { name, args, optional } = call.function;
    const given = call.args.length;
    if (optional === 0) {
      if (given !== args.length) {
        this.#fail(
          call.span,
          `expected ${args.length} argument(s) in call to "${name}", got ${given}`,
        );
      }
    } else {
      const least = args.length - 1;
      if (given < least) {
        this.#fail(
          call.span,
          `expected at least ${least} argument(s) in call to "${name}", got ${given}`,
        );
      }
      if (optional > 0 && given > least + optional) {
        this.#fail(
          call.span,
          `expected at most ${least + optional} argument(s) in call to "${name}", got ${given}`,
        );
      }
    }
    call.args.forEach((arg, i) => {
      if (name === 'info' && i === 1) this.#infoSelector(arg);
      else this.#expect(arg, args[Math.min(i, args.length - 1)], `call to function "${name}"`);
    });
  }

  /** The second argument of `info` is no selection of its own: it may match everything. */
  #infoSelector(arg: Expression): void {
    if (arg.kind !== 'selector') this.#fail(arg.span, 'expected label selectors only');
    if (arg.name !== '') {
      this.#fail(arg.span, 'expected label selectors only, got vector selector instead');
    }
    this.#selector(arg, true);
  }
}
