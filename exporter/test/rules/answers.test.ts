import { beforeAll, describe, expect, it } from 'vitest';
import { AlertSummaryAnswer } from '@kymo/contract';
import { alertSummary } from '../../src/rules/alert-summary.js';
import { alertAnswer, alertsAnswer, rulesAnswer } from '../../src/rules/answers.js';
import { World } from './world.js';

const RULES = `groups:
- name: b
  rules:
  - {record: doubled, expr: 'sum by(id)(level)*2', labels: {team: core}}
- name: a
  limit: 7
  rules:
  - alert: High
    expr: level > 5
    for: 1s
    keep_firing_for: 10s
    labels: {severity: error}
    annotations: {summary: 'of {{ $labels.id }}', kymo_receivers: ops}
`;

let world: World;
const ask = (query = ''): ReturnType<typeof rulesAnswer> =>
  rulesAnswer(world.engine, new URLSearchParams(query));

const iso = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');

beforeAll(() => {
  world = new World(RULES);
});

describe('/api/v1/rules', () => {
  it('has the shape of Prometheus before and after the first evaluation', () => {
    expect(ask().groups[0]).toMatchObject({
      name: 'a',
      lastEvaluation: '0001-01-01T00:00:00Z',
      rules: [{ state: 'unknown', health: 'unknown' }],
    });
    for (let i = 0; i < 2; i++) world.step({ x: 10 });
    const { groups } = ask();
    expect(groups).toEqual([
      {
        name: 'a',
        file: 'rules.yml',
        interval: 1,
        limit: 7,
        evaluationTime: expect.any(Number) as number,
        lastEvaluation: iso(world.time),
        rules: [
          {
            type: 'alerting',
            state: 'firing',
            name: 'High',
            query: 'level > 5',
            duration: 1,
            keepFiringFor: 10,
            labels: { severity: 'error' },
            annotations: { summary: 'of {{ $labels.id }}' },
            alerts: [
              {
                labels: { alertname: 'High', id: 'x', severity: 'error' },
                annotations: { summary: 'of x' },
                state: 'firing',
                activeAt: iso(world.time - 1000),
                value: '1e+01',
              },
            ],
            health: 'ok',
            evaluationTime: expect.any(Number) as number,
            lastEvaluation: iso(world.time),
          },
        ],
      },
      expect.objectContaining({
        name: 'b',
        rules: [
          expect.objectContaining({
            type: 'recording',
            name: 'doubled',
            query: 'sum by (id) (level) * 2',
            labels: { team: 'core' },
            health: 'ok',
          }),
        ],
      }),
    ]);
  });

  it.each([
    ['type=alert', ['High']],
    ['type=record', ['doubled']],
    ['rule_name[]=High&rule_name[]=none', ['High']],
    ['rule_group[]=b', ['doubled']],
    ['file[]=other.yml', []],
    ['match[]={team="core"}', ['doubled']],
    ['match[]={team="none"}&match[]={severity=~"err.*"}', ['High']],
    ['group_limit=1', ['High']],
  ])('answers %s', (query, names) => {
    expect(ask(query).groups.flatMap(({ rules }) => rules.map(({ name }) => name))).toEqual(names);
  });

  it('pages', () => {
    const { groupNextToken } = ask('group_limit=1');
    const next = ask(`group_limit=1&group_next_token=${groupNextToken}`);
    expect(next.groups.map(({ name }) => name)).toEqual(['b']);
    expect(next.groupNextToken).toBeUndefined();
  });

  it('leaves alerts out where asked to', () => {
    expect(ask('exclude_alerts=true').groups[0].rules[0]).toMatchObject({ alerts: null });
  });

  it.each([
    'type=x',
    'exclude_alerts=perhaps',
    'match[]=sum(x)',
    'group_limit=0',
    'group_next_token=1',
    'group_limit=1&group_next_token=1',
  ])('refuses %s', (query) => {
    expect(() => ask(query)).toThrow();
  });
});

describe('the lists of alerts', () => {
  it('show a recovering alert as firing to those who know Prometheus only', () => {
    world.step({ x: 1 });
    expect(alertsAnswer(world.engine)).toMatchObject({
      alerts: [{ state: 'firing', keepFiringSince: iso(world.time), value: '1e+01' }],
    });
    const [alert] = world.engine.alerts();
    const acknowledgement = { by: 'ann', comment: 'c', time: world.time };
    expect(alertAnswer({ ...alert, acknowledgement })).toEqual({
      fingerprint: alert.fingerprint,
      rule: { file: 'rules.yml', group: 'a', name: 'High' },
      labels: { alertname: 'High', id: 'x', severity: 'error' },
      annotations: { summary: 'of x' },
      severity: 'error',
      state: 'recovering',
      value: 10,
      activeAt: iso(world.time - 2000),
      firedAt: iso(world.time - 1000),
      lastActiveAt: iso(world.time - 1000),
      resolvedAt: null,
      flapping: false,
      receivers: ['ops'],
      acknowledgement: { by: 'ann', comment: 'c', time: iso(world.time), until: null },
    });
  });

  it('tell alerts apart by the fingerprint that Alertmanager gives them', () => {
    const [{ fingerprint }] = world.engine.alerts();
    // Go's hash/fnv of "alertname\xffHigh\xffid\xffx\xffseverity\xfferror\xff".
    expect(fingerprint).toBe('c94135a920876826');
  });

  it('are short however many there are', () => {
    const many = new World(`groups:
- name: c
  rules:
  - {alert: Many, expr: level > 0, labels: {severity: Critical}}
  - {alert: Odd, expr: level > 0, labels: {severity: 'of {{ $labels.id }}'}}
  - {alert: Slow, expr: level > 0, for: 1h}
`);
    expect(alertSummary(many.engine)).toEqual({ total: 0, counts: [] });
    many.step(Object.fromEntries(Array.from({ length: 50 }, (_, id) => [`s${id}`, 1])));
    const [first] = many.engine.alerts();
    many.engine.acknowledge(first.fingerprint, { by: 'ann', comment: '', time: many.time });
    const summary = alertSummary(many.engine);
    expect(AlertSummaryAnswer.parse(summary)).toEqual(summary);
    expect(summary.total).toBe(many.engine.alerts().length);
    const not = { acknowledged: false };
    expect(summary.counts).toEqual([
      { state: 'firing', severity: 'critical', acknowledged: true, count: 1 },
      { state: 'firing', severity: 'critical', ...not, count: 49 },
      { state: 'firing', severity: null, ...not, count: 50 },
      { state: 'pending', severity: null, ...not, count: 50 },
    ]);
  });
});
