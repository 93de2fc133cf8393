import { connect, type Socket } from 'node:net';
import type { Protocol } from './server.js';

/** A round of load; the process answers with a {@link RoundResult}. */
export interface Round {
  readonly protocol: Protocol;
  readonly port: number;
  /** Milliseconds. */
  readonly duration: number;
}

export interface RoundResult {
  readonly requests: number;
  readonly seconds: number;
}

const CONNECTIONS = 16;
/** Streams at a time on each connection of HTTP/2. */
const STREAMS = 8;

/** Generates load in this process, a round for each message. */
export function generate(): void {
  process.on('message', (round: Round) => {
    void run(round).then((result) => process.send?.(result));
  });
  process.on('disconnect', () => process.exit());
}

/**
 * Requests are sent as ready bytes and answers only looked at for their ends, so that the server is
 * what is busy.
 */
async function run({ protocol, port, duration }: Round): Promise<RoundResult> {
  let requests = 0;
  const count = (): void => {
    requests++;
  };
  const sockets = Array.from({ length: CONNECTIONS }, () => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    if (protocol === 'http1') requestHttp1(socket, count);
    else requestHttp2(socket, count);
    return socket;
  });
  const started = performance.now();
  await new Promise((resolve) => setTimeout(resolve, duration));
  const result = { requests, seconds: (performance.now() - started) / 1000 };
  for (const socket of sockets) {
    socket.removeAllListeners('data').on('error', () => undefined);
    socket.destroy();
  }
  return result;
}

const HTTP1_REQUEST = Buffer.from(
  'GET /items/4711?fields=all HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench/1.0\r\n' +
    'Accept: application/json\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n',
);

function requestHttp1(socket: Socket, count: () => void): void {
  let length = 0;
  let pending = 0;
  socket.on('data', (bytes: Buffer) => {
    // All answers are as long as the first, which comes in one piece.
    if (length === 0) length = bytes.length;
    pending += bytes.length;
    if (pending < length) return;
    pending -= length;
    count();
    socket.write(HTTP1_REQUEST);
  });
  socket.write(HTTP1_REQUEST);
}

const SETTINGS = 4;
const HEADERS = 1;
const WINDOW_UPDATE = 8;
const END_STREAM = 1;
const ACK = 1;
const END_STREAM_AND_HEADERS = 5;
const HEAD_LENGTH = 9;

function frame(from: { type: number; flags?: number; stream?: number; payload?: Buffer }): Buffer {
  const payload = from.payload ?? Buffer.alloc(0);
  const head = Buffer.alloc(HEAD_LENGTH);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = from.type;
  head[4] = from.flags ?? 0;
  head.writeUInt32BE(from.stream ?? 0, 5);
  return Buffer.concat([head, payload]);
}

/** A header by its index in HPACK's static table, with a value of its own that is not indexed. */
function header(index: number, value: string): Buffer {
  return Buffer.concat([Buffer.of(index, value.length), Buffer.from(value)]);
}

const HTTP2_HEADERS = Buffer.concat([
  // :method GET and :scheme http.
  Buffer.of(0x82, 0x86),
  header(4, '/items/4711?fields=all'),
  header(1, '127.0.0.1'),
]);

function increment(value: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(value);
  return payload;
}

function requestHttp2(socket: Socket, count: () => void): void {
  const request = frame({ type: HEADERS, flags: END_STREAM_AND_HEADERS, payload: HTTP2_HEADERS });
  const update = frame({ type: WINDOW_UPDATE, payload: increment(1 << 24) });
  let stream = 1;
  let unread: Buffer | undefined;
  let received = 0;
  const send = (): void => {
    request.writeUInt32BE(stream, 5);
    stream += 2;
    socket.write(Buffer.from(request));
  };
  socket.on('data', (chunk: Buffer) => {
    const bytes = unread === undefined ? chunk : Buffer.concat([unread, chunk]);
    let at = 0;
    socket.cork();
    while (bytes.length - at >= HEAD_LENGTH) {
      const length = bytes.readUIntBE(at, 3);
      if (bytes.length - at < HEAD_LENGTH + length) break;
      const type = bytes[at + 3];
      const flags = bytes[at + 4];
      if (type === SETTINGS && flags !== ACK) socket.write(frame({ type: SETTINGS, flags: ACK }));
      // DATA or HEADERS.
      if (type <= HEADERS && (flags & END_STREAM) !== 0) {
        count();
        send();
      }
      received += length;
      at += HEAD_LENGTH + length;
    }
    unread = at < bytes.length ? bytes.subarray(at) : undefined;
    if (received > 1 << 23) {
      received = 0;
      socket.write(update);
    }
    socket.uncork();
  });
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(frame({ type: SETTINGS }));
  socket.write(update);
  for (let i = 0; i < STREAMS; i++) send();
}
