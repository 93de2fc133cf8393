import { expect, test } from 'vitest';
import { conditionOf } from '../src/datasource/alerts/condition.js';
import { comparisonsOf } from '../src/datasource/rules/comparisons.js';

test.each([
  ['up == 0', { compared: 'up', operator: '=', threshold: 0 }],
  ['up != 1', { compared: 'up', operator: '≠', threshold: 1 }],
  ['rate(a[5m]) >= -0.5', { compared: 'rate(a[5m])', operator: '≥', threshold: -0.5 }],
  ['a <= 1e3', { compared: 'a', operator: '≤', threshold: 1000 }],
  ['(a / b) < bool 2', { compared: '(a / b)', operator: '<', threshold: 2 }],
  ['(a > 1)', { compared: 'a', operator: '>', threshold: 1 }],
  ['a > 1 and b > 2', { compared: 'a', operator: '>', threshold: 1 }],
  ['(a > 1 unless on (x) b) and c', { compared: 'a', operator: '>', threshold: 1 }],
  ['a > on (job) group_left b', { compared: 'a', operator: '>', threshold: null }],
  ['a > 2 * 3', { compared: 'a', operator: '>', threshold: null }],
])('%s compares', (expr, condition) => {
  expect(conditionOf(expr)).toEqual(condition);
});

test.each(['absent(up)', 'a + b', 'a or b > 1', 'vector(1)', '', 'a >', '((('])(
  '%j compares nothing',
  (expr) => {
    expect(conditionOf(expr)).toBeUndefined();
  },
);

test.each([
  ['a > 1', ['a']],
  ['(a > 1) or (b / c < 2)', ['a', 'b / c']],
  ['(a > 1 and on () b > 2) unless on (x) (c == 0)', ['a', 'b', 'c']],
  ['a > 1 and d', ['a']],
  ['absent(a)', []],
  ['', []],
])('%s joins comparisons', (expr, compared) => {
  expect(comparisonsOf(expr).map((one) => one.compared)).toEqual(compared);
});
