import { METRIC_NAME } from '../series/labels.js';
import type { Matcher } from '../series/matcher.js';
import {
  hasParameter,
  type Aggregate,
  type At,
  type Binary,
  type Duration,
  type Expression,
  type Subquery,
  type VectorSelector,
} from './ast.js';
import { formatDuration } from './durations.js';
import { isPlainLabelName, quote } from './literals.js';
import { formatFloat, formatGeneral } from './number-format.js';

function labelName(name: string): string {
  return isPlainLabelName(name) ? name : quote(name);
}

function labelNames(names: readonly string[]): string {
  return names.map(labelName).join(', ');
}

/** As PromQL writes it. */
function printMatcher(matcher: Matcher): string {
  return `${labelName(matcher.name)}${matcher.operator}${quote(matcher.value)}`;
}

function seconds(value: number): string {
  return formatDuration(Math.trunc(Math.round(value * 1e9) / 1e6));
}

function printDuration(duration: Duration): string {
  switch (duration.kind) {
    case 'number':
      return seconds(duration.value);
    case 'duration-call':
      return `${duration.name}(${duration.args.map(printDurationOperand).join(', ')})`;
    case 'duration-unary':
      return `${duration.operator === '-' ? '-' : ''}${printDurationOperand(duration.operand)}`;
    case 'duration-binary':
      return `${printDurationOperand(duration.left)} ${duration.operator} ${printDurationOperand(duration.right)}`;
    case 'duration-paren':
      return `(${printDuration(duration.inner)})`;
  }
}

/** Inside arithmetic, plain numbers stay numbers: `2m * 3`. */
function printDurationOperand(duration: Duration): string {
  if (duration.kind === 'number' && !duration.duration) return formatFloat(duration.value);
  return printDuration(duration);
}

function printAt(at: At | undefined): string {
  if (at === undefined) return '';
  return typeof at === 'number' ? ` @ ${(at / 1000).toFixed(3)}` : ` @ ${at}()`;
}

function printOffset(offset: Duration | undefined): string {
  if (offset === undefined || (offset.kind === 'number' && offset.value === 0)) return '';
  return ` offset ${printDuration(offset)}`;
}

function printSeries({ name, matchers }: VectorSelector): string {
  const written = matchers
    .filter(
      (matcher) =>
        !(
          matcher.name === METRIC_NAME &&
          matcher.operator === '=' &&
          matcher.value === name &&
          name !== ''
        ),
    )
    .map(printMatcher)
    .sort();
  return written.length === 0 && name !== '' ? name : `${name}{${written.join(',')}}`;
}

function printSelector(selector: VectorSelector, range: string): string {
  const extension = selector.extension === undefined ? '' : ` ${selector.extension}`;
  const at = printAt(selector.at);
  const modifiers = range === '' ? at + extension : extension + at;
  return printSeries(selector) + range + modifiers + printOffset(selector.offset);
}

/** What follows the expression of a subquery. */
export function printSubquerySuffix(subquery: Subquery): string {
  const step = subquery.step === undefined ? '' : printDuration(subquery.step);
  const range = `[${printDuration(subquery.range)}:${step}]`;
  return range + printAt(subquery.at) + printOffset(subquery.offset);
}

/** The operator and what modifies it, as `/ on (a) group_left (b)`. */
export function printOperator({ operator, bool, matching }: Binary): string {
  let text: string = operator;
  if (bool) text += ' bool';
  if (matching === undefined) return text;
  const { cardinality, labels, on, include, fillLeft, fillRight } = matching;
  const grouped = cardinality === 'many-to-one' || cardinality === 'one-to-many';
  if (labels.length > 0 || on || grouped) {
    text += ` ${on ? 'on' : 'ignoring'} (${labelNames(labels)})`;
  }
  if (grouped) {
    text += ` group_${cardinality === 'many-to-one' ? 'left' : 'right'} (${labelNames(include)})`;
  }
  if (fillLeft !== undefined && fillLeft === fillRight) {
    return `${text} fill (${formatGeneral(fillLeft)})`;
  }
  if (fillLeft !== undefined) text += ` fill_left (${formatGeneral(fillLeft)})`;
  if (fillRight !== undefined) text += ` fill_right (${formatGeneral(fillRight)})`;
  return text;
}

/** The operator of an aggregation with its grouping, as `sum by (a) `. */
export function printGrouping({ operator, grouping, without }: Aggregate): string {
  if (without) return `${operator} without (${labelNames(grouping)}) `;
  return grouping.length > 0 ? `${operator} by (${labelNames(grouping)}) ` : operator;
}

/** A sign in front of a power would be read as applying to the whole of it. */
function printBase({ operator, left }: Binary): string {
  const text = printExpression(left);
  return operator === '^' && text === '+Inf' ? 'Inf' : text;
}

/** An expression on one line, as Prometheus's parser prints it. It parses to the same expression. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return expression.duration ? seconds(expression.value) : formatFloat(expression.value);
    case 'string':
      return quote(expression.value);
    case 'selector':
      return printSelector(expression, '');
    case 'matrix':
      return printSelector(expression.selector, `[${printDuration(expression.range)}]`);
    case 'subquery':
      return printExpression(expression.expression) + printSubquerySuffix(expression);
    case 'paren':
      return `(${printExpression(expression.expression)})`;
    case 'unary':
      return expression.operator + printExpression(expression.expression);
    case 'binary':
      return `${printBase(expression)} ${printOperator(expression)} ${printExpression(expression.right)}`;
    case 'aggregate': {
      const parameter =
        hasParameter(expression.operator) && expression.parameter !== undefined
          ? `${printExpression(expression.parameter)}, `
          : '';
      return `${printGrouping(expression)}(${parameter}${printExpression(expression.expression)})`;
    }
    case 'call':
      return `${expression.function.name}(${expression.args.map(printExpression).join(', ')})`;
  }
}
