import type { Browser, BrowserContext } from 'playwright-core';
import { GrafanaApi } from './grafana-api.js';
import { pluginEnvironment } from './plugin.js';
import { startGrafana, startKymoWith, type Running } from './processes.js';
import { startRelay, type Relay } from './relay.js';

/**
 * A real Grafana with our plugin and an exporter that trusts it, with a user of each role. Its
 * datasources: `kymo` with the shared secret, `open` without it, `channels` for Grafana Live, and `stock`,
 * which is Grafana's own for Prometheus; all ask the exporter.
 */
export const SECRET = '0123456789abcdef0123456789abcdef';

const user = (login: string, password: string) => ({
  login,
  password,
  authorization: `Basic ${btoa(`${login}:${password}`)}`,
});
export const owner = user('admin', 'admin');
export const users = {
  Viewer: user('vera', 'only-looks'),
  Editor: user('ada', 'may-change'),
  Admin: user('adam', 'may-do-all'),
} as const;
export type Role = keyof typeof users;

export interface Trusted {
  readonly grafana: Running;
  readonly kymo: Running;
  /** Between the two. */
  readonly relay: Relay;
  /** Asks Grafana as its owner, with JSON. */
  ask(method: string, pathname: string, body: object): Promise<Response>;
  stop(): Promise<void>;
}

export interface TrustedOptions {
  /** What the exporter runs; `start` by default. */
  readonly command?: 'start' | 'demo';
  /** Whether the exporter pushes its channels to Grafana Live; it does not by default. */
  readonly pushes?: boolean;
}

export async function startTrustedGrafana({
  command = 'start',
  pushes = false,
}: TrustedOptions = {}): Promise<Trusted> {
  // Grafana and exporter each want the address of the other.
  const relay = await startRelay('http://127.0.0.1:1');
  const grafana = await startGrafana(provisioningOf(relay.url), pluginEnvironment());
  const { port } = new URL(grafana.url);
  const token = pushes && (await new GrafanaApi(grafana.url).token('Editor'));
  const kymo = await startKymoWith(
    {
      ...(token !== false && { KYMO_GRAFANA_TOKEN: token }),
      KYMO_GRAFANA_URL: grafana.url,
      // Grafana goes by its root URL, which is not the address that it is reached at here.
      KYMO_GRAFANA_ISSUER: `http://localhost:${port}/`,
      KYMO_GRAFANA_SECRET: SECRET,
    },
    command,
  );
  relay.target = kymo.url;
  const ask = asOwner(grafana.url);
  await addUsers(ask);
  return {
    grafana,
    kymo,
    relay,
    ask,
    async stop() {
      await grafana.stop();
      await relay.close();
      await kymo.stop();
    },
  };
}

function provisioningOf(url: string): Readonly<Record<string, unknown>> {
  const common = { access: 'proxy', url, orgId: 1 };
  const ours = { ...common, type: 'kymo-live-datasource' };
  const secret = {
    jsonData: { httpHeaderName1: 'X-Kymo-Secret' },
    secureJsonData: { httpHeaderValue1: SECRET },
  };
  return {
    'datasources/kymo.yaml': {
      apiVersion: 1,
      datasources: [
        { ...ours, name: 'Kymo', uid: 'kymo', ...secret },
        { ...ours, name: 'Open', uid: 'open' },
        { ...ours, name: 'Channels', uid: 'channels', jsonData: { transport: 'live' } },
        { ...common, name: 'Stock', uid: 'stock', type: 'prometheus' },
      ],
    },
    'plugins/kymo.yaml': {
      apiVersion: 1,
      apps: [{ type: 'kymo-live-app', org_id: 1, disabled: false }],
    },
  };
}

/** Asks a Grafana as its owner, with JSON. */
export function asOwner(url: string): Trusted['ask'] {
  return (method, pathname, body) =>
    fetch(url + pathname, {
      method,
      headers: { authorization: owner.authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
}

/** A browser that is signed in by cookie: a WebSocket handshake carries no other headers. */
export async function signIn(
  browser: Browser,
  url: string,
  {
    login,
    password,
    viewport,
  }: {
    readonly login: string;
    readonly password: string;
    readonly viewport: { readonly width: number; readonly height: number };
  },
): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport });
  const answer = await context.request.post(`${url}/login`, { data: { user: login, password } });
  if (!answer.ok()) throw new Error(`${login} cannot sign in: ${answer.status()}`);
  return context;
}

/** Makes the users of all roles. */
export async function addUsers(ask: Trusted['ask']): Promise<void> {
  for (const role of Object.keys(users) as Role[]) await addUser(ask, role);
}

async function addUser(ask: Trusted['ask'], role: Role): Promise<void> {
  const { login, password } = users[role];
  const name = `${role} of the test`;
  const made = await ask('POST', '/api/admin/users', { name, login, password });
  const { id } = (await made.json()) as { id: number };
  const changed = await ask('PATCH', `/api/org/users/${id}`, { role });
  if (!changed.ok) throw new Error(await changed.text());
}
