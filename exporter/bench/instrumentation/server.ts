import {
  createServer as createHttp1,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttp2, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Counter, Histogram, Registry } from 'prom-client';
import { Head } from '../../src/series/head.js';
import { instrumentHttp } from '../../src/sources/http/instrument.js';

export const PROTOCOLS = ['http1', 'http2'] as const;
/** How the server is measured: not at all, by us, or by what is usually written around prom-client. */
export const VARIANTS = ['bare', 'kymo', 'prom-client'] as const;

export type Protocol = (typeof PROTOCOLS)[number];
export type Variant = (typeof VARIANTS)[number];

/** What the server answers to any message. */
export interface Usage {
  /** CPU time since the start, microseconds. */
  readonly cpu: number;
  /** Requests served since the start, as the server counts them itself. */
  readonly requests: number;
}

export interface Listening {
  readonly port: number;
}

const BODY = JSON.stringify({ id: 4711, name: 'kymograph', tags: ['a', 'b'], price: 12.5 });

/** Serves in this process until its parent goes. */
export function serve(protocol: Protocol, variant: Variant): void {
  let requests = 0;
  const answer = (_request: unknown, response: ServerResponse): void => {
    requests++;
    response.setHeader('content-type', 'application/json');
    response.end(BODY);
  };
  if (variant === 'kymo') measureWithKymo();
  const handler = variant === 'prom-client' ? measuredWithPromClient(answer) : answer;
  const server: Server | Http2Server =
    protocol === 'http1'
      ? createHttp1(handler)
      : // The compatible interface has the same methods.
        createHttp2(handler as unknown as Parameters<typeof createHttp2>[0]);
  server.listen(0, '127.0.0.1', () => {
    process.send?.({ port: (server.address() as AddressInfo).port } satisfies Listening);
  });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpu: user + system, requests } satisfies Usage);
  });
  process.on('disconnect', () => process.exit());
}

/** As an exporter does: with a tick a second. */
function measureWithKymo(): void {
  const { source } = instrumentHttp();
  const head = new Head();
  const writer = head.source(source.name, { exposed: true });
  const { signal } = new AbortController();
  setInterval(() => {
    const time = Math.floor(Date.now() / 1000) * 1000;
    void source.collect({ time, writer, signal });
    writer.commit(time);
    head.endTick(time);
  }, 1000).unref();
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

function measuredWithPromClient(handler: Handler): Handler {
  const registers = [new Registry()];
  const labelNames = ['method', 'route', 'status'];
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration.',
    labelNames,
    registers,
  });
  const total = new Counter({
    name: 'http_requests_total',
    help: 'Requests.',
    labelNames,
    registers,
  });
  return (request, response) => {
    const start = process.hrtime.bigint();
    response.on('finish', () => {
      const labels = { method: request.method, route: '/items/:id', status: response.statusCode };
      duration.observe(labels, Number(process.hrtime.bigint() - start) / 1e9);
      total.inc(labels);
    });
    handler(request, response);
  };
}
