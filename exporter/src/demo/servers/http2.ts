import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { ShopError } from '../shop/errors.js';
import type { Shop } from '../shop/shop.js';
import { errorAnswer } from './http-status.js';
import { Gate, LOOPBACK, type ProtocolServer } from './server.js';

const pictures = { small: Buffer.alloc(4 * 1024, 1), large: Buffer.alloc(32 * 1024, 2) };

/** The shop's pages over HTTP/2 without TLS (h2c), as behind a proxy that ends TLS. */
export class Http2Server implements ProtocolServer {
  readonly #server: http2.Http2Server;
  readonly #sessions = new Set<http2.ServerHttp2Session>();
  readonly #gate = new Gate();
  readonly #shop: Shop;

  constructor(shop: Shop) {
    this.#shop = shop;
    this.#server = http2.createServer((request, response) => void this.#handle(request, response));
    this.#server.on('session', (session) => {
      this.#sessions.add(session);
      session.once('close', () => this.#sessions.delete(session));
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, LOOPBACK, resolve);
    });
    const { port } = this.#server.address() as AddressInfo;
    return `http://${LOOPBACK}:${port}`;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      for (const session of this.#sessions) session.destroy();
    });
  }

  hang(): void {
    this.#gate.shut();
  }

  resume(): void {
    this.#gate.open();
  }

  async #handle(
    request: http2.Http2ServerRequest,
    response: http2.Http2ServerResponse,
  ): Promise<void> {
    if (this.#gate.wait !== undefined) {
      await this.#gate.wait;
      // Whoever has given up meanwhile is not worked for.
      if (request.stream.destroyed) return;
    }
    try {
      const { type, body } = await this.#answer(request.url);
      response.writeHead(200, { 'content-type': type });
      response.end(body);
    } catch (thrown) {
      if (request.stream.destroyed) return;
      const { status, error } = errorAnswer(thrown);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error }));
    }
  }

  async #answer(path: string): Promise<{ type: string; body: string | Buffer }> {
    const [, kind, name] = path.split('/');
    const type = 'application/json';
    switch (kind) {
      case 'products':
        return { type, body: JSON.stringify(await this.#shop.product(Number(name))) };
      case 'recommendations':
        return { type, body: JSON.stringify(await this.#shop.recommendations(Number(name))) };
      case 'pictures':
        return {
          type: 'application/octet-stream',
          body: name === 'large' ? pictures.large : pictures.small,
        };
      default:
        throw new ShopError('not_found', `there is nothing at ${path}`);
    }
  }
}
