import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { WebSocketServer, type WebSocket } from 'ws';
import { systemClock } from '../src/lib/clock.js';
import { silentLogger } from '../src/lib/logger.js';
import { Ticker } from '../src/lib/ticker.js';
import { LiveHub } from '../src/live/hub.js';
import { LiveSockets } from '../src/live/websocket.js';
import { Head } from '../src/series/head.js';
import type { FromServer, ServerKind, ToServer } from './live-messages.js';

/** The file of this module, to be run as a process: `<kymo|ws> <hz> <topics>`. */
export const serverFile = fileURLToPath(import.meta.url);

/** About 1 KB as a frame. */
const SERIES = 48;

interface Fanout {
  readonly publish: (time: number, seq: number) => void;
  readonly messages: () => number;
  readonly messageBytes: () => number;
}

type HttpServer = ReturnType<typeof createServer>;

/** The exporter's hub over a head with the series that are subscribed to. */
function kymo(server: HttpServer, tick: number): Fanout {
  const head = new Head({ retention: 60_000, memory: 64 * 2 ** 20 });
  const writer = head.source('bench', { exposed: true });
  const family = writer.family({ name: 'bench', type: 'gauge', help: '' });
  const ids = Array.from({ length: SERIES }, (_, i) => writer.series(family, { i: `${i}` }));
  const hub = new LiveHub({ reader: head, tick, clock: systemClock, logger: silentLogger });
  const sockets = new LiveSockets({ hub, clock: systemClock });
  server.on('upgrade', (request, socket, rest) => sockets.handleUpgrade(request, socket, rest));
  return {
    publish: (time, seq) => {
      for (const id of ids) writer.set(id, Math.random());
      writer.commit(time);
      head.endTick(time);
      hub.publish(time, seq);
    },
    messages: () => hub.stats.messages,
    messageBytes: () => hub.stats.bytes / hub.stats.messages,
  };
}

/** As little as can be done with ws: one prepared buffer to all. */
function bare(server: HttpServer): Fanout {
  const sockets = new WebSocketServer({ noServer: true, clientTracking: false });
  const clients = new Set<WebSocket>();
  server.on('upgrade', (request, socket, rest) =>
    sockets.handleUpgrade(request, socket, rest, (client) => {
      clients.add(client);
      client.on('message', () => client.send('{"type":"subscribed"}'));
      client.on('close', () => clients.delete(client));
      client.on('error', () => undefined);
    }),
  );
  let messages = 0;
  const values = Array.from({ length: SERIES }, () => Math.random());
  const frame = { type: 'frame', topic: 't3', epoch: '1000-loyw3v28', seq: 1_700_000_000 };
  const rest = Buffer.from(
    JSON.stringify({ ...frame, time: 1_700_000_000_000, schema: 1, values }),
  );
  const at = rest.indexOf('"time":') + 7;
  return {
    publish: (time) => {
      // A buffer of its own for each tick, as what waits for a slow client must not change.
      const buffer = Buffer.from(rest);
      buffer.write(String(time), at);
      for (const client of clients) client.send(buffer, { binary: false });
      messages += clients.size;
    },
    messages: () => messages,
    messageBytes: () => rest.length + 4,
  };
}

async function run(kind: ServerKind, hz: number): Promise<void> {
  const report = (message: FromServer): void => void process.send?.(message);
  const server = createServer();
  const interval = 1000 / hz;
  const fanout = kind === 'kymo' ? kymo(server, interval) : bare(server);
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await new Promise((resolve) => server.once('listening', resolve));
  const ticker = new Ticker({
    interval,
    clock: systemClock,
    run: ({ time, number }) => fanout.publish(time, number),
    onError: (thrown) => console.error(thrown),
  });
  ticker.start();
  let began = { cpu: process.cpuUsage(), messages: 0, late: 0 };
  process.on('message', ({ kind: what }: ToServer) => {
    if (what === 'begin') {
      began = {
        cpu: process.cpuUsage(),
        messages: fanout.messages(),
        late: ticker.stats.late,
      };
      return;
    }
    const { user, system } = process.cpuUsage(began.cpu);
    report({
      kind: 'measured',
      messages: fanout.messages() - began.messages,
      cpu: (user + system) / 1e6,
      rss: process.memoryUsage.rss(),
      late: ticker.stats.late,
      messageBytes: fanout.messageBytes(),
    });
  });
  globalThis.gc?.();
  const { port } = server.address() as AddressInfo;
  report({ kind: 'listening', port, rss: process.memoryUsage.rss() });
}

if (process.argv[1] === serverFile)
  await run(process.argv[2] as ServerKind, Number(process.argv[3]));
