import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';

/** Folder of a built Grafana, `undefined` where none is set: then there is nothing to test against. */
export const grafanaHome = process.env.GRAFANA_HOME;

const admin = {
  authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}`,
  'content-type': 'application/json',
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The Grafana of `GRAFANA_HOME` with a database of its own, which outlives a restart. */
export class RealGrafana {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'kymo-grafana-'));
  #port = 0;
  #process: ChildProcess | undefined;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    if (grafanaHome === undefined) throw new Error('GRAFANA_HOME is not set');
    if (this.#port === 0) this.#port = await freePort();
    const args = ['server', '--homepath', grafanaHome];
    this.#process = spawn(path.join(grafanaHome, 'bin/grafana'), args, {
      cwd: this.#folder,
      stdio: 'ignore',
      env: {
        ...process.env,
        GF_SERVER_HTTP_ADDR: '127.0.0.1',
        GF_SERVER_HTTP_PORT: String(this.#port),
        GF_PATHS_DATA: path.join(this.#folder, 'data'),
        GF_PATHS_LOGS: path.join(this.#folder, 'logs'),
        GF_PATHS_PLUGINS: path.join(this.#folder, 'plugins'),
        GF_ANALYTICS_REPORTING_ENABLED: 'false',
        GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
        GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
        GF_NEWS_NEWS_FEED_ENABLED: 'false',
        GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED: 'true',
        GF_PLUGINS_PREINSTALL_DISABLED: 'true',
      },
    });
    const isUp = (): Promise<boolean> =>
      fetch(`${this.url}/api/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!(await isUp())) await new Promise((resolve) => setTimeout(resolve, 100));
  }

  async stop(): Promise<void> {
    if (this.#process === undefined) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await exited;
    this.#process = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The token of a new service account with role Editor. */
  async token(): Promise<string> {
    const account = await this.#post('/api/serviceaccounts', { name: 'kymo', role: 'Editor' });
    const tokens = `/api/serviceaccounts/${String(account.id)}/tokens`;
    return String((await this.#post(tokens, { name: 'kymo' })).key);
  }

  async #post(pathname: string, body: object): Promise<Record<string, unknown>> {
    const init = { method: 'POST', headers: admin, body: JSON.stringify(body) };
    return (await (await fetch(this.url + pathname, init)).json()) as Record<string, unknown>;
  }

  /**
   * Subscribes to a channel as a browser does, through Grafana's Live WebSocket (JSON of Centrifuge);
   * `onRows` gets the columns of each frame: labels, time, value. Resolves once it is subscribed.
   */
  async subscribe(channel: string, onRows: (columns: unknown[][]) => void): Promise<WebSocket> {
    const socket = new WebSocket(`${this.url.replace('http', 'ws')}/api/live/ws`, {
      headers: { authorization: admin.authorization },
    });
    const subscribed = new Promise<void>((resolve, reject) => {
      socket.on('message', (data) => {
        for (const line of (data as Buffer).toString().split('\n')) {
          // A ping of Centrifuge, which wants the same back.
          if (line === '{}') socket.send('{}');
          const message = JSON.parse(line) as Message;
          if (message.error !== undefined) reject(new Error(message.error.message));
          if (message.subscribe !== undefined) resolve();
          const columns = message.push?.pub?.data?.data?.values;
          if (columns !== undefined) onRows(columns);
        }
      });
    });
    await once(socket, 'open');
    socket.send('{"id":1,"connect":{}}');
    socket.send(JSON.stringify({ id: 2, subscribe: { channel: `default/${channel}` } }));
    await subscribed;
    return socket;
  }
}

interface Message {
  readonly error?: { readonly message: string };
  readonly subscribe?: object;
  readonly push?: {
    readonly pub?: { readonly data?: { readonly data?: { readonly values?: unknown[][] } } };
  };
}
