import { describe, expect, it } from 'vitest';
import { World } from './world.js';

function rule(annotations: Record<string, string>, expr = 'level > 5', more = ''): string {
  const lines = Object.entries(annotations).map(([name, text]) => `${name}: '${text}'`);
  return `groups:
- name: g
  rules:
  - alert: A
    expr: ${expr}
    ${more}
    annotations: {${lines.join(', ')}}
`;
}

describe('kymo_resolve', () => {
  it('keeps an alert until its own label set is in the resolve expression', () => {
    const world = new World(rule({ kymo_resolve: 'level < 3' }));
    world.step({ a: 6, b: 6 });
    world.step({ a: 4, b: 2 });
    expect(world.engine.alerts().map(({ labels, state }) => [labels.id, state])).toEqual([
      ['a', 'recovering'],
      ['b', 'inactive'],
    ]);
    expect(Object.keys(world.query('ALERTS'))).toEqual([
      'ALERTS{alertname="A", alertstate="firing", id="a"}',
    ]);
    expect(Object.values(world.query('kymo_alert_state{id="a"}'))).toEqual([3]);
    world.step({ a: 2, b: 2 });
    expect(world.engine.alerts().map(({ state }) => state)).toEqual(['inactive', 'inactive']);
  });

  it('counts for all alerts of a rule where its result has no labels', () => {
    const world = new World(rule({ kymo_resolve: 'sum(level) < 9' }));
    world.step({ a: 6, b: 6 });
    world.step({ a: 5, b: 5 });
    expect(world.engine.alerts().map(({ state }) => state)).toEqual(['recovering', 'recovering']);
    world.step({ a: 4, b: 4 });
    expect(world.engine.alerts().map(({ state }) => state)).toEqual(['inactive', 'inactive']);
  });
});

describe('kymo_no_data', () => {
  it('is ok by default: an alert whose data is gone resolves', () => {
    const world = new World(rule({}));
    world.step({ a: 6 });
    world.step({});
    expect(world.changes).toEqual(['inactive>firing', 'firing>inactive']);
  });

  it('keep: an alert stays while its data is gone, but not when the condition is over', () => {
    const world = new World(rule({ kymo_no_data: 'keep' }));
    world.step({ a: 6, b: 6 });
    world.step({ b: 2 });
    world.step({ b: 2 });
    expect(world.engine.alerts().map(({ labels, state }) => [labels.id, state])).toEqual([
      ['a', 'firing'],
      ['b', 'inactive'],
    ]);
    world.step({ a: 1 });
    expect(world.engine.alerts()[0].state).toBe('inactive');
  });

  it('alert: fires without data, and resolves once there is some', () => {
    const world = new World(rule({ kymo_no_data: 'alert' }));
    world.step({});
    expect(world.engine.alerts()).toMatchObject([{ state: 'firing', labels: { alertname: 'A' } }]);
    world.step({});
    world.step({ a: 1 });
    expect(world.changes).toEqual(['inactive>firing', 'firing>inactive']);
    world.step({ a: 6 });
    world.step({});
    expect(world.engine.alerts().map(({ labels, state }) => [labels.id, state])).toEqual([
      [undefined, 'inactive'],
      ['a', 'firing'],
    ]);
  });
});

describe('kymo_error', () => {
  // A series "x" makes the expression fail.
  const expr = 'label_replace(level, "id", "same", "id", "x|y") > 5';

  function course(fallback: string): string[] {
    const world = new World(rule(fallback === '' ? {} : { kymo_error: fallback }, `'${expr}'`));
    world.step({ a: 6 });
    world.step({ a: 6, x: 1, y: 1 });
    expect(world.engine.groups[0].rules[0].health).toBe('err');
    return world.changes;
  }

  it('is keep by default: alerts stay', () => {
    expect(course('')).toEqual(['inactive>firing']);
    expect(course('keep')).toEqual(['inactive>firing']);
  });

  it('ok: alerts resolve', () => {
    expect(course('ok')).toEqual(['inactive>firing', 'firing>inactive']);
  });

  it('alert: an error alone makes an alert', () => {
    expect(course('alert')).toEqual(['inactive>firing']);
    const world = new World(rule({ kymo_error: 'alert' }, `'${expr}'`));
    world.step({ x: 1, y: 1 });
    expect(world.engine.alerts()).toMatchObject([{ state: 'firing', labels: { alertname: 'A' } }]);
  });
});

describe('flap protection', () => {
  it('labels its own series and answers, not the alert', () => {
    const world = new World(rule({}), { flapping: { window: 60_000, changes: 3 } });
    for (let i = 0; i < 6; i++) world.step({ a: i % 2 === 0 ? 6 : 1 });
    expect(world.engine.alerts()).toMatchObject([
      { state: 'recovering', flapping: true, labels: { alertname: 'A', id: 'a' } },
    ]);
    expect(world.query('kymo_alert_state')).toEqual({
      'kymo_alert_state{alertname="A", id="a", kymo_flapping="true"}': 3,
    });
    expect(Object.keys(world.query('ALERTS'))).toEqual([
      'ALERTS{alertname="A", alertstate="firing", id="a"}',
    ]);
  });
});

describe('a template error', () => {
  it('becomes the text and is counted', () => {
    const world = new World(rule({ summary: '{{ $value.x }}', fine: '{{ $value }}' }));
    world.step({ a: 6 });
    const [{ annotations }] = world.engine.alerts();
    expect(annotations.fine).toBe('6');
    expect(annotations.summary).toMatch(/^<error expanding template: error executing template/);
    expect(world.engine.stats.templateErrors).toBe(1);
  });
});
