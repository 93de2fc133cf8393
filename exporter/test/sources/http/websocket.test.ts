import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import { ManualClock } from '../../../src/lib/clock.js';
import { cleanUp, listen, measure } from './measured.js';
import { CERTIFICATE } from './tls.js';

const COUNT = 'http_server_request_duration_seconds_count';
const MESSAGES = 'kymo_websocket_messages_total';
const ERRORS = 'kymo_connection_errors_total';
const CONNECTIONS = 'kymo_connections';
const WEBSOCKET = { protocol: 'websocket' };

interface Echo {
  readonly port: number;
  readonly sockets: WebSocket[];
}

async function echoServer(
  server: Server = createServer(),
  onMessage = (socket: WebSocket, data: RawData, isBinary: boolean): void =>
    socket.send(data, { binary: isBinary }),
): Promise<Echo> {
  const sockets: WebSocket[] = [];
  const webSockets = new WebSocketServer({ server, perMessageDeflate: { threshold: 100 } });
  webSockets.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('message', (data, isBinary) => onMessage(socket, data, isBinary));
  });
  const port = await listen(server);
  cleanUp(() => {
    for (const socket of sockets) socket.terminate();
  });
  return { port, sockets };
}

async function open(port: number, scheme = 'ws'): Promise<WebSocket> {
  const socket = new WebSocket(`${scheme}://127.0.0.1:${port}/chat`, { rejectUnauthorized: false });
  cleanUp(() => socket.terminate());
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return socket;
}

/** The TCP socket under a WebSocket. */
function tcpOf(socket: WebSocket): Socket {
  return (socket as unknown as { _socket: Socket })._socket;
}

describe('WebSocket', () => {
  test('counts the handshake once, and the connection as a WebSocket', async () => {
    const { requests, read, until } = measure();
    const { port } = await echoServer();
    const socket = await open(port);
    expect(
      await requests({
        ...WEBSOCKET,
        http_request_method: 'GET',
        http_response_status_code: '101',
        network_protocol_version: '1.1',
      }),
    ).toBe(1);
    expect(await requests()).toBe(1);
    expect(await read(CONNECTIONS, { ...WEBSOCKET, state: 'active' })).toBe(1);
    expect(await read(CONNECTIONS)).toBe(1);
    expect(await read('kymo_connections_opened_total', WEBSOCKET)).toBe(1);
    expect(await read('kymo_connections_opened_total')).toBe(1);
    expect(await read('http_server_active_requests')).toBe(0);
    socket.close(1000);
    await until(CONNECTIONS, {}, 0);
    expect(await read(ERRORS)).toBe(0);
  });

  test.each([
    ['in clear text', 'ws'],
    ['over TLS', 'wss'],
  ])('counts messages of all sizes in both directions %s', async (_how, scheme) => {
    const { read, until } = measure();
    const server = scheme === 'ws' ? createServer() : (createSecureServer(CERTIFICATE) as Server);
    const { port } = await echoServer(server);
    const socket = await open(port, scheme);
    let echoed = 0;
    socket.on('message', () => echoed++);
    for (const size of [0, 1, 125, 126, 65_535, 65_536, 3_000_000]) {
      socket.send(Buffer.alloc(size));
      socket.send('é'.repeat(size));
    }
    // Random bytes, which compression does not make small.
    socket.send(crypto.getRandomValues(new Uint8Array(60_000)));
    socket.ping();
    await until(MESSAGES, { direction: 'sent' }, 15);
    expect(await read(MESSAGES, { direction: 'received' })).toBe(15);
    while (echoed < 15) await once(socket, 'message');
  });

  test('counts a message in many fragments once, and no control frames between them', async () => {
    const { read, until } = measure();
    const { port } = await echoServer();
    const socket = await open(port);
    for (let i = 0; i < 10; i++) {
      socket.send(`part ${i}`, { fin: i === 9, compress: false });
      socket.ping();
    }
    await until(MESSAGES, { direction: 'sent' }, 1);
    expect(await read(MESSAGES, { direction: 'received' })).toBe(1);
  });

  test('counts frames that come in single bytes', async () => {
    const { until } = measure();
    const { port } = await echoServer();
    const socket = await open(port);
    const tcp = tcpOf(socket);
    tcp.setNoDelay(true);
    for (const byte of Buffer.concat([frame(1, 'hello'), frame(2, 'x'.repeat(200))])) {
      tcp.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    await until(MESSAGES, { direction: 'received' }, 2);
  });

  test('counts what the client sends behind its request at once', async () => {
    const { until } = measure();
    const { port } = await echoServer();
    const tcp = connect(port, '127.0.0.1');
    cleanUp(() => tcp.destroy());
    tcp.write(
      Buffer.concat([
        Buffer.from(
          'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n' +
            'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
        ),
        frame(1, 'early'),
      ]),
    );
    tcp.resume();
    await until(MESSAGES, { direction: 'received' }, 1);
    await until(MESSAGES, { direction: 'sent' }, 1);
  });

  test('counts a handshake that is refused as what it is', async () => {
    const { until, read } = measure();
    const server = createServer();
    const webSockets = new WebSocketServer({
      server,
      verifyClient: (_info, done) => setTimeout(() => done(false, 401, 'No'), 5),
    });
    cleanUp(() => webSockets.close());
    const port = await listen(server);
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    await once(socket, 'error');
    await until(COUNT, { ...WEBSOCKET, http_response_status_code: '401' }, 1);
    await until(CONNECTIONS, {}, 0);
    expect(await read(MESSAGES)).toBe(0);
    expect(await read('kymo_connections_opened_total', WEBSOCKET)).toBe(0);
    expect(await read(ERRORS)).toBe(0);
  });

  test('counts a handshake that is never answered as aborted', async () => {
    const { until, read } = measure();
    const server = createServer();
    server.on('upgrade', (_request, socket) => socket.on('end', () => socket.end()).resume());
    const tcp = connect(await listen(server), '127.0.0.1');
    cleanUp(() => tcp.destroy());
    tcp.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await until('http_server_active_requests', WEBSOCKET, 1);
    tcp.end();
    await until('http_server_active_requests', WEBSOCKET, 0);
    expect(await read(COUNT, { ...WEBSOCKET, error_type: 'aborted' })).toBe(1);
    expect(await read(ERRORS, { reason: 'aborted' })).toBe(1);
  });

  test.each([1000, 1001, 3000, undefined])('takes the close code %s for an end', async (code) => {
    const { until, read } = measure();
    const { port, sockets } = await echoServer();
    await open(port);
    sockets[0].close(code);
    await until(CONNECTIONS, {}, 0);
    expect(await read(ERRORS)).toBe(0);
  });

  test.each([
    [1007, 'protocol'],
    [1009, 'protocol'],
    [1011, 'other'],
  ])('counts the close code %i as an error', async (code, reason) => {
    const { until } = measure();
    const { port, sockets } = await echoServer();
    await open(port);
    sockets[0].close(code, 'sorry');
    await until(CONNECTIONS, {}, 0);
    await until(ERRORS, { ...WEBSOCKET, reason }, 1);
  });

  test('counts frames that break the rules as an error of the protocol', async () => {
    const { until } = measure();
    const { port } = await echoServer();
    const socket = await open(port);
    // Reserved bits, and no mask.
    tcpOf(socket).write(Buffer.of(0xf1, 0x00));
    await until(ERRORS, { ...WEBSOCKET, reason: 'protocol' }, 1);
    await until(CONNECTIONS, {}, 0);
  });

  test('counts a connection that ends without a close frame', async () => {
    const { until, read } = measure();
    const { port } = await echoServer();
    const first = await open(port);
    tcpOf(first).end();
    await until(ERRORS, { ...WEBSOCKET, reason: 'aborted' }, 1);
    const second = await open(port);
    tcpOf(second).resetAndDestroy();
    await until(ERRORS, { ...WEBSOCKET, reason: 'reset' }, 1);
    await until(CONNECTIONS, {}, 0);
    expect(await read(ERRORS)).toBe(2);
  });

  test('warns of a ping that is not answered, and counts giving up as a timeout', async () => {
    const clock = new ManualClock();
    const { until, read } = measure({ clock, slow: 1000 });
    const { port, sockets } = await echoServer();
    const tcp = tcpOf(await open(port));
    tcp.pause();
    sockets[0].ping();
    await until('kymo_connection_health', { ...WEBSOCKET, health: 'healthy' }, 1);
    clock.advance(1001);
    expect(await read('kymo_connection_health', { ...WEBSOCKET, health: 'warning' })).toBe(1);
    tcp.resume();
    await until('kymo_connection_health', { ...WEBSOCKET, health: 'healthy' }, 1);
    tcp.pause();
    sockets[0].ping();
    sockets[0].terminate();
    await until(ERRORS, { ...WEBSOCKET, reason: 'timeout' }, 1);
    tcp.destroy();
  });

  test('leaves sockets as they were when it is closed', async () => {
    const { instrumentation, read } = measure();
    const { port, sockets } = await echoServer();
    const socket = await open(port);
    socket.send('one');
    await once(socket, 'message');
    expect(await read(MESSAGES)).toBe(2);
    expect(Object.keys(tcpOf(sockets[0]))).not.toContain('push');
    instrumentation.close();
    socket.send('two');
    await once(socket, 'message');
  });
});

/** A masked frame as clients send it, with at most 65,535 bytes. */
function frame(opcode: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const mask = Buffer.of(1, 2, 3, 4);
  const head =
    payload.length < 126
      ? Buffer.of(0x80 | opcode, 0x80 | payload.length)
      : Buffer.of(0x80 | opcode, 0xfe, payload.length >> 8, payload.length & 0xff);
  return Buffer.concat([head, mask, payload.map((byte, i) => byte ^ mask[i % 4])]);
}
