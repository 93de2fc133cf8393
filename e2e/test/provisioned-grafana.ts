import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { chromiumFile, startChromium } from './chromium.js';
import { provisioning } from './places.js';
import { pluginEnvironment } from './plugin.js';
import { hasGrafana, hasPeer, startGrafana, startKymoWith, type Running } from './processes.js';
import { startRelay, type Relay } from './relay.js';
import { addUsers, asOwner, SECRET, signIn } from './trusted-grafana.js';
import { startWebhook, type Webhook } from './webhook.js';

/** Grafana asks only for panels that are in view. */
const viewport = { width: 1440, height: 1800 };

/** Whether there is a Grafana and a browser; says which tests are left out where there is none. */
export function canShow(what: string): boolean {
  return hasGrafana(what) && hasPeer(chromiumFile);
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
  /** Between Grafana and what it knows as Prometheus: the exporter itself, unless a test has one scrape it. */
  readonly prometheus: Relay;
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
  const webhook = await startWebhook();
  // Grafana and the demo each want the address of the other before it is there.
  const toGrafana = await startRelay('http://127.0.0.1:1');
  const network = await startRelay('http://127.0.0.1:1');
  const prometheus = await startRelay(network.url);
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
      ...pluginEnvironment(),
      GF_PATHS_PROVISIONING: provisioning,
      KYMO_URL: network.url,
      PROMETHEUS_URL: prometheus.url,
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
    prometheus,
    webhook,
    async startDemo() {
      peers.kymo = await demo();
      network.target = peers.kymo.url;
    },
    signIn: ({ login, password }) => signIn(browser, url, { login, password, viewport }),
    async stop() {
      await browser.close();
      await grafana.stop();
      await peers.kymo.stop();
      await prometheus.close();
      await network.close();
      await toGrafana.close();
      await webhook.close();
    },
  };
  return peers;
}
