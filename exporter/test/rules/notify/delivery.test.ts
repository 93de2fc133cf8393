import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock, systemClock } from '../../../src/lib/clock.js';
import { silentLogger } from '../../../src/lib/logger.js';
import type { Alert } from '../../../src/rules/alert.js';
import { Alertmanager } from '../../../src/rules/notify/alertmanager.js';
import type { Notifier } from '../../../src/rules/notify/notifier.js';
import {
  Notifications,
  type NotificationsOptions,
} from '../../../src/rules/notify/notifications.js';
import { Webhook, type WebhookOptions } from '../../../src/rules/notify/webhook.js';
import { alertWith, transitionTo } from '../alerts.js';
import { eventually } from '../eventually.js';
import { FakeReceiver } from './fake-receiver.js';

const T0 = 1_700_000_000_000;
let receiver: FakeReceiver;
let other: FakeReceiver;
const running: Notifications[] = [];

beforeEach(async () => {
  [receiver, other] = await Promise.all([FakeReceiver.start(), FakeReceiver.start()]);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((notifications) => notifications.stop()));
  await Promise.all([receiver.stop(), other.stop()]);
});

function notify(notifiers: Notifier[], options: Partial<NotificationsOptions> = {}): Notifications {
  const notifications = new Notifications({
    clock: systemClock,
    logger: silentLogger,
    notifiers,
    timeout: 200,
    backoff: { first: 5, longest: 20 },
    ...options,
  });
  running.push(notifications);
  return notifications;
}

const alertmanager = (url: string): Alertmanager => new Alertmanager({ url, clock: systemClock });
const webhook = (options: Partial<WebhookOptions> = {}): Webhook =>
  new Webhook({ name: 'ops', url: receiver.url, ...options });

const alertNumber = (n: number): Alert =>
  alertWith({ labels: { alertname: 'High', n: String(n), severity: 'warning' }, firedAt: T0 + n });

async function fire(notifications: Notifications, alert: Alert): Promise<void> {
  await notifications.transition(transitionTo('firing', alert, 'pending'));
}
async function resolve(notifications: Notifications, alert: Alert): Promise<void> {
  const resolved = alertWith({ ...alert, state: 'inactive', resolvedAt: T0 + 99_000 });
  await notifications.transition(transitionTo('inactive', resolved, 'firing'));
}

/** A receiver that failed to take alert 99 and is tried again when it comes back, not before. */
async function away(
  notifier: Notifier,
  options: Partial<NotificationsOptions> = {},
): Promise<{ notifications: Notifications; comesBack: () => void }> {
  receiver.behaviour = 500;
  const clock = new ManualClock(T0);
  const notifications = notify([notifier], { clock, random: () => 0.5, ...options });
  await fire(notifications, alertNumber(99));
  await eventually(() => notifications.stats[0].failed).toBe(1);
  const comesBack = (): void => {
    receiver.behaviour = 200;
    clock.advance(1000);
  };
  return { notifications, comesBack };
}

interface Sent {
  readonly labels: Record<string, string>;
  readonly status?: string;
}
const bodies = (of = receiver): unknown[] =>
  of.taken.map(({ body }) => JSON.parse(body) as unknown);
const alertsTaken = (of = receiver): Sent[] =>
  bodies(of).flatMap((body) =>
    Array.isArray(body) ? (body as Sent[]) : (body as { alerts: Sent[] }).alerts,
  );
const numbers = (of = receiver): number[] => alertsTaken(of).map(({ labels }) => Number(labels.n));

describe.each([
  ['Alertmanager', () => alertmanager(receiver.url)],
  ['webhook', () => webhook()],
])('%s', (_, create) => {
  test.each([500, 503, 429, 302, 401, 'hang'] as const)(
    'that answers %s loses nothing, and harms no other',
    async (behaviour) => {
      receiver.behaviour = behaviour;
      const notifications = notify([create(), alertmanager(other.url)]);
      const alerts = Array.from({ length: 5 }, (_, i) => alertNumber(i));
      for (const alert of alerts) await fire(notifications, alert);
      // On a machine that is busy an answer may come late, and what it was to is sent again.
      await eventually(() => [...new Set(numbers(other))]).toEqual([0, 1, 2, 3, 4]);
      await eventually(() => receiver.attempts).toBeGreaterThan(1);
      expect(receiver.taken).toEqual([]);
      expect(notifications.stats[0].failed).toBeGreaterThan(0);
      expect(notifications.stats[0].error).toBeTypeOf('string');
      receiver.behaviour = 200;
      await eventually(() => numbers().length).toBeGreaterThanOrEqual(5);
      expect([...new Set(numbers())]).toEqual([0, 1, 2, 3, 4]);
      await eventually(() => notifications.stats[0].queued).toBe(0);
      expect(notifications.stats[0].error).toBeUndefined();
    },
  );

  test('that is not there loses nothing', async () => {
    const notifications = notify([create()]);
    await receiver.stop();
    await fire(notifications, alertNumber(1));
    await eventually(() => notifications.stats[0].failed).toBeGreaterThan(1);
    expect(notifications.stats[0]).toMatchObject({ queued: 1, sent: 0, dropped: 0 });
    expect(notifications.stats[0].error).toMatch(/ECONNREFUSED/);
  });

  test('one alert that it rejects does not hold up the others', async () => {
    receiver.judge = (body) => (body.includes('"n":"2"') ? 400 : undefined);
    const settled: string[] = [];
    const log = {
      owed: [],
      append: () => Promise.resolve(),
      delivered: (_: string, alerts: readonly Alert[]) =>
        settled.push(...alerts.map(({ labels }) => labels.n)),
    };
    const notifications = notify([create()], { log });
    const alerts = Array.from({ length: 5 }, (_, i) => alertNumber(i));
    await Promise.all(alerts.map((alert) => fire(notifications, alert)));
    await expect
      .poll(() => notifications.stats[0])
      .toMatchObject({ sent: 4, rejected: 1, queued: 0 });
    expect(numbers()).toEqual([0, 1, 3, 4]);
    expect(settled).toEqual(['0', '1', '2', '3', '4']);
  });

  test('the queue is bounded, the oldest go first and are counted', async () => {
    const { notifications, comesBack } = await away(create(), { capacity: 10 });
    for (let i = 0; i < 25; i++) await fire(notifications, alertNumber(i));
    // One that was waiting, and 15 of these.
    expect(notifications.stats[0]).toMatchObject({ queued: 10, dropped: 16 });
    comesBack();
    await eventually(() => numbers()).toHaveLength(10);
    expect(numbers()).toEqual(Array.from({ length: 10 }, (_, i) => 15 + i));
  });

  test('a message has at most 64 alerts', async () => {
    const notifications = notify([create()]);
    const alerts = Array.from({ length: 150 }, (_, i) => alertNumber(i));
    await Promise.all(alerts.map((alert) => fire(notifications, alert)));
    await eventually(() => numbers()).toHaveLength(150);
    expect(receiver.taken.length).toBeGreaterThanOrEqual(3);
    for (const body of bodies()) {
      const list = Array.isArray(body) ? body : (body as { alerts: unknown[] }).alerts;
      expect(list.length).toBeLessThanOrEqual(64);
    }
  });
});

describe('Alertmanager', () => {
  test('gets the payload that Prometheus sends', async () => {
    const notifications = notify([alertmanager(`${receiver.url}/prefix/`)], {
      generatorUrl: ({ labels }) => `http://kymo/graph?g0.expr=${labels.alertname}`,
    });
    await fire(notifications, alertNumber(1));
    await eventually(() => receiver.taken).toHaveLength(1);
    await resolve(notifications, alertNumber(1));
    await eventually(() => receiver.taken).toHaveLength(2);
    expect(receiver.taken[0].path).toBe('/prefix/api/v2/alerts');
    const [firing, resolved] = alertsTaken() as (Sent & { endsAt: string })[];
    expect(firing).toMatchObject({
      labels: alertNumber(1).labels,
      annotations: { summary: 'too high' },
      startsAt: '2023-11-14T22:13:20.001Z',
      generatorURL: 'http://kymo/graph?g0.expr=High',
    });
    expect(Date.parse(firing.endsAt)).toBeGreaterThan(systemClock.now() + 3.5 * 60_000);
    expect(resolved).toMatchObject({
      startsAt: '2023-11-14T22:13:20.001Z',
      endsAt: '2023-11-14T22:14:59.000Z',
    });
  });

  test('that was away is told the end, not the beginning', async () => {
    const { notifications, comesBack } = await away(alertmanager(receiver.url));
    await fire(notifications, alertNumber(1));
    await resolve(notifications, alertNumber(1));
    expect(notifications.stats[0].queued).toBe(2);
    comesBack();
    await eventually(() => numbers()).toEqual([99, 1]);
    expect(alertsTaken()[1]).toMatchObject({ endsAt: '2023-11-14T22:14:59.000Z' });
  });

  test('with basic authentication, from the address too, or a bearer token', async () => {
    const { host } = new URL(receiver.url);
    const clock = systemClock;
    const written = new Alertmanager({ url: `http://anna:s%C3%A9cret@${host}`, clock });
    expect(written.name).toBe(`alertmanager:${host}`);
    const auth = { bearer: 'abc' };
    const withToken = new Alertmanager({ url: `${receiver.url}/b`, auth, clock });
    const notifications = notify([written, withToken]);
    await fire(notifications, alertNumber(1));
    await eventually(() => receiver.taken).toHaveLength(2);
    const sent = receiver.taken.map(({ headers }) => headers.authorization).sort();
    const basic = Buffer.from('anna:sécret').toString('base64');
    expect(sent).toEqual([`Basic ${basic}`, 'Bearer abc']);
  });

  test.each(['no address', 'ftp://host', 'am:9093'])('refuses "%s"', (url) => {
    expect(() => alertmanager(url)).toThrow(expect.objectContaining({ code: 'bad_url' }));
  });
});

describe('webhook', () => {
  test('gets Alertmanager’s format, version 4', async () => {
    const notifications = notify(
      [webhook({ url: `${receiver.url}/hook?x=1`, headers: { 'x-key': 'k' } })],
      { externalUrl: 'http://kymo' },
    );
    const alerts = [alertNumber(1), alertNumber(2)];
    await Promise.all(alerts.map((alert) => fire(notifications, alert)));
    await eventually(() => receiver.taken).toHaveLength(1);
    expect(receiver.taken[0].path).toBe('/hook?x=1');
    expect(receiver.taken[0].headers).toMatchObject({
      'x-key': 'k',
      'content-type': 'application/json',
    });
    expect(bodies()[0]).toEqual({
      version: '4',
      groupKey: '{}:{receiver="ops"}',
      truncatedAlerts: 0,
      status: 'firing',
      receiver: 'ops',
      groupLabels: {},
      commonLabels: { alertname: 'High', severity: 'warning' },
      commonAnnotations: { summary: 'too high' },
      externalURL: 'http://kymo',
      alerts: [1, 2].map((n) => ({
        status: 'firing',
        labels: alertNumber(n).labels,
        annotations: { summary: 'too high' },
        startsAt: `2023-11-14T22:13:20.00${n}Z`,
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: '',
        fingerprint: alertNumber(n).fingerprint,
      })),
    });
  });

  test('is told beginning and end in order, in messages of their own, when it was away', async () => {
    const { notifications, comesBack } = await away(webhook());
    await fire(notifications, alertNumber(1));
    await resolve(notifications, alertNumber(1));
    comesBack();
    await eventually(() => receiver.taken).toHaveLength(2);
    expect(alertsTaken().map(({ status }) => status)).toEqual(['firing', 'firing', 'resolved']);
  });

  test('with a template gets what that makes; a template that fails is a rejection', async () => {
    const good = webhook({
      body: 'a template: {{ .Status }} {{ (index .Alerts 0).Labels.n }}',
      contentType: 'text/plain',
    });
    const bad = webhook({
      name: 'bad',
      body: '{{ index .Alerts 1 }}',
    });
    const notifications = notify([good, bad]);
    await fire(notifications, alertNumber(7));
    await eventually(() => receiver.taken).toHaveLength(1);
    expect(receiver.taken[0]).toMatchObject({
      body: 'a template: firing 7',
      headers: { 'content-type': 'text/plain' },
    });
    await eventually(() => notifications.stats[1].rejected).toBe(1);
  });

  test.each([
    ['no receiver named', { receivers: [] }, {}, true],
    ['named', { receivers: ['ops'] }, {}, true],
    ['another named', { receivers: ['other'] }, {}, false],
    ['too slight', {}, { severity: 'error' }, false],
    ['grave enough', {}, { severity: 'warning' }, true],
    ['of an unknown severity', { labels: { severity: 'page' } }, { severity: 'critical' }, true],
  ] as const)('%s', (_, alert, options, accepted) => {
    expect(webhook(options).accepts(alertWith(alert), 'firing')).toBe(accepted);
  });

  test('may be spared the end of alerts', () => {
    expect(webhook({ sendResolved: false }).accepts(alertWith(), 'resolved')).toBe(false);
  });

  test('that asks for time is given it', async () => {
    receiver.behaviour = 429;
    receiver.answerHeaders = { 'retry-after': '100000' };
    const notifications = notify([webhook()]);
    await fire(notifications, alertNumber(1));
    await eventually(() => notifications.stats[0].failed).toBe(1);
    // Stopping does not wait for it.
    await notifications.stop();
    expect(receiver.attempts).toBe(1);
  });
});
