import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LiveConnection } from '../src/datasource/live/connection.js';
import { LiveQuery } from '../src/datasource/live/live-query.js';
import { QueryError, type Stretch } from '../src/datasource/live/past.js';
import type { Series } from '../src/datasource/live/table.js';
import { FakeServer } from './fake-socket.js';

const start = 1_700_000_000_000;
const labels = { a: '1' };

/** Answers every time of the grid with its distance from the start in seconds. */
function everySecond({ start: from, end, step }: Stretch): Series[] {
  const samples: [number, number][] = [];
  for (let time = from; time <= end; time += step) samples.push([time, (time - start) / 1000]);
  return samples.length === 0 ? [] : [{ labels, samples }];
}

describe('a live query', () => {
  const range = vi.fn<(stretch: Stretch) => Promise<Series[]>>();
  const changed = vi.fn();
  let server: FakeServer;
  let query: LiveQuery;

  beforeEach(() => {
    vi.useFakeTimers({ now: start });
    range.mockReset().mockImplementation(async (stretch) => everySecond(stretch));
    changed.mockReset();
    server = new FakeServer();
    const now = (): number => Date.now();
    query = new LiveQuery({
      expr: 'up',
      interval: 1000,
      window: 10_000,
      connection: new LiveConnection({ open: server.open, now, random: () => 0.5 }),
      past: { range, time: async () => Date.now() },
      now,
      onChange: changed,
    });
  });

  afterEach(() => {
    query.stop();
    vi.useRealTimers();
  });

  /** Seconds from the start of every row, with its value. */
  const rows = (): [number, number | null | undefined][] =>
    query.view.table.times.map((time, row) => [
      (time - start) / 1000,
      query.view.table.columns[0]?.values[row],
    ]);

  const flush = async (): Promise<void> => {
    await vi.advanceTimersByTimeAsync(0);
  };

  async function goLive(): Promise<void> {
    query.start();
    server.socket.hello();
    server.socket.subscribed();
    server.socket.frame(start, [0]);
    await flush();
  }

  test('has the past up to the first frame of the stream, once', async () => {
    await goLive();
    expect(range).toHaveBeenCalledExactlyOnceWith({
      expr: 'up',
      start: start - 10_000,
      end: start - 1000,
      step: 1000,
    });
    server.socket.frame(start + 1000, [1]);
    expect(rows().map(([time]) => time)).toEqual([-10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1]);
    expect(rows().every(([time, value]) => time === value)).toBe(true);
    expect(query.view.trust).toMatchObject({ state: 'live', transport: 'websocket', dropped: 0 });
  });

  test('keeps frames that come before the past does', async () => {
    let answer: (series: Series[]) => void = () => undefined;
    range.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
    await goLive();
    expect(query.view.ready).toBe(false);
    server.socket.frame(start + 1000, [1]);
    answer(everySecond({ expr: 'up', start: start - 2000, end: start - 1000, step: 1000 }));
    await flush();
    expect(query.view.ready).toBe(true);
    expect(rows()).toEqual([-2, -1, 0, 1].map((time) => [time, time]));
  });

  test('forgets what has left the window', async () => {
    await goLive();
    for (let second = 1; second <= 30; second += 1) {
      server.socket.frame(start + second * 1000, [second]);
    }
    expect(rows()[0]).toEqual([19, 19]);
    expect(rows().at(-1)).toEqual([30, 30]);
  });

  test('polls where no socket opens, without asking for anything twice', async () => {
    server.refuses = true;
    query.start();
    await vi.advanceTimersByTimeAsync(8000);
    expect(query.view.trust).toMatchObject({ state: 'polling', transport: 'polling' });
    const times = rows().map(([time]) => time);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    expect(times.at(-1)).toBeGreaterThanOrEqual(6);
    expect(rows().every(([time, value]) => time === value)).toBe(true);
    const asked = range.mock.calls.map(([stretch]) => stretch);
    for (const [index, stretch] of asked.slice(1).entries()) {
      expect(stretch.start).toBeGreaterThan(asked[index].end);
    }
  });

  test('goes on live after polling, without a hole', async () => {
    await goLive();
    server.refuses = true;
    server.socket.end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(query.view.trust.transport).toBe('polling');
    server.refuses = false;
    await vi.advanceTimersByTimeAsync(5000);
    server.socket.hello();
    const { from } = server.socket.sent[0];
    expect(from).toBe(query.view.table.last);
    server.socket.subscribed();
    for (let time = Number(from) + 1000; time <= Date.now(); time += 1000) {
      server.socket.frame(time, [(time - start) / 1000]);
    }
    expect(query.view.trust.state).toBe('live');
    const times = rows().map(([time]) => time);
    expect(times.every((time, row) => row === 0 || time === times[row - 1] + 1)).toBe(true);
    expect(rows().every(([time, value]) => time === value)).toBe(true);
  });

  test('fills a gap from the past, and counts what was left out', async () => {
    await goLive();
    server.socket.tell({
      type: 'gap',
      topic: 't1',
      missed: 3,
      from: start / 1000 + 1,
      to: start / 1000 + 3,
    });
    vi.setSystemTime(start + 4000);
    server.socket.frame(start + 4000, [4]);
    await flush();
    expect(rows().slice(-5)).toEqual([0, 1, 2, 3, 4].map((time) => [time, time]));
    expect(query.view.trust.dropped).toBe(3);
  });

  test('ends the line where nothing was collected', async () => {
    await goLive();
    range.mockResolvedValue([]);
    server.socket.frame(start + 5000, [5]);
    await flush();
    expect(rows().slice(-3)).toEqual([
      [0, 0],
      [1, null],
      [5, 5],
    ]);
  });

  test('says that it is stale when nothing comes, and disconnected where nothing answers', async () => {
    await goLive();
    await vi.advanceTimersByTimeAsync(7000);
    expect(query.view.trust.state).toBe('stale');
    expect(changed).toHaveBeenCalled();
    server.refuses = true;
    range.mockRejectedValue(new QueryError('no exporter', { final: false }));
    server.socket.end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(query.view.trust).toMatchObject({ state: 'disconnected', reason: 'no exporter' });
    expect(rows().at(-1)).toEqual([0, 0]);
  });

  test('ends with the message where the expression is refused', async () => {
    query.start();
    server.socket.hello();
    const { id } = server.socket.sent[0];
    server.socket.tell({
      type: 'error',
      id: Number(id),
      code: 'bad_expression',
      message: 'line 1, column 2: unexpected end',
    });
    expect(query.view.error).toBe('line 1, column 2: unexpected end');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(range).not.toHaveBeenCalled();
  });

  test('asks again for a past that could not be had', async () => {
    range.mockRejectedValueOnce(new QueryError('too busy', { final: false }));
    await goLive();
    expect(query.view).toMatchObject({
      ready: false,
      trust: { reason: expect.stringContaining('too busy') as string },
    });
    await vi.advanceTimersByTimeAsync(600);
    expect(query.view.ready).toBe(true);
    expect(rows()).toHaveLength(11);
  });

  test('polls while the server cannot evaluate the stream, then is live again', async () => {
    await goLive();
    server.socket.tell({ type: 'error', topic: 't1', code: 'overloaded', message: 'too much' });
    await vi.advanceTimersByTimeAsync(3000);
    expect(query.view.trust).toMatchObject({ state: 'polling', reason: 'too much' });
    server.socket.frame(start + 3000, [3]);
    expect(query.view.trust).toMatchObject({ state: 'live', reason: undefined });
    expect(rows().slice(-4)).toEqual([0, 1, 2, 3].map((time) => [time, time]));
  });

  test('polls what no stream reads far enough back for, and leaves the stream alone', async () => {
    query.start();
    server.socket.hello();
    const id = Number(server.socket.sent[0].id);
    const code = 'too_far_back';
    server.socket.tell({ type: 'error', id, code, message: 'reads 1d back' });
    await vi.advanceTimersByTimeAsync(3000);
    expect(query.view.trust).toMatchObject({ state: 'polling', reason: 'reads 1d back' });
    expect(query.view.error).toBeUndefined();
    expect(rows().every(([time, value]) => time === value)).toBe(true);
    server.socket.end();
    await vi.advanceTimersByTimeAsync(5000);
    expect(query.view.trust).toMatchObject({ state: 'polling', reason: 'reads 1d back' });
  });

  test('takes the exporter’s tick where that is longer than what is wanted', () => {
    query.start();
    server.socket.hello(start, 5000);
    expect(server.socket.sent[0].interval).toBe(5000);
  });
});
