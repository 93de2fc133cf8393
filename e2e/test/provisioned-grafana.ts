import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext } from 'playwright-core';
import { chromiumFile, startChromium } from './chromium.js';
import { grafanaHome, hasPeer, startGrafana, startKymoWith, type Running } from './processes.js';
import { startRelay, type Relay } from './relay.js';
import { addUsers, asOwner, SECRET } from './trusted-grafana.js';
import { startWebhook, type Webhook } from './webhook.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const dist = path.join(root, 'plugin/dist');
const provisioning = path.join(root, 'provisioning');

/** Whether there is a Grafana and a browser; says which tests are left out where there is none. */
export function canShow(what: string): boolean {
  if (grafanaHome === undefined) {
    process.stderr.write(`\n*** GRAFANA_HOME is not set: ${what} DID NOT RUN. ***\n\n`);
    return false;
  }
  return hasPeer(chromiumFile);
}

/** A dashboard of the provisioning, as far as tests look into it. */
export interface ProvidedDashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly {
    readonly type: string;
    readonly title: string;
    readonly gridPos: { readonly y: number; readonly h: number };
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

const folder = path.join(provisioning, 'dashboards');
export const dashboards = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as ProvidedDashboard);

/** The demo in a Grafana with the plugin, all that is provisioned, a user of each role, and a browser. */
export interface Provisioned {
  /** Of Grafana. */
  readonly url: string;
  readonly grafana: Running;
  /** Of the demo; another one may take its place. */
  kymo: Running;
  /** Between Grafana and the demo. */
  readonly network: Relay;
  /** What Grafana's contact point tells. */
  readonly webhook: Webhook;
  /** Runs the demo again, after it was stopped. */
  startDemo(): Promise<void>;
  /** A browser that is signed in by cookie: a WebSocket handshake carries no other headers. */
  signIn(user: { readonly login: string; readonly password: string }): Promise<BrowserContext>;
  stop(): Promise<void>;
}

/** @param flags of the demo */
export async function startProvisionedGrafana(...flags: string[]): Promise<Provisioned> {
  const plugins = withPlugin();
  const webhook = await startWebhook();
  // Grafana and the demo each want the address of the other before it is there.
  const toGrafana = await startRelay('http://127.0.0.1:1');
  const network = await startRelay('http://127.0.0.1:1');
  const demo = (): Promise<Running> =>
    startKymoWith(
      {
        KYMO_GRAFANA_URL: toGrafana.url,
        KYMO_GRAFANA_ISSUER: `${toGrafana.url}/`,
        KYMO_GRAFANA_SECRET: SECRET,
      },
      'demo',
      ...flags,
    );
  const kymo = await demo();
  network.target = kymo.url;
  const grafana = await startGrafana(
    {},
    {
      GF_SERVER_ROOT_URL: `${toGrafana.url}/`,
      GF_PATHS_PLUGINS: plugins,
      GF_PATHS_PROVISIONING: provisioning,
      GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS: pluginIds().join(','),
      KYMO_URL: network.url,
      PROMETHEUS_URL: network.url,
      KYMO_ALERT_WEBHOOK: webhook.url,
      KYMO_SECRET: SECRET,
    },
  );
  toGrafana.target = grafana.url;
  const { url } = toGrafana;
  await addUsers(asOwner(url));
  const browser = await startChromium();
  const peers: Provisioned = {
    url,
    grafana,
    kymo,
    network,
    webhook,
    async startDemo() {
      peers.kymo = await demo();
      network.target = peers.kymo.url;
    },
    signIn: (user) => signIn(browser, url, user),
    async stop() {
      await browser.close();
      await grafana.stop();
      await peers.kymo.stop();
      await network.close();
      await toGrafana.close();
      await webhook.close();
      rmSync(plugins, { recursive: true, force: true });
    },
  };
  return peers;
}

/** A folder of plugins with a new build of ours. */
function withPlugin(): string {
  const build = spawnSync(process.execPath, ['plugin/build.js'], { cwd: root, encoding: 'utf8' });
  if (build.status !== 0) throw new Error(build.stderr);
  const plugins = mkdtempSync(path.join(tmpdir(), 'kymo-plugins-'));
  symlinkSync(dist, path.join(plugins, 'kymo-live-app'));
  return plugins;
}

/** The app and what is nested in it. */
function pluginIds(): string[] {
  return readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'plugin.json')
    .map((file) => readFileSync(path.join(dist, file), 'utf8'))
    .map((text) => (JSON.parse(text) as { id: string }).id);
}

async function signIn(
  browser: Browser,
  url: string,
  { login, password }: { readonly login: string; readonly password: string },
): Promise<BrowserContext> {
  // Grafana asks only for panels that are in view.
  const context = await browser.newContext({ viewport: { width: 1440, height: 1800 } });
  const answer = await context.request.post(`${url}/login`, { data: { user: login, password } });
  if (!answer.ok()) throw new Error(`${login} cannot sign in: ${answer.status()}`);
  return context;
}
