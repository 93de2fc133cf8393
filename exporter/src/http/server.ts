import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import express from 'express';
import type { Clock } from '../lib/clock.js';
import { KymoError, messageOf } from '../lib/errors.js';
import { answerClientError } from './client-error.js';
import type { HttpDependencies } from './dependencies.js';
import { checkHost, rateLimit, securityHeaders } from './guards.js';
import { answerErrors, notFound } from './http-error.js';
import type { TrustedGrafana } from './identity/grafana-identity.js';
import { WriteGuard } from './identity/write-guard.js';
import { analysisRoutes } from './routes/analysis.js';
import { alertsRoutes } from './routes/alerts.js';
import { callerRoutes } from './routes/caller.js';
import { currentRoutes } from './routes/current.js';
import { landingRoutes } from './routes/landing.js';
import { liveRoutes } from './routes/live.js';
import { metricsRoutes } from './routes/metrics.js';
import { operationsRoutes } from './routes/operations.js';
import { isPrometheusRead, prometheusRoutes } from './routes/prometheus.js';
import { previewRoutes } from './routes/preview.js';
import { rulesRoutes } from './routes/rules.js';
import { simulateRoutes } from './routes/simulate.js';
import { takeUpgrades } from './upgrade.js';

export interface HttpServerOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Names that this exporter is reached by, beside `localhost` and IP addresses. */
  readonly hosts: readonly string[];
  /** Grafanas whose Editors and Admins may make changes; none by default. */
  readonly grafanas?: readonly TrustedGrafana[];
  /** Requests a second from one address. */
  readonly rate: number;
  /** Bytes of a request's body. */
  readonly bodyLimit: number;
  /** Connections at a time. */
  readonly maxConnections: number;
  readonly timeouts?: Partial<HttpTimeouts>;
  readonly clock: Clock;
}

/** Milliseconds until a connection is closed, so that slow or dead clients do not pile up. */
export interface HttpTimeouts {
  /** For the headers of a request to arrive; 10 s by default. */
  readonly headers: number;
  /** For the whole request to arrive; 60 s by default. */
  readonly request: number;
  /** Without a next request; 65 s by default, longer than scrapers commonly wait between two. */
  readonly keepAlive: number;
  /** In which nothing moves although an answer is due or unread; 5 min by default. */
  readonly idle: number;
}

const TIMEOUTS: HttpTimeouts = {
  headers: 10_000,
  request: 60_000,
  keepAlive: 65_000,
  idle: 300_000,
};

/** The exporter's HTTP server. */
export class HttpServer {
  readonly server: Server;
  /** Requests refused since the start, by the limit that refused them. */
  readonly refused = new Map<string, number>();
  readonly #options: HttpServerOptions;
  #closing = false;

  constructor(options: HttpServerOptions, dependencies: HttpDependencies) {
    this.#options = options;
    const count = (limit: string): void => {
      this.refused.set(limit, (this.refused.get(limit) ?? 0) + 1);
    };
    const app = express();
    app.disable('x-powered-by');
    app.set('query parser', 'simple');
    const answering = new WeakSet<Duplex>();
    app.use((request, response, next) => {
      // A connection that is kept would be waited for until it is cut.
      if (this.#closing) response.set('Connection', 'close');
      answering.add(request.socket);
      response.on('close', () => {
        answering.delete(request.socket);
        if (this.#closing) this.server.closeIdleConnections();
      });
      next();
    });
    app.use(securityHeaders);
    app.use(rateLimit({ rate: options.rate, clock: options.clock, refused: count }));
    app.use(checkHost(options.hosts, count));
    const guard = new WriteGuard({
      grafanas: options.grafanas ?? [],
      reads: isPrometheusRead,
      refused: count,
      clock: options.clock,
    });
    app.use(guard.handler);
    app.use(callerRoutes(guard));
    app.use(operationsRoutes(dependencies));
    app.use(metricsRoutes(dependencies));
    if (dependencies.prometheus !== undefined) {
      app.use(prometheusRoutes(dependencies.prometheus, options.bodyLimit));
    }
    if (dependencies.alerts !== undefined) {
      app.use(alertsRoutes(dependencies.alerts, options.bodyLimit));
    }
    if (dependencies.current !== undefined) app.use(currentRoutes(dependencies.current));
    app.use(analysisRoutes(dependencies));
    if (dependencies.rules !== undefined) {
      app.use(rulesRoutes(dependencies.rules, options.bodyLimit));
    }
    if (dependencies.live !== undefined) app.use(liveRoutes(dependencies.live));
    if (dependencies.simulator !== undefined) {
      app.use(simulateRoutes(dependencies.simulator, options.bodyLimit));
    }
    app.use(previewRoutes(dependencies.preview));
    app.use(landingRoutes(dependencies));
    app.use(notFound);
    app.use(answerErrors((thrown) => dependencies.onError(thrown)));
    const timeouts = { ...TIMEOUTS, ...options.timeouts };
    this.server = createServer(
      {
        headersTimeout: timeouts.headers,
        requestTimeout: timeouts.request,
        keepAliveTimeout: timeouts.keepAlive,
        // Node looks for requests that are overdue only so often, every 30 s by default.
        connectionsCheckingInterval: Math.min(1000, timeouts.headers),
      },
      app,
    );
    this.server.timeout = timeouts.idle;
    this.server.maxConnections = options.maxConnections;
    this.server.on('drop', () => count('connections'));
    this.server.on(
      'upgrade',
      takeUpgrades(dependencies.live, { hosts: options.hosts, refused: count }),
    );
    this.server.on(
      'clientError',
      answerClientError({ refused: count, isAnswering: (socket) => answering.has(socket) }),
    );
  }

  /**
   * Begins to listen; resolves with the address.
   * @throws KymoError `cannot_listen` that names the setting to change.
   */
  listen(): Promise<string> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      const refuse = (error: NodeJS.ErrnoException): void => {
        reject(new KymoError('cannot_listen', listenError(error, host, port), { cause: error }));
      };
      this.server.once('error', refuse);
      this.server.listen(port, host, () => {
        this.server.off('error', refuse);
        resolve(this.url);
      });
    });
  }

  /** `http://` address of the server; only while it listens. */
  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string')
      throw new Error('the server does not listen');
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${host}:${address.port}`;
  }

  /** Takes no new connection and resolves once the requests that run are answered, or after `grace` ms. */
  async close(grace: number): Promise<void> {
    if (!this.server.listening) return;
    this.#closing = true;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    const timer = this.#options.clock.schedule(() => this.server.closeAllConnections(), grace);
    await closed;
    this.#options.clock.cancel(timer);
  }
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is in use by another process; end it, or choose another with listen.port (0 picks a free one)`;
    case 'EADDRNOTAVAIL':
      return `this host has no address ${host}; set listen.host to one that it has`;
    case 'ENOTFOUND':
      return `${host} is no address or name of this host; set listen.host`;
    case 'EACCES':
      return `this process may not listen on port ${port}; choose one above 1023 with listen.port`;
    default:
      return `cannot listen on ${host}:${port} (listen.host, listen.port): ${messageOf(error)}`;
  }
}
