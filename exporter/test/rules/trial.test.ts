import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.js';
import { compileConditions } from '../../src/rules/conditions/compile.js';
import { parseRules } from '../../src/rules/load.js';
import { tryRule, type TrialResult } from '../../src/rules/trial/rule-trial.js';
import { Head } from '../../src/series/head.js';

const START = 1_700_000_000_000;
const SECOND = 1000;

/** A head with one sample a second of `level` by its ids. */
function recorded(values: Readonly<Record<string, (second: number) => number>>, seconds: number) {
  const head = new Head({ ownLabels: { instance: 'here' } });
  const source = head.source('test', { exposed: true });
  const family = source.family({ name: 'level', type: 'gauge', help: 'A test.' });
  for (let second = 0; second < seconds; second++) {
    for (const [id, value] of Object.entries(values)) {
      source.set(source.series(family, { id }), value(second));
    }
    source.commit(START + second * SECOND);
    head.endTick(START + second * SECOND);
  }
  return head;
}

/** Seconds after the start at which alerts are pending, firing and resolved. */
const timesOf = ({ alerts }: TrialResult) =>
  alerts.map(({ labels, pendingAt, firingAt, resolvedAt }) => [
    labels.id,
    ...[pendingAt, firingAt, resolvedAt].map((time) =>
      time === undefined ? undefined : (time - START) / SECOND,
    ),
  ]);

const rule = (text: string) => parseRules(`groups: [{ name: g, rules: [${text}] }]`, 'g.yml')[0];
const between = (from: number, to: number) => (second: number) =>
  second >= from && second < to ? 9 : 1;

describe('a rule tried over the past', () => {
  const head = recorded({ a: between(20, 40), b: between(30, 33), c: between(50, 999) }, 60);
  const options = { reader: head, clock: systemClock };
  const range = { start: START, end: START + 59 * SECOND, step: SECOND };

  test('says when it is pending, firing and resolved, by label set', async () => {
    const group = rule('{ alert: High, expr: level > 5, for: 5s }');
    const result = await tryRule(options, { ...range, group });
    expect(timesOf(result)).toEqual([
      ['a', 20, 25, 40],
      ['b', 30, undefined, 33],
      ['c', 50, 55, undefined],
    ]);
    expect(result).toMatchObject({ evaluations: 60, failures: 0, lastError: '', leftOut: 0 });
    expect(result.alerts[0]).toMatchObject({ value: 9, labels: { alertname: 'High' } });
  });

  test('writes nothing that others read', async () => {
    await tryRule(options, { ...range, group: rule('{ alert: High, expr: level > 5 }') });
    expect(head.labelValues('__name__')).toEqual(['level']);
  });

  test('has hysteresis as it has when it runs', async () => {
    const text =
      '{ alert: High, expr: level > 5, annotations: { kymo_resolve: "level < 0", summary: "{{ $value }}" } }';
    const result = await tryRule(options, { ...range, group: rule(text) });
    expect(timesOf(result)[0]).toEqual(['a', 20, 20, undefined]);
    expect(result.alerts[0].annotations).toEqual({ summary: '9' });
  });

  test('counts evaluations that fail', async () => {
    const group = rule('{ alert: High, expr: level + on () level > 5 }');
    const result = await tryRule(options, { ...range, group });
    expect(result).toMatchObject({ evaluations: 60, failures: 60, alerts: [] });
    expect(result.lastError).toContain('matching');
  });

  test.each([
    [{ end: START - 1 }, 'before'],
    [{ step: 0 }, 'step'],
    [{ step: 1 }, '11000'],
  ])('is refused over %j', async (wrong, named) => {
    const group = rule('{ alert: High, expr: level > 5 }');
    await expect(tryRule(options, { ...range, ...wrong, group })).rejects.toMatchObject({
      code: 'bad_data',
      message: expect.stringContaining(named) as unknown,
    });
  });

  test('ends when nobody waits for it any more', async () => {
    const group = rule('{ alert: High, expr: level > 5 }');
    let now = 0;
    const clock = { ...systemClock, monotonic: () => (now += 10) };
    const signal = AbortSignal.abort();
    await expect(tryRule({ ...options, clock }, { ...range, group, signal })).rejects.toMatchObject(
      { code: 'canceled' },
    );
  });

  test('ends when it takes too long', async () => {
    const group = rule('{ alert: High, expr: level > 5 }');
    let now = 0;
    const clock = { ...systemClock, monotonic: () => (now += 10_000) };
    await expect(tryRule({ ...options, clock }, { ...range, group })).rejects.toMatchObject({
      code: 'timeout',
    });
  });
});

test('a condition of an anomaly brings its watch, warmed up before the range', async () => {
  const noise = (second: number): number => Math.sin(second * 1.7) + Math.sin(second * 0.9);
  const head = recorded({ a: (second) => (second >= 500 ? 80 : noise(second)) }, 520);
  const { yaml, watches } = compileConditions({
    conditions: [{ name: 'Odd', anomaly: { expr: 'level' } }],
  });
  const result = await tryRule(
    { reader: head, clock: systemClock, ownLabels: { instance: 'here' } },
    {
      group: parseRules(yaml, 'odd.yml')[0],
      watches,
      start: START + 490 * SECOND,
      end: START + 519 * SECOND,
      step: SECOND,
    },
  );
  expect(result.alerts).toHaveLength(1);
  expect(result.alerts[0].labels).toEqual({
    alertname: 'Odd',
    id: 'a',
    instance: 'here',
    severity: 'warning',
    watch: 'Odd',
  });
  // Rules see the scores of the tick before.
  expect(timesOf(result)[0][1]).toBe(501);
});
