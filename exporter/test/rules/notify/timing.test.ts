import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/lib/clock.js';
import { silentLogger } from '../../../src/lib/logger.js';
import type { Alert } from '../../../src/rules/alert.js';
import type { Owed } from '../../../src/rules/alert-log-record.js';
import type { Notice, Notifier } from '../../../src/rules/notify/notifier.js';
import {
  Notifications,
  type NotificationsOptions,
} from '../../../src/rules/notify/notifications.js';
import { alertWith, transitionTo } from '../alerts.js';

const MINUTE = 60_000;
const START = 1_700_000_000_000;

class RecordingNotifier implements Notifier {
  readonly batch = 64;
  readonly sent: Notice[] = [];
  constructor(
    readonly name: string,
    readonly repeats: boolean,
  ) {}
  accepts(): boolean {
    return true;
  }
  together(): boolean {
    return true;
  }
  send(notices: readonly Notice[]): Promise<void> {
    this.sent.push(...notices);
    return Promise.resolve();
  }
}

/** Lets what is under way come to its end. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Bench {
  readonly clock: ManualClock;
  readonly repeating: RecordingNotifier;
  readonly once: RecordingNotifier;
  readonly notifications: Notifications;
}

function create(options: Partial<NotificationsOptions> = {}): Bench {
  const clock = new ManualClock(START);
  const repeating = new RecordingNotifier('am', true);
  const once = new RecordingNotifier('ops', false);
  const notifiers = [repeating, once];
  const notifications = new Notifications({ clock, logger: silentLogger, notifiers, ...options });
  return { clock, repeating, once, notifications };
}

const firing = alertWith({ activeAt: START - 5000, firedAt: START });

async function evaluate({ clock, notifications }: Bench, alerts: Alert[], minutes: number) {
  // A rule group that is evaluated every 15 s.
  for (let i = 0; i < minutes * 4; i++) {
    clock.advance(15_000);
    notifications.evaluated(clock.now(), alerts);
    await settle();
  }
}

describe('timing of notifications', () => {
  test('a firing alert is sent at once and then after more than the resend delay', async () => {
    const set = create();
    await set.notifications.transition(transitionTo('firing', firing, 'pending'));
    set.notifications.evaluated(START, [firing]);
    await settle();
    expect(set.repeating.sent).toHaveLength(1);
    await evaluate(set, [firing], 1);
    expect(set.repeating.sent).toHaveLength(1);
    // As Prometheus: "more than" the delay, so with groups of 15 s every 75 s.
    await evaluate(set, [firing], 4);
    expect(set.repeating.sent).toHaveLength(5);
    expect(set.once.sent).toHaveLength(1);
    expect(new Set(set.repeating.sent.map(({ startsAt }) => startsAt))).toEqual(new Set([START]));
  });

  test('a resolved alert is sent at once and again for 15 minutes', async () => {
    const set = create();
    await set.notifications.transition(transitionTo('firing', firing, 'pending'));
    const resolved = alertWith({ ...firing, state: 'inactive', resolvedAt: START });
    await set.notifications.transition(transitionTo('inactive', resolved, 'firing'));
    await settle();
    expect(set.repeating.sent.map(({ status }) => status)).toEqual(['firing', 'resolved']);
    await evaluate(set, [resolved], 30);
    // Every 75 s, and as Prometheus the last when the 15 minutes are over.
    expect(set.repeating.sent).toHaveLength(2 + 12);
    expect(set.repeating.sent.slice(1).every(({ endsAt }) => endsAt === START)).toBe(true);
    expect(set.once.sent.map(({ status }) => status)).toEqual(['firing', 'resolved']);
  });

  test('an alert is sent again only after its rule was evaluated', async () => {
    const set = create();
    await set.notifications.transition(transitionTo('firing', firing, 'pending'));
    // A rule that is evaluated every five minutes among those of each second.
    for (let second = 1; second < 300; second++) set.notifications.evaluated(START + second, []);
    await settle();
    expect(set.repeating.sent).toHaveLength(1);
    set.notifications.evaluated(START + 300_000, [firing]);
    await settle();
    expect(set.repeating.sent).toHaveLength(2);
  });

  test('pending alerts, and those that ended before they fired, are not sent', async () => {
    const set = create();
    const pending = alertWith({ state: 'pending', firedAt: 0 });
    await set.notifications.transition(transitionTo('pending', pending, 'inactive'));
    await set.notifications.transition(transitionTo('inactive', pending, 'pending'));
    await evaluate(set, [pending, alertWith({ state: 'inactive', firedAt: 0 })], 2);
    expect([...set.repeating.sent, ...set.once.sent]).toEqual([]);
  });

  test('an alert that recovers goes on firing for receivers', async () => {
    const set = create();
    await set.notifications.transition(transitionTo('firing', firing, 'pending'));
    await set.notifications.transition(transitionTo('recovering', firing, 'firing'));
    await set.notifications.transition(transitionTo('firing', firing, 'recovering'));
    await evaluate(set, [alertWith({ ...firing, state: 'recovering' })], 2);
    expect(set.once.sent).toHaveLength(1);
    expect(set.repeating.sent.map(({ status }) => status)).toEqual(['firing', 'firing']);
  });

  test.each([
    [10_000, 4 * MINUTE],
    [5 * MINUTE, 20 * MINUTE],
  ])('with an interval of %d ms an alert holds for %d ms', async (interval, validFor) => {
    const set = create({ intervalOf: () => interval });
    await set.notifications.transition(transitionTo('firing', firing, 'pending'));
    await settle();
    expect(set.repeating.sent[0].validFor).toBe(validFor);
  });

  test('after a restart, firing alerts are sent at once, with the same beginning', async () => {
    const set = create();
    set.notifications.evaluated(START + 90_000, [firing]);
    await settle();
    expect(set.repeating.sent).toMatchObject([{ startsAt: START, status: 'firing' }]);
  });

  test('what was owed when the process ended is sent, and settled', async () => {
    const settled: string[] = [];
    const owed: Owed[] = [
      { receiver: 'ops', alert: firing },
      { receiver: 'gone', alert: firing },
    ];
    const log = {
      owed,
      append: () => Promise.resolve(),
      delivered: (receiver: string) => settled.push(receiver),
    };
    const set = create({ log });
    set.notifications.resume();
    await settle();
    expect(set.once.sent).toMatchObject([{ startsAt: START }]);
    expect(settled.sort()).toEqual(['gone', 'ops']);
  });

  test('receivers are told once the transition is on disk', async () => {
    let onDisk: () => void = () => undefined;
    const log = {
      owed: [],
      append: () => new Promise<void>((resolve) => (onDisk = resolve)),
      delivered: () => undefined,
    };
    const set = create({ log });
    const done = set.notifications.transition(transitionTo('firing', firing, 'pending'));
    set.notifications.evaluated(START, [firing]);
    await settle();
    expect(set.repeating.sent).toEqual([]);
    onDisk();
    await done;
    await settle();
    expect(set.repeating.sent).toHaveLength(1);
  });

  test('external labels are added, and the labels of the alert win', async () => {
    const set = create({ externalLabels: { cluster: 'a', severity: 'none' } });
    await set.notifications.transition(transitionTo('firing', firing, 'pending'));
    await settle();
    expect(set.once.sent[0].labels).toEqual({ ...firing.labels, cluster: 'a' });
  });
});
