import { expect, test } from 'vitest';
import {
  problemAt,
  problemOf,
  problemsElsewhere,
  problemsOf,
} from '../src/pages/rules/form/problems.js';

const context = { conditions: ['First', 'Mine'], own: 1 };

test('what is wrong with a condition is known by its field', () => {
  const problems = problemsOf(
    'conditions[1].threshold: names nothing to look at; give expr, or metric and labels\n' +
      'conditions[1].threshold.expr: 1:5: parse error: unclosed left parenthesis; add ")"\n' +
      'conditions[1].labels.a b: is no name; use letters, digits and _\n' +
      'conditions[1].composite.and[1]: there is no condition "B"; name one of this document',
    context,
  );
  expect(problemOf(problems, 'threshold')).toContain('names nothing');
  expect(problemAt(problems, 'threshold.expr')).toMatch(/^1:5: parse error/);
  expect(problemAt(problems, 'labels')).toBe('a b is no name; use letters, digits and _');
  expect(problemOf(problems, 'composite.and[1]')).toContain('there is no condition');
  expect(problemAt(problems, 'for')).toBeUndefined();
  expect(problemsElsewhere(problems)).toEqual([]);
});

test('what is wrong with others names them', () => {
  const problems = problemsOf(
    'conditions[1].name: "First" is the name of conditions[0] too; choose another\n' +
      'conditions[0].composite.not: there is no condition "Mine"',
    context,
  );
  expect(problemAt(problems, 'name')).toContain('of the condition “First” too');
  expect(problemsElsewhere(problems)).toEqual([
    'the condition “First”.composite.not: there is no condition "Mine"',
  ]);
});

const place = 'rules/runtime.yml:6:19: group "preview", rule 1, "A \\"b\\"": ';

test.each([
  [
    `${place}expr: parse error: unexpected end of input`,
    'expr',
    'parse error: unexpected end of input',
  ],
  [
    'runtime.yml:6:15: group "x", rule 1: expr must be set, to a PromQL expression',
    'expr',
    'must be set',
  ],
  ['runtime.yml:7:14: for: unknown unit "x" in duration "3x"', 'for', 'unknown unit'],
  ['runtime.yml:7:14: keep_firing_for: unknown unit "x"', 'keep_firing_for', 'unknown unit'],
  [`${place}"a b" is no label name; use letters, digits and _`, 'labels', '"a b" is no label name'],
  [`${place}kymo_no_data is one of ok, alert, keep, not "x"`, 'no_data', 'is one of'],
  [`${place}kymo_resolve: parse error: unexpected end`, 'resolve', 'parse error'],
  [
    `${place}annotation "summary": template: undefined variable`,
    'annotations',
    '"summary": template',
  ],
  [`${place}there is no annotation "kymo_x" of Kymo; known: …`, 'annotations', '"kymo_x" of Kymo'],
  [`${place}"a b" is no metric name; use letters`, 'name', '"a b" is no metric name'],
  ['runtime.yml:5:9: group "x", rule 1: one of record and alert must be set', 'name', 'is missing'],
])('%s is wrong with %s', (line, field, message) => {
  const problems = problemsOf(line, context);
  expect(problemAt(problems, field)).toContain(message);
  expect(problemsElsewhere(problems)).toEqual([]);
});

test('anything else is told as it is', () => {
  const message = 'vera has the role Viewer in Grafana';
  expect(problemsElsewhere(problemsOf(message, context))).toEqual([message]);
});
