import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An alert as Grafana's contact points tell it. */
interface ToldAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A receiver of alerts that keeps what it is told. */
export interface Webhook {
  readonly url: string;
  /** Every alert that it was told of, in order. */
  readonly alerts: readonly ToldAlert[];
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. */
export async function startWebhook(): Promise<Webhook> {
  const alerts: ToldAlert[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const told = JSON.parse(Buffer.concat(parts).toString()) as { alerts: ToldAlert[] };
      alerts.push(...told.alerts);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    alerts,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
