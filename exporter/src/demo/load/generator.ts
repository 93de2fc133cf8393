import type { Clock } from '../../lib/clock.js';
import { Random } from '../random.js';
import { protocols, type Protocol } from '../servers/server.js';
import { Arrivals } from './arrivals.js';
import type { LoadClient } from './client.js';
import { GrpcClient } from './grpc.js';
import { Http1Client } from './http1.js';
import { Http2Client } from './http2.js';
import type { LoadCounts, LoadOptions } from './messages.js';
import { dailyLevel } from './wave.js';
import { WebSocketClient } from './websocket.js';

/** Exchanges a second, averaged over a day: 90 in total. */
const meanRates: Record<Protocol, number> = { http1: 45, http2: 18, websocket: 17, grpc: 10 };

/** Sends exchanges over all four protocols, as many as the time of the day asks for. */
export class LoadGenerator {
  readonly counts: LoadCounts = {
    http1: { ok: 0, failed: 0 },
    http2: { ok: 0, failed: 0 },
    websocket: { ok: 0, failed: 0 },
    grpc: { ok: 0, failed: 0 },
  };
  /** Multiplies the load. */
  scale = 1;
  readonly #clients: Record<Protocol, LoadClient>;
  readonly #arrivals: Arrivals[];

  constructor({ targets, seed, day }: LoadOptions, clock: Clock) {
    const random = (part: string): Random => Random.named(seed, part);
    this.#clients = {
      http1: new Http1Client(targets.http1, random('http1'), clock),
      http2: new Http2Client(targets.http2, random('http2'), clock),
      websocket: new WebSocketClient(targets.websocket, random('websocket'), clock),
      grpc: new GrpcClient(targets.grpc, random('grpc'), clock),
    };
    const began = clock.monotonic();
    this.#arrivals = protocols.map(
      (protocol) =>
        new Arrivals({
          clock,
          random: random(`${protocol} arrivals`),
          rate: () => meanRates[protocol] * this.scale * dailyLevel(clock.monotonic() - began, day),
          arrive: () => this.#exchange(protocol),
        }),
    );
  }

  start(): void {
    for (const arrivals of this.#arrivals) arrivals.start();
  }

  stop(): void {
    for (const arrivals of this.#arrivals) arrivals.stop();
    for (const client of Object.values(this.#clients)) client.close();
  }

  #exchange(protocol: Protocol): void {
    const counts = this.counts[protocol];
    this.#clients[protocol].exchange().then(
      () => counts.ok++,
      () => counts.failed++,
    );
  }
}
