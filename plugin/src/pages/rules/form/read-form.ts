import type { RuleState, RuntimeRuleAnswer } from '@kymo/contract';
import { fieldsOf, listOf } from '../../../shared/json.js';
import {
  EMPTY_FORM,
  EMPTY_TEST,
  JOINERS,
  TEST_KINDS,
  type Pair,
  type RuleForm,
  type TestForm,
} from './form.js';

type Fields = Readonly<Record<string, unknown>>;

/** A rule made at run time as the editor shows it. */
export function formOf({ condition, rule }: RuntimeRuleAnswer): RuleForm {
  if (condition === undefined) return formOfRule(fieldsOf(rule));
  const fields = fieldsOf(condition);
  return {
    ...EMPTY_FORM,
    way: 'condition',
    name: text(fields.name),
    test: testOf(fields),
    alert: fields.alert !== false,
    severity: text(fields.severity) || EMPTY_FORM.severity,
    for: text(fields.for),
    keepFiringFor: text(fields.keep_firing_for),
    labels: pairsOf(fields.labels),
    annotations: pairsOf(fields.annotations),
    resolve: text(fields.resolve),
    cooldown: text(fields.cooldown),
    noData: text(fields.no_data),
    error: text(fields.error),
    receivers: listOf(fields.receivers).map(text).join(', '),
  };
}

/** A rule of a file, to make another one of. */
export function formOfState(state: RuleState): RuleForm {
  const { kind, name, promql, labels, annotations } = state;
  return formOfRule({
    [kind === 'alerting' ? 'alert' : 'record']: name,
    expr: promql,
    for: state.for === 0 ? '' : `${state.for}s`,
    keep_firing_for: state.keepFiringFor === 0 ? '' : `${state.keepFiringFor}s`,
    labels,
    annotations,
  });
}

function formOfRule(rule: Fields): RuleForm {
  const labels = pairsOf(rule.labels);
  const common = { ...EMPTY_FORM, expr: text(rule.expr) };
  if (rule.record !== undefined) {
    return { ...common, way: 'recording', name: text(rule.record), labels };
  }
  const annotations = pairsOf(rule.annotations);
  const extension = (name: string): string =>
    annotations.find((pair) => pair.name === `kymo_${name}`)?.value ?? '';
  return {
    ...common,
    way: 'expression',
    name: text(rule.alert),
    severity: labels.find(({ name }) => name === 'severity')?.value ?? '',
    for: text(rule.for),
    keepFiringFor: text(rule.keep_firing_for),
    labels: labels.filter(({ name }) => name !== 'severity'),
    annotations: annotations.filter(({ name }) => !EXTENSIONS.has(name)),
    resolve: extension('resolve'),
    cooldown: extension('cooldown'),
    noData: extension('no_data'),
    error: extension('error'),
    receivers: extension('receivers'),
  };
}

const EXTENSIONS: ReadonlySet<string> = new Set(
  ['resolve', 'cooldown', 'no_data', 'error', 'receivers'].map((name) => `kymo_${name}`),
);

function testOf(condition: Fields): TestForm {
  const kind = TEST_KINDS.find(({ value }) => condition[value] !== undefined)?.value;
  if (kind === undefined) return EMPTY_TEST;
  const fields = fieldsOf(condition[kind]);
  const test = { ...EMPTY_TEST, kind, expr: subjectOf(fields) };
  switch (kind) {
    case 'threshold':
      return { ...test, ...comparisonOf(fields) };
    case 'rate_of_change':
      return {
        ...test,
        ...comparisonOf(fields),
        window: text(fields.window),
        unit: fields.unit === 'absolute' ? 'absolute' : 'percent',
      };
    case 'anomaly':
      return {
        ...test,
        expr: text(fields.expr),
        watch: text(fields.watch),
        labels: pairsOf(fields.labels),
        sensitivity: text(fields.sensitivity) || EMPTY_TEST.sensitivity,
      };
    case 'absence':
      return { ...test, window: text(fields.for) };
    case 'composite':
      return { ...test, ...compositeOf(fields) };
  }
}

function compositeOf(fields: Fields): Pick<TestForm, 'joiner' | 'on' | 'parts'> {
  const joiner = JOINERS.find((name) => fields[name] !== undefined) ?? 'and';
  const written = joiner === 'not' ? [fields.not] : listOf(fields[joiner]);
  const parts = written.map((part): TestForm =>
    typeof part === 'string'
      ? { ...EMPTY_TEST, kind: 'named', named: part }
      : testOf(fieldsOf(part)),
  );
  return { joiner, parts, on: listOf(fields.on).map(text).join(', ') };
}

const comparisonOf = ({ operator, value }: Fields): Pick<TestForm, 'operator' | 'value'> => ({
  operator: text(operator),
  value: text(value),
});

/** An expression, also of what was given as metric and labels. */
function subjectOf({ expr, metric, labels }: Fields): string {
  if (expr !== undefined) return text(expr);
  const matchers = pairsOf(labels).map(({ name, value }) => `${name}=${JSON.stringify(value)}`);
  return text(metric) + (matchers.length === 0 ? '' : `{${matchers.join(', ')}}`);
}

const pairsOf = (value: unknown): Pair[] =>
  Object.entries(fieldsOf(value)).map(([name, one]) => ({ name, value: text(one) }));

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
