import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.js';
import { silentLogger } from '../../../src/lib/logger.js';
import type { Alert } from '../../../src/rules/alert.js';
import { AlertLog } from '../../../src/rules/alert-log.js';
import { Alertmanager } from '../../../src/rules/notify/alertmanager.js';
import { Notifications } from '../../../src/rules/notify/notifications.js';
import { SilenceMirror } from '../../../src/rules/notify/silence-mirror.js';
import { alertWith, transitionTo } from '../alerts.js';
import { eventually } from '../eventually.js';
import { FakeReceiver } from './fake-receiver.js';
import {
  hasAlertmanager,
  startAlertmanager,
  type RunningAlertmanager,
} from './real-alertmanager.js';

interface AlertmanagerAlert {
  readonly labels: Record<string, string>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly status: { readonly state: string; readonly silencedBy: readonly string[] };
}

interface AlertmanagerSilence {
  readonly createdBy: string;
  readonly comment: string;
  readonly endsAt: string;
  readonly status: { readonly state: string };
}

describe.runIf(hasAlertmanager())('a real Alertmanager', () => {
  let peer: RunningAlertmanager;
  let downstream: FakeReceiver;
  let folder: string;
  let log: AlertLog;
  let notifications: Notifications;
  const clock = systemClock;
  const logger = silentLogger;

  beforeAll(async () => {
    downstream = await FakeReceiver.start();
    peer = await startAlertmanager(downstream.url);
    folder = mkdtempSync(path.join(tmpdir(), 'kymo-notify-'));
    await begin();
  });
  afterEach(() => {
    downstream.taken.length = 0;
  });
  afterAll(async () => {
    await notifications?.stop();
    await log?.close();
    await peer?.stop();
    await downstream?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const alertmanager = (): Alertmanager => new Alertmanager({ url: peer.url, clock });

  async function begin(): Promise<void> {
    log = await AlertLog.open(folder, { clock, logger });
    notifications = new Notifications({ clock, logger, log, notifiers: [alertmanager()] });
    notifications.resume();
  }

  const seen = async (name: string): Promise<AlertmanagerAlert[]> => {
    const path = `/api/v2/alerts?filter=alertname%3D${name}`;
    return (await peer.get(path)) as AlertmanagerAlert[];
  };
  const told = (name: string, status: string): number =>
    downstream.taken.filter(
      ({ body }) => body.includes(`"alertname":"${name}"`) && body.includes(`"status":"${status}"`),
    ).length;

  function firing(name: string): Alert {
    const now = clock.now();
    const labels = { alertname: name, instance: 'a "quoted" ü', severity: 'error' };
    return alertWith({ labels, activeAt: now - 1000, firedAt: now, lastActiveAt: now });
  }

  async function end(alert: Alert): Promise<void> {
    const resolved = alertWith({ ...alert, state: 'inactive', resolvedAt: clock.now() });
    await notifications.transition(transitionTo('inactive', resolved, 'firing'));
  }

  test('shows an alert that fires, and resolves it', async () => {
    const alert = firing('Simple');
    await notifications.transition(transitionTo('firing', alert, 'pending'));
    await eventually(() => seen('Simple')).toMatchObject([
      { labels: alert.labels, startsAt: new Date(alert.firedAt).toISOString() },
    ]);
    await eventually(() => told('Simple', 'firing')).toBe(1);
    await end(alert);
    await eventually(() => told('Simple', 'resolved')).toBe(1);
    await eventually(() => seen('Simple')).toEqual([]);
  });

  test('shows one alert with one beginning across a restart', async () => {
    const alert = firing('Lasting');
    await notifications.transition(transitionTo('firing', alert, 'pending'));
    await eventually(() => seen('Lasting')).toHaveLength(1);
    const [before] = await seen('Lasting');
    await notifications.stop();
    await log.close();
    await begin();
    notifications.evaluated(clock.now(), log.alerts);
    await eventually(async () => (await seen('Lasting'))[0]?.endsAt).not.toBe(before.endsAt);
    const after = await seen('Lasting');
    expect(after).toHaveLength(1);
    expect(after[0].startsAt).toBe(before.startsAt);
    await end(alert);
    await eventually(() => told('Lasting', 'resolved')).toBe(1);
    expect(told('Lasting', 'firing')).toBe(1);
  });

  test('has a silence while an alert is acknowledged, across a restart', async () => {
    const alert = firing('Silenced');
    await notifications.transition(transitionTo('firing', alert, 'pending'));
    await eventually(() => seen('Silenced')).toHaveLength(1);
    const mirror = (): SilenceMirror =>
      new SilenceMirror({ clock, logger, log, alertmanagers: [alertmanager()] });
    const state = async (): Promise<string> => (await seen('Silenced'))[0].status.state;
    const ack = { by: 'anna', comment: 'on it', time: clock.now() };
    await log.acknowledge(alert.fingerprint, ack);
    const first = mirror();
    first.update(log.alerts);
    await eventually(() => log.silences).toHaveLength(1);
    await first.stop();
    expect(await state()).toBe('suppressed');
    const ends = async (): Promise<string[]> => {
      const all = (await peer.get('/api/v2/silences')) as AlertmanagerSilence[];
      expect(all[0]).toMatchObject({ createdBy: 'anna', comment: 'on it' });
      return all.filter(({ status }) => status.state === 'active').map(({ endsAt }) => endsAt);
    };
    const before = await ends();
    const [made] = log.silences;
    // Another process prolongs it: in place, or by a new one that Alertmanager puts in its place.
    const second = mirror();
    second.update(log.alerts);
    await eventually(ends).not.toEqual(before);
    expect(await ends()).toHaveLength(1);
    await eventually(() => log.silences[0] !== made).toBe(true);
    await second.stop();
    expect((await seen('Silenced'))[0].status.silencedBy).toHaveLength(1);
    await log.unacknowledge(alert.fingerprint, 'anna');
    const third = mirror();
    third.update(log.alerts);
    await eventually(state).toBe('active');
    await eventually(() => log.silences).toEqual([]);
    await third.stop();
    await end(alert);
  });
});
