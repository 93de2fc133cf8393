import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

/**
 * A server that takes pushes as Grafana does and answers as a test has it: `answer` is a status, or
 * does as it likes with the response. Servers are closed after each test.
 */
const open: FakeGrafana[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.stop()));
});

export interface Push {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly lines: readonly string[];
}

export class FakeGrafana {
  readonly pushes: Push[] = [];
  answer: number | ((response: ServerResponse) => void) = 200;
  #server = createServer((request, response) => void this.#take(request, response));
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Starts, again on the same port after a stop. */
  async start(): Promise<this> {
    open.push(this);
    await new Promise<void>((resolve) =>
      this.#server.listen(this.#port, '127.0.0.1', () => resolve()),
    );
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.pushes.push({
      path: request.url ?? '',
      authorization: request.headers.authorization,
      lines: body.split('\n').filter((line) => line !== ''),
    });
    if (typeof this.answer === 'number') response.writeHead(this.answer).end();
    else this.answer(response);
  }
}

/** Resolves once `found` is true; it is asked again whenever something may have happened. */
export async function until(found: () => boolean): Promise<void> {
  while (!found()) await new Promise((resolve) => setTimeout(resolve, 1));
}
