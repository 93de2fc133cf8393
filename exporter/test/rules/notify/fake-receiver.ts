import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * A receiver on loopback that answers as it is told. To add a fault: one more case of `behaviour`.
 */
export class FakeReceiver {
  /** A status to answer, or to take the request and never answer. */
  behaviour: number | 'hang' = 200;
  answerHeaders: Record<string, string> = {};
  /** Decides by the body; wins over `behaviour` where it answers something. */
  judge: ((body: string) => number | undefined) | undefined;
  /** Requests that were answered with 2xx. */
  readonly taken: Received[] = [];
  /** All requests. */
  attempts = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        this.attempts++;
        const answer = this.judge?.(body) ?? this.behaviour;
        if (answer === 'hang') return;
        if (answer < 300) {
          this.taken.push({ path: request.url ?? '', headers: request.headers, body });
        }
        response.writeHead(answer, this.answerHeaders).end(`answer ${answer}`);
      });
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(): Promise<FakeReceiver> {
    const receiver = new FakeReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
