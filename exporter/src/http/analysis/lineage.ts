import { selectorsOf, type Expression } from '../../promql/ast.js';

/** A recording rule. */
export interface Recorded {
  /** Of the metric that it makes. */
  readonly name: string;
  readonly expression: Expression;
}

/**
 * Names of the metrics that an expression is of, that these are computed from by recording rules, and that
 * other rules compute from the same samples: what moves with it for that reason alone.
 */
export function lineageOf(expression: Expression, rules: readonly Recorded[]): string[] {
  const made = new Map<string, string[]>();
  for (const { name, expression: by } of rules) {
    made.set(name, [...(made.get(name) ?? []), ...namesIn(by)]);
  }
  const own = withAncestors(namesIn(expression), made);
  const sources = sourcesOf(own, made);
  const siblings = [...made.keys()].filter(
    (name) => sourcesOf(withAncestors([name], made), made) === sources,
  );
  return [...new Set([...own, ...siblings].flatMap(withSum))];
}

/** Names in an expression; of a selector without one nothing is told. */
function namesIn(expression: Expression): string[] {
  return selectorsOf(expression).flatMap(({ matchers }) =>
    matchers.flatMap(({ name, operator, value }) =>
      name === '__name__' && operator === '=' ? [value] : [],
    ),
  );
}

type Made = ReadonlyMap<string, readonly string[]>;

function withAncestors(names: readonly string[], made: Made): ReadonlySet<string> {
  const all = new Set(names);
  // A set goes on with what is added to it on the way; a rule may be made of itself.
  for (const name of all) for (const from of made.get(name) ?? []) all.add(from);
  return all;
}

/** What no rule makes, as a text that is equal where they are. */
function sourcesOf(names: ReadonlySet<string>, made: Made): string {
  return [...names]
    .filter((name) => !made.has(name))
    .sort()
    .join('\n');
}

/** The sum of a histogram is of the same values as its buckets; its count is of how many there were. */
function withSum(name: string): string[] {
  return name.endsWith('_bucket') ? [name, name.replace(/_bucket$/, '_sum')] : [name];
}
