import { connect, createServer, type Socket } from 'node:net';

/** A TCP address that passes everything on, and can be cut: a network between two programs. */
export interface Relay {
  readonly url: string;
  /** Where new connections go. */
  target: string;
  /** Ends every connection and refuses new ones, until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1 and passes on to the host and port of a URL. */
export async function startRelay(target: string): Promise<Relay> {
  const sockets = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) {
      near.destroy();
      return;
    }
    const { hostname, port } = new URL(relay.target);
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const endAll = (): void => sockets.forEach((socket) => socket.destroy());
  const relay: Relay = {
    url: `http://127.0.0.1:${address.port}`,
    target,
    cut() {
      whole = false;
      endAll();
    },
    mend() {
      whole = true;
    },
    close() {
      endAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return relay;
}
