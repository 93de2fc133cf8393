import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { LIVE_CLOSE_CODES } from '@kymo/contract';
import { WebSocket, WebSocketServer, type ServerOptions } from 'ws';
import type { Clock, Timer } from '../lib/clock.js';
import type { LiveClient, Transport } from './client.js';
import type { LiveHub } from './hub.js';
import type { Outgoing } from './outgoing.js';

export interface LiveSocketsOptions {
  readonly hub: LiveHub;
  readonly clock: Clock;
  /** Bytes of a message from a client; 64 KiB by default. */
  readonly maxMessage?: number;
  /** Milliseconds between pings to a client, which it has as long to answer; 30 s by default. */
  readonly heartbeat?: number;
}

/** Milliseconds between two looks at clients, each at another part of them. */
const SWEEP = 1000;
/** Milliseconds that a peer has for the closing handshake. */
const CLOSE_TIMEOUT = 5000;

interface Connection {
  readonly socket: WebSocket;
  /** Whether it has been heard of since the last ping. */
  alive: boolean;
}

/** Live streams over WebSocket, on connections that an HTTP server hands over. */
export class LiveSockets {
  readonly #hub: LiveHub;
  readonly #clock: Clock;
  readonly #server: WebSocketServer;
  /** Connections in as many parts as there are sweeps between two pings: pings never come all at once. */
  readonly #parts: readonly Set<Connection>[];
  #nextPart = 0;
  #accepted = 0;
  #timer: Timer | undefined;
  #stopped = false;

  constructor({ hub, clock, maxMessage = 64 * 1024, heartbeat = 30_000 }: LiveSocketsOptions) {
    this.#hub = hub;
    this.#clock = clock;
    // Not in the types yet.
    const options: ServerOptions & { readonly closeTimeout: number } = {
      noServer: true,
      clientTracking: false,
      maxPayload: maxMessage,
      // Compressing for each client costs more CPU than all the rest, and 300 KB of memory a client.
      perMessageDeflate: false,
      closeTimeout: CLOSE_TIMEOUT,
    };
    this.#server = new WebSocketServer(options);
    const parts = Math.max(1, Math.round(heartbeat / SWEEP));
    this.#parts = Array.from({ length: parts }, () => new Set());
  }

  /**
   * Takes an upgrade request. Its Host, Origin and path have been checked by the caller; a request
   * that is no WebSocket handshake is answered here.
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (peer) => this.#accept(peer, socket));
  }

  /** Closes all connections with 1001 and takes no more; resolves when none is left. */
  async close(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== undefined) this.#clock.cancel(this.#timer);
    const open = this.#parts.flatMap((part) => [...part]).map(({ socket }) => socket);
    const closed = open.map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    this.#hub.stop();
    for (const socket of open) socket.close(LIVE_CLOSE_CODES.goingAway);
    await Promise.all(closed);
  }

  #accept(socket: WebSocket, stream: Duplex): void {
    const part = this.#parts[this.#accepted++ % this.#parts.length];
    const connection: Connection = { socket, alive: true };
    part.add(connection);
    const client = this.#hub.connect(new SocketTransport(socket, stream));
    socket.on('close', () => {
      part.delete(connection);
      if (client !== undefined) this.#hub.disconnect(client);
    });
    // A protocol error, such as a message that is too large: ws closes with the right code by itself.
    socket.on('error', () => undefined);
    if (client === undefined || this.#stopped) {
      socket.close(LIVE_CLOSE_CODES.goingAway);
      return;
    }
    socket.on('pong', () => (connection.alive = true));
    socket.on('message', (data, isBinary) => {
      connection.alive = true;
      this.#receive(client, data as Buffer, isBinary);
    });
    stream.on('drain', () => this.#hub.drained(client));
    this.#schedule();
  }

  #receive(client: LiveClient, data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      const reason = 'messages are JSON in text frames';
      this.#hub.close(client, LIVE_CLOSE_CODES.unsupported, reason);
    } else client.receive(data.toString());
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#stopped) return;
    this.#timer = this.#clock.schedule(() => {
      this.#timer = undefined;
      this.#hub.sweep();
      this.#heartbeat();
      if (this.#parts.some(({ size }) => size > 0)) this.#schedule();
    }, SWEEP);
  }

  /** Pings one part; who has not answered the last ping is half-open, or hangs. */
  #heartbeat(): void {
    for (const connection of this.#parts[this.#nextPart]) {
      if (!connection.alive) connection.socket.terminate();
      else if (connection.socket.readyState === WebSocket.OPEN) {
        connection.alive = false;
        connection.socket.ping();
      }
    }
    this.#nextPart = (this.#nextPart + 1) % this.#parts.length;
  }
}

/**
 * Writes prepared frames to the stream below the WebSocket, which spares ws a header and a second
 * write for each client. ws itself writes to that stream only whole frames and synchronously, as long
 * as there is no compression, so none is torn apart; after its closing frame nothing more is written.
 */
class SocketTransport implements Transport {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;

  constructor(socket: WebSocket, stream: Duplex) {
    this.#socket = socket;
    this.#stream = stream;
  }

  get buffered(): number {
    return this.#stream.writableLength;
  }

  send(message: Outgoing): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#stream.write(message.frame);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }
}
