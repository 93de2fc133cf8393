import type { IncomingMessage, ServerResponse } from 'node:http';
import type {
  Http2ServerRequest,
  IncomingHttpHeaders,
  ServerHttp2Session,
  ServerHttp2Stream,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '../../lib/clock.js';
import type { Source } from '../source.js';
import { expressRoute } from './express-route.js';
import type { Guard } from './guard.js';
import { Http1Observer } from './http1.js';
import { Http2Observer } from './http2.js';
import { HttpSource } from './http-source.js';
import {
  type AnyServer,
  observeServers,
  type ServerEvent,
  type ServerObservation,
} from './server-events.js';
import { Traffic } from './traffic.js';

export interface HttpInstrumentationOptions {
  /**
   * Whether all servers of this process are observed, which is so by default. Otherwise only requests
   * that pass the middleware are.
   */
  readonly automatic?: boolean;
  /** Milliseconds from which on an exchange is slow, 1,000 by default. */
  readonly slow?: number;
  /**
   * Label sets of requests, and of gRPC calls, after which further methods and routes are counted
   * together as `_OTHER`; 2,000 each by default.
   */
  readonly maxLabelSets?: number;
  /**
   * The route template of a request that has been answered: for frameworks other than express. Few
   * values only, never a part of the URL as it came. undefined leaves it to what express knows.
   */
  readonly route?: (request: IncomingMessage) => string | undefined;
  readonly clock?: Clock;
}

/** `(request, response, next)` as express and connect take it. */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
) => void;

export interface HttpInstrumentation {
  readonly source: Source;
  /**
   * For `app.use()`, before anything else. An automatic instrumentation sees express apps by itself;
   * otherwise this is what makes one seen.
   */
  readonly middleware: Middleware;
  /** Leaves a server out, from its next connection on. */
  ignore(server: AnyServer): void;
  /** Ends observing and gives Node's classes back as they were. */
  close(): void;
}

/**
 * Measures the servers of this process: HTTP/1.1, HTTP/2, WebSocket and gRPC. Servers that exist
 * already are included. It changes nothing about how they behave.
 */
export function instrumentHttp(options: HttpInstrumentationOptions = {}): HttpInstrumentation {
  const instrumentation = new Instrumentation(options);
  if (options.automatic ?? true) instrumentation.start();
  return instrumentation;
}

class Instrumentation implements HttpInstrumentation {
  readonly source: Source;
  readonly middleware: Middleware;
  readonly #traffic: Traffic;
  readonly #http1: Http1Observer;
  readonly #http2: Http2Observer;
  readonly #ignored = new WeakSet<AnyServer>();
  #observation: ServerObservation | undefined;
  #fault: unknown;

  constructor(options: HttpInstrumentationOptions) {
    const clock = options.clock ?? systemClock;
    this.#traffic = new Traffic({
      clock,
      slow: options.slow ?? 1000,
      maxLabelSets: options.maxLabelSets ?? 2000,
    });
    const { route } = options;
    const guard: Guard = (observe) => this.#guard(observe);
    const observer = {
      traffic: this.#traffic,
      isIgnored: (server: AnyServer): boolean => this.#ignored.has(server),
      routeOf: (request: IncomingMessage): string =>
        route?.(request) ?? expressRoute(request) ?? '',
      guard,
    };
    this.#http1 = new Http1Observer(observer);
    this.#http2 = new Http2Observer({
      ...observer,
      // On Node 24 the channels tell of streams too, and of more of them.
      onChannel: () => this.#observation?.names.delete('stream'),
    });
    this.source = new HttpSource({
      traffic: this.#traffic,
      clock,
      takeFault: () => {
        const fault = this.#fault;
        this.#fault = undefined;
        return fault;
      },
    });
    const attach = this.#guard((response: ServerResponse) => this.#attach(response));
    this.middleware = (_request, response, next) => {
      attach(response);
      next();
    };
  }

  start(): void {
    this.#http1.start();
    this.#http2.start();
    this.#observation = observeServers(this.#guard((event) => this.#observe(event)));
  }

  ignore(server: AnyServer): void {
    this.#ignored.add(server);
  }

  close(): void {
    if (this.#observation === undefined) return;
    this.#observation.stop();
    this.#observation = undefined;
    this.#http1.stop();
    this.#http2.stop();
  }

  /**
   * A fault of an observer must not reach the server that it observes; it fails the source's next
   * collection instead, where it is seen.
   */
  #guard<Seen>(observe: (seen: Seen) => void): (seen: Seen) => void {
    return (seen) => {
      try {
        observe(seen);
      } catch (thrown) {
        this.#fault = thrown;
      }
    };
  }

  #observe({ server, kind, name, args }: ServerEvent): void {
    const http1 = this.#http1;
    const http2 = this.#http2;
    switch (name) {
      case 'connection':
        // The other kinds' are not yet connections: TLS or the HTTP/2 preface comes first.
        if (kind === 'http') http1.connect(server, args[0] as Duplex);
        return;
      case 'secureConnection':
        if (kind === 'https') http1.connect(server, args[0] as Duplex);
        return;
      case 'session':
        http2.connect(server, args[0] as ServerHttp2Session);
        return;
      case 'stream':
        http2.stream(server, args[0] as ServerHttp2Stream, args[1] as IncomingHttpHeaders);
        return;
      case 'upgrade':
      case 'connect':
        if (kind === 'http2' && name === 'connect') return;
        http1.upgrade(server, {
          request: args[0] as IncomingMessage,
          socket: args[1] as Duplex,
          head: args[2] as Uint8Array,
        });
        return;
      case 'timeout':
        // An HTTP/2 session, or a socket of HTTP/1.
        http2.timeOut(args[0] as ServerHttp2Session);
        http1.timeOut(args[0] as Duplex);
        return;
      case 'clientError':
        http1.fail(args[1] as Duplex, args[0]);
        return;
      case 'sessionError':
        http2.fail(args[1] as ServerHttp2Session, args[0]);
        return;
      case 'tlsClientError':
        this.#countError(server, kind === 'http2' ? 'http2' : 'http1', 'tls');
        return;
      case 'unknownProtocol':
        this.#countError(server, 'http2', 'protocol');
    }
  }

  #countError(server: AnyServer, protocol: 'http1' | 'http2', reason: 'tls' | 'protocol'): void {
    if (!this.#ignored.has(server)) this.#traffic.connections.countError(protocol, reason);
  }

  #attach(response: ServerResponse): void {
    const request = response.req;
    const { stream } = request as unknown as Partial<Http2ServerRequest>;
    if (stream !== undefined) {
      const exchange = this.#http2.exchangeOf(stream);
      if (exchange !== undefined) exchange.request = request;
      return;
    }
    const { socket } = request;
    if (this.#observation !== undefined || this.#http1.exchangeOf({ socket, response })) return;
    const { server } = socket as unknown as { server: AnyServer };
    const exchange = this.#http1.begin({ request, response, socket, server });
    if (exchange === undefined) return;
    const end = (): void => this.#http1.end(exchange, { request, response, socket });
    response.once('finish', this.#guard(end));
  }
}
