import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { compileConditions, type CompiledRule } from '../../../src/rules/conditions/compile.js';
import { ConditionError, type ConditionProblem } from '../../../src/rules/conditions/condition.js';
import { parseRules } from '../../../src/rules/load.js';

const good = fileURLToPath(new URL('all-good.yml', import.meta.url));
const PROMTOOL = '/usr/bin/promtool';

function rulesOf(...conditions: unknown[]): readonly CompiledRule[] {
  return compileConditions({ conditions }).file.groups[0].rules;
}
const exprOf = (condition: object): string => rulesOf({ name: 'A', ...condition })[0].expr;

function problemsOf(document: unknown): readonly ConditionProblem[] {
  try {
    compileConditions(document);
  } catch (thrown) {
    if (thrown instanceof ConditionError) return thrown.problems;
    throw thrown;
  }
  return [];
}
const problemsIn = (...conditions: unknown[]): string[] =>
  problemsOf({ conditions }).map(({ path: at, message }) => `${at}: ${message}`);

function promtoolCheck(yaml: string): { status: number | null; output: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'kymo-conditions-'));
  const file = path.join(folder, 'rules.yml');
  writeFileSync(file, yaml);
  const { status, stdout, stderr } = spawnSync(PROMTOOL, ['check', 'rules', file], {
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  return { status, output: stdout + stderr };
}

const hasPromtool = existsSync(PROMTOOL);
if (!hasPromtool) {
  if (process.env.CI === 'true') throw new Error(`${PROMTOOL} is missing, and CI must have it`);
  process.stderr.write(`${PROMTOOL} is missing: its tests are skipped\n`);
}

describe('PromQL of conditions', () => {
  const x = { metric: 'x' };
  const above = { operator: '>', value: 1 };
  test.each<[string, object, string]>([
    ['a metric', { threshold: { ...x, ...above } }, 'x > 1'],
    [
      'labels',
      { threshold: { ...x, labels: { a: 'b"c', n: 1 }, ...above } },
      'x{a="b\\"c",n="1"} > 1',
    ],
    ['an expression', { threshold: { expr: 'a + b', ...above } }, '(a + b) > 1'],
    [
      'a change in percent',
      { rate_of_change: { ...x, window: '5m', ...above } },
      '100 * (x - x offset 5m) / abs(x offset 5m) > 1',
    ],
    [
      'an absolute change',
      { rate_of_change: { ...x, window: '90s', unit: 'absolute', operator: '<', value: -3 } },
      '(x - x offset 1m30s) < -3',
    ],
    [
      'a change of an expression with offsets',
      {
        rate_of_change: {
          expr: 'sum(rate(a[1m])) / b offset 1m + max_over_time(c[5m:1m] offset 2m) + d @ 5',
          window: '1m',
          unit: 'absolute',
          ...above,
        },
      },
      '((sum(rate(a[1m])) / b offset 1m + max_over_time(c[5m:1m] offset 2m) + d @ 5.000) - (sum(rate(a[1m] offset 1m)) / b offset 2m + max_over_time(c[5m:1m] offset 3m) + d @ 5.000)) > 1',
    ],
    ['an anomaly', { anomaly: { watch: 'w' } }, 'kymo_anomaly_score{watch="w"} > 1'],
    [
      'a sensitive one',
      { anomaly: { watch: 'w', labels: { a: 'b' }, sensitivity: 4 } },
      'kymo_anomaly_score{a="b",watch="w"} > 0.25',
    ],
    ['absence', { absence: { ...x } }, 'absent(x)'],
    ['absence for a time', { absence: { ...x, for: '5m' } }, 'absent_over_time(x[5m])'],
    [
      'absence of an expression',
      { absence: { expr: 'sum(x)', for: '5m' } },
      'absent_over_time((sum(x))[5m:])',
    ],
    ['not', { composite: { not: { threshold: { ...x, ...above } } } }, 'absent(x > 1)'],
  ])('%s', (_, condition, expected) => {
    const expr = exprOf(condition);
    expect(expr.replace(/\s+/g, ' ').replaceAll('( ', '(').replaceAll(' )', ')')).toBe(expected);
  });

  const part = (metric: string): object => ({ threshold: { metric, operator: '>', value: 0 } });
  const not = (inner: unknown): object => ({ composite: { not: inner } });
  test.each<[string, object, string]>([
    ['and', { and: [part('a'), part('b')] }, '(a > 0) and (b > 0)'],
    ['and, by labels', { and: [part('a'), part('b')], on: ['i'] }, '(a > 0) and on (i) (b > 0)'],
    ['and, by nothing', { and: [part('a'), part('b')], on: [] }, '(a > 0) and on () (b > 0)'],
    ['or', { or: [part('a'), part('b')] }, '(a > 0) or (b > 0)'],
    ['and not', { and: [not(part('a')), part('b')] }, '(b > 0) unless (a > 0)'],
    [
      'only not',
      { and: [not(part('a')), not(part('b'))] },
      '(absent(a > 0)) and on () (absent(b > 0))',
    ],
    [
      'absent things come last and match whatever there is',
      { and: [{ absence: { metric: 'a' } }, part('b')] },
      '(b > 0) and on () (absent(a))',
    ],
    ['or not', { or: [part('a'), not(part('b'))] }, '(a > 0) or (absent(b > 0))'],
  ])('composite %s', (_, composite, expected) => {
    expect(exprOf({ composite })).toBe(expected);
  });

  test('names stand for conditions of the document, also for those that make no alert', () => {
    const rules = rulesOf(
      { name: 'Both', composite: { and: ['A', 'NotB'] } },
      { name: 'A', ...part('a') },
      { name: 'NotB', alert: false, ...not('B') },
      { name: 'B', alert: false, ...part('b') },
    );
    expect(rules.map(({ alert, expr }) => [alert, expr])).toEqual([
      ['Both', '(a > 0) unless (b > 0)'],
      ['A', 'a > 0'],
    ]);
  });
});

describe('compileConditions', () => {
  const document = parse(readFileSync(good, 'utf8')) as unknown;

  test('carries over what an alert is to be', () => {
    const { file, watches } = compileConditions(document);
    expect(file.groups[0]).toMatchObject({ name: 'shop', interval: '5s' });
    const [first, , falls] = file.groups[0].rules;
    expect(first).toEqual({
      alert: 'HighErrorRatio',
      expr: '(sum(rate(errors_total[1m])) / sum(rate(requests_total[1m]))) > 0.05',
      for: '1m',
      keep_firing_for: '30s',
      labels: { team: 'shop', severity: 'critical' },
      annotations: {
        summary: 'Errors: {{ $value | humanizePercentage }}',
        kymo_resolve: '(sum(rate(errors_total[1m])) / sum(rate(requests_total[1m]))) <= 0.03',
        kymo_cooldown: '5m',
        kymo_no_data: 'ok',
        kymo_error: 'keep',
        kymo_receivers: 'ops,chat',
      },
    });
    expect(falls.annotations?.kymo_resolve).toMatch(/^100 \* .* >= -10$/);
    expect(watches).toEqual([{ name: 'StrangeQueue', expr: 'queue_length' }]);
  });

  test('makes a file that loads here', () => {
    const { yaml, file } = compileConditions(document);
    const [group] = parseRules(yaml, 'conditions.yml');
    expect(group.rules.map(({ name }) => name)).toEqual(
      file.groups[0].rules.map(({ alert }) => alert),
    );
  });

  test.runIf(hasPromtool)('makes a file that promtool accepts', () => {
    expect(promtoolCheck(compileConditions(document).yaml)).toMatchObject({ status: 0 });
  });

  test.each<[string, unknown[], string]>([
    ['no name', [{ absence: { metric: 'x' } }], 'conditions[0].name: is missing'],
    ['no test', [{ name: 'A' }], 'conditions[0]: says nothing to test'],
    [
      'two tests',
      [{ name: 'A', absence: { metric: 'x' }, anomaly: { watch: 'w' } }],
      'conditions[0]: has anomaly and absence',
    ],
    [
      'an unknown key',
      [{ name: 'A', treshold: {}, absence: { metric: 'x' } }],
      'conditions[0].treshold: is not known; did you mean threshold?',
    ],
    [
      'an operator that is none',
      [{ name: 'A', threshold: { metric: 'x', operator: '=>', value: 1 } }],
      'conditions[0].threshold.operator: is one of >, >=, <, <=, ==, !=, not "=>"',
    ],
    [
      'a missing value',
      [{ name: 'A', threshold: { metric: 'x', operator: '>' } }],
      'conditions[0].threshold.value: is missing',
    ],
    [
      'a bad expression',
      [{ name: 'A', threshold: { expr: 'sum(', operator: '>', value: 1 } }],
      'conditions[0].threshold.expr: 1:5: parse error',
    ],
    [
      'a range vector',
      [{ name: 'A', absence: { expr: 'x[5m]' } }],
      'conditions[0].absence.expr: is to be an instant vector, not a matrix; take the range off',
    ],
    [
      'a duration without a unit',
      [{ name: 'A', for: 30, absence: { metric: 'x' } }],
      'conditions[0].for: is to be a duration with its unit, not 30; write for example 30s',
    ],
    [
      'a severity that is none',
      [{ name: 'A', severity: 'warn', absence: { metric: 'x' } }],
      'conditions[0].severity: is one of info, warning, error, critical, emergency, not "warn"',
    ],
    [
      'a resolve value that says nothing',
      [{ name: 'A', resolve: 3, absence: { metric: 'x' } }],
      'conditions[0].resolve: a value says nothing here',
    ],
    [
      'a name twice',
      [
        { name: 'A', absence: { metric: 'x' } },
        { name: 'A', absence: { metric: 'y' } },
      ],
      'conditions[1].name: "A" is the name of conditions[0] too',
    ],
    [
      'an unknown name',
      [{ name: 'A', composite: { not: 'Bee' } }],
      'conditions[0].composite.not: there is no condition "Bee"',
    ],
    [
      'a cycle',
      [
        { name: 'A', composite: { and: ['B'] } },
        { name: 'B', composite: { or: ['C'] } },
        { name: 'C', composite: { not: 'A' } },
      ],
      'conditions[0]: is part of itself (A → B → C → A)',
    ],
    [
      'what is no metric',
      [{ name: 'A', threshold: { metric: 'x or vector(1)', operator: '>', value: 1 } }],
      'conditions[0].threshold.metric: "x or vector(1)" is no name of a metric',
    ],
    [
      'what is no label',
      [{ name: 'A', composite: { and: [{ absence: { metric: 'x' } }], on: ['a) or (b'] } }],
      'conditions[0].composite.on: has what is no label name',
    ],
    [
      'an own annotation',
      [{ name: 'A', absence: { metric: 'x' }, annotations: { kymo_cooldown: '1m' } }],
      'conditions[0].annotations.kymo_cooldown: is a field of its own here; give cooldown instead',
    ],
    ['a text for a condition', ['A'], 'conditions[0]: is to be an object'],
  ])('refuses %s, with place and remedy', (_, conditions, expected) => {
    expect(problemsIn(...conditions)).toContainEqual(expect.stringContaining(expected));
  });

  test('names all that is wrong at once', () => {
    expect(problemsIn({ name: 'A' }, { absence: {} }, 3).length).toBeGreaterThanOrEqual(4);
  });

  test.each([undefined, null, [], 'x', {}, { conditions: [] }, { conditions: {} }])(
    'refuses %j for a document',
    (document) => {
      expect(problemsOf(document).length).toBeGreaterThan(0);
    },
  );

  test('refuses conditions that grow beyond measure', () => {
    const levels = Array.from({ length: 30 }, (_, i) => ({
      name: `L${i}`,
      composite: { or: [`L${i + 1}`, `L${i + 1}`] },
    }));
    const conditions = [...levels, { name: 'L30', absence: { metric: 'x' } }];
    expect(problemsIn(...conditions).join('\n')).toContain('makes an expression of more than');
  });

  test('gives each expression of a composite a watch of its own', () => {
    const anomaly = (expr: string): object => ({ anomaly: { expr } });
    const odd = { name: 'Odd', composite: { or: ['x', 'y', 'x'].map(anomaly) } };
    const { file, watches } = compileConditions({
      conditions: [odd, { name: 'Odd_2', ...anomaly('z') }],
    });
    expect(watches).toEqual([
      { name: 'Odd', expr: 'x' },
      { name: 'Odd_3', expr: 'y' },
      { name: 'Odd_2', expr: 'z' },
    ]);
    const named = file.groups[0].rules[0].expr.match(/watch="\w+"/g);
    expect(named).toEqual(['watch="Odd"', 'watch="Odd_3"', 'watch="Odd"']);
  });

  test('never fails but by saying what is wrong', () => {
    const anything = fc.anything({ maxDepth: 4 });
    const keys = fc.constantFrom(
      'name',
      'threshold',
      'anomaly',
      'absence',
      'composite',
      'labels',
      'for',
    );
    const near = fc.dictionary(keys, fc.oneof(anything, fc.dictionary(keys, anything)));
    fc.assert(
      fc.property(fc.oneof(anything, fc.record({ conditions: fc.array(near) })), (document) => {
        problemsOf(document);
      }),
    );
  });
});
