type Labels = Readonly<Record<string, string>>;

/** Names that need no quotes. */
const PLAIN = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Only the rule gives these. */
const OF_RULES = 'alertname';

/**
 * An expression that yields the series that an alert is of, and not those of thousands of other alerts of
 * the same rule.
 * @param compared what the rule compares
 * @param labels of the alert
 * @param given names of labels that the rule gives: its series may have them otherwise, or not at all
 */
export function ownSeries(compared: string, labels: Labels, given: ReadonlySet<string>): string {
  const own = Object.entries(labels).filter(
    ([name]) => PLAIN.test(name) && name !== OF_RULES && !given.has(name),
  );
  if (own.length === 0) return compared;
  const names = own.map(([name]) => name).join(', ');
  const one = own.reduce((vector, [name, value]) => withLabel(vector, name, value), 'vector(1)');
  // On a line of its own: the expression may end with a comment.
  return `(${compared}\n) and on (${names}) ${one}`;
}

function withLabel(vector: string, name: string, value: string): string {
  const text = JSON.stringify(value.replaceAll('$', '$$$$'));
  return `label_replace(${vector}, "${name}", ${text}, "${name}", "")`;
}
