import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Shop } from '../shop/shop.js';
import { errorAnswer } from './http-status.js';
import { Gate, LOOPBACK, type ProtocolServer } from './server.js';

/** The shop over HTTP/1.1: an ordinary express application. */
export class Http1Server implements ProtocolServer {
  readonly server: http.Server;
  readonly #gate = new Gate();

  constructor(shop: Shop) {
    this.server = http.createServer(application(shop, this.#gate));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, LOOPBACK, resolve);
    });
    const { port } = this.server.address() as AddressInfo;
    return `http://${LOOPBACK}:${port}`;
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  hang(): void {
    this.#gate.shut();
  }

  resume(): void {
    this.#gate.open();
  }
}

function application(shop: Shop, gate: Gate): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(passing(gate));
  app.use(express.json({ limit: '10kb' }));
  app.get('/health', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/api/products/:id', async (request, response) => {
    response.json(await shop.product(Number(request.params.id)));
  });
  app.get('/api/search', async (request, response) => {
    const { q } = request.query;
    response.json(await shop.search(typeof q === 'string' ? q : ''));
  });
  app.post('/api/orders', async (request, response) => {
    const { product, quantity } = orderIn(request.body);
    response.status(201).json(await shop.placeOrder(product, quantity));
  });
  app.get('/api/orders/:id', async (request, response) => {
    response.json(await shop.order(Number(request.params.id)));
  });
  app.get('/api/reports/sales', async (_request, response) => {
    response.json(await shop.salesReport());
  });
  app.use(failed);
  return app;
}

function passing(gate: Gate): RequestHandler {
  return (_request, response, next) => {
    if (gate.wait === undefined) {
      next();
      return;
    }
    // Whoever has given up meanwhile is not worked for.
    void gate.wait.then(() => {
      if (!response.destroyed) next();
    });
  };
}

/** Numbers that are missing or of another type become NaN, which the shop refuses. */
function orderIn(body: unknown): { product: number; quantity: number } {
  const { product, quantity } = (body ?? {}) as { product?: unknown; quantity?: unknown };
  return { product: Number(product), quantity: Number(quantity) };
}

// Express tells error handlers by their four parameters.
const failed: ErrorRequestHandler = (thrown, _request, response, _next) => {
  // What the body parser refuses carries the status that it deserves.
  const refused = thrown as { status?: unknown; message?: unknown } | undefined;
  const { status, error } =
    refused?.status === 400 || refused?.status === 413
      ? { status: refused.status, error: String(refused.message) }
      : errorAnswer(thrown);
  response.status(status).json({ error });
};
