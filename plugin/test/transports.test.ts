import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Channels } from '../src/datasource/live/channels.js';
import type { LiveFrame, LiveTransport, Subscriber } from '../src/datasource/live/connection.js';
import type { ChannelEar, ChannelRow } from '../src/datasource/live/grafana-live.js';
import { Transports } from '../src/datasource/live/transports.js';
import type { Transport } from '../src/datasource/query.js';

const answer = {
  channels: [
    { name: 'load', expr: 'node_load1', interval: 1000, labels: {} },
    { name: 'other', expr: 'up', interval: 1000, labels: { a: 'b' } },
  ],
  grafanas: [{ url: 'http://grafana', stream: 'kymo' }],
};

describe('the channels of an exporter', () => {
  const find = (expr: string, interval: number, said: unknown = answer) =>
    new Channels({ ask: async () => said, now: () => 0 }).find(expr, interval);

  test('are found by their expression and an interval that they have', async () => {
    const channel = { name: 'load', expr: 'node_load1', interval: 1000, stream: 'kymo' };
    expect(await find(' node_load1 ', 5000)).toEqual(channel);
    expect(await find('node_load1', 1500)).toBeUndefined();
    expect(await find('node_load5', 1000)).toBeUndefined();
  });

  test('are none where they have labels of their own, or nothing is pushed', async () => {
    expect(await find('up', 1000)).toBeUndefined();
    expect(await find('node_load1', 1000, { ...answer, grafanas: [] })).toBeUndefined();
    expect(await find('node_load1', 1000, 'nonsense')).toBeUndefined();
  });

  test('are asked for once a minute, and again after a failure', async () => {
    let now = 0;
    const ask = vi.fn().mockRejectedValueOnce(new Error('down')).mockResolvedValue(answer);
    const channels = new Channels({ ask, now: () => now });
    await expect(channels.find('node_load1', 1000)).rejects.toThrow('down');
    await channels.find('node_load1', 1000);
    await channels.find('node_load1', 1000);
    expect(ask).toHaveBeenCalledTimes(2);
    now = 61_000;
    await channels.find('node_load1', 1000);
    expect(ask).toHaveBeenCalledTimes(3);
  });
});

describe('the ways that live values come', () => {
  const start = 1_700_000_000_000;
  const came: [number, LiveTransport][] = [];
  const downs = vi.fn();
  let websocket: Subscriber | undefined;
  let ear: ChannelEar | undefined;
  let isChannel = true;

  beforeEach(() => {
    vi.useFakeTimers({ now: start });
    came.length = 0;
    downs.mockReset();
    websocket = ear = undefined;
    isChannel = true;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const subscriber: Subscriber = {
    expr: 'node_load1',
    interval: () => 1000,
    position: () => undefined,
    onUp: () => undefined,
    onDown: downs,
    onFrame: ({ time }, _columns, via) => came.push([(time - start) / 1000, via]),
    onGap: () => undefined,
    onError: () => undefined,
  };

  const subscribe = (mode: Transport, interval = 1000): (() => void) =>
    new Transports({
      mode,
      websocket: {
        subscribe: (one) => {
          websocket = one;
          return () => (websocket = undefined);
        },
      },
      channels: {
        find: async (expr) =>
          isChannel ? { expr, name: 'load', stream: 'kymo', interval: 1000 } : undefined,
      },
      watchChannel: (_channel, one) => {
        ear = one;
        return () => (ear = undefined);
      },
      now: () => Date.now(),
    }).subscribe({ ...subscriber, interval: () => interval });

  const row = (second: number): ChannelRow => ({
    time: start + second * 1000,
    columns: [],
    values: [],
  });
  const frame = (second: number): void => {
    const one = { type: 'frame', topic: 't', epoch: 'e', seq: second, schema: 1, values: [] };
    const message = { ...one, time: start + second * 1000 } as unknown as LiveFrame;
    websocket?.onFrame(message, [], 'websocket');
  };
  const pass = (milliseconds: number): Promise<unknown> =>
    vi.advanceTimersByTimeAsync(milliseconds);

  test('are Grafana Live for a channel: what it had before counts as old', async () => {
    const stop = subscribe('live');
    await pass(0);
    ear?.onRows([row(-3600)]);
    ear?.onRows([row(-3600), row(1)]);
    ear?.onRows([row(1), row(2), row(3)]);
    expect(came).toEqual([
      [1, 'live'],
      [2, 'live'],
      [3, 'live'],
    ]);
    expect(websocket).toBeUndefined();
    stop();
    expect(ear).toBeUndefined();
  });

  test('are the WebSocket for what is no channel', async () => {
    isChannel = false;
    subscribe('live');
    await pass(0);
    frame(1);
    expect(came).toEqual([[1, 'websocket']]);
    expect(ear).toBeUndefined();
  });

  test('change to the WebSocket while the channel is silent, and back', async () => {
    subscribe('live');
    await pass(0);
    ear?.onRows([row(0)]);
    ear?.onRows([row(1)]);
    await pass(1900);
    expect(websocket).toBeUndefined();
    await pass(400);
    expect(websocket).toBeDefined();
    frame(5);
    ear?.onRows([row(6)]);
    expect(came).toEqual([
      [1, 'live'],
      [5, 'websocket'],
      [6, 'live'],
    ]);
    expect(websocket).toBeUndefined();
  });

  test('change to the WebSocket at once when Grafana Live is known to be down, and back', async () => {
    subscribe('live');
    await pass(0);
    ear?.onRows([row(0)]);
    ear?.onDown();
    expect(websocket).toBeDefined();
    frame(1);
    ear?.onRows([row(2)]);
    expect(came).toEqual([
      [1, 'websocket'],
      [2, 'live'],
    ]);
    expect(websocket).toBeUndefined();
    expect(downs).not.toHaveBeenCalled();
  });

  test('are both lost at once when both say so', async () => {
    subscribe('live');
    await pass(0);
    ear?.onDown();
    expect(downs).not.toHaveBeenCalled();
    websocket?.onDown();
    websocket?.onDown();
    expect(downs).toHaveBeenCalledTimes(1);
  });

  test('are alive while a channel brings values between those that are wanted', async () => {
    subscribe('live', 5000);
    await pass(0);
    ear?.onRows([row(0)]);
    for (let second = 1; second <= 4; second += 1) {
      await pass(1000);
      ear?.onRows([row(second)]);
    }
    expect(websocket).toBeUndefined();
    await pass(2300);
    expect(websocket).toBeDefined();
  });

  test('tell when both are lost, once', async () => {
    subscribe('live');
    await pass(30_000);
    expect(downs).toHaveBeenCalledTimes(1);
  });

  test('change to Grafana Live at once when the WebSocket is lost, and back', async () => {
    subscribe('auto');
    await pass(0);
    frame(1);
    expect(ear).toBeUndefined();
    websocket?.onDown();
    await pass(0);
    ear?.onRows([row(1)]);
    ear?.onRows([row(2)]);
    // It goes on trying.
    websocket?.onDown();
    frame(3);
    expect(came).toEqual([
      [1, 'websocket'],
      [2, 'live'],
      [3, 'websocket'],
    ]);
    expect(ear).toBeUndefined();
  });

  test('are none where all is polled for', async () => {
    subscribe('polling')();
    await pass(10_000);
    expect([websocket, ear]).toEqual([undefined, undefined]);
  });
});
