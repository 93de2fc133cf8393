import { stringify } from 'yaml';
import { formatQuery } from '../../promql/format.js';
import { printExpression } from '../../promql/print.js';
import { nearest } from '../../lib/nearest.js';
import type { Expression } from '../../promql/ast.js';
import type { Labels } from '../../series/labels.js';
import {
  ConditionError,
  type Condition,
  type ConditionProblem,
  type Part,
  type Test,
} from './condition.js';
import { Fields } from './fields.js';
import { absenceOf, changeOf, number, operand, OPPOSITE } from './promql.js';
import { readCondition, selectorOf } from './read.js';

/** An alerting rule as it stands in a Prometheus rule file. */
export interface CompiledRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: Labels;
  readonly annotations?: Labels;
}

/** A watch that a condition needs and that no rule file can carry. */
export interface NeededWatch {
  readonly name: string;
  readonly expr: string;
}

export interface CompiledConditions {
  readonly file: {
    readonly groups: readonly {
      readonly name: string;
      readonly interval?: string;
      readonly rules: readonly CompiledRule[];
    }[];
  };
  /** The rule file as YAML text. */
  readonly yaml: string;
  /** Watches of anomaly conditions that name an expression, by the condition's name. */
  readonly watches: readonly NeededWatch[];
}

/**
 * Compiles structured conditions, `{group, interval, conditions: […]}`, into a Prometheus rule file.
 * @param document what YAML or JSON was read as
 * @throws ConditionError with all that is wrong
 */
export function compileConditions(document: unknown): CompiledConditions {
  const problems: ConditionProblem[] = [];
  const known = ['group', 'interval', 'conditions'];
  const fields = Fields.of(document, { path: '', known, problems });
  const list = fields?.value('conditions');
  if (fields !== undefined && (!Array.isArray(list) || list.length === 0)) {
    fields.report('conditions', 'is to be a list of at least one condition');
  }
  const conditions = (Array.isArray(list) ? list : []).flatMap((value: unknown, i) => {
    const condition = readCondition(value, `conditions[${i}]`, problems);
    return condition === undefined ? [] : [condition];
  });
  const name = fields?.text('group') ?? 'conditions';
  const interval = fields?.duration('interval');
  const compiler = new Compiler(conditions, problems);
  const rules = compiler.rules();
  if (problems.length > 0) throw new ConditionError(problems);
  const file = { groups: [{ name, ...(interval && { interval }), rules }] };
  return { file, yaml: ruleFileText(file), watches: compiler.watches };
}

/** A rule file as YAML, with long expressions over several lines. */
export function ruleFileText(file: object): string {
  return stringify(file, { lineWidth: 0 });
}

type Anomaly = Test & { readonly kind: 'anomaly' };
type Composite = Test & { readonly kind: 'composite' };

const PRESENT = 0;
const ABSENT = 1;
const NEGATED = 2;
/** Conditions that use each other many times over make an expression that nobody can evaluate. */
const MAX_LENGTH = 65_536;

class Compiler {
  readonly watches: NeededWatch[] = [];
  readonly #conditions = new Map<string, Condition>();
  readonly #problems: ConditionProblem[];
  readonly #compiled = new Map<string, string | undefined>();
  /** Names of the conditions that are being compiled, the outermost first. */
  readonly #path: string[] = [];

  constructor(conditions: readonly Condition[], problems: ConditionProblem[]) {
    this.#problems = problems;
    for (const condition of conditions) {
      const { name, path } = condition;
      const first = this.#conditions.get(name);
      if (first === undefined) this.#conditions.set(name, condition);
      else
        this.#report(`${path}.name`, `"${name}" is the name of ${first.path} too; choose another`);
    }
  }

  rules(): CompiledRule[] {
    return [...this.#conditions.values()].flatMap((condition) => {
      const expr = this.#named(condition);
      return expr === undefined || !condition.alert ? [] : [this.#rule(condition, expr)];
    });
  }

  #rule(condition: Condition, expr: string): CompiledRule {
    const { name, labels, severity, keepFiringFor } = condition;
    const annotations = { ...condition.annotations, ...extensionsOf(condition) };
    return {
      alert: name,
      expr: formatQuery(expr).trim(),
      ...(condition.for && { for: condition.for }),
      ...(keepFiringFor && { keep_firing_for: keepFiringFor }),
      labels: { ...labels, severity },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    };
  }

  /** PromQL of a named condition; `undefined` where it is part of itself. */
  #named({ name, test, path }: Condition): string | undefined {
    if (this.#path.includes(name)) {
      const cycle = [...this.#path.slice(this.#path.indexOf(name)), name].join(' → ');
      return this.#report(path, `is part of itself (${cycle}); take one of them out`);
    }
    // Each is compiled once: those that use each other many times over would take for ever.
    if (this.#compiled.has(name)) return this.#compiled.get(name);
    this.#path.push(name);
    const text = this.#test(test, name);
    this.#path.pop();
    this.#compiled.set(name, text);
    return text;
  }

  #test(test: Test, name: string): string | undefined {
    switch (test.kind) {
      case 'threshold':
        return `${operand(test.subject)} ${test.operator} ${number(test.value)}`;
      case 'rate_of_change': {
        const change = changeOf(test.subject, test.window, test.unit);
        return `${closed(change, test.unit)} ${test.operator} ${number(test.value)}`;
      }
      case 'anomaly':
        return this.#anomaly(test, name);
      case 'absence':
        return absenceOf(test.subject, test.window);
      case 'composite':
        return this.#composite(test, name);
    }
  }

  #anomaly(test: Anomaly, name: string): string {
    const { subject, labels, sensitivity } = test;
    const watch = subject === undefined ? (test.watch ?? name) : this.#watchOf(subject, name);
    const series = `kymo_anomaly_score${selectorOf({ ...labels, watch })}`;
    return `${series} > ${number(1 / sensitivity)}`;
  }

  /** Name of the watch of an expression: the condition's, which a composite may need several of. */
  #watchOf(subject: Expression, condition: string): string {
    const expr = printExpression(subject);
    for (let i = 1; ; i++) {
      const name = i === 1 ? condition : `${condition}_${i}`;
      if (i > 1 && this.#conditions.has(name)) continue;
      const known = this.watches.find((watch) => watch.name === name);
      if (known === undefined) this.watches.push({ name, expr });
      if (known === undefined || known.expr === expr) return name;
    }
  }

  #composite({ operator, parts, on }: Composite, name: string): string | undefined {
    const texts = parts.flatMap((part) => this.#part(part, name) ?? []);
    if (texts.length < parts.length) return undefined;
    const text =
      operator === 'and'
        ? this.#and({ parts, texts, on }, name)
        : (operator === 'not' ? 'absent' : '') + texts.map((one) => `(${one})`).join(' or ');
    if (text.length <= MAX_LENGTH) return text;
    return this.#report(parts[0].path, `makes an expression of more than ${MAX_LENGTH} characters`);
  }

  /** What holds, then what is absent, then what must not hold beside it. */
  #and(
    {
      parts,
      texts,
      on,
    }: {
      readonly parts: readonly Part[];
      readonly texts: readonly string[];
      readonly on: readonly string[] | undefined;
    },
    name: string,
  ): string {
    const matching = on === undefined ? '' : ` on (${on.join(', ')})`;
    const ranked = parts.map((part, i) => ({ part, own: texts[i], rank: this.#rankOf(part) }));
    const plain = ranked.some(({ rank }) => rank === PRESENT);
    let text = '';
    for (const { part, own, rank } of ranked.sort((a, b) => a.rank - b.rank)) {
      const negation = rank === NEGATED && plain ? this.#testOf(part) : undefined;
      const inner =
        negation?.kind === 'composite' ? (this.#part(negation.parts[0], name) ?? '') : own;
      let joiner = '';
      if (negation !== undefined) joiner = ` unless${matching} `;
      else if (rank === PRESENT) joiner = ` and${matching} `;
      // What is absent has no labels to be matched by.
      else joiner = on === undefined ? ' and on () ' : ` and${matching} `;
      text += `${text === '' ? '' : joiner}(${inner})`;
    }
    return text;
  }

  #testOf(part: Part): Test | undefined {
    return 'test' in part ? part.test : this.#conditions.get(part.name)?.test;
  }

  #rankOf(part: Part): number {
    const test = this.#testOf(part);
    if (test?.kind === 'composite' && test.operator === 'not') return NEGATED;
    return test?.kind === 'absence' ? ABSENT : PRESENT;
  }

  #part(part: Part, name: string): string | undefined {
    if ('test' in part) return this.#test(part.test, name);
    const condition = this.#conditions.get(part.name);
    if (condition !== undefined) return this.#named(condition);
    const meant = nearest(part.name, this.#conditions.keys());
    const hint = meant === undefined ? 'name one of this document' : `did you mean "${meant}"?`;
    return this.#report(part.path, `there is no condition "${part.name}"; ${hint}`);
  }

  #report(path: string, message: string): undefined {
    this.#problems.push({ path, message });
    return undefined;
  }
}

function closed(change: string, unit: 'percent' | 'absolute'): string {
  return unit === 'absolute' ? `(${change})` : change;
}

/** What Prometheus lacks, as annotations. */
function extensionsOf(condition: Condition): Record<string, string> {
  const { noData, error, cooldown, receivers } = condition;
  const resolve = resolveOf(condition);
  return {
    ...(resolve !== undefined && { kymo_resolve: resolve }),
    ...(cooldown !== undefined && { kymo_cooldown: cooldown }),
    ...(noData !== undefined && { kymo_no_data: noData }),
    ...(error !== undefined && { kymo_error: error }),
    ...(receivers.length > 0 && { kymo_receivers: receivers.join(',') }),
  };
}

function resolveOf({ resolve, test }: Condition): string | undefined {
  if (resolve === undefined) return undefined;
  if (typeof resolve !== 'number') return printExpression(resolve);
  if (test.kind !== 'threshold' && test.kind !== 'rate_of_change') return undefined;
  const subject =
    test.kind === 'threshold'
      ? operand(test.subject)
      : closed(changeOf(test.subject, test.window, test.unit), test.unit);
  return `${subject} ${OPPOSITE[test.operator]} ${number(resolve)}`;
}
