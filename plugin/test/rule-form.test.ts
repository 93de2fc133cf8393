import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isComplete } from '../src/pages/rules/form/complete.js';
import { definitionOf } from '../src/pages/rules/form/definition.js';
import {
  EMPTY_FORM,
  EMPTY_TEST,
  OPERATORS,
  SEVERITIES,
  type RuleForm,
} from '../src/pages/rules/form/form.js';
import { formOf, formOfState } from '../src/pages/rules/form/read-form.js';

const made = { id: 'a1', promql: '' };

/** What a condition is after it has been opened and saved. */
const savedCondition = (condition: object): unknown =>
  definitionOf(formOf({ ...made, condition })).condition;

describe('a condition', () => {
  test.each([
    { threshold: { expr: 'up', operator: '<', value: 1 } },
    { rate_of_change: { expr: 'a', window: '1h', unit: 'absolute', operator: '>', value: -2.5 } },
    { anomaly: { expr: 'a', sensitivity: 'high' } },
    { anomaly: { watch: 'request_rate', labels: { protocol: 'grpc' }, sensitivity: 0.5 } },
    { absence: { expr: 'a', for: '5m' } },
    { absence: { expr: 'a' } },
    {
      composite: {
        and: [
          'Other',
          { threshold: { expr: 'up', operator: '<', value: 1 } },
          { composite: { not: { absence: { expr: 'b' } } } },
        ],
        on: ['instance', 'job'],
      },
    },
    { composite: { or: [{ absence: { expr: 'b' } }, 'Other'] } },
    { composite: { not: 'Other' } },
  ])('%j is saved as it was opened', (tested) => {
    const condition = {
      name: 'High',
      ...tested,
      alert: false,
      for: '1m',
      keep_firing_for: '2m',
      severity: 'critical',
      labels: { team: 'core' },
      annotations: { summary: 'of {{ $value }}' },
      resolve: 'up == 1',
      cooldown: '10m',
      no_data: 'alert',
      error: 'ok',
      receivers: ['ops', 'chat'],
    };
    expect(savedCondition(condition)).toEqual(condition);
    const short = { name: 'High', ...tested, severity: 'warning' };
    expect(savedCondition(short)).toEqual(short);
  });

  test('of a metric with labels goes on as the same selector', () => {
    const threshold = { metric: 'up', labels: { job: 'a "b"' }, operator: '<', value: 1 };
    expect(savedCondition({ name: 'High', threshold, severity: 'info' })).toEqual({
      name: 'High',
      threshold: { expr: 'up{job="a \\"b\\""}', operator: '<', value: 1 },
      severity: 'info',
    });
  });

  test('goes back to a value only where values are compared', () => {
    const threshold = { expr: 'a', operator: '>', value: 5 };
    const kept = { name: 'High', threshold, severity: 'info', resolve: 4 };
    expect(savedCondition(kept)).toEqual(kept);
    const form = formOf({ ...made, condition: kept });
    const absence = { ...form, test: { ...form.test, kind: 'absence' as const } };
    expect(definitionOf(absence).condition).toMatchObject({ resolve: '4' });
  });

  test('that is unfinished leaves it to the exporter to say what is missing', () => {
    expect(definitionOf(EMPTY_FORM)).toEqual({
      condition: { threshold: { operator: '>' }, severity: 'warning' },
    });
    const form = { ...EMPTY_FORM, test: { ...EMPTY_TEST, expr: 'a', value: 'five' } };
    expect(definitionOf(form).condition).toMatchObject({ threshold: { value: 'five' } });
    const composite = { ...EMPTY_TEST, kind: 'composite' as const, joiner: 'not' as const };
    expect(definitionOf({ ...EMPTY_FORM, test: composite }).condition).toMatchObject({
      composite: { not: {} },
    });
  });

  test('keeps any form over saving and opening', () => {
    const text = fc.string({ minLength: 1 }).map((any) => `x${any.trim()}y`);
    const form = fc.record<RuleForm>({
      way: fc.constant('condition'),
      name: text,
      expr: fc.constant(''),
      test: fc.record({
        ...Object.fromEntries(
          Object.entries(EMPTY_TEST).map(([key, value]) => [key, fc.constant(value)]),
        ),
        expr: text,
        operator: fc.constantFrom(...OPERATORS),
        value: fc.integer().map(String),
      }) as fc.Arbitrary<RuleForm['test']>,
      alert: fc.boolean(),
      severity: fc.constantFrom(...SEVERITIES),
      for: fc.constantFrom('', '5m'),
      keepFiringFor: fc.constantFrom('', '5m'),
      labels: fc.constantFrom([], [{ name: 'team', value: 'core' }]),
      annotations: fc.constantFrom([], [{ name: 'summary', value: ' spaced ' }]),
      resolve: fc.constantFrom('', '4', 'up == 1'),
      cooldown: fc.constantFrom('', '1m'),
      noData: fc.constantFrom('', 'alert'),
      error: fc.constantFrom('', 'ok'),
      receivers: fc.constantFrom('', 'ops', 'ops, chat'),
    });
    fc.assert(
      fc.property(form, (one) => {
        expect(formOf({ ...made, ...definitionOf(one) })).toEqual(one);
      }),
    );
  });
});

describe('a rule of an expression', () => {
  const rule = {
    alert: 'High',
    expr: 'a > 1',
    for: '1m',
    keep_firing_for: '2m',
    labels: { severity: 'page', team: 'core' },
    annotations: { summary: 'x', kymo_resolve: 'a < 1', kymo_no_data: 'keep', kymo_other: 'y' },
  };

  test('is saved as it was opened', () => {
    expect(definitionOf(formOf({ ...made, rule }))).toEqual({ rule });
    const short = { alert: 'High', expr: 'a > 1' };
    expect(definitionOf(formOf({ ...made, rule: short }))).toEqual({ rule: short });
    const recording = { record: 'a:b', expr: 'sum(a)', labels: { team: 'core' } };
    expect(definitionOf(formOf({ ...made, rule: recording }))).toEqual({ rule: recording });
  });

  test('of a file can be taken over', () => {
    const state = {
      kind: 'alerting' as const,
      name: 'High',
      group: 'g',
      file: 'f.yml',
      line: 1,
      promql: 'a > 1',
      labels: rule.labels,
      annotations: rule.annotations,
      for: 60,
      keepFiringFor: 30,
      interval: 1,
      state: null,
      health: 'ok' as const,
      lastError: null,
      lastEvaluation: null,
      evaluationTime: 0,
      values: 0,
    };
    const taken = { ...rule, for: '60s', keep_firing_for: '30s' };
    expect(definitionOf(formOfState(state))).toEqual({ rule: taken });
  });
});

test('labels without a value are left out', () => {
  const labels = [
    { name: 'team', value: '' },
    { name: ' job ', value: 'x' },
  ];
  expect(definitionOf({ ...EMPTY_FORM, labels }).condition).toMatchObject({ labels: { job: 'x' } });
});

test.each<[Partial<RuleForm['test']>, boolean]>([
  [{ expr: 'a' }, false],
  [{ expr: 'a', value: '0' }, true],
  [{ kind: 'rate_of_change', expr: 'a', value: '0', window: '' }, false],
  [{ kind: 'anomaly', watch: 'request_rate' }, true],
  [{ kind: 'absence', expr: ' ' }, false],
  [{ kind: 'composite' }, false],
  [{ kind: 'composite', parts: [{ ...EMPTY_TEST, kind: 'named', named: 'A' }] }, true],
  [{ kind: 'composite', parts: [{ ...EMPTY_TEST, kind: 'named' }] }, false],
])('a test of %j is complete: %s', (changes, complete) => {
  expect(isComplete({ ...EMPTY_FORM, test: { ...EMPTY_TEST, ...changes } })).toBe(complete);
});
