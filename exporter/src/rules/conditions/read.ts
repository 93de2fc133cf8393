import type { ComparisonOperator, Expression } from '../../promql/ast.js';
import { parseDuration } from '../../promql/durations.js';
import { isPlainLabelName, quote } from '../../promql/literals.js';
import { parseExpression } from '../../promql/parse.js';
import type { Labels } from '../../series/labels.js';
import type { Fallback } from '../rule.js';
import type { Condition, ConditionProblem, Part, Test } from './condition.js';
import { Fields } from './fields.js';

const OPERATORS = ['>', '>=', '<', '<=', '==', '!='] as const satisfies ComparisonOperator[];
const FALLBACKS = ['ok', 'alert', 'keep'] as const satisfies Fallback[];
const SEVERITIES = ['info', 'warning', 'error', 'critical', 'emergency'] as const;
const SENSITIVITIES = { low: 0.5, medium: 1, high: 2 } as const;
const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
/** Composites inside composites; nobody writes more, and a document from outside might. */
const MAX_DEPTH = 16;

const SUBJECT = ['expr', 'metric', 'labels'] as const;
const TESTS = {
  threshold: [...SUBJECT, 'operator', 'value'],
  rate_of_change: [...SUBJECT, 'window', 'unit', 'operator', 'value'],
  anomaly: ['watch', 'labels', 'expr', 'sensitivity'],
  absence: [...SUBJECT, 'for'],
  composite: ['and', 'or', 'not', 'on'],
} as const;
type TestName = keyof typeof TESTS;
const TEST_NAMES = Object.keys(TESTS) as TestName[];

const CONDITION_FIELDS = [
  'name',
  ...TEST_NAMES,
  'alert',
  'for',
  'keep_firing_for',
  'severity',
  'labels',
  'annotations',
  'no_data',
  'error',
  'resolve',
  'cooldown',
  'receivers',
];

/** Reads one named condition; `undefined` where something is wrong, which `problems` then says. */
export function readCondition(
  value: unknown,
  path: string,
  problems: ConditionProblem[],
): Condition | undefined {
  const before = problems.length;
  const fields = Fields.of(value, { path, known: CONDITION_FIELDS, problems });
  if (fields === undefined) return undefined;
  const name = fields.text('name');
  if (name === undefined && !fields.has('name')) {
    fields.report('name', 'is missing; give the alert a name');
  }
  const test = readTest(fields, problems, 0);
  const labels = fields.labels('labels');
  if ('severity' in labels) fields.report('labels.severity', 'is given by severity; move it there');
  if ('alertname' in labels) fields.report('labels.alertname', 'is the name; take it off');
  const annotations = fields.labels('annotations');
  for (const annotation of Object.keys(annotations)) {
    if (!annotation.startsWith('kymo_')) continue;
    const field = annotation.slice(5);
    fields.report(`annotations.${annotation}`, `is a field of its own here; give ${field} instead`);
  }
  const receivers = fields.texts('receivers') ?? [];
  if (receivers.some((receiver) => receiver.includes(','))) {
    fields.report('receivers', 'has a name with a comma; give one name an item');
  }
  const condition = {
    path,
    alert: fields.boolean('alert') ?? true,
    for: fields.duration('for'),
    keepFiringFor: fields.duration('keep_firing_for'),
    severity: fields.oneOf('severity', SEVERITIES) ?? 'warning',
    labels,
    annotations,
    noData: fields.oneOf('no_data', FALLBACKS),
    error: fields.oneOf('error', FALLBACKS),
    resolve: readResolve(fields, test),
    cooldown: fields.duration('cooldown'),
    receivers,
  };
  if (name === undefined || test === undefined || problems.length > before) return undefined;
  return { name, test, ...condition };
}

function readResolve(fields: Fields, test: Test | undefined): number | Expression | undefined {
  if (typeof fields.value('resolve') !== 'number') return fields.expression('resolve');
  if (test?.kind === 'threshold' || test?.kind === 'rate_of_change')
    return fields.number('resolve');
  const message = 'a value says nothing here; give an expression that yields what is resolved';
  return test === undefined ? undefined : fields.report('resolve', message);
}

/** The one test that a condition, or a part of one, has. */
function readTest(fields: Fields, problems: ConditionProblem[], depth: number): Test | undefined {
  const given = TEST_NAMES.filter((name) => fields.has(name));
  if (given.length !== 1) {
    const message =
      given.length === 0
        ? `says nothing to test; give one of ${TEST_NAMES.join(', ')}`
        : `has ${given.join(' and ')}; make them two conditions, or a composite`;
    return fields.report('', message);
  }
  const [name] = given;
  const known = TESTS[name];
  const test = Fields.of(fields.value(name), { path: fields.at(name), known, problems });
  if (test === undefined) return undefined;
  switch (name) {
    case 'threshold':
      return readThreshold(test);
    case 'rate_of_change':
      return readRateOfChange(test);
    case 'anomaly':
      return readAnomaly(test);
    case 'absence':
      return readAbsence(test);
    case 'composite':
      return readComposite(test, problems, depth);
  }
}

function readSubject(fields: Fields): Expression | undefined {
  const metric = fields.text('metric');
  const labels = fields.labels('labels');
  if (fields.has('expr')) {
    if (metric !== undefined) return fields.report('metric', 'and expr are both given; keep one');
    if (fields.has('labels')) {
      return fields.report('labels', 'go with a metric; write them into expr');
    }
    return fields.expression('expr');
  }
  if (metric === undefined) {
    if (fields.has('metric')) return undefined;
    return fields.report('', 'names nothing to look at; give expr, or metric and labels');
  }
  if (!METRIC.test(metric)) {
    return fields.report(
      'metric',
      `"${metric}" is no name of a metric; give an expression as expr`,
    );
  }
  return parseExpression(metric + selectorOf(labels));
}

/** Label matchers in braces; nothing for no labels. */
export function selectorOf(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${quote(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function readComparison(
  fields: Fields,
): { operator: ComparisonOperator; value: number } | undefined {
  const operator = required(
    fields,
    'operator',
    fields.oneOf('operator', OPERATORS),
    OPERATORS.join(' '),
  );
  const value = required(fields, 'value', fields.number('value'), 'a number to compare with');
  return operator === undefined || value === undefined ? undefined : { operator, value };
}

function required<T>(
  fields: Fields,
  name: string,
  value: T | undefined,
  what: string,
): T | undefined {
  if (value !== undefined || fields.has(name)) return value;
  return fields.report(name, `is missing; give ${what}`);
}

function readThreshold(fields: Fields): Test | undefined {
  const subject = readSubject(fields);
  const comparison = readComparison(fields);
  if (subject === undefined || comparison === undefined) return undefined;
  return { kind: 'threshold', subject, ...comparison };
}

function readRateOfChange(fields: Fields): Test | undefined {
  const subject = readSubject(fields);
  const comparison = readComparison(fields);
  const window = required(fields, 'window', readWindow(fields, 'window'), 'a duration such as 5m');
  const unit = fields.oneOf('unit', ['percent', 'absolute']) ?? 'percent';
  if (subject === undefined || comparison === undefined || window === undefined) return undefined;
  return { kind: 'rate_of_change', subject, window, unit, ...comparison };
}

/** Seconds. */
function readWindow(fields: Fields, name: string): number | undefined {
  const text = fields.duration(name);
  if (text === undefined) return undefined;
  const seconds = parseDuration(text) / 1000;
  return seconds > 0 ? seconds : fields.report(name, 'is to be longer than 0');
}

function readAnomaly(fields: Fields): Test | undefined {
  const watch = fields.text('watch');
  const labels = fields.labels('labels');
  const subject = fields.expression('expr');
  const sensitivity = readSensitivity(fields);
  if (fields.has('watch') === fields.has('expr')) {
    return fields.report('', 'needs either watch, the name of one, or expr for a watch of its own');
  }
  if ((watch ?? subject) === undefined || sensitivity === undefined) return undefined;
  return { kind: 'anomaly', watch, labels, subject, sensitivity };
}

function readSensitivity(fields: Fields): number | undefined {
  const value = fields.value('sensitivity') ?? 'medium';
  if (typeof value === 'number' && value >= 0.1 && value <= 10) return value;
  if (value === 'low' || value === 'medium' || value === 'high') return SENSITIVITIES[value];
  return fields.report(
    'sensitivity',
    'is low, medium, high, or a number from 0.1 to 10 (1: medium)',
  );
}

function readAbsence(fields: Fields): Test | undefined {
  const subject = readSubject(fields);
  const window = fields.has('for') ? readWindow(fields, 'for') : 0;
  if (subject === undefined || window === undefined) return undefined;
  return { kind: 'absence', subject, window };
}

function readComposite(
  fields: Fields,
  problems: ConditionProblem[],
  depth: number,
): Test | undefined {
  if (depth >= MAX_DEPTH) {
    return fields.report('', `is nested deeper than ${MAX_DEPTH} levels; name parts of it`);
  }
  const given = (['and', 'or', 'not'] as const).filter((name) => fields.has(name));
  if (given.length !== 1) return fields.report('', 'needs one of and, or, not');
  const [operator] = given;
  const on = fields.texts('on');
  if (on !== undefined && operator !== 'and')
    return fields.report('on', `does not go with ${operator}`);
  if (on?.some((label) => !isPlainLabelName(label)) === true) {
    return fields.report('on', 'has what is no label name; use letters, digits and _');
  }
  const value = fields.value(operator);
  const list = operator === 'not' ? [value] : value;
  if (!Array.isArray(list) || list.length === 0) {
    return fields.report(operator, 'is to be a list of conditions, or names of conditions');
  }
  const parts = list.map((item: unknown, i): Part | undefined => {
    const path = operator === 'not' ? fields.at(operator) : `${fields.at(operator)}[${i}]`;
    if (typeof item === 'string') return { name: item, path };
    const part = Fields.of(item, { path, known: TEST_NAMES, problems });
    const test = part && readTest(part, problems, depth + 1);
    return test && { test, path };
  });
  const complete = parts.filter((part) => part !== undefined);
  return complete.length < parts.length
    ? undefined
    : { kind: 'composite', operator, parts: complete, on };
}
