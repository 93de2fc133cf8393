import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { FromClient, ToClient } from './live-messages.js';

/** The file of this module, to be run as a process: `<port> <clients> <interval> <topics>`. */
export const clientFile = fileURLToPath(import.meta.url);

/** Connections that are opened at a time. */
const PARALLEL = 100;
const HANDSHAKE =
  'GET /api/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
const TIME = Buffer.from('"time":');
const FRAME = Buffer.from('"frame"');
const SUBSCRIBED = Buffer.from('"subscribed"');

/** A masked text frame of a short message (RFC 6455), with a mask of zeros. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const header =
    payload.length < 126
      ? [0x81, 0x80 | payload.length]
      : [0x81, 0x80 | 126, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from([...header, 0, 0, 0, 0]), payload]);
}

/** By tenths of a millisecond. */
const latencies = new Map<number, number>();

/** Reads frames with as little work as possible: the clients share the machine with the server. */
class RawClient {
  readonly #socket: Socket;
  readonly #subscribe: Buffer;
  readonly #onSubscribed: () => void;
  #isOpen = false;
  #rest: Buffer | undefined;

  constructor(port: number, subscribe: Buffer, onSubscribed: () => void) {
    this.#subscribe = subscribe;
    this.#onSubscribed = onSubscribed;
    this.#socket = connect(port, '127.0.0.1', () => this.#socket.write(HANDSHAKE));
    this.#socket.setNoDelay();
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', (error) => {
      throw error;
    });
  }

  #read(chunk: Buffer): void {
    let bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = undefined;
    if (!this.#isOpen) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) {
        this.#rest = bytes;
        return;
      }
      this.#isOpen = true;
      this.#socket.write(this.#subscribe);
      bytes = bytes.subarray(end + 4);
    }
    while (bytes.length >= 2) {
      const short = bytes[1];
      const header = short < 126 ? 2 : 4;
      if (bytes.length < header) break;
      const length = header + (short < 126 ? short : bytes.readUInt16BE(2));
      if (bytes.length < length) break;
      this.#frame(bytes.subarray(header, length));
      bytes = bytes.subarray(length);
    }
    if (bytes.length > 0) this.#rest = bytes;
  }

  #frame(payload: Buffer): void {
    if (payload.includes(SUBSCRIBED)) this.#onSubscribed();
    if (!payload.includes(FRAME)) return;
    const at = payload.indexOf(TIME) + TIME.length;
    const time = Number(payload.toString('latin1', at, at + 13));
    const tenths = Math.round((performance.timeOrigin + performance.now() - time) * 10);
    latencies.set(tenths, (latencies.get(tenths) ?? 0) + 1);
  }
}

async function run(port: number, count: number, interval: number, topics: number): Promise<void> {
  const report = (message: FromClient): void => void process.send?.(message);
  const started = performance.now();
  const clients: RawClient[] = [];
  const open = async (): Promise<void> => {
    while (clients.length < count) {
      const expr = topics === 1 ? 'bench' : `bench + ${clients.length % topics}`;
      const subscribe = textFrame(JSON.stringify({ type: 'subscribe', id: 1, expr, interval }));
      await new Promise<void>((resolve) => clients.push(new RawClient(port, subscribe, resolve)));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, open));
  report({ kind: 'connected', milliseconds: performance.now() - started });
  process.on('message', ({ kind }: ToClient) => {
    if (kind === 'begin') latencies.clear();
    else {
      report({ kind: 'measured', latencies: [...latencies] });
      process.disconnect();
      process.exit(0);
    }
  });
}

if (process.argv[1] === clientFile) {
  const [port, count, interval, topics] = process.argv.slice(2).map(Number);
  await run(port, count, interval, topics);
}
