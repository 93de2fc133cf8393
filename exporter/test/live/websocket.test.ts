import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { evaluateInstant } from '../../src/promql/engine.js';
import { ManualClock } from '../../src/lib/clock.js';
import { JoinedClient } from './joined-client.js';
import { Peer, serve } from './sockets.js';
import { frames, World } from './world.js';

const subscribe = { type: 'subscribe', id: 'p', expr: 'a', interval: 1000 };

describe('a WebSocket', () => {
  test('carries the protocol, with frames of every length of header', async () => {
    const world = new World();
    const { port } = await serve(world);
    const peer = new Peer(port);
    await peer.first('hello');
    peer.send(subscribe);
    await peer.first('subscribed');
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`series-${i}`, i / 7]));
    world.tick({});
    world.tick(many(1));
    world.tick(many(100));
    world.clock.settle();
    world.tick(many(5000));
    await peer.until(() => frames(peer.messages).length === 4);
    expect(frames(peer.messages).map(({ values }) => (values as unknown[]).length)).toEqual([
      0, 1, 100, 5000,
    ]);
    peer.send({ type: 'ping' });
    await peer.first('pong');
  });

  test('answers control frames in the midst of written ones', async () => {
    const world = new World();
    const { port } = await serve(world);
    const peer = new Peer(port);
    await peer.first('hello');
    let pongs = 0;
    peer.socket.on('pong', () => pongs++);
    peer.send(subscribe);
    await peer.first('subscribed');
    for (let i = 0; i < 200; i++) {
      world.tick({ one: i });
      world.clock.settle();
      peer.socket.ping();
      if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await peer.until(() => frames(peer.messages).length === 200);
    peer.send({ type: 'ping' });
    await peer.first('pong');
    expect(pongs).toBe(200);
  });

  test('joins through disconnects without a hole', async () => {
    const world = new World();
    const { port } = await serve(world);
    const joined = new JoinedClient({ expr: 'sum(a)', interval: 1000 });
    for (let round = 0; round < 10; round++) {
      const peer = new Peer(port);
      peer.onText = (text) => joined.receive(text);
      await new Promise((resolve) => peer.socket.once('open', resolve));
      joined.connect((message) => peer.send(message));
      // Whatever has come when the connection breaks: nothing, a part, all.
      for (let i = 0; i < round; i++) {
        world.tick({ one: 10 * round + i });
        world.clock.step();
        await new Promise((resolve) => setImmediate(resolve));
      }
      peer.socket.terminate();
      for (let i = 0; i < 3; i++) world.tick({ one: i });
    }
    const last = new Peer(port);
    last.onText = (text) => joined.receive(text);
    await new Promise((resolve) => last.socket.once('open', resolve));
    joined.connect((message) => last.send(message));
    const timer = setInterval(() => world.clock.settle(), 1);
    await last.until(() => joined.rows.has(world.time));
    clearInterval(timer);
    const first = Math.min(...joined.rows.keys());
    expect(joined.rows.size).toBe((world.time - first) / 1000 + 1);
    for (const [time, row] of joined.rows) {
      const { result } = evaluateInstant('sum(a)', world.head, { time });
      expect(result).toMatchObject({ samples: [{ value: Object.values(row)[0] }] });
    }
  });

  test('is closed with a code that says why', async () => {
    const world = new World({ limits: { maxClients: 3, rate: 1 } });
    const { port, sockets } = await serve(world, { maxMessage: 1000 });
    const binary = new Peer(port);
    await binary.first('hello');
    binary.socket.send(Buffer.from('{"type":"ping"}'));
    expect(await binary.closed).toMatchObject({ code: 1003 });

    const big = new Peer(port);
    await big.first('hello');
    big.send('x'.repeat(1001));
    expect(await big.closed).toMatchObject({ code: 1009 });

    const loud = new Peer(port);
    await loud.first('hello');
    for (let i = 0; i < 50; i++) loud.send({ type: 'ping' });
    expect(await loud.closed).toMatchObject({ code: 4001 });
    expect((await loud.first('error')).code).toBe('too_many_messages');

    const fine = [new Peer(port), new Peer(port), new Peer(port)];
    await Promise.all(fine.map((peer) => peer.first('hello')));
    const refused = new Peer(port);
    expect(await refused.closed).toMatchObject({ code: 1013 });
    expect(refused.messages).toEqual([]);

    await sockets.close();
    expect(await Promise.all(fine.map((peer) => peer.closed))).toMatchObject([
      { code: 1001 },
      { code: 1001 },
      { code: 1001 },
    ]);
    expect(world.hub.clients).toBe(0);
  });

  test('that reads nothing gets the newest frame in the end, and others every frame', async () => {
    const world = new World({ limits: { maxBuffered: 50_000 } });
    const { port } = await serve(world);
    const slow = new Peer(port);
    const other = new Peer(port);
    await Promise.all([slow.first('hello'), other.first('hello')]);
    for (const peer of [slow, other]) {
      peer.send(subscribe);
      await peer.first('subscribed');
    }
    world.tick({ one: 0 });
    world.clock.settle();
    await slow.first('frame');
    slow.socket.pause();
    const wide = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`${i}`, i / 7]));
    let ticks = 1;
    // Until the buffers of the kernel are full, whatever their size.
    while (world.hub.stats.droppedFrames < 5) {
      world.tick(wide);
      ticks++;
      await other.until(() => frames(other.messages).length >= ticks);
    }
    slow.socket.resume();
    await slow.until(() => frames(slow.messages).some(({ seq }) => seq === world.seq));
    const gap = await slow.first('gap');
    expect(frames(slow.messages).length + gap.missed).toBe(ticks);
    expect(frames(other.messages)).toHaveLength(ticks);
  });

  test('to a peer that does not answer is ended', async () => {
    const world = new World();
    const clock = new ManualClock();
    const { port } = await serve(world, { clock, heartbeat: 2000 });
    const alive = new Peer(port);
    await alive.first('hello');
    const dead = await halfOpen(port);
    expect(world.hub.clients).toBe(2);
    const ended = new Promise((resolve) => dead.once('close', resolve));
    let pings = 0;
    alive.socket.on('ping', () => pings++);
    for (let i = 0; i < 2; i++) {
      clock.advance(2000);
      // The peer's answer is on its way before that to a message it sent later.
      while (pings <= i) await new Promise((resolve) => alive.socket.once('ping', resolve));
      alive.messages.length = 0;
      alive.send({ type: 'ping' });
      await alive.first('pong');
    }
    await ended;
    expect(world.hub.clients).toBe(1);
    expect(alive.socket.readyState).toBe(alive.socket.OPEN);
  });
});

/** A connection whose peer does the handshake and then nothing, not even answer pings. */
function halfOpen(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        'GET /api/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      );
    });
    socket.once('data', () => resolve(socket));
    socket.on('data', () => undefined);
    socket.on('error', reject);
  });
}
