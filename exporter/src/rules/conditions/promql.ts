import type { ComparisonOperator, Duration, Expression, VectorSelector } from '../../promql/ast.js';
import { formatDuration } from '../../promql/durations.js';
import { formatFloat } from '../../promql/number-format.js';
import { printExpression } from '../../promql/print.js';

/** What holds when a comparison does not; for what is resolved. */
export const OPPOSITE: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '>': '<=',
  '>=': '<',
  '<': '>=',
  '<=': '>',
  '==': '!=',
  '!=': '==',
};

const CLOSED: ReadonlySet<Expression['kind']> = new Set([
  'selector',
  'call',
  'aggregate',
  'paren',
  'number',
]);

/** The expression as an operand: in parentheses where its operators could be read otherwise. */
export function operand(expression: Expression): string {
  const text = printExpression(expression);
  return CLOSED.has(expression.kind) ? text : `(${text})`;
}

export function duration(seconds: number): string {
  return formatDuration(seconds * 1000);
}

export function number(value: number): string {
  return formatFloat(value);
}

/** How the expression has changed since `window` seconds ago, in its unit or in percent of then. */
export function changeOf(
  subject: Expression,
  window: number,
  unit: 'percent' | 'absolute',
): string {
  const before = operand(shifted(subject, window));
  const difference = `${operand(subject)} - ${before}`;
  return unit === 'absolute' ? difference : `100 * (${difference}) / abs(${before})`;
}

/** Whether a series has been missing for `window` seconds; for 0, whether it is missing. */
export function absenceOf(subject: Expression, window: number): string {
  if (window === 0) return `absent(${printExpression(subject)})`;
  if (subject.kind === 'selector') {
    const { span } = subject;
    const range: Duration = { kind: 'number', value: window, duration: true, span };
    const matrix = printExpression({ kind: 'matrix', selector: subject, range, span });
    return `absent_over_time(${matrix})`;
  }
  return `absent_over_time((${printExpression(subject)})[${duration(window)}:])`;
}

/**
 * The expression as it was `seconds` ago. What is fixed by `@` stays, as do `time()` and the like.
 */
function shifted(expression: Expression, seconds: number): Expression {
  const inner = (child: Expression): Expression => shifted(child, seconds);
  switch (expression.kind) {
    case 'number':
    case 'string':
      return expression;
    case 'selector':
      return shiftedSelector(expression, seconds);
    case 'matrix':
      return { ...expression, selector: shiftedSelector(expression.selector, seconds) };
    case 'subquery':
      return expression.at === undefined
        ? { ...expression, offset: later(expression.offset, seconds, expression.span) }
        : expression;
    case 'paren':
    case 'unary':
      return { ...expression, expression: inner(expression.expression) };
    case 'aggregate':
      return {
        ...expression,
        expression: inner(expression.expression),
        parameter: expression.parameter === undefined ? undefined : inner(expression.parameter),
      };
    case 'binary':
      return { ...expression, left: inner(expression.left), right: inner(expression.right) };
    case 'call':
      return { ...expression, args: expression.args.map(inner) };
  }
}

function shiftedSelector(selector: VectorSelector, seconds: number): VectorSelector {
  if (selector.at !== undefined) return selector;
  return { ...selector, offset: later(selector.offset, seconds, selector.span) };
}

function later(
  offset: Duration | undefined,
  seconds: number,
  span: VectorSelector['span'],
): Duration {
  const more: Duration = { kind: 'number', value: seconds, duration: true, span };
  if (offset === undefined) return more;
  if (offset.kind === 'number') return { ...more, value: offset.value + seconds };
  const sum: Duration = { kind: 'duration-binary', operator: '+', left: offset, right: more, span };
  return { kind: 'duration-paren', inner: sum, span };
}
