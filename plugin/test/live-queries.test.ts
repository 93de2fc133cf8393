import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LiveConnection } from '../src/datasource/live/connection.js';
import { LiveQueries } from '../src/datasource/live/live-queries.js';
import type { LiveView } from '../src/datasource/live/live-query.js';
import { FakeServer } from './fake-socket.js';

const start = 1_700_000_000_000;
const wanted = { expr: 'up', interval: 1000, window: 10_000 };

describe('the live queries of a datasource', () => {
  let server: FakeServer;
  let queries: LiveQueries;
  let frames: (() => void)[];

  beforeEach(() => {
    vi.useFakeTimers({ now: start });
    server = new FakeServer();
    frames = [];
    const now = (): number => Date.now();
    queries = new LiveQueries({
      connection: new LiveConnection({ open: server.open, now, random: () => 0.5 }),
      past: { range: async () => [], time: async () => Date.now() },
      now,
      nextFrame: (callback) => frames.push(callback),
    });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  const paint = (): void => frames.splice(0).forEach((frame) => frame());

  test('emit at most once an animation frame, and what came meanwhile together', async () => {
    const seen = vi.fn<(views: LiveView[]) => void>();
    const subscription = queries.watch([wanted, { ...wanted, expr: 'down' }]).subscribe(seen);
    server.socket.hello();
    for (const [index, { id }] of server.socket.sent.entries()) {
      server.socket.tell({ type: 'subscribed', id: Number(id), topic: `t${index}` });
      const columns = [{ labels: {}, type: 'unknown', unit: '' }];
      server.socket.tell({ type: 'schema', topic: `t${index}`, version: 1, columns });
    }
    for (let second = 0; second < 5; second += 1) {
      server.socket.frame(start + second * 1000, [second], 't0');
      server.socket.frame(start + second * 1000, [second], 't1');
    }
    await vi.advanceTimersByTimeAsync(0);
    // A hidden tab gets no animation frames.
    expect(seen).not.toHaveBeenCalled();
    expect(frames).toHaveLength(1);
    paint();
    expect(seen).toHaveBeenCalledOnce();
    expect(seen.mock.calls[0][0].map(({ table }) => table.times.length)).toEqual([5, 5]);
    subscription.unsubscribe();
    vi.advanceTimersByTime(3000);
  });

  test('share a query, which outlives its last panel a little', () => {
    const first = queries.watch([wanted]).subscribe();
    const second = queries.watch([wanted]).subscribe();
    server.socket.hello();
    expect(server.socket.sent).toHaveLength(1);
    first.unsubscribe();
    second.unsubscribe();
    vi.advanceTimersByTime(2000);
    const third = queries.watch([wanted]).subscribe();
    expect(server.socket.sent).toHaveLength(1);
    third.unsubscribe();
    vi.advanceTimersByTime(3000);
    expect(server.socket.sent.at(-1)).toEqual({ type: 'unsubscribe', id: 1 });
  });

  test('ask again for what was refused when a panel asks again', () => {
    const seen = vi.fn<(views: LiveView[]) => void>();
    const first = queries.watch([wanted]).subscribe(seen);
    server.socket.hello();
    server.socket.tell({ type: 'error', id: 1, code: 'bad_expression', message: 'no' });
    paint();
    expect(seen.mock.calls[0][0][0].error).toBe('no');
    const second = queries.watch([wanted]).subscribe();
    expect(server.socket.sent.filter(({ type }) => type === 'subscribe')).toHaveLength(2);
    first.unsubscribe();
    second.unsubscribe();
    vi.advanceTimersByTime(3000);
  });

  test('show a moment of the past while paused, and all that came meanwhile when resumed', async () => {
    const seen = vi.fn<(views: LiveView[]) => void>();
    const subscription = queries.watch([wanted]).subscribe(seen);
    server.socket.hello();
    server.socket.tell({ type: 'subscribed', id: 1, topic: 't' });
    const columns = [{ labels: {}, type: 'unknown', unit: '' }];
    server.socket.tell({ type: 'schema', topic: 't', version: 1, columns });
    const send = (second: number): void => {
      vi.advanceTimersByTime(1000);
      const time = start + second * 1000;
      const frame = { type: 'frame', topic: 't', epoch: 'e', seq: time / 1000, time, schema: 1 };
      server.socket.tell({ ...frame, values: [second] } as Parameters<
        typeof server.socket.tell
      >[0]);
    };
    const shown = (): readonly (number | null)[] => {
      paint();
      return seen.mock.lastCall?.[0][0].table.columns[0]?.values ?? [];
    };

    send(1);
    await vi.advanceTimersByTimeAsync(0);
    send(2);
    expect(shown()).toEqual([1, 2]);
    queries.playback.pause(start + 2000);
    for (let second = 3; second <= 20; second += 1) send(second);
    expect(shown()).toEqual([1, 2]);
    expect(seen.mock.lastCall?.[0][0].trust).toMatchObject({ state: 'paused', connection: 'live' });
    queries.playback.seek(start + 1500);
    expect(shown()).toEqual([1]);
    queries.playback.seek(start + 9000);
    expect(shown()).toEqual([1, 2]);
    queries.playback.resume();
    expect(shown()).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    send(21);
    expect(shown()[0]).toBe(10);
    subscription.unsubscribe();
    vi.advanceTimersByTime(3000);
  });

  test('emit while paused only what changes what is seen', async () => {
    const seen = vi.fn<(views: LiveView[]) => void>();
    const subscription = queries.watch([wanted]).subscribe(seen);
    server.socket.hello();
    server.socket.subscribed();
    const answersTo = (act: () => void): number => {
      const before = seen.mock.calls.length;
      act();
      paint();
      return seen.mock.calls.length - before;
    };
    server.socket.frame(start + 1000, [1]);
    await vi.advanceTimersByTimeAsync(0);
    server.socket.frame(start + 3000, [3]);
    expect(answersTo(() => queries.playback.pause(start + 3000))).toBe(1);
    expect(answersTo(() => server.socket.frame(start + 4000, [4]))).toBe(0);
    expect(answersTo(() => queries.playback.seek(start + 2000))).toBe(1);
    // What was missing of the past comes late.
    expect(answersTo(() => server.socket.frame(start + 2000, [2]))).toBe(1);
    expect(seen.mock.lastCall?.[0][0].table.columns[0].values).toEqual([1, 2]);
    expect(answersTo(() => queries.playback.resume())).toBe(1);
    expect(answersTo(() => server.socket.frame(start + 5000, [5]))).toBe(1);
    subscription.unsubscribe();
    vi.advanceTimersByTime(3000);
  });

  test('go on by themselves when the last panel has gone', () => {
    const subscription = queries.watch([wanted]).subscribe();
    queries.playback.pause(start);
    subscription.unsubscribe();
    expect(queries.playback.at).toBe(start);
    vi.advanceTimersByTime(3000);
    expect(queries.playback.at).toBeUndefined();
  });

  test('emit nothing after the end', () => {
    const seen = vi.fn();
    queries.watch([wanted]).subscribe(seen).unsubscribe();
    paint();
    expect(seen).not.toHaveBeenCalled();
    vi.advanceTimersByTime(3000);
  });
});
