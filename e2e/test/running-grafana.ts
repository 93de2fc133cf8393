import type { BrowserContext } from 'playwright-core';
import { chromiumFile, startChromium } from './chromium.js';
import { grafanaHome, hasPeer } from './processes.js';
import { canShow } from './provisioned-grafana.js';
import { signIn } from './trusted-grafana.js';

/** A Grafana with the plugin and what is provisioned, and somebody who looks. */
export interface Looked {
  readonly url: string;
  /** A browser that is signed in. */
  signIn(user: { readonly login: string; readonly password: string }): Promise<BrowserContext>;
  stop(): Promise<void>;
}

/**
 * Address of a Grafana that runs and is looked at, with whatever it shows; nothing in it is changed. Only
 * where the tests have no Grafana of their own.
 */
export const runningUrl =
  grafanaHome === undefined ? process.env.GRAFANA_URL?.replace(/\/+$/, '') : undefined;

/** Whether there is a Grafana to look at and a browser; where not, says which tests are left out. */
export const canLook = (what: string): boolean =>
  runningUrl === undefined ? canShow(what) : hasPeer(chromiumFile);

/**
 * Looks at the Grafana of {@link runningUrl}, always as GRAFANA_ADMIN_USER with GRAFANA_ADMIN_PASSWORD
 * (admin, admin): its users are not those of the tests.
 */
export async function openRunningGrafana(url: string): Promise<Looked> {
  const browser = await startChromium();
  const { GRAFANA_ADMIN_USER: login = 'admin', GRAFANA_ADMIN_PASSWORD: password = 'admin' } =
    process.env;
  const viewport = { width: 1440, height: 1800 };
  return {
    url,
    signIn: () => signIn(browser, url, { login, password, viewport }),
    stop: () => browser.close(),
  };
}
