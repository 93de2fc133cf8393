import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LiveConnection, type Subscriber } from '../src/datasource/live/connection.js';
import { FakeServer } from './fake-socket.js';

const start = 1_700_000_000_000;

function subscriber(expr = 'up') {
  return {
    expr,
    interval: (tick: number) => tick,
    position: vi.fn<Subscriber['position']>(() => undefined),
    onUp: vi.fn<Subscriber['onUp']>(),
    onDown: vi.fn<Subscriber['onDown']>(),
    onFrame: vi.fn<Subscriber['onFrame']>(),
    onGap: vi.fn<Subscriber['onGap']>(),
    onError: vi.fn<Subscriber['onError']>(),
  };
}

describe('the connection of a tab', () => {
  let server: FakeServer;
  let connection: LiveConnection;

  beforeEach(() => {
    vi.useFakeTimers({ now: start });
    server = new FakeServer();
    connection = new LiveConnection({
      open: server.open,
      now: () => Date.now(),
      random: () => 1,
    });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test('is one for all subscriptions, each of which gets its frames', () => {
    const first = subscriber();
    const second = subscriber('down');
    connection.subscribe(first);
    connection.subscribe(second);
    expect(server.sockets).toHaveLength(1);
    server.socket.hello(start + 50);
    expect(first.onUp).toHaveBeenCalledWith({ epoch: 'first', tick: 1000, clockOffset: 50 });
    expect(server.socket.sent).toMatchObject([
      { type: 'subscribe', id: 1, expr: 'up', interval: 1000 },
      { type: 'subscribe', id: 2, expr: 'down', interval: 1000 },
    ]);
    server.socket.subscribed('t2');
    server.socket.frame(start, [1], 't2');
    expect(first.onFrame).not.toHaveBeenCalled();
    expect(second.onFrame).toHaveBeenCalledOnce();
  });

  test('comes back within a second, and every subscription resumes after its last frame', () => {
    const one = subscriber();
    connection.subscribe(one);
    server.socket.hello();
    server.socket.subscribed();
    server.socket.end();
    expect(one.onDown).toHaveBeenCalledOnce();
    one.position.mockReturnValue({ epoch: 'first', seq: 7 });
    vi.advanceTimersByTime(1000);
    expect(server.sockets).toHaveLength(2);
    server.socket.hello(start, 1000, 'second');
    expect(server.socket.sent).toMatchObject([{ from: { epoch: 'first', seq: 7 } }]);
  });

  test('goes on trying at least every five seconds', () => {
    server.refuses = true;
    connection.subscribe(subscriber());
    vi.advanceTimersByTime(60_000);
    const tries = server.sockets.length;
    expect(tries).toBeGreaterThan(12);
    vi.advanceTimersByTime(5000);
    expect(server.sockets.length).toBeGreaterThan(tries);
  });

  test('gives up a socket that answers no ping', () => {
    const one = subscriber();
    connection.subscribe(one);
    server.socket.hello();
    const silent = server.socket;
    vi.advanceTimersByTime(10_000);
    expect(silent.sent.at(-1)).toEqual({ type: 'ping' });
    vi.advanceTimersByTime(5000);
    expect(silent.closed).toBe(true);
    expect(one.onDown).toHaveBeenCalledOnce();
    silent.frame(start, [1]);
    expect(one.onFrame).not.toHaveBeenCalled();
  });

  test('gives up a socket that says what no server says', () => {
    const one = subscriber();
    connection.subscribe(one);
    server.socket.onmessage?.({ data: '<html>' });
    expect(server.socket.closed).toBe(true);
    expect(one.onDown).toHaveBeenCalledOnce();
  });

  test('stays a little when nobody subscribes, then closes', () => {
    const end = connection.subscribe(subscriber());
    server.socket.hello();
    end();
    expect(server.socket.sent.at(-1)).toEqual({ type: 'unsubscribe', id: 1 });
    vi.advanceTimersByTime(4000);
    connection.subscribe(subscriber())();
    expect(server.sockets).toHaveLength(1);
    vi.advanceTimersByTime(5000);
    expect(server.socket.closed).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(server.sockets).toHaveLength(1);
  });

  test('says whether it can be made, and closes when that was all', async () => {
    const answer = connection.connects();
    server.socket.hello();
    expect(await answer).toBe(true);
    expect(await connection.connects()).toBe(true);
    vi.advanceTimersByTime(5000);
    expect(server.socket.closed).toBe(true);
    server.refuses = true;
    const refused = connection.connects();
    vi.advanceTimersByTime(1);
    expect(await refused).toBe(false);
    const silent = connection.connects();
    server.refuses = false;
    vi.advanceTimersByTime(5000);
    expect(await silent).toBe(false);
  });

  test('tells who is meant of errors', () => {
    const one = subscriber();
    const other = subscriber('(');
    connection.subscribe(one);
    connection.subscribe(other);
    server.socket.hello();
    server.socket.tell({ type: 'error', id: 2, code: 'bad_expression', message: 'no' });
    expect(one.onError).not.toHaveBeenCalled();
    expect(other.onError).toHaveBeenCalledWith(expect.objectContaining({ message: 'no' }));
  });
});
