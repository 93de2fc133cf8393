import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LIVE_CLOSE_CODES } from '@kymo/contract';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { Peer, serve, type Served } from './sockets.js';
import { World, type WorldOptions } from './world.js';

const document = readFileSync(
  path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../docs/live-protocol.md'),
  'utf8',
);

/** Rows of the table of close codes: code, and by whom it is sent. */
const documented = new Map(
  [...document.matchAll(/^\| `(\d{4})` *\| (\w+) /gm)].map(([, code, by]) => [Number(code), by]),
);

interface Setting {
  readonly world?: WorldOptions;
  /** Does what the server closes connections for; its peer has been greeted. */
  readonly provoke: (peer: Peer, setting: Served & { readonly world: World }) => unknown;
}

/** The stream below a WebSocket, to send what no client of ws would. */
function streamOf({ socket }: Peer): { write(bytes: Buffer): void } {
  return (socket as unknown as { readonly _socket: { write(bytes: Buffer): void } })._socket;
}

/** A frame as clients send them, masked with zeros. */
function frame(firstByte: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([firstByte, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

const settings: Readonly<Record<number, Setting>> = {
  1001: { provoke: (_peer, { sockets }) => sockets.close() },
  // Reserved bits.
  1002: { provoke: (peer) => streamOf(peer).write(frame(0xf1, Buffer.from('{}'))) },
  1003: { provoke: ({ socket }) => socket.send(Buffer.from('{"type":"ping"}')) },
  1007: { provoke: (peer) => streamOf(peer).write(frame(0x81, Buffer.from([0xff]))) },
  1009: { provoke: (peer) => peer.send('x'.repeat(64 * 1024 + 1)) },
  1013: { world: { limits: { maxClients: 0 } }, provoke: () => undefined },
  4000: {
    world: { limits: { idleTimeout: 0 } },
    provoke: (_peer, { world }) => world.hub.sweep(),
  },
  4001: {
    world: { limits: { rate: 1 } },
    provoke: (peer) => {
      for (let i = 0; i < 50; i++) peer.send({ type: 'ping' });
    },
  },
  4002: {
    world: { limits: { maxBuffered: 10_000, slowTimeout: 0 } },
    provoke: async (peer, { world }) => {
      peer.send({ type: 'subscribe', id: 1, expr: 'a', interval: 1000 });
      await peer.first('subscribed');
      world.tick({ one: 0 });
      world.clock.settle();
      await peer.first('frame');
      peer.socket.pause();
      const wide = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`${i}`, i / 7]));
      // Until the buffers of the kernel are full, whatever their size.
      while (world.hub.stats.droppedFrames === 0) {
        world.tick(wide);
        await new Promise((resolve) => setImmediate(resolve));
      }
      world.hub.sweep();
      peer.socket.resume();
    },
  },
};

describe('close codes', () => {
  test('that the contract has are all documented', () => {
    for (const code of Object.values(LIVE_CLOSE_CODES)) expect(documented.get(code)).toBe('server');
  });

  test('that are documented as sent by the server are those that are tested here', () => {
    const sent = [...documented].filter(([, by]) => by === 'server').map(([code]) => code);
    expect(sent.sort()).toEqual(Object.keys(settings).map(Number).sort());
  });

  test.each(Object.entries(settings))(
    '%s is sent for what it stands for',
    async (code, setting) => {
      const world = new World(setting.world);
      const served = await serve(world);
      const peer = new Peer(served.port);
      if (Number(code) !== LIVE_CLOSE_CODES.tryAgainLater) await peer.first('hello');
      await setting.provoke(peer, { ...served, world });
      const closed = await peer.closed;
      expect(closed.code).toBe(Number(code));
      // Those of our own say why in words.
      if (closed.code >= 4000 || closed.code === 1013) expect(closed.reason).not.toBe('');
      await expect.poll(() => world.hub.clients).toBe(0);
    },
  );

  test('of a client are answered with the same', async () => {
    const { port } = await serve(new World());
    const peer = new Peer(port);
    await peer.first('hello');
    peer.socket.close(1000);
    expect((await peer.closed).code).toBe(1000);
    expect(peer.socket.readyState).toBe(WebSocket.CLOSED);
  });
});
