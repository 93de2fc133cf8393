import { parseExpression } from './parse.js';
import type { Expression } from './ast.js';
import { printExpression, printGrouping, printOperator, printSubquerySuffix } from './print.js';

const LINE = 100;

function indent(level: number): string {
  return '  '.repeat(level);
}

/**
 * An expression over several lines where it is longer than 100 characters, as Prometheus's
 * `/api/v1/format_query` lays it out.
 * @throws ParseError
 */
export function formatQuery(text: string): string {
  return formatExpression(parseExpression(text));
}

/** As {@link formatQuery}, for an expression that is parsed already. */
function formatExpression(expression: Expression, level = 0): string {
  const line = printExpression(expression);
  const short = line.length <= LINE;
  const inner = (child: Expression): string => formatExpression(child, level + 1);
  switch (expression.kind) {
    case 'number':
    case 'string':
    case 'selector':
    case 'matrix':
      return indent(level) + line;
    case 'subquery':
      return short
        ? line
        : formatExpression(expression.expression, level) + printSubquerySuffix(expression);
    case 'unary':
      return (
        indent(level) + expression.operator + formatExpression(expression.expression, level).trim()
      );
    case 'paren':
      if (short) return indent(level) + line;
      return `${indent(level)}(\n${inner(expression.expression)}\n${indent(level)})`;
    case 'binary':
      if (short) return indent(level) + line;
      return `${inner(expression.left)}\n${indent(level)}${printOperator(expression)}\n${inner(expression.right)}`;
    case 'aggregate': {
      if (short) return indent(level) + line;
      const parameter =
        expression.parameter === undefined ? '' : `${inner(expression.parameter)},\n`;
      return `${indent(level)}${printGrouping(expression)}(\n${parameter}${inner(expression.expression)}\n${indent(level)})`;
    }
    case 'call':
      if (short) return indent(level) + line;
      return `${indent(level)}${expression.function.name}(\n${expression.args.map(inner).join(',\n')}\n${indent(level)})`;
  }
}
