import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** Grafana's ids of the base units that exporters write. */
const grafanaUnits: Readonly<Record<string, string>> = {
  seconds: 's',
  bytes: 'bytes',
  ratio: 'percentunit',
  celsius: 'celsius',
  hertz: 'hertz',
  volts: 'volt',
  amperes: 'amp',
  joules: 'joule',
  watts: 'watt',
  meters: 'lengthm',
  bytes_per_second: 'Bps',
};

/** Grafana's id of a base unit; `undefined` where it has none. */
export function grafanaUnit(unit: string | undefined): string | undefined {
  return unit === undefined ? undefined : grafanaUnits[unit];
}

/** Of a metric by its name, from what the exporter says of it. */
export type MetricUnits = Readonly<Record<string, string>>;

/** What an expression yields, as a base unit; `undefined` where that cannot be told for sure. */
export function unitOfExpression(expr: string, units: MetricUnits): string | undefined {
  const unit = (node: SyntaxNode | null): string | undefined => {
    switch (node?.name) {
      case 'PromQL':
      case 'ParenExpr':
      case 'MatrixSelector':
      case 'SubqueryExpr':
      case 'OffsetExpr':
      case 'StepInvariantExpr':
      case 'UnaryExpr':
        return unit(operands(node)[0] ?? null);
      case 'VectorSelector':
        return unitOfMetric(textOf(node.getChild('Identifier')), units);
      case 'AggregateExpr':
      case 'FunctionCall':
        return unitOfCall(node);
      case 'BinaryExpr':
        return unitOfBinary(node);
      default:
        return undefined;
    }
  };

  const textOf = (node: SyntaxNode | null): string =>
    node === null ? '' : expr.slice(node.from, node.to);

  const unitOfCall = (node: SyntaxNode): string | undefined => {
    const name = textOf(node.getChild('AggregateOp') ?? node.getChild('FunctionIdentifier'));
    const body = node.getChild('FunctionCallBody');
    const argument = body === null ? undefined : operands(body).at(-1);
    if (argument === undefined) return undefined;
    if (name === 'histogram_quantile') return unit(firstSelector(argument));
    if (same.has(name)) return unit(argument);
    if (perSecond.has(name) && unit(argument) === 'bytes') return 'bytes_per_second';
    return undefined;
  };

  /** A comparison hands on what it compares, but with `bool` 0 or 1. */
  const unitOfFilter = (node: SyntaxNode, compared: string | undefined): string | undefined =>
    node.getChild('BoolModifier') === null ? compared : undefined;

  const unitOfBinary = (node: SyntaxNode): string | undefined => {
    const [left, right] = operands(node);
    if (left === undefined || right === undefined) return undefined;
    const [before, after] = [unit(left), unit(right)];
    switch (left.nextSibling?.name) {
      // A number beside them, as in `1 - used / size`, has the unit of the other side.
      case 'Add':
      case 'Sub':
        if (left.name === 'NumberDurationLiteral') return after;
        return right.name === 'NumberDurationLiteral' || before === after ? before : undefined;
      case 'Div':
        return before !== undefined && before === after ? 'ratio' : undefined;
      case 'Or':
        return before === after ? before : undefined;
      case 'And':
      case 'Unless':
        return before;
      default:
        return filters.has(left.nextSibling?.name ?? '') ? unitOfFilter(node, before) : undefined;
    }
  };

  return unit(parser.parse(expr).topNode);
}

const same: ReadonlySet<string> = new Set(
  `sum avg min max topk bottomk quantile stddev limitk avg_over_time min_over_time max_over_time
  last_over_time quantile_over_time stddev_over_time abs ceil floor round clamp clamp_min clamp_max
  delta idelta increase sort sort_desc scalar vector label_replace label_join predict_linear`.split(
    /\s+/,
  ),
);
/** Comparisons, as the syntax tree calls them. */
const filters: ReadonlySet<string> = new Set(['Gtr', 'Gte', 'Lss', 'Lte', 'Eql', 'Eqlc', 'Neq']);
const perSecond: ReadonlySet<string> = new Set(['rate', 'irate', 'deriv']);

const notOperands: ReadonlySet<string> = new Set([
  ...['StringLiteral', 'AggregateModifier', 'MatchingModifierClause', 'BoolModifier'],
  ...['NumberDurationLiteralInDurationContext', 'LabelMatchers', 'LineComment'],
]);

/** The expressions right below a node. */
function operands(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    const isExpression = /Expr$|Selector$|Call$|NumberDurationLiteral$/.test(child.name);
    if (isExpression && !notOperands.has(child.name)) found.push(child);
  }
  // Of a call, what it is about comes first or last: `label_replace(v, …)`, `topk(3, v)`.
  const values = found.filter(({ name }) => name !== 'NumberDurationLiteral');
  return node.name === 'FunctionCallBody' && values.length > 0 ? values.slice(0, 1) : found;
}

function firstSelector(node: SyntaxNode): SyntaxNode | null {
  let found: SyntaxNode | null = null;
  node.cursor().iterate((one) => {
    if (one.name === 'VectorSelector') found ??= one.node;
    return found === null;
  });
  return found;
}

/** By what the exporter says, and else by the name, which ends in it: `node_memory_MemFree_bytes`. */
function unitOfMetric(name: string, units: MetricUnits): string | undefined {
  const family = name.replace(/_bucket$/, '');
  const told = units[family];
  if (told !== undefined && told !== '') return told;
  const [, unit] =
    /[_:](seconds|bytes|ratio|celsius|hertz|volts|watts|joules|meters)(?:_total|_sum|:.*)?$/.exec(
      family,
    ) ?? [];
  return unit;
}
