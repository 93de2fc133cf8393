import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Connection, WebSocketState } from './connection.js';
import type { Exchange } from './exchange.js';
import type { Reason } from './failure.js';
import { patch } from './patch.js';
import { HTTP_1_1 } from './protocol.js';
import type { Traffic } from './traffic.js';
import { FrameReader } from './websocket-frames.js';

const SWITCHING_PROTOCOLS = 101;
/** A head that is longer than this is none. */
const LONGEST_HEAD = 65_536;

/** Close codes that say that the peer has broken the rules (RFC 6455, section 7.4.1). */
const PROTOCOL_ERRORS: ReadonlySet<number> = new Set([1002, 1003, 1007, 1008, 1009, 1010]);
const INTERNAL_ERROR = 1011;

type Write = (chunk: unknown, encoding: BufferEncoding, callback: (error?: Error) => void) => void;
type Writev = (chunks: { chunk: unknown; encoding: BufferEncoding }[], callback: unknown) => void;
type Push = (chunk: unknown, encoding?: BufferEncoding) => boolean;

/**
 * Follows a connection whose client asked to leave HTTP/1 (by Upgrade or CONNECT). The handshake's
 * answer and a WebSocket's frames are read where every byte passes, at the socket's own `_write` and
 * `push`: so it works with any WebSocket library, however it is loaded, and counts what was really
 * sent and received. Neither path changes when data flows, as a 'data' listener would.
 */
export class UpgradedConnection implements WebSocketState {
  readonly #traffic: Traffic;
  readonly #connection: Connection;
  readonly #exchange: Exchange;
  readonly #isWebSocket: boolean;
  readonly #received: FrameReader;
  readonly #sent: FrameReader;
  readonly #restore: (() => void)[] = [];
  #isActive = true;
  #head = '';
  #isOpen = false;
  #closeCode: number | undefined;
  unansweredSince: number | undefined;

  constructor(from: { traffic: Traffic; connection: Connection; request: IncomingMessage }) {
    const { traffic, connection, request } = from;
    this.#traffic = traffic;
    this.#connection = connection;
    this.#isWebSocket = /\bwebsocket\b/i.test(request.headers.upgrade ?? '');
    this.#exchange = traffic.begin(connection, {
      protocol: this.#isWebSocket ? 'websocket' : 'http1',
      method: request.method ?? '',
      version: HTTP_1_1,
    });
    const nothing = (): void => undefined;
    const onClose = (code: number): void => {
      this.#closeCode ??= code;
    };
    this.#received = new FrameReader({
      onMessage: () => traffic.messages.received++,
      onPing: nothing,
      onPong: () => {
        this.unansweredSince = undefined;
      },
      onClose,
    });
    this.#sent = new FrameReader({
      onMessage: () => traffic.messages.sent++,
      onPing: () => {
        this.unansweredSince ??= traffic.now();
      },
      onPong: nothing,
      onClose,
    });
  }

  /** @param early what the client sent behind its request and was read with it. */
  follow(socket: Duplex, early: Uint8Array): void {
    const isActive = (): boolean => this.#isActive;
    const onSent = (chunk: unknown, encoding: BufferEncoding): void =>
      this.#onSent(chunk, encoding);
    this.#restore.push(
      patch<Write>(socket, '_write', (original) => {
        return function _write(this: Duplex, chunk, encoding, callback) {
          if (isActive()) onSent(chunk, encoding);
          original().call(this, chunk, encoding, callback);
        };
      }),
    );
    if (typeof socket._writev === 'function') {
      this.#restore.push(
        patch<Writev>(socket, '_writev', (original) => {
          return function _writev(this: Duplex, chunks, callback) {
            if (isActive()) for (const { chunk, encoding } of chunks) onSent(chunk, encoding);
            original().call(this, chunks, callback);
          };
        }),
      );
    }
    if (!this.#isWebSocket) return;
    const received = this.#received;
    received.feed(early);
    this.#restore.push(
      patch<Push>(socket, 'push', (original) => {
        return function push(this: Duplex, chunk, encoding) {
          if (isActive() && chunk instanceof Uint8Array) received.feed(chunk);
          return original().call(this, chunk, encoding);
        };
      }),
    );
  }

  /** Lets go of the socket. */
  release(): void {
    this.#isActive = false;
    for (const restore of this.#restore) restore();
  }

  /**
   * Why an open WebSocket has ended, undefined where it was closed as it should be or was none.
   * @param hadError whether the socket closed with an error
   */
  failure(hadError: boolean): Reason | undefined {
    if (!this.#isOpen) return undefined;
    const code = this.#closeCode;
    if (code !== undefined) {
      if (code === INTERNAL_ERROR) return 'other';
      return PROTOCOL_ERRORS.has(code) ? 'protocol' : undefined;
    }
    if (hadError) return 'reset';
    return this.unansweredSince === undefined ? 'aborted' : 'timeout';
  }

  #onSent(chunk: unknown, encoding: BufferEncoding): void {
    const bytes =
      chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk), toBufferEncoding(encoding));
    if (this.#isOpen) this.#sent.feed(bytes);
    else this.#readHead(bytes);
  }

  #readHead(bytes: Uint8Array): void {
    const before = this.#head.length;
    this.#head += Buffer.from(bytes).toString('latin1');
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0 && this.#head.length < LONGEST_HEAD) return;
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(this.#head)?.[1] ?? 0);
    if (end >= 0 && status >= 100 && status < 200 && status !== SWITCHING_PROTOCOLS) {
      // An interim answer; the one that counts follows.
      const rest = bytes.subarray(end + 4 - before);
      this.#head = '';
      if (rest.length > 0) this.#readHead(rest);
      return;
    }
    this.#head = '';
    this.#endHandshake(status);
    if (this.#isOpen) this.#sent.feed(bytes.subarray(end + 4 - before));
  }

  #endHandshake(status: number): void {
    const { connections } = this.#traffic;
    this.#exchange.status = status;
    this.#traffic.end(this.#exchange);
    if (status === SWITCHING_PROTOCOLS && this.#isWebSocket) {
      this.#isOpen = true;
      this.#connection.webSocket = this;
      connections.speak(this.#connection, 'websocket');
      return;
    }
    connections.speak(this.#connection, 'http1');
    this.release();
  }
}

/** Streams say 'buffer' where there is nothing to decode. */
function toBufferEncoding(encoding: BufferEncoding | 'buffer'): BufferEncoding {
  return encoding === 'buffer' ? 'utf8' : encoding;
}
