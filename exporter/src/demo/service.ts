import type { Registry } from 'prom-client';
import type { Clock } from '../lib/clock.js';
import { ShopMetrics } from './metrics.js';
import { GrpcServer } from './servers/grpc.js';
import { Http1Server } from './servers/http1.js';
import { Http2Server } from './servers/http2.js';
import type { Protocol, ProtocolServer } from './servers/server.js';
import { WebSocketSessions } from './servers/websocket.js';
import { Shop } from './shop/shop.js';

/** Where each protocol of the service is reached. */
export type Addresses = Readonly<Record<Protocol, string>>;

export interface DemoServiceOptions {
  readonly clock: Clock;
  readonly seed: number;
}

/** A small shop on the loopback address that speaks four protocols and has metrics of its own. */
export class DemoService {
  readonly metrics = new ShopMetrics();
  readonly shop: Shop;
  readonly servers: Readonly<Record<Protocol, ProtocolServer>>;

  constructor({ clock, seed }: DemoServiceOptions) {
    this.shop = new Shop({ clock, seed, metrics: this.metrics });
    const http1 = new Http1Server(this.shop);
    const websocket = new WebSocketSessions(this.shop, http1.server);
    this.servers = {
      http1,
      websocket,
      http2: new Http2Server(this.shop),
      grpc: new GrpcServer(this.shop),
    };
    this.metrics.level('shop_sessions', 'Open WebSocket sessions of customers.', () => [
      [{}, websocket.sessions],
    ]);
  }

  get registry(): Registry {
    return this.metrics.registry;
  }

  /** Starts all servers on free ports of the loopback address. */
  async start(): Promise<Addresses> {
    // Sessions come in on the port of HTTP/1.1.
    const http1 = await this.servers.http1.start();
    const [http2, websocket, grpc] = await Promise.all([
      this.servers.http2.start(),
      this.servers.websocket.start(),
      this.servers.grpc.start(),
    ]);
    return { http1, http2, websocket, grpc };
  }

  /** Breaks off what is open and frees the ports. */
  async stop(): Promise<void> {
    await this.servers.websocket.stop();
    await Promise.all([
      this.servers.http1.stop(),
      this.servers.http2.stop(),
      this.servers.grpc.stop(),
    ]);
  }
}
