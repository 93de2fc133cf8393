/** What the exporter says is wrong, where in the form. */
export interface Problem {
  /** As in a condition, such as `threshold.value`; empty where it belongs to no field. */
  readonly path: string;
  readonly message: string;
}

export interface ProblemContext {
  /** Names of the conditions that the exporter has, this one among them in its place. */
  readonly conditions: readonly string[];
  /** Place of this one. */
  readonly own: number;
}

/** The problems in an error of `/api/rules`, which has a line for each. */
export function problemsOf(error: string, { conditions, own }: ProblemContext): Problem[] {
  const named = (text: string): string =>
    text.replace(/conditions\[(\d+)\]/g, (whole, at: string) => {
      const name = conditions[Number(at)];
      return name === undefined || name === '' ? whole : `the condition “${name}”`;
    });
  return error.split('\n').map((line) => {
    const [, at, path, message] = /^conditions\[(\d+)\]\.?([^:]*): (.*)$/s.exec(line) ?? [];
    if (message === undefined) return ofRule(line);
    if (Number(at) === own) return { path, message: named(message) };
    return { path: '', message: named(line) };
  });
}

/** What is wrong with a field, or with something inside of it; `undefined` where nothing is. */
export function problemAt(problems: readonly Problem[], field: string): string | undefined {
  const found = problems.filter(
    ({ path }) => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`),
  );
  if (found.length === 0) return undefined;
  return found
    .map(({ path, message }) => `${path.slice(field.length + 1)} ${message}`.trim())
    .join('; ');
}

/** What is wrong with a field itself. */
export function problemOf(problems: readonly Problem[], field: string): string | undefined {
  return problems.find(({ path }) => path === field)?.message;
}

const FIELDS =
  /^(?:name|expr|for|keep_firing_for|severity|labels|annotations|resolve|cooldown|no_data|error|receivers|threshold|rate_of_change|anomaly|absence|composite)(?:$|[.[])/;

/** Those that no field of the form shows. */
export function problemsElsewhere(problems: readonly Problem[]): string[] {
  return problems
    .filter(({ path }) => !FIELDS.test(path))
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
}

const PLACE = /^.*?:\d+:\d+: (?:group "(?:[^"\\]|\\.)*", rule \d+(?:, "(?:[^"\\]|\\.)*")?: )?/;
const BEGINNINGS: readonly (readonly [RegExp, string])[] = [
  [/^expr\b:? ?/, 'expr'],
  [/^for: /, 'for'],
  [/^keep_firing_for: /, 'keep_firing_for'],
  [/^kymo_(?=(resolve|cooldown|no_data|error|receivers)\b)/, 'kymo'],
  [/^label (?=")/, 'labels'],
  [/^(?=".*" is no label name)/, 'labels'],
  [/^annotation (?=")/, 'annotations'],
  [/^(?=".*" is no name of an annotation)/, 'annotations'],
  [/^(?=there is no annotation )/, 'annotations'],
  [/^(?=".*" is no metric name)/, 'name'],
  [/^one of record and alert must be set/, 'name'],
];

/** Of a rule as it stands in a rule file: the field is known by what the message begins with. */
function ofRule(line: string): Problem {
  const rest = line.replace(PLACE, '');
  for (const [beginning, field] of BEGINNINGS) {
    const found = beginning.exec(rest);
    if (found === null) continue;
    const message = rest.slice(found[0].length);
    if (field === 'kymo') return { path: found[1] ?? '', message: message.replace(/^\w+:? /, '') };
    return { path: field, message: message === '' ? 'is missing; give a name' : message };
  }
  return { path: '', message: rest };
}
