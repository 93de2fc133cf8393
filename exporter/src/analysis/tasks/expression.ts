import type { Metric } from '@kymo/contract';

/** How the series of an expression came about, so that one of them can be shown by PromQL. */
export interface Asked {
  readonly expr: string;
  /**
   * Where the expression is a selector without modifiers: what is around the selector of each series, such as
   * `rate(` and `[1m])`. A single series is then named by its labels.
   */
  readonly around?: readonly [before: string, after: string];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** PromQL that selects one series by its name and labels. */
export function selectorOf({ __name__: name = '', ...labels }: Metric): string {
  const plain = NAME.test(name);
  const matchers = Object.entries(labels).map(
    ([label, value]) => `${LABEL.test(label) ? label : quoted(label)}=${quoted(value)}`,
  );
  if (!plain && name !== '') matchers.unshift(quoted(name));
  const braces = matchers.length === 0 ? '' : `{${matchers.join(',')}}`;
  return plain ? name + braces : braces;
}

/**
 * PromQL that yields one of the series of an expression.
 * @param all every series of it
 */
export function expressionOf(
  { expr, around }: Asked,
  metric: Metric,
  all: readonly Metric[],
): string {
  if (around !== undefined) return around[0] + selectorOf(metric) + around[1];
  const labels = tellingLabels(all);
  if (labels.length === 0) return expr;
  const one = labels.reduce(
    (inner, label) =>
      `label_replace(${inner}, ${quoted(label)}, ${quoted(metric[label]?.replaceAll('$', '$$$$') ?? '')}, "", "")`,
    'vector(1)',
  );
  return `(${expr}) and on (${labels.join(', ')}) ${one}`;
}

/** Labels that tell the series from each other; not the name, which `on` would lose. */
function tellingLabels(all: readonly Metric[]): string[] {
  const names = new Set(all.flatMap((metric) => Object.keys(metric)));
  names.delete('__name__');
  return [...names]
    .filter((name) => LABEL.test(name) && all.some((metric) => metric[name] !== all[0][name]))
    .sort();
}

/** What sentences call a series: its name, and the labels that tell it from the others. */
export function nameOf(base: string, metric: Metric, all: readonly Metric[]): string {
  const telling = tellingLabels(all);
  const own = telling.filter((label) => label !== 'instance' && label !== 'job');
  const labels = own.length === 0 ? telling : own;
  const values = labels.map((label) => metric[label] ?? '').filter((text) => text !== '');
  return values.length === 0 ? base : `${base} (${values.join(', ')})`;
}

/** The unit that a name tells by the naming rules of Prometheus: `seconds`, `bytes`, `ratio` or none (`''`). */
export function unitOf(name: string): string {
  return /[_:](seconds|bytes|ratio)(_total|_sum)?(:p\d+)?$/.exec(name)?.[1] ?? '';
}

/** Whether values of that name only rise, by the naming rules of Prometheus. */
export function isCounter(name: string): boolean {
  return /_(total|bucket|count|sum)$/.test(name);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
