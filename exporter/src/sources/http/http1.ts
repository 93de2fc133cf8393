import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { countRequestBody, responseBytes } from './body-size.js';
import type { Connection, RequestLimits } from './connection.js';
import type { Exchange } from './exchange.js';
import { reasonOf } from './failure.js';
import type { Guard } from './guard.js';
import type { Marked } from './mark.js';
import { HTTP_1_0, HTTP_1_1 } from './protocol.js';
import type { AnyServer } from './server-events.js';
import type { Traffic } from './traffic.js';
import { UpgradedConnection } from './upgrade.js';

/** What Node publishes on the channels of its HTTP/1 server. */
interface Http1Message {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly server: AnyServer;
}

/** A client's wish for another protocol. */
export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What it already said in it. */
  readonly head: Uint8Array;
}

export interface Http1Options {
  readonly traffic: Traffic;
  readonly isIgnored: (server: AnyServer) => boolean;
  readonly routeOf: (request: IncomingMessage) => string;
  readonly guard: Guard;
}

/**
 * Observes HTTP/1 servers: requests by Node's diagnostics channels, which also tell of servers that
 * were there before, and connections by what the servers emit.
 */
export class Http1Observer {
  readonly #options: Http1Options;
  readonly #traffic: Traffic;
  /** Where a socket carries its connection; null for those of servers that are ignored. */
  readonly #mark = Symbol('kymo.connection');
  readonly #upgraded = new WeakMap<Connection, UpgradedConnection>();
  readonly #onStart: (message: unknown) => void;
  readonly #onFinish: (message: unknown) => void;

  constructor(options: Http1Options) {
    this.#options = options;
    this.#traffic = options.traffic;
    this.#onStart = options.guard((message) => void this.begin(message as Http1Message));
    this.#onFinish = options.guard((message) => this.#finish(message as Http1Message));
  }

  start(): void {
    subscribe('http.server.request.start', this.#onStart);
    subscribe('http.server.response.finish', this.#onFinish);
  }

  stop(): void {
    unsubscribe('http.server.request.start', this.#onStart);
    unsubscribe('http.server.response.finish', this.#onFinish);
  }

  /** Takes up a connection, also one that was there before. undefined where it is not observed. */
  connect(server: AnyServer, socket: Duplex): Connection | undefined {
    const marked = socket as unknown as Marked<Connection | null>;
    const known = marked[this.#mark];
    if (known !== undefined) return known ?? undefined;
    if (this.#options.isIgnored(server) || socket.closed) {
      marked[this.#mark] = null;
      return undefined;
    }
    const connection = this.#traffic.open('http1', server as RequestLimits);
    connection.accounted = (socket as Partial<Socket>).bytesWritten ?? 0;
    marked[this.#mark] = connection;
    const onClose = (hadError?: boolean): void => this.#close(connection, hadError === true);
    socket.once('close', this.#options.guard(onClose));
    return connection;
  }

  #connectionOf(socket: Duplex): Connection | undefined {
    return (socket as unknown as Marked<Connection | null>)[this.#mark] ?? undefined;
  }

  begin({ request, response, socket, server }: Http1Message): Exchange | undefined {
    const connection = this.connect(server, socket);
    if (connection === undefined) return undefined;
    this.#traffic.connections.speak(connection, 'http1');
    const exchange = this.#traffic.begin(connection, {
      protocol: 'http1',
      method: request.method ?? '',
      version: request.httpVersionMinor === 0 ? HTTP_1_0 : HTTP_1_1,
    });
    exchange.request = request;
    exchange.response = response;
    countRequestBody(request, exchange);
    return exchange;
  }

  /** The exchange of a response that has not ended. */
  exchangeOf({
    socket,
    response,
  }: Pick<Http1Message, 'socket' | 'response'>): Exchange | undefined {
    let exchange = this.#connectionOf(socket)?.oldest;
    while (exchange !== undefined && exchange.response !== response) exchange = exchange.newer;
    return exchange;
  }

  end(exchange: Exchange, { request, response, socket }: Omit<Http1Message, 'server'>): void {
    exchange.status = response.statusCode;
    exchange.route = this.#options.routeOf(request);
    exchange.responseBytes = responseBytes(exchange, socket);
    if (!request.complete) exchange.requestBytes = -1;
    this.#traffic.end(exchange);
  }

  upgrade(server: AnyServer, { request, socket, head }: UpgradeRequest): void {
    const connection = this.connect(server, socket);
    if (connection === undefined) return;
    const upgraded = new UpgradedConnection({ traffic: this.#traffic, connection, request });
    this.#upgraded.set(connection, upgraded);
    upgraded.follow(socket, head);
  }

  /** The connection failed: what came could not be parsed, took too long, or nothing came any more. */
  fail(socket: Duplex, error: unknown): void {
    const connection = this.#connectionOf(socket);
    if (connection !== undefined) this.#traffic.connections.fail(connection, reasonOf(error));
  }

  /** Its timeout fired. That between two requests is how idle connections end, and no failure. */
  timeOut(socket: Duplex): void {
    const connection = this.#connectionOf(socket);
    if (connection?.oldest !== undefined) connection.hasTimedOut = true;
  }

  #finish(message: Http1Message): void {
    const exchange = this.exchangeOf(message);
    if (exchange !== undefined) this.end(exchange, message);
  }

  #close(connection: Connection, hadError: boolean): void {
    const { connections } = this.#traffic;
    const upgraded = this.#upgraded.get(connection);
    const ending = upgraded?.failure(hadError);
    if (ending !== undefined) connections.fail(connection, ending);
    upgraded?.release();
    if (connection.oldest !== undefined) {
      const otherwise = connection.hasTimedOut ? 'timeout' : hadError ? 'reset' : 'aborted';
      const reason = connection.failure ?? otherwise;
      this.#traffic.abandon(connection, reason);
      connections.fail(connection, reason);
    }
    connections.close(connection);
  }
}
