import { expect, test } from 'vitest';
import { ruleStates } from '../../src/rules/rule-states.js';
import { World } from './world.js';

const RULES = `groups:
- name: a1
  rules:
  - alert: High
    expr: level > 5
    for: 1s
    keep_firing_for: 10s
    labels: {severity: error}
    annotations: {summary: 'of {{ $labels.id }}', kymo_cooldown: 5s}
- name: others
  rules:
  - {record: doubled, expr: 'sum by(id)(level)*2', labels: {team: core}}
  - {alert: Odd, expr: 'level + on () group_left () level'}
`;

const ask = (world: World) =>
  ruleStates(world.engine, ({ name }) => (name === 'a1' ? name : undefined));

test('says where rules stand and what they say, before the first evaluation too', () => {
  const [high, doubled] = ask(new World(RULES));
  expect(high).toEqual({
    id: 'a1',
    kind: 'alerting',
    name: 'High',
    group: 'a1',
    file: 'rules.yml',
    line: 4,
    promql: 'level > 5',
    labels: { severity: 'error' },
    annotations: { summary: 'of {{ $labels.id }}', kymo_cooldown: '5s' },
    for: 1,
    keepFiringFor: 10,
    interval: 1,
    state: null,
    values: 0,
    health: 'unknown',
    lastError: null,
    lastEvaluation: null,
    evaluationTime: 0,
  });
  expect(doubled).toMatchObject({ kind: 'recording', line: 12, labels: { team: 'core' } });
  expect(doubled).not.toHaveProperty('id');
});

test('says how evaluations go', () => {
  const world = new World(RULES);
  const seen: unknown[] = [];
  for (const x of [1, 9, 9, 1]) {
    world.step({ x, y: 1 });
    seen.push(ask(world)[0]?.state);
  }
  expect(seen).toEqual(['inactive', 'pending', 'firing', 'recovering']);
  const [high, doubled, odd] = ask(world);
  const lastEvaluation = new Date(world.time).toISOString().replace('.000Z', 'Z');
  expect(high).toMatchObject({ values: 1, health: 'ok', lastEvaluation });
  expect(doubled).toMatchObject({ state: null, values: 2 });
  expect(odd).toMatchObject({ health: 'err', values: 0, lastError: expect.any(String) as string });
});
