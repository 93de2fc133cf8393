import type http from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { ShopError } from '../shop/errors.js';
import type { Shop } from '../shop/shop.js';
import { LOOPBACK, type ProtocolServer } from './server.js';

const SESSION_PATH = '/session';

/**
 * Customers' sessions over WebSocket, on the port of the HTTP/1.1 server. A client asks
 * `{id, type: "price" | "stock", product}` and is answered with the same id; each shipped order is
 * told to all.
 */
export class WebSocketSessions implements ProtocolServer {
  readonly #server: WebSocketServer;
  readonly #http: http.Server;
  readonly #shop: Shop;
  #unfollow: () => void = () => {};
  #hanging = false;

  /** @param http Must be started before and stopped after. */
  constructor(shop: Shop, http: http.Server) {
    this.#shop = shop;
    this.#http = http;
    this.#server = new WebSocketServer({ noServer: true, path: SESSION_PATH, maxPayload: 10_000 });
    this.#server.on('connection', (socket) => this.#welcome(socket));
  }

  get sessions(): number {
    return this.#server.clients.size;
  }

  async start(): Promise<string> {
    this.#http.on('upgrade', (request, socket, head) => {
      this.#server.handleUpgrade(request, socket, head, (client) => {
        this.#server.emit('connection', client, request);
      });
    });
    this.#unfollow = this.#shop.follow(({ id, product }) => {
      if (this.#hanging) return;
      const told = JSON.stringify({ type: 'shipped', id, product });
      for (const client of this.#server.clients) {
        if (client.readyState === WebSocket.OPEN) client.send(told);
      }
    });
    const { port } = this.#http.address() as AddressInfo;
    return `ws://${LOOPBACK}:${port}${SESSION_PATH}`;
  }

  async stop(): Promise<void> {
    this.#unfollow();
    for (const client of this.#server.clients) client.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Nothing is read any more either, as when the process behind the sockets is stuck. */
  hang(): void {
    this.#hanging = true;
    for (const client of this.#server.clients) client.pause();
  }

  resume(): void {
    this.#hanging = false;
    for (const client of this.#server.clients) client.resume();
  }

  #welcome(socket: WebSocket): void {
    if (this.#hanging) socket.pause();
    socket.on('message', (data) => void this.#answer(socket, data));
    // A broken session closes by itself; the customer opens another.
    socket.on('error', () => {});
  }

  async #answer(socket: WebSocket, data: RawData): Promise<void> {
    let answer: object;
    let id: unknown;
    try {
      const request = JSON.parse((data as Buffer).toString()) as Record<string, unknown>;
      id = request.id;
      const product = Number(request.product);
      answer =
        request.type === 'stock'
          ? { type: 'stock', product, stock: await this.#shop.stock(product) }
          : { type: 'price', product, cents: (await this.#shop.product(product)).cents };
    } catch (thrown) {
      answer = { type: 'error', code: thrown instanceof ShopError ? thrown.code : 'bad_request' };
    }
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ id, ...answer }));
  }
}
