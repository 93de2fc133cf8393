import type { Subscription } from 'rxjs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AlertsFeed, type AlertsView } from '../src/datasource/alerts/alerts-feed.js';
import type { LiveFrame, Subscriber } from '../src/datasource/live/connection.js';
import type { AlertRow } from '../src/shared/alert-frames.js';
import { alertRow } from './alert-row.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A feed whose exporter and connection the test plays. */
function setUp() {
  let rows: AlertRow[] | Error = [alertRow({ name: 'A' })];
  let subscriber: Subscriber | undefined;
  let lists = 0;
  let unsubscribed = 0;
  const feed = new AlertsFeed({
    connection: {
      subscribe: (one) => {
        subscriber = one;
        return () => (unsubscribed += 1);
      },
    },
    client: {
      list: () => {
        lists += 1;
        return rows instanceof Error ? Promise.reject(rows) : Promise.resolve(rows);
      },
      rowOf: (json) => json as AlertRow,
    },
    now: () => Date.now(),
    nextFrame: (callback) => void setTimeout(callback, 16),
  });
  const views: AlertsView[] = [];
  const watching: Subscription = feed.watch().subscribe((view) => views.push(view));
  return {
    feed,
    watching,
    server: () => {
      if (subscriber === undefined) throw new Error('nobody has subscribed');
      return subscriber;
    },
    answer: (next: AlertRow[] | Error) => (rows = next),
    view: () => views.at(-1),
    lists: () => lists,
    unsubscribed: () => unsubscribed,
  };
}

const hello = { epoch: 'e', tick: 1000, clockOffset: 0 };
const frame = (...alerts: AlertRow[]): LiveFrame => ({
  ...{ type: 'frame', topic: 't', epoch: 'e', seq: 1, time: 0, schema: 0 },
  values: alerts.map((alert) => ({ event: 'transition', alert })),
});
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

describe('the feed of alerts', () => {
  test('connects, is polled for without a connection, and live with one', async () => {
    const { server, view } = setUp();
    expect(server()).toMatchObject({ stream: 'alerts' });
    await pass(20);
    expect(view()).toMatchObject({ ready: true, trust: { state: 'polling' } });
    server().onUp(hello);
    await pass(20);
    expect(view()).toMatchObject({ trust: { state: 'live', transport: 'websocket' } });
    server().onDown();
    await pass(20);
    expect(view()?.trust.state).toBe('polling');
    expect(view()?.trust.reason).toContain('live stream');
  });

  test('puts in at once what the stream tells', async () => {
    const { server, view } = setUp();
    server().onUp(hello);
    await pass(20);
    server().onFrame(
      frame(alertRow({ name: 'B' }), alertRow({ name: 'A', state: 'inactive' })),
      [],
      'websocket',
    );
    await pass(20);
    expect(view()?.rows.map(({ name, state }) => [name, state])).toEqual([
      ['A', 'inactive'],
      ['B', 'firing'],
    ]);
  });

  test('asks again soon when something happens while the list is on its way', async () => {
    const { server, lists } = setUp();
    server().onUp(hello);
    await vi.advanceTimersToNextTimerAsync();
    const before = lists();
    server().onGap({ type: 'gap', topic: 't', missed: 1, from: 0, to: 1 });
    await pass(1);
    expect(lists()).toBe(before + 1);
  });

  test('keeps what it has while the exporter is away, and says so', async () => {
    const { server, answer, view } = setUp();
    server().onUp(hello);
    await pass(20);
    answer(new Error('away'));
    server().onDown();
    await pass(20_000);
    expect(view()).toMatchObject({ ready: true, trust: { state: 'disconnected', reason: 'away' } });
    expect(view()?.rows).toHaveLength(1);
    answer([]);
    await pass(3000);
    expect(view()).toMatchObject({ rows: [], trust: { state: 'polling' } });
  });

  test('is stale where only the list fails, and disconnected where there never was one', async () => {
    const first = setUp();
    first.server().onUp(hello);
    await pass(20);
    first.answer(new Error('busy'));
    await pass(20_000);
    expect(first.view()?.trust.state).toBe('stale');
    const second = setUp();
    second.answer(new Error('wrong URL'));
    await pass(100);
    expect(second.view()).toMatchObject({
      ready: false,
      trust: { state: 'disconnected', reason: 'wrong URL' },
    });
  });

  test('ends a while after the last panel, and not where one comes back', async () => {
    const { feed, watching, unsubscribed, lists } = setUp();
    await pass(20);
    watching.unsubscribe();
    await pass(1000);
    const again = feed.watch().subscribe();
    await pass(5000);
    expect(unsubscribed()).toBe(0);
    again.unsubscribe();
    await pass(5000);
    expect(unsubscribed()).toBe(1);
    const asked = lists();
    await pass(60_000);
    expect(lists()).toBe(asked);
  });
});
