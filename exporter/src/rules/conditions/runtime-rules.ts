import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { writeAtomically } from '../../lib/atomic-file.js';
import { KymoError, messageOf } from '../../lib/errors.js';
import { makeFolder } from '../../lib/make-folder.js';
import { parseRules } from '../load.js';
import type { RuleGroup } from '../rule.js';
import { compileConditions, ruleFileText, type NeededWatch } from './compile.js';

/** What a rule is made of: a structured condition, or a rule as it stands in a rule file. */
export type RuleDefinition = { readonly condition: unknown } | { readonly rule: unknown };

/** A rule made at run time. */
export interface RuntimeRule {
  readonly id: string;
  /** The structured condition, where it was made from one. */
  readonly condition?: unknown;
  /** As it stands in the rule file; absent for a condition that is only a part of others. */
  readonly rule?: unknown;
  /** Its PromQL; empty where there is no rule. */
  readonly promql: string;
}

/** A rule as it would be, among those there are. */
export interface RulePreview {
  readonly rule: RuntimeRule;
  /** Its group; without rules for a condition that is only a part of others. */
  readonly group: RuleGroup;
  /** All watches that there would be then, and those that this rule needs. */
  readonly watches: readonly NeededWatch[];
  readonly ownWatches: readonly NeededWatch[];
}

const MAX_RULES = 1000;
/** Stands for the id of a rule that is not kept. */
const PREVIEW = 'preview';
const CONDITION = /^# condition (\S+) (.*)$/gm;
const HEADER = '# Rules made at run time; change them through /api/rules.\n';

/**
 * Rules made at run time, kept as a Prometheus rule file: one group a rule, named by its id, and the
 * structured conditions as comments at the top.
 */
export class RuntimeRules {
  readonly file: string;
  #definitions = new Map<string, RuleDefinition>();
  #rules: readonly RuntimeRule[] = [];
  #watches: readonly NeededWatch[] = [];
  /** One change at a time. */
  #last: Promise<unknown> = Promise.resolve();
  /** Why the file cannot be used, where it cannot. */
  readonly problem: string | undefined;

  private constructor(file: string, text: string) {
    this.file = file;
    try {
      this.#take(readDefinitions(text, file));
    } catch (thrown) {
      this.problem = messageOf(thrown);
    }
  }

  /**
   * Reads the file, if it is there. One that is damaged is left as it is: {@link problem} says what is
   * wrong, and changes are refused until it is mended or moved away.
   */
  static async open(file: string): Promise<RuntimeRules> {
    try {
      return new RuntimeRules(file, await readFile(file, 'utf8'));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return new RuntimeRules(file, '');
      throw thrown;
    }
  }

  /** Without a file: only for previews. */
  static none(): RuntimeRules {
    return new RuntimeRules('', '');
  }

  list(): readonly RuntimeRule[] {
    return this.#rules;
  }

  /** Watches that conditions need, by name. */
  get watches(): readonly NeededWatch[] {
    return this.#watches;
  }

  /** @throws KymoError `rule_not_found` */
  get(id: string): RuntimeRule {
    const found = this.#rules.find((rule) => rule.id === id);
    if (found !== undefined) return found;
    throw new KymoError('rule_not_found', `there is no rule ${id}; /api/rules lists them`);
  }

  /**
   * Adds a rule; in the file when it resolves. Load the file again then.
   * @throws ConditionError, RuleFileError; KymoError `too_many_rules`, `runtime_rules_broken`
   */
  create(definition: RuleDefinition): Promise<RuntimeRule> {
    return this.#change((definitions) => {
      if (definitions.size >= MAX_RULES) {
        throw new KymoError('too_many_rules', `there are ${MAX_RULES} rules already; delete some`);
      }
      const id = randomUUID();
      definitions.set(id, definition);
      return id;
    }).then((id) => this.get(id));
  }

  /**
   * What a rule would be, without keeping it.
   * @param id Rule that it would replace; a new one by default
   * @throws as {@link create} and {@link get} do
   */
  preview(definition: RuleDefinition, id?: string): RulePreview {
    if (id !== undefined) this.get(id);
    const own = id ?? PREVIEW;
    const { rules, watches, groups } = compileAll(
      new Map(this.#definitions).set(own, definition),
      this.file,
    );
    const rule = rules.find((one) => one.id === own);
    const group = groups.find(({ name }) => name === own);
    if (rule === undefined || group === undefined) throw new Error('a rule got lost');
    const ownWatches = watches.filter(({ name }) => rule.promql.includes(JSON.stringify(name)));
    return { rule, group, watches, ownWatches };
  }

  /** As {@link create}, in place of another. */
  update(id: string, definition: RuleDefinition): Promise<RuntimeRule> {
    return this.#change((definitions) => {
      this.get(id);
      definitions.set(id, definition);
      return id;
    }).then(() => this.get(id));
  }

  /** Takes a rule out. One that others are composed of is not: they are named in the error. */
  async delete(id: string): Promise<void> {
    await this.#change((definitions) => {
      this.get(id);
      definitions.delete(id);
      return id;
    });
  }

  #change(change: (definitions: Map<string, RuleDefinition>) => string): Promise<string> {
    const next = this.#last
      .catch(() => undefined)
      .then(async () => {
        if (this.problem !== undefined) {
          const remedy = 'mend it or move it away, and restart';
          const message = `${this.file} cannot be read (${this.problem}); ${remedy}`;
          throw new KymoError('runtime_rules_broken', message);
        }
        const definitions = new Map(this.#definitions);
        const id = change(definitions);
        const { text } = compileAll(definitions, this.file);
        makeFolder(path.dirname(this.file));
        await writeAtomically(this.file, Buffer.from(text));
        this.#take(definitions);
        return id;
      });
    this.#last = next;
    return next;
  }

  #take(definitions: Map<string, RuleDefinition>): void {
    const { rules, watches } = compileAll(definitions, this.file);
    this.#definitions = definitions;
    this.#rules = rules;
    this.#watches = watches;
  }
}

interface Compiled {
  readonly rules: readonly RuntimeRule[];
  readonly watches: readonly NeededWatch[];
  readonly text: string;
  readonly groups: readonly RuleGroup[];
}

/** All together, because conditions may be composed of others. */
function compileAll(definitions: ReadonlyMap<string, RuleDefinition>, file: string): Compiled {
  const written = [...definitions].flatMap(([id, definition]) =>
    'condition' in definition ? [{ id, condition: definition.condition }] : [],
  );
  const conditions = written.map(({ condition }) => condition);
  const compiled = conditions.length === 0 ? undefined : compileConditions({ conditions });
  const made = new Map(compiled?.file.groups[0].rules.map((rule) => [rule.alert, rule]));
  const rules = [...definitions].map(([id, definition]): RuntimeRule => {
    const rule: unknown =
      'condition' in definition
        ? made.get(String(field(definition.condition, 'name')))
        : definition.rule;
    const expr = field(rule, 'expr');
    const promql = typeof expr === 'string' ? expr : '';
    return { id, promql, ...definition, ...(rule === undefined ? {} : { rule }) };
  });
  const groups = rules.map(({ id, condition, rule }) => ({
    name: id,
    rules: condition !== undefined && rule === undefined ? [] : [rule ?? null],
  }));
  const comments = written.map(({ id, condition }) => `# condition ${id} ${lineOf(condition)}\n`);
  const text = HEADER + comments.join('') + ruleFileText({ groups });
  return { rules, watches: compiled?.watches ?? [], text, groups: parseRules(text, file) };
}

/** JSON without the characters that end a line, and so a comment, for one reader of YAML or another. */
function lineOf(condition: unknown): string {
  return JSON.stringify(condition).replace(
    /[\u0085\u2028\u2029]/g,
    (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** @throws KymoError where the file is not one of ours */
function readDefinitions(text: string, file: string): Map<string, RuleDefinition> {
  const definitions = new Map<string, RuleDefinition>();
  if (text === '') return definitions;
  const conditions = new Map(
    [...text.matchAll(CONDITION)].map(([, id, json]) => [id, JSON.parse(json) as unknown]),
  );
  parseRules(text, file);
  const document: unknown = parse(text);
  const groups = field(document, 'groups');
  for (const group of Array.isArray(groups) ? (groups as unknown[]) : []) {
    const name = String(field(group, 'name'));
    const rules = field(group, 'rules');
    const rule: unknown = Array.isArray(rules) ? rules[0] : undefined;
    if (conditions.has(name)) definitions.set(name, { condition: conditions.get(name) });
    else definitions.set(name, { rule });
  }
  return definitions;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Record<string, unknown>)[name];
}
