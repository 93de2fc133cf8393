import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../src/promql/parse.js';
import { evaluateInstant } from '../../../src/promql/engine.js';
import { defaultWatches } from '../../../src/rules/watches/default-watches.js';
import { Watches, type WatchChange } from '../../../src/rules/watches/watches.js';
import type { WatchDefinition } from '../../../src/rules/watches/watch.js';
import { Head } from '../../../src/series/head.js';
import type { Labels } from '../../../src/series/labels.js';
import { shapes, uniform } from '../../analysis/shapes.js';

const START = 1_700_000_000_000;
const own: Labels = { instance: 'host', job: 'kymo' };

interface Value {
  readonly labels: Labels;
  readonly value: number;
}

/** A head whose gauge `temperature` is set on each tick, and watches over it. */
function setUp(
  watches: readonly WatchDefinition[],
  options: { readonly limit?: number; readonly ttl?: number } = {},
) {
  const head = new Head({ ownLabels: own });
  const source = head.source('test', { exposed: true });
  const family = source.family({ name: 'temperature', type: 'gauge', help: 'For tests.' });
  const changes: WatchChange[] = [];
  const watched = new Watches({
    watches,
    reader: head,
    writer: head.source('watches', { exposed: true }),
    ownLabels: own,
    onChange: (change) => changes.push(change),
    ...options,
  });
  let time = START;
  const tick = (values: readonly Value[]): void => {
    time += 1000;
    for (const { labels, value } of values) source.set(source.series(family, labels), value);
    source.commit(time);
    watched.evaluate(time);
    head.endTick(time);
  };
  const query = (text: string) => {
    const { result } = evaluateInstant(text, head, { time });
    if (result.type !== 'vector') throw new TypeError('no vector');
    return result.samples.map(({ labels, value }) => ({ labels: labels.toObject(), value }));
  };
  return { tick, query, watched, changes, after: (ms: number) => (time += ms) };
}

const temperature: WatchDefinition = { name: 'temperature', expr: 'temperature' };

describe('Watches', () => {
  it('writes score, confidence, expected value and band with the labels of the series', () => {
    const { tick, query } = setUp([temperature]);
    const shape = shapes.gaussian(uniform(1));
    for (let i = 0; i < 300; i++) tick([{ labels: { room: 'a' }, value: shape(i) }]);
    const labels = { room: 'a', watch: 'temperature', ...own };
    const names = ['kymo_anomaly_score', 'kymo_anomaly_confidence', 'kymo_expected'];
    for (const name of [...names, 'kymo_expected_lower', 'kymo_expected_upper']) {
      expect(query(name)).toMatchObject([{ labels: { __name__: name, ...labels } }]);
      expect(query(name)[0].labels).toEqual({ __name__: name, ...labels });
    }
    expect(query('kymo_expected_lower < kymo_expected')).toHaveLength(1);
    expect(query('kymo_expected_upper > kymo_expected')).toHaveLength(1);
    expect(query('kymo_expected')[0].value).toBeCloseTo(50, -1);
  });

  it('passes 1 in a fault and says why', () => {
    const { tick, query, watched } = setUp([temperature]);
    const shape = shapes.gaussian(uniform(2));
    for (let i = 0; i < 300; i++) tick([{ labels: { room: 'a' }, value: shape(i) }]);
    tick([{ labels: { room: 'a' }, value: 300 }]);
    expect(query('kymo_anomaly_score > 1')).toHaveLength(1);
    const [explanation] = watched.explain('temperature', { room: 'a' });
    expect(explanation).toMatchObject({ value: 300, warm: true, labels: { room: 'a' } });
    expect(explanation.votes.length).toBeGreaterThan(3);
    expect(watched.explain('temperature', { room: 'b' })).toEqual([]);
    expect(watched.explain('nothing')).toEqual([]);
  });

  it('lets the scores of a series end with it, and forgets it after its time', () => {
    const { tick, query, watched, after } = setUp([temperature], { ttl: 120_000 });
    for (let i = 0; i < 20; i++) tick([{ labels: { room: 'a' }, value: i }]);
    expect(query('kymo_anomaly_score')).toHaveLength(1);
    tick([]);
    expect(query('kymo_anomaly_score')).toHaveLength(0);
    expect(watched.stats().series).toBe(1);
    after(300_000);
    tick([]);
    expect(watched.stats().series).toBe(0);
    tick([{ labels: { room: 'a' }, value: 1 }]);
    expect(query('kymo_anomaly_score')).toHaveLength(1);
  });

  it('does not write what cannot be scored', () => {
    const { tick, query } = setUp([{ name: 'ratio', expr: 'temperature / 0 * 0' }]);
    tick([{ labels: { room: 'a' }, value: 1 }]);
    expect(query('kymo_anomaly_score')).toEqual([]);
  });

  it('scores no more series than allowed, of a watch and of all, and counts the rest', () => {
    const rooms = ['a', 'b', 'c', 'd'].map((room) => ({ labels: { room }, value: 1 }));
    const { tick, query, watched } = setUp(
      [
        { ...temperature, limit: 3 },
        { name: 'other', expr: 'temperature + 1' },
      ],
      { limit: 5 },
    );
    tick(rooms);
    expect(query('count by (watch) (kymo_anomaly_score)')).toMatchObject([
      { labels: { watch: 'temperature' }, value: 3 },
      { labels: { watch: 'other' }, value: 2 },
    ]);
    expect(watched.stats()).toMatchObject({ series: 5, limit: 5 });
    expect(watched.stats().dropped.get('limit')).toBe(3);
  });

  it('scores a series once where names apart the labels are equal', () => {
    const { tick, watched, query } = setUp([
      {
        name: 'both',
        expr: '{__name__=~"temperature|up"} or label_replace(temperature, "__name__", "up", "", "")',
      },
    ]);
    tick([{ labels: { room: 'a' }, value: 1 }]);
    tick([{ labels: { room: 'a' }, value: 1 }]);
    expect(query('kymo_anomaly_score')).toHaveLength(1);
    expect(watched.stats().series).toBe(1);
  });

  it('tells of a watch that fails once, and goes on with the others', () => {
    const { tick, query, changes } = setUp([
      { name: 'bad', expr: 'temperature * on (zone) temperature' },
      temperature,
    ]);
    const rooms = ['a', 'b'].map((room) => ({ labels: { room }, value: 1 }));
    tick(rooms);
    tick(rooms);
    expect(query('kymo_anomaly_score')).toHaveLength(2);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ watch: 'bad', error: { code: 'bad_watch' } });
    tick([rooms[0]]);
    expect(changes[1]).toEqual({ watch: 'bad' });
  });

  it.each([
    [[{ name: '', expr: 'up' }], 'has no name'],
    [[temperature, temperature], 'twice'],
    [[{ name: 'x', expr: 'rate(' }], '"x" has an expression that is wrong'],
    [[{ name: 'x', expr: 'up[5m]' }], 'a vector or scalar is needed'],
    [[{ name: 'x', expr: 'up', limit: 0 }], 'must be above 0'],
  ])('refuses watches that make no sense', (watches, message) => {
    expect(() => setUp(watches)).toThrow(message);
  });
});

describe('watches that are added', () => {
  const added: WatchDefinition = { name: 'added', expr: 'temperature * 2' };

  it('run beside the configured ones, and keep what they learnt while they stay the same', () => {
    const { tick, query, watched } = setUp([temperature]);
    watched.replaceAdded([added]);
    const shape = shapes.gaussian(uniform(1));
    const run = (ticks: number): void => {
      for (let i = 0; i < ticks; i++) tick([{ labels: {}, value: shape(i) }]);
    };
    run(250);
    expect(watched.explain('added')).toMatchObject([{ warm: true }]);
    watched.replaceAdded([{ name: 'other', expr: 'temperature' }, added]);
    run(1);
    expect(watched.explain('added')).toMatchObject([{ warm: true }]);
    expect(watched.explain('other')).toMatchObject([{ warm: false }]);
    watched.replaceAdded([{ ...added, expr: 'temperature * 3' }]);
    run(1);
    expect(watched.explain('added')).toMatchObject([{ warm: false }]);
    expect(watched.stats().series).toBe(2);
    expect(query('kymo_anomaly_score{watch="other"}')).toEqual([]);
    expect(watched.explain('temperature')).toMatchObject([{ warm: true }]);
  });

  it.each([
    [[{ name: 'temperature', expr: 'temperature' }], 'twice'],
    [[added, added], 'twice'],
    [[added, { name: 'bad', expr: 'temperature[5m]' }], 'matrix'],
  ])('are refused as a whole where one is wrong: %j', (definitions, what) => {
    const { watched } = setUp([temperature]);
    expect(() => watched.checkAdded(definitions)).toThrow(what);
    expect(() => watched.replaceAdded(definitions)).toThrow(what);
    expect(watched.names).toEqual(['temperature']);
  });
});

describe('the default watches', () => {
  it('have names of their own and expressions that parse', () => {
    expect(new Set(defaultWatches.map(({ name }) => name)).size).toBe(defaultWatches.length);
    for (const { expr } of defaultWatches) expect(() => parseExpression(expr)).not.toThrow();
  });

  it('watch latency under a name that says so', () => {
    expect(defaultWatches.some(({ name }) => name.includes('latency'))).toBe(true);
  });
});
