import { beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/lib/clock.js';
import { silentLogger } from '../../src/lib/logger.js';
import { Notifications } from '../../src/rules/notify/notifications.js';
import type { Notice } from '../../src/rules/notify/notifier.js';
import { World } from './world.js';

// What the tester of the Prometheus project asks of alert generators, over a simulated clock.
const RULES = `groups:
- name: test
  interval: 30s
  rules:
  - alert: Long
    expr: level{id="long"} > 10
    for: 6m
    labels: {foo: bar, rulegroup: test}
    annotations: {summary: 'The value is {{ $value }} {{ .Value }}'}
  - alert: Zero
    expr: level{id="zero"} > 10
  - alert: Small
    expr: level{id="zero"} > 10
    for: 15s
  - alert: After
    expr: ALERTS{alertstate="firing", alertname="Zero"}
    annotations: {summary: 'Old alertname was {{ $labels.alertname }}.'}
`;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

interface Sent extends Notice {
  /** Unix milliseconds of the tick at which it was sent. */
  readonly at: number;
}

let world: World;
let notifications: Notifications;
let sent: Sent[];

beforeEach(() => {
  sent = [];
  notifications = new Notifications({
    clock: new ManualClock(0),
    logger: silentLogger,
    notifiers: [
      {
        name: 'alertmanager',
        repeats: true,
        batch: 64,
        accepts: () => true,
        together: () => true,
        send: (notices) => {
          sent.push(...notices.map((notice) => ({ ...notice, at: world.time })));
          return Promise.resolve();
        },
      },
    ],
    intervalOf: () => 30 * SECOND,
  });
  world = new World(RULES, {
    onTransition: (transition) => void notifications.transition(transition),
  });
});

/** A tick a second, with these values. */
async function pass(seconds: number, values: Readonly<Record<string, number>>): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    world.step(values);
    notifications.evaluated(world.time, world.engine.alerts({ judgedAt: world.time }));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const told = (name: string): Sent[] => sent.filter(({ labels }) => labels.alertname === name);
const gaps = (times: readonly number[]): number[] =>
  times.slice(1).map((time, i) => time - times[i]);
const only = <T>(values: readonly T[]): T[] => [...new Set(values)];

describe('an alert', () => {
  test('fires after its time, is sent again and again, and ends', async () => {
    await pass(60, { long: 0 });
    await pass(660, { long: 15 });
    const firing = told('Long');
    const [first] = firing;
    expect(first).toMatchObject({ at: first.startsAt, status: 'firing' });
    expect(first.startsAt - first.alert.activeAt).toBe(6 * MINUTE);
    expect(first.labels).toEqual({ alertname: 'Long', foo: 'bar', id: 'long', rulegroup: 'test' });
    await pass(90, { long: 19 });
    const later = told('Long').slice(firing.length);
    expect(later.map(({ alert }) => alert.annotations.summary)).toEqual(['The value is 19 19']);
    // The first evaluation after more than the minute, at least four minutes before it would end.
    const all = told('Long');
    expect(only(gaps(all.map(({ at }) => at)))).toEqual([90 * SECOND]);
    expect(only(all.map(({ validFor }) => validFor))).toEqual([4 * MINUTE]);
    expect(only(all.map(({ startsAt }) => startsAt))).toEqual([first.startsAt]);

    await pass(20 * 60, { long: 0 });
    const resolved = told('Long').slice(all.length);
    const [end] = resolved;
    expect(only(resolved.map(({ status }) => status))).toEqual(['resolved']);
    expect(only(resolved.map(({ endsAt }) => endsAt))).toEqual([end.at]);
    expect(only(resolved.map(({ startsAt }) => startsAt))).toEqual([first.startsAt]);
    expect(only(gaps(resolved.map(({ at }) => at)))).toEqual([90 * SECOND]);
    // The last when 15 minutes have passed: the tester misses one otherwise.
    expect(resolved.at(-1)?.at).toBe(end.at + 15 * MINUTE);
  });

  test('without a time to wait fires at once, and for less than an interval at the next', async () => {
    await pass(60, { zero: 0 });
    await pass(60, { zero: 11 });
    const [[zero], [small]] = [told('Zero'), told('Small')];
    expect(zero.startsAt).toBe(zero.alert.activeAt);
    expect(small.startsAt).toBe(small.alert.activeAt + 30 * SECOND);
    expect(small.alert.activeAt).toBe(zero.startsAt);
  });

  test('of a rule further down sees the alerts above it at the same time', async () => {
    await pass(60, { zero: 0 });
    await pass(30, { zero: 11 });
    const [[zero], [after]] = [told('Zero'), told('After')];
    expect(after.startsAt).toBe(zero.startsAt);
    expect(after.labels).toEqual({ alertname: 'After', alertstate: 'firing', id: 'zero' });
    expect(after.alert.annotations.summary).toBe('Old alertname was Zero.');
  });

  test('that comes back is a new one, and its end is not sent again', async () => {
    await pass(30, { long: 15 });
    await pass(390, { long: 15 });
    await pass(60, { long: 0 });
    const before = told('Long').length;
    expect(told('Long').at(-1)?.status).toBe('resolved');
    await pass(390, { long: 15 });
    // Pending: neither the end of the one before nor itself is sent until it fires.
    const [again, ...others] = told('Long').slice(before);
    expect(others).toEqual([]);
    expect(again).toMatchObject({ status: 'firing', at: again.startsAt });
    expect(again.startsAt - again.alert.activeAt).toBe(6 * MINUTE);
  });
});
