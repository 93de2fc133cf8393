import { describe, expect, it } from 'vitest';
import { Exposition } from '../../src/exposition/exposition.js';
import { parseRules } from '../../src/rules/load.js';
import { World } from './world.js';

const HIGH = `groups:
- name: g
  rules:
  - record: doubled
    expr: level * 2
    labels: {unit: twice}
  - alert: High
    expr: doubled > 10
    for: 2s
    labels: {severity: warning}
    annotations: {summary: '{{ $labels.id }} is {{ $value }}', kymo_receivers: 'ops, dev'}
`;

describe('a rule engine', () => {
  it('shows the result of a rule to the next one in the same tick', () => {
    const world = new World(HIGH);
    world.step({ a: 3, b: 6 });
    expect(world.query('doubled')).toEqual({
      'doubled{id="a", unit="twice"}': 6,
      'doubled{id="b", unit="twice"}': 12,
    });
    expect(world.query('ALERTS')).toEqual({
      'ALERTS{alertname="High", alertstate="pending", id="b", severity="warning", unit="twice"}': 1,
    });
  });

  it('goes from pending to firing to resolved, with the series that tell of it', () => {
    const world = new World(HIGH);
    const begun = world.time + 1000;
    for (let i = 0; i < 3; i++) world.step({ b: 6 });
    expect(world.changes).toEqual(['inactive>pending', 'pending>firing']);
    const labels = 'alertname="High", id="b", severity="warning", unit="twice"';
    expect(world.query('{__name__=~"ALERTS.*|kymo_alert.*"}')).toEqual({
      [`ALERTS{alertname="High", alertstate="firing", id="b", severity="warning", unit="twice"}`]: 1,
      [`ALERTS_FOR_STATE{${labels}}`]: begun / 1000,
      [`kymo_alert_state{${labels}}`]: 2,
      [`kymo_alert_acknowledged{${labels}}`]: 0,
    });
    world.step({ b: 1 });
    expect(world.changes).toEqual(['inactive>pending', 'pending>firing', 'firing>inactive']);
    expect(world.query('{__name__=~"ALERTS.*|kymo_alert.*"}')).toEqual({
      [`kymo_alert_state{${labels}}`]: 0,
    });
    const [, fired, resolved] = world.transitions;
    expect(fired.alert).toMatchObject({
      labels: { alertname: 'High', id: 'b', severity: 'warning', unit: 'twice' },
      annotations: { summary: 'b is 12' },
      receivers: ['ops', 'dev'],
      activeAt: begun,
      firedAt: begun + 2000,
      resolvedAt: 0,
    });
    expect(resolved.alert).toMatchObject({
      fingerprint: fired.alert.fingerprint,
      firedAt: begun + 2000,
      resolvedAt: begun + 3000,
    });
  });

  it('marks the results of a rule stale when they vanish', () => {
    const world = new World(HIGH);
    world.step({ a: 3, b: 6 });
    world.step({ a: 3 });
    expect(Object.keys(world.query('doubled'))).toEqual(['doubled{id="a", unit="twice"}']);
  });

  it('keeps a failing rule to itself', () => {
    const world = new World(`groups:
- name: g
  rules:
  - {record: broken, expr: 'label_replace(level, "id", "x", "id", ".*")'}
  - {record: fine, expr: 'sum(level)'}
`);
    world.step({ a: 1, b: 2 });
    const [broken, fine] = world.engine.groups[0].rules;
    expect(broken).toMatchObject({ health: 'err' });
    expect(broken.lastError).toMatch(/same labelset/);
    expect(fine).toMatchObject({ health: 'ok', lastError: '' });
    expect(world.query('fine')).toEqual({ fine: 3 });
    expect(world.engine.stats).toEqual({ evaluations: 2, failures: 1, templateErrors: 0 });
  });

  it('fails a rule past the limit of its group and ends its alerts', () => {
    const world = new World(`groups:
- name: g
  limit: 1
  rules:
  - {alert: A, expr: level > 0}
  - {record: r, expr: level}
`);
    world.step({ a: 1 });
    world.step({ a: 1, b: 1 });
    expect(world.changes).toEqual(['inactive>firing', 'firing>inactive']);
    expect(world.engine.groups[0].rules.map(({ lastError }) => lastError)).toEqual([
      'exceeded limit of 1 with 2 alerts',
      'exceeded limit of 1 with 2 series',
    ]);
  });

  it('alerts on no more label sets than it may', () => {
    const world = new World('groups: [{name: g, rules: [{alert: A, expr: level > 0}]}]', {
      alertsPerRule: 2,
    });
    world.step({ a: 1, b: 1, c: 1 });
    expect(world.engine.alerts()).toHaveLength(2);
    expect(world.engine.groups[0].rules[0].lastError).toMatch(/limit of 2 alerts/);
  });

  it('goes on with the label sets it has, and takes as many new ones as there is room for', () => {
    const world = new World('groups: [{name: g, rules: [{alert: A, expr: level > 0}]}]', {
      alertsPerRule: 3,
    });
    world.step({ a: 1, b: 1 });
    world.step({ a: 1, b: 1, c: 1 });
    const [{ rules }] = world.engine.groups;
    expect(rules[0].lastError).toBe('');
    // What resolved longest ago is forgotten where a new one needs its place.
    world.step({ a: 0, b: 1, c: 1 });
    world.step({ a: 0, b: 0, c: 1, d: 1 });
    expect(rules[0].lastError).toBe('');
    const states = world.engine.alerts().map(({ labels, state }) => `${labels.id} ${state}`);
    expect(states.sort()).toEqual(['b inactive', 'c firing', 'd firing']);
  });

  it('tells the alerts of rules that were evaluated from the others', () => {
    const world = new World(`groups:
- name: slow
  interval: 3s
  rules: [{alert: Slow, expr: level}]
- name: failing
  rules:
  - {alert: Same, expr: level, labels: {id: same}}
  - {alert: Kept, expr: 'level{id="a"} / on () level'}
`);
    const judged = (): string => {
      const alerts = world.engine.alerts({ judgedAt: world.time });
      return alerts.map(({ rule }) => rule.name).join(' ');
    };
    const told = Array.from({ length: 7 }, () => {
      world.step({ a: 1 });
      return judged();
    });
    expect(told[0]).toBe('Slow Same Kept');
    expect(told.slice(1, 4).sort()).toEqual(['Same Kept', 'Same Kept', 'Slow Same Kept']);
    expect(told.slice(4)).toEqual(told.slice(1, 4));
    // Two with the same labels: nothing is to be sent. A failing expression keeps its alerts.
    world.step({ a: 1, b: 1 });
    expect(world.engine.groups[1].rules.map(({ health }) => health)).toEqual(['err', 'err']);
    expect(judged().replace('Slow ', '')).toBe('Kept');
  });

  it('refuses label sets that become equal by the labels of a rule', () => {
    const world = new World(`groups:
- name: g
  rules:
  - {record: r, expr: level, labels: {id: same}}
  - {alert: A, expr: level, labels: {id: same}}
`);
    world.step({ a: 1, b: 1 });
    for (const { lastError } of world.engine.groups[0].rules) {
      expect(lastError).toMatch(/vector contains metrics with the same labelset after applying/);
    }
    expect(world.query('r')).toEqual({});
  });

  it('evaluates a group at its interval only', () => {
    const world = new World('groups: [{name: g, interval: 3s, rules: [{record: r, expr: level}]}]');
    const evaluated = new Set<number>();
    for (let i = 0; i < 12; i++) {
      world.step({ a: i });
      evaluated.add(world.engine.groups[0].lastEvaluation);
    }
    const times = [...evaluated].slice(1);
    expect(times.slice(1).map((time, i) => time - times[i])).toEqual(
      [3000, 3000, 3000].slice(0, times.length - 1),
    );
    expect(Object.keys(world.query('r'))).toHaveLength(1);
  });

  it('rounds an interval up to whole ticks', () => {
    const world = new World(
      'groups: [{name: g, interval: 1500ms, rules: [{record: r, expr: level}]}]',
    );
    expect(world.engine.groups[0].interval).toBe(2000);
  });

  it('writes results at the time that the query offset looks back to', () => {
    const world = new World(
      'groups: [{name: g, query_offset: 2s, rules: [{record: r, expr: level}]}]',
    );
    for (const value of [1, 2, 3, 4]) world.step({ a: value });
    expect(world.query('r')).toEqual({ 'r{id="a"}': 2 });
    expect(world.query('timestamp(r)')).toEqual({ '{id="a"}': (world.time - 2000) / 1000 });
  });

  it('leaves its labels off /metrics and gives none to what has none', () => {
    const ownLabels = { instance: 'me', job: 'kymo' };
    const world = new World(
      'groups: [{name: g, rules: [{record: r, expr: level}, {record: s, expr: sum(level)}]}]',
      { ownLabels },
    );
    world.step({ a: 1 });
    expect(world.query('{__name__=~"[rs]"}')).toEqual({
      'r{id="a", instance="me", job="kymo"}': 1,
      s: 1,
    });
    const page = new Exposition(world.head).render('text');
    expect(String(page)).toContain('\nr{id="a"} 1\n');
  });
});

describe('replacing the rules', () => {
  it('keeps the alerts of a rule whose name and labels stay', () => {
    const world = new World(HIGH);
    for (let i = 0; i < 3; i++) world.step({ b: 6 });
    const [before] = world.engine.alerts();
    world.engine.replace(parseRules(HIGH.replace('> 10', '> 11'), 'rules.yml'));
    world.step({ b: 6 });
    expect(world.changes).toEqual(['inactive>pending', 'pending>firing']);
    expect(world.engine.alerts()).toEqual([{ ...before, lastActiveAt: world.time }]);
  });

  it('ends the alerts and series of a rule that is gone', () => {
    const world = new World(HIGH);
    for (let i = 0; i < 3; i++) world.step({ b: 6 });
    world.engine.replace(
      parseRules('groups: [{name: h, rules: [{record: doubled, expr: level}]}]', 'rules.yml'),
    );
    world.step({ b: 6 });
    world.step({ b: 6 });
    expect(world.transitions.at(-1)).toMatchObject({
      from: 'firing',
      to: 'inactive',
      reason: 'rule removed',
      alert: { resolvedAt: world.time - 1000 },
    });
    expect(world.query('{__name__=~"ALERTS.*|kymo_alert.*|doubled"}')).toEqual({
      'doubled{id="b"}': 6,
    });
  });
});

describe('after a restart', () => {
  it('goes on with the same alert, also while there is no data yet', () => {
    const first = new World(HIGH);
    for (let i = 0; i < 3; i++) first.step({ b: 6 });
    const alerts = first.engine.alerts();
    const second = new World(HIGH);
    second.time = first.time + 20_000;
    second.engine.restore(alerts, second.time);
    second.step({});
    second.step({ b: 6 });
    expect(second.changes).toEqual([]);
    expect(second.engine.alerts()).toEqual([{ ...alerts[0], lastActiveAt: second.time }]);
    second.step({ b: 1 });
    expect(second.changes).toEqual(['firing>inactive']);
  });

  it('ends at once where the resolve expression says so, and not where it says nothing', () => {
    const rules = `groups: [{ name: g, rules: [{ alert: High, expr: level > 5, annotations: { kymo_resolve: level < 2 } }] }]`;
    const first = new World(rules);
    first.step({ a: 6, b: 6 });
    const second = new World(rules);
    second.engine.restore(first.engine.alerts(), first.time);
    second.time = first.time;
    second.step({});
    second.step({ a: 3, b: 1 });
    const states = second.engine.alerts().map(({ labels, state }) => [labels.id, state]);
    expect(Object.fromEntries(states)).toEqual({ a: 'firing', b: 'inactive' });
  });

  it('does not end where its series, which the head has from before, are not there yet', () => {
    const gone = 'last_over_time(level[1m]) unless level';
    const rules = `groups: [{ name: g, rules: [{ alert: High, expr: level > 5, annotations: { kymo_resolve: '${gone}' } }] }]`;
    const first = new World(rules);
    first.step({ a: 6 });
    const second = new World(rules);
    second.step({ a: 1 });
    second.engine.restore(first.engine.alerts(), second.time);
    second.step({});
    expect(second.changes).toEqual([]);
    second.time += 60_000;
    second.step({ b: 1 });
    second.step({ a: 1 });
    expect(second.changes).toEqual(['firing>recovering']);
    // Now it is known that they have gone.
    second.step({});
    expect(second.changes.at(-1)).toBe('recovering>inactive');
  });

  it('does not count the time in between as pending', () => {
    const first = new World(HIGH.replace('2s', '5s'));
    for (let i = 0; i < 3; i++) first.step({ b: 6 });
    const second = new World(HIGH.replace('2s', '5s'));
    second.time = first.time + 60_000;
    second.engine.restore(first.engine.alerts(), second.time);
    for (let i = 0; i < 2; i++) second.step({ b: 6 });
    expect(second.changes).toEqual([]);
    for (let i = 0; i < 2; i++) second.step({ b: 6 });
    expect(second.changes).toEqual(['pending>firing']);
  });

  it('ends an alert whose rule is no more', () => {
    const first = new World(HIGH);
    for (let i = 0; i < 3; i++) first.step({ b: 6 });
    const second = new World('groups: []');
    second.time = first.time;
    second.engine.restore(first.engine.alerts(), second.time);
    second.step({});
    expect(second.transitions).toMatchObject([
      { from: 'firing', to: 'inactive', reason: 'rule removed' },
    ]);
  });
});

describe('acknowledging', () => {
  it('shows in the alert and its series until the alert resolves', () => {
    const world = new World(HIGH);
    for (let i = 0; i < 3; i++) world.step({ b: 6 });
    const [{ fingerprint }] = world.engine.alerts();
    const acknowledgement = { by: 'ann', comment: 'on it', time: world.time };
    expect(world.engine.acknowledge(fingerprint, acknowledgement)).toMatchObject([
      { fingerprint, acknowledgement },
    ]);
    world.step({ b: 6 });
    expect(Object.values(world.query('kymo_alert_acknowledged'))).toEqual([1]);
    world.step({ b: 1 });
    expect(world.engine.alerts()[0].acknowledgement).toBeUndefined();
    expect(world.engine.acknowledge(fingerprint, acknowledgement)).toEqual([]);
  });

  it('ends at its time, or when it is taken back', () => {
    const world = new World(HIGH);
    for (let i = 0; i < 3; i++) world.step({ b: 6 });
    const [{ fingerprint }] = world.engine.alerts();
    const note = { by: 'ann', comment: '', time: world.time };
    world.engine.acknowledge(fingerprint, { ...note, until: world.time + 2000 });
    world.step({ b: 6 });
    expect(world.engine.alerts()[0].acknowledgement).toBeDefined();
    world.step({ b: 6 });
    expect(world.engine.alerts()[0].acknowledgement).toBeUndefined();
    world.engine.acknowledge(fingerprint, note);
    expect(world.engine.unacknowledge(fingerprint)).toMatchObject([{ fingerprint }]);
    expect(world.engine.alerts()[0].acknowledgement).toBeUndefined();
  });
});
