import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseLiveServerMessages, type LiveServerMessage } from '@kymo/contract';
import { WebSocket, type ClientOptions } from 'ws';
import { afterEach } from 'vitest';
import { systemClock } from '../../src/lib/clock.js';
import { LiveSockets, type LiveSocketsOptions } from '../../src/live/websocket.js';
import type { World } from './world.js';

/**
 * Real connections: an HTTP server on a free port of 127.0.0.1 that hands upgrades to LiveSockets, and
 * clients of ws. All are closed after each test.
 */
const closing: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

export interface Served {
  readonly sockets: LiveSockets;
  readonly port: number;
}

export async function serve(
  world: World,
  options: Partial<LiveSocketsOptions> = {},
): Promise<Served> {
  const sockets = new LiveSockets({ hub: world.hub, clock: systemClock, ...options });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => sockets.handleUpgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    await sockets.close();
    await new Promise((resolve) => server.close(resolve));
  });
  return { sockets, port: (server.address() as AddressInfo).port };
}

/** A client that keeps what it gets. */
export class Peer {
  readonly socket: WebSocket;
  readonly messages: LiveServerMessage[] = [];
  /** Code and reason of the end. */
  readonly closed: Promise<{ code: number; reason: string }>;
  #waiting: (() => void)[] = [];
  onText: (text: string) => void = (text) => this.messages.push(...parseLiveServerMessages(text));

  constructor(port: number, options: ClientOptions = {}) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/api/live`, options);
    this.closed = new Promise((resolve) =>
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    );
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data) => {
      this.onText((data as Buffer).toString());
      for (const wake of this.#waiting.splice(0)) wake();
    });
    closing.push(() => this.socket.terminate());
  }

  send(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Resolves once `found` is true of what has come; it is asked again after each message. */
  async until(found: () => boolean): Promise<void> {
    while (!found()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The first message of a type, which may still have to come. */
  async first<Type extends LiveServerMessage['type']>(
    type: Type,
  ): Promise<Extract<LiveServerMessage, { type: Type }>> {
    const isIt = (
      message: LiveServerMessage,
    ): message is Extract<LiveServerMessage, { type: Type }> => message.type === type;
    await this.until(() => this.messages.some(isIt));
    const message = this.messages.find(isIt);
    if (message === undefined) throw new Error(`no ${type}`);
    return message;
  }
}
