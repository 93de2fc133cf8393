import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { IncomingMessage } from 'node:http';
import type { Connection } from './connection.js';
import type { Exchange } from './exchange.js';
import { type Reason, reasonOf, reasonOfCode } from './failure.js';
import type { Guard } from './guard.js';
import {
  CANCELLED,
  DEADLINE_EXCEEDED,
  isGrpc,
  parseStatus,
  parseTimeout,
  UNKNOWN,
} from './grpc.js';
import type { Marked } from './mark.js';
import { patch } from './patch.js';
import { HTTP_2 } from './protocol.js';
import type { AnyServer } from './server-events.js';
import type { Traffic } from './traffic.js';

/** What Node publishes on the channels of its HTTP/2 server streams (24 and later). */
interface StreamMessage {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
}

export interface Http2Options {
  readonly traffic: Traffic;
  readonly isIgnored: (server: AnyServer) => boolean;
  readonly routeOf: (request: IncomingMessage) => string;
  readonly guard: Guard;
  /** Called when it turns out that streams are told of by channels and {@link Http2Observer.stream} need not be called. */
  readonly onChannel: () => void;
}

/** The native side of a stream, which Node keeps under a symbol of its own. */
interface StreamHandle {
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

type Destroy = (error: Error | null, callback: unknown) => void;

/** How close to its deadline a call that its client gave up has run into it. */
const AT_DEADLINE = 0.95;

/**
 * Observes HTTP/2 servers: streams by diagnostics channels where Node has them, and otherwise by the
 * servers' 'stream' events; sessions by the servers' 'session' events.
 */
export class Http2Observer {
  readonly #options: Http2Options;
  readonly #traffic: Traffic;
  /** Where a session carries its connection; null for those of servers that are ignored. */
  readonly #mark = Symbol('kymo.connection');
  /** Where a stream carries its exchange. */
  readonly #exchange = Symbol('kymo.exchange');
  readonly #restore: (() => void)[] = [];
  /** Where Node keeps the native side of a stream. */
  #handle: symbol | undefined;
  #isFollowed = false;
  #isActive = false;
  readonly #onStart: (message: unknown) => void;
  readonly #onClose: (message: unknown) => void;

  constructor(options: Http2Options) {
    this.#options = options;
    this.#traffic = options.traffic;
    let isFirst = true;
    this.#onStart = options.guard((message) => {
      if (isFirst) options.onChannel();
      isFirst = false;
      const { stream, headers } = message as StreamMessage;
      this.#begin(stream, headers);
    });
    this.#onClose = options.guard((message) => {
      const { stream } = message as StreamMessage;
      this.#noteBytes(stream);
      this.#end(stream);
    });
  }

  start(): void {
    this.#isActive = true;
    subscribe('http2.server.stream.start', this.#onStart);
    subscribe('http2.server.stream.close', this.#onClose);
  }

  stop(): void {
    this.#isActive = false;
    unsubscribe('http2.server.stream.start', this.#onStart);
    unsubscribe('http2.server.stream.close', this.#onClose);
    for (const restore of this.#restore) restore();
  }

  /** Takes up a session, also one that was there before. undefined where it is not observed. */
  connect(server: AnyServer | undefined, session: ServerHttp2Session): Connection | undefined {
    const marked = session as unknown as Marked<Connection | null>;
    const known = marked[this.#mark];
    if (known !== undefined) return known ?? undefined;
    if (server !== undefined && this.#options.isIgnored(server)) {
      marked[this.#mark] = null;
      return undefined;
    }
    const connection = this.#traffic.open('http2');
    marked[this.#mark] = connection;
    session.on('goaway', (code: number) => {
      if (code !== 0) this.#traffic.connections.fail(connection, reasonOfCode(code) ?? 'other');
    });
    session.once(
      'close',
      this.#options.guard(() => this.#close(connection)),
    );
    return connection;
  }

  /** A stream that a server has emitted; one that a channel has told of is known already. */
  stream(server: AnyServer, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    if (this.exchangeOf(stream) !== undefined) return;
    if (stream.session === undefined) return;
    this.connect(server, stream.session as ServerHttp2Session);
    if (this.#begin(stream, headers) !== undefined) this.#followToEnd(stream);
  }

  fail(session: ServerHttp2Session, error: unknown): void {
    const connection = (session as unknown as Marked<Connection | null>)[this.#mark];
    if (connection) this.#traffic.connections.fail(connection, reasonOf(error));
  }

  /** Its timeout fired. That without streams is how idle sessions end, and no failure. */
  timeOut(session: ServerHttp2Session): void {
    const connection = (session as unknown as Marked<Connection | null>)[this.#mark];
    if (connection?.oldest !== undefined) connection.hasTimedOut = true;
  }

  exchangeOf(stream: ServerHttp2Stream): Exchange | undefined {
    return (stream as unknown as Marked<Exchange>)[this.#exchange];
  }

  #begin(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Exchange | undefined {
    // Even numbers are pushes: the server's own doing, no exchange (RFC 9113, section 5.1.1).
    if (stream.id !== undefined && stream.id % 2 === 0) return undefined;
    const connection = this.#connectionOf(stream);
    if (connection === undefined) return undefined;
    const isCall = isGrpc(headers['content-type']);
    const protocol = isCall ? 'grpc' : 'http2';
    this.#traffic.connections.speak(connection, protocol);
    const exchange = this.#traffic.begin(connection, {
      protocol,
      method: headers[':method'] ?? '',
      version: HTTP_2,
    });
    if (isCall) {
      exchange.rpcStatus = UNKNOWN;
      exchange.rpcPath = headers[':path'] ?? '';
      exchange.deadline = parseTimeout(headers['grpc-timeout']) ?? 0;
    }
    (stream as unknown as Marked<Exchange>)[this.#exchange] = exchange;
    return exchange;
  }

  #connectionOf(stream: ServerHttp2Stream): Connection | undefined {
    const { session } = stream;
    if (session === undefined) return undefined;
    const known = (session as unknown as Marked<Connection | null>)[this.#mark];
    if (known !== undefined) return known ?? undefined;
    const { server } = session.socket as { server?: AnyServer };
    return this.connect(server, session as ServerHttp2Session);
  }

  #end(stream: ServerHttp2Stream): void {
    const exchange = this.exchangeOf(stream);
    if (exchange === undefined || exchange.isDone) return;
    const { connection } = exchange;
    const sent = stream.sentHeaders as Record<string, unknown> | undefined;
    exchange.status = Number(sent?.[':status'] ?? 0);
    exchange.failure = this.#failureOf(stream, exchange);
    if (exchange.rpcStatus >= 0) this.#endCall(stream, exchange);
    else if (exchange.request !== undefined) {
      exchange.route = this.#options.routeOf(exchange.request);
    }
    if (exchange.failure !== undefined) {
      exchange.requestBytes = -1;
      exchange.responseBytes = -1;
      if (connection.failure === undefined) {
        this.#traffic.connections.countError(exchange.records.active.protocol, exchange.failure);
      }
    }
    this.#traffic.end(exchange);
  }

  #failureOf(stream: ServerHttp2Stream, { connection, status }: Exchange): Reason | undefined {
    const code = stream.rstCode;
    // Whether the answer was sent to its end, even if the client then had no more use for it.
    const isWhole = status !== 0 && !stream.aborted && (code === 0 || stream.writableFinished);
    if (isWhole) return undefined;
    if (connection.failure !== undefined) return connection.failure;
    return connection.hasTimedOut ? 'timeout' : (reasonOfCode(code) ?? 'aborted');
  }

  #endCall(stream: ServerHttp2Stream, exchange: Exchange): void {
    const trailers = stream.sentTrailers as Record<string, unknown> | undefined;
    const headers = stream.sentHeaders as Record<string, unknown> | undefined;
    const status = trailers?.['grpc-status'] ?? headers?.['grpc-status'];
    const { deadline, failure } = exchange;
    if (status !== undefined) {
      exchange.rpcStatus = parseStatus(status);
    } else if (deadline > 0 && this.#traffic.now() - exchange.started > deadline * AT_DEADLINE) {
      exchange.rpcStatus = DEADLINE_EXCEEDED;
    } else if (failure === 'aborted') {
      exchange.rpcStatus = CANCELLED;
    } else {
      return;
    }
    // The status says it all: a client that cancels has what it wants, as streams of calls are ended.
    exchange.failure = undefined;
  }

  #close(connection: Connection): void {
    const { connections } = this.#traffic;
    if (connection.hasTimedOut && connection.oldest !== undefined) {
      connections.fail(connection, 'timeout');
    }
    // Streams close with their session; this is for those that should not.
    this.#traffic.abandon(connection, connection.failure ?? 'aborted');
    connections.close(connection);
  }

  /**
   * Sees how streams end, where no channel tells. A listener for each of them would cost a multiple.
   */
  #followToEnd(stream: ServerHttp2Stream): void {
    if (this.#isFollowed || !this.#isActive) return;
    this.#isFollowed = true;
    const note = this.#options.guard((ending: ServerHttp2Stream) => this.#noteBytes(ending));
    const end = this.#options.guard((ended: ServerHttp2Stream) => this.#end(ended));
    this.#restore.push(
      patch<Destroy>(Object.getPrototypeOf(stream) as object, '_destroy', (original) => {
        return function _destroy(this: ServerHttp2Stream, error, callback) {
          note(this);
          original().call(this, error, callback);
          end(this);
        };
      }),
    );
  }

  /** Notes the sizes of the bodies before a stream's native side, which has counted them, goes. */
  #noteBytes(stream: ServerHttp2Stream): void {
    const exchange = this.exchangeOf(stream);
    if (exchange === undefined || exchange.isDone) return;
    this.#handle ??= Object.getOwnPropertySymbols(stream).find(
      ({ description }) => description === 'kHandle',
    );
    if (this.#handle === undefined) return;
    const handle = (stream as unknown as Marked<StreamHandle>)[this.#handle];
    if (handle === undefined) return;
    exchange.requestBytes = handle.bytesRead;
    exchange.responseBytes = handle.bytesWritten;
  }
}
