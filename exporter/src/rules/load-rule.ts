import { messageOf } from '../lib/errors.js';
import { nearest } from '../lib/nearest.js';
import { typeOf } from '../promql/ast.js';
import { parseDuration } from '../promql/durations.js';
import { ParseError } from '../promql/errors.js';
import { isPlainLabelName } from '../promql/literals.js';
import { parseExpression } from '../promql/parse.js';
import { METRIC_NAME, type Labels } from '../series/labels.js';
import type { AlertingRule, Fallback, NamedTemplate, Place, Rule, RuleExpression } from './rule.js';
import { Template, TemplateError } from './template/template.js';
import { labelsOf, type ShapeReader, type TextEntry } from './yaml-shape.js';
import type { YamlEntry, YamlScalar, YamlValue } from './yaml-text.js';

const KEYS = [
  'record',
  'alert',
  'expr',
  'for',
  'keep_firing_for',
  'labels',
  'annotations',
] as const;

/** What a rule's annotations may say beyond what Prometheus knows. */
const EXTENSIONS = [
  'kymo_resolve',
  'kymo_cooldown',
  'kymo_no_data',
  'kymo_error',
  'kymo_receivers',
] as const;
const FALLBACKS: readonly Fallback[] = ['ok', 'alert', 'keep'];
const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** Where a rule stands among others. */
export interface RuleContext {
  readonly group: string;
  /** From 1. */
  readonly number: number;
  readonly groupLabels: Labels;
}

type Entries = ReadonlyMap<string, YamlEntry>;

/** Reads one rule; `undefined` where something is wrong with it. */
export function readRule(
  shape: ShapeReader,
  value: YamlValue,
  context: RuleContext,
): Rule | undefined {
  return new RuleReader(shape, context).read(value);
}

class RuleReader {
  readonly #shape: ShapeReader;
  readonly #context: RuleContext;
  #name = '';

  constructor(shape: ShapeReader, context: RuleContext) {
    this.#shape = shape;
    this.#context = context;
  }

  read(value: YamlValue): Rule | undefined {
    const shape = this.#shape;
    const before = shape.problems.length;
    const entries = shape.map(value, `rule ${this.#context.number} of this group`, KEYS);
    if (entries === undefined) return undefined;
    const record = shape.text(entries.get('record')) ?? '';
    const alert = shape.text(entries.get('alert')) ?? '';
    this.#name = alert || record;
    if (record !== '' && alert !== '') {
      this.#report(value.place, 'only one of record and alert may be set; make it two rules');
    } else if (this.#name === '') {
      this.#report(value.place, 'one of record and alert must be set');
    }
    const parsed = this.#expression(entries, value.place);
    const labels = this.#labels(entries);
    const common = {
      name: this.#name,
      labels: { ...this.#context.groupLabels, ...labelsOf(labels) },
      place: value.place,
    };
    let rule: Rule | undefined;
    if (alert !== '') rule = this.#alerting(entries, { common, labels, parsed });
    else {
      this.#checkRecording(entries, record);
      rule = parsed && { kind: 'recording', ...common, ...parsed };
    }
    return shape.problems.length > before ? undefined : rule;
  }

  #report(place: Place, message: string): void {
    const { group, number } = this.#context;
    const name = this.#name === '' ? '' : `, "${this.#name}"`;
    this.#shape.report(place, `group "${group}", rule ${number}${name}: ${message}`);
  }

  #expression(entries: Entries, place: Place): RuleExpression | undefined {
    const scalar = this.#shape.scalar(entries.get('expr'));
    if (scalar === undefined || scalar.text === '') {
      this.#report(scalar?.place ?? place, 'expr must be set, to a PromQL expression');
      return undefined;
    }
    const parsed = this.#parse(scalar, 'expr');
    if (parsed === undefined) return undefined;
    const type = typeOf(parsed.expression);
    // Prometheus finds this only when it evaluates the rule.
    if (type === 'string' || type === 'matrix') {
      const what = type === 'string' ? 'a string' : 'a range vector';
      this.#report(scalar.place, `expr is ${what}; a rule needs an instant vector or a scalar`);
      return undefined;
    }
    return parsed;
  }

  #parse(scalar: YamlScalar, what: string): RuleExpression | undefined {
    try {
      return { text: scalar.text, expression: parseExpression(scalar.text) };
    } catch (thrown) {
      if (!(thrown instanceof ParseError)) throw thrown;
      const message = `${what}: parse error: ${thrown.reason}`;
      this.#report(scalar.placeOf(thrown.span.start), message);
      return undefined;
    }
  }

  #labels(entries: Entries): readonly TextEntry[] {
    const labels = this.#shape.texts(entries.get('labels'));
    for (const { name, namePlace } of labels) {
      if (isPlainLabelName(name) && name !== METRIC_NAME) continue;
      this.#report(namePlace, `"${name}" is no label name; use letters, digits and _`);
    }
    return labels;
  }

  #checkRecording(entries: Entries, name: string): void {
    const place = entries.get('record')?.value.place;
    if (place === undefined || name === '') return;
    if (!METRIC.test(name)) {
      const remedy = 'use letters, digits, _ and :, and no digit first';
      this.#report(place, `"${name}" is no metric name; ${remedy}`);
    }
    for (const key of ['for', 'keep_firing_for', 'annotations']) {
      const entry = entries.get(key);
      if (entry === undefined) continue;
      this.#report(entry.keyPlace, `a recording rule has no ${key}; take it off`);
    }
  }

  #alerting(
    entries: Entries,
    {
      common,
      labels,
      parsed,
    }: {
      common: { readonly name: string; readonly labels: Labels; readonly place: Place };
      labels: readonly TextEntry[];
      parsed: RuleExpression | undefined;
    },
  ): AlertingRule | undefined {
    const shape = this.#shape;
    const written = shape.texts(entries.get('annotations'));
    for (const { name, namePlace } of written) {
      if (isPlainLabelName(name)) continue;
      this.#report(namePlace, `"${name}" is no name of an annotation; use letters, digits and _`);
    }
    const extensions = written.filter(({ name }) => name.startsWith('kymo_'));
    const annotations = written.filter(({ name }) => !name.startsWith('kymo_'));
    const rest = {
      for: shape.duration(entries.get('for')) ?? 0,
      keepFiringFor: shape.duration(entries.get('keep_firing_for')) ?? 0,
      annotations: labelsOf(annotations),
      extensions: labelsOf(extensions),
      labelTemplates: this.#templates(labels, 'label'),
      annotationTemplates: this.#templates(annotations, 'annotation'),
      ...this.#extensions(extensions),
    };
    return parsed && { kind: 'alerting', ...common, ...parsed, ...rest };
  }

  #templates(entries: readonly TextEntry[], what: string): NamedTemplate[] {
    return entries.flatMap(({ name, value }) => {
      if (!value.text.includes('{{')) return [];
      try {
        return [{ name, template: Template.parse(value.text, this.#name) }];
      } catch (thrown) {
        if (!(thrown instanceof TemplateError)) throw thrown;
        this.#report(value.placeOf(thrown.offset), `${what} "${name}": ${thrown.message}`);
        return [];
      }
    });
  }

  #extensions(
    written: readonly TextEntry[],
  ): Pick<AlertingRule, 'resolve' | 'cooldown' | 'noData' | 'onError' | 'receivers'> {
    const byName = new Map(written.map((entry) => [entry.name, entry]));
    for (const { name, namePlace } of written) {
      if (EXTENSIONS.some((known) => known === name)) continue;
      const meant = nearest(name, EXTENSIONS);
      const hint =
        meant === undefined ? `known: ${EXTENSIONS.join(', ')}` : `did you mean ${meant}?`;
      this.#report(namePlace, `there is no annotation "${name}" of Kymo; ${hint}`);
    }
    return {
      resolve: this.#resolve(byName.get('kymo_resolve')),
      cooldown: this.#cooldown(byName.get('kymo_cooldown')),
      noData: this.#fallback(byName.get('kymo_no_data'), 'ok'),
      onError: this.#fallback(byName.get('kymo_error'), 'keep'),
      receivers: (byName.get('kymo_receivers')?.text ?? '')
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    };
  }

  #resolve(entry: TextEntry | undefined): RuleExpression | undefined {
    if (entry === undefined) return undefined;
    const parsed = this.#parse(entry.value, entry.name);
    if (parsed === undefined || typeOf(parsed.expression) === 'vector') return parsed;
    this.#report(entry.value.place, `${entry.name} must be an instant vector, as expr is`);
    return undefined;
  }

  #cooldown(entry: TextEntry | undefined): number {
    if (entry === undefined) return 0;
    try {
      return parseDuration(entry.text);
    } catch (thrown) {
      const remedy = 'write for example 30s, 5m or 1h30m';
      this.#report(entry.value.place, `${entry.name}: ${messageOf(thrown)}; ${remedy}`);
      return 0;
    }
  }

  #fallback(entry: TextEntry | undefined, otherwise: Fallback): Fallback {
    if (entry === undefined) return otherwise;
    const found = FALLBACKS.find((name) => name === entry.text.trim());
    if (found !== undefined) return found;
    const known = FALLBACKS.join(', ');
    this.#report(entry.value.place, `${entry.name} is one of ${known}, not "${entry.text}"`);
    return otherwise;
  }
}
