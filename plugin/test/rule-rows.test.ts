import type { RuleState } from '@kymo/contract';
import { expect, test } from 'vitest';
import { countsOf, found, groupsOf, placeOf, rowsOf } from '../src/pages/rules/list/rows.js';

const state = (changes: Partial<RuleState>): RuleState => ({
  kind: 'alerting',
  name: 'High',
  group: 'g',
  file: 'rules/f.yml',
  line: 4,
  promql: 'a > 1',
  labels: { severity: 'error', team: 'core' },
  annotations: {},
  for: 0,
  keepFiringFor: 0,
  interval: 1,
  state: 'inactive',
  health: 'ok',
  lastError: null,
  lastEvaluation: null,
  evaluationTime: 0,
  values: 0,
  ...changes,
});

const states = [
  state({}),
  state({ name: 'Loud', state: 'firing' }),
  state({ name: 'Broken', health: 'err', lastError: 'many to many' }),
  state({ name: 'New', state: null, health: 'unknown' }),
  state({ name: 'a:b', kind: 'recording', state: null, group: 'h', labels: {} }),
  state({ name: 'Mine', id: 'x1', group: 'x1', state: 'pending' }),
];
const made = [
  { id: 'x1', promql: 'a > 1', condition: { name: 'Mine' }, rule: {} },
  { id: 'x2', promql: '', condition: { name: 'Part' } },
  { id: 'x3', promql: 'b > 1', rule: { alert: 'Kept' } },
];
const rows = rowsOf(states, made, 'other.yml cannot be read');
const names = (list: readonly { name: string }[]): string => list.map(({ name }) => name).join(' ');

test('rules say how they do', () => {
  expect(rows.map(({ name, standing }) => `${name} ${standing}`)).toEqual([
    'High inactive',
    'Loud firing',
    'Broken failing',
    'New waiting',
    'a:b recording',
    'Mine pending',
    'Part part',
    'Kept waiting',
  ]);
  expect(rows.map(({ id }) => id)).toEqual([...Array<undefined>(5), 'x1', 'x2', 'x3']);
  expect(rows.at(-1)?.problem).toBe('other.yml cannot be read');
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
});

test.each([
  ['', 'all', 'High Loud Broken New a:b Mine Part Kept'],
  ['', 'active', 'Loud Mine'],
  ['', 'failing', 'Broken Kept'],
  ['', 'made', 'Mine Part Kept'],
  ['LOUD', 'all', 'Loud'],
  ['team=core firing', 'all', 'Loud'],
  ['mine >', 'made', 'Mine'],
  ['nothing', 'all', ''],
] as const)('a search for %j among %s finds %s', (search, show, expected) => {
  expect(names(found(rows, search, show))).toBe(expected);
});

test('those made at run time come first', () => {
  expect(groupsOf(rows).map((group) => [group.name, names(group.rows)])).toEqual([
    ['Made at run time', 'Mine Part Kept'],
    ['g', 'High Loud Broken New'],
    ['h', 'a:b'],
  ]);
  expect(countsOf(rows)).toBe('1 firing, 1 pending, 1 failing, 8 in all');
  expect(placeOf(state({}))).toBe('f.yml, line 4');
});
