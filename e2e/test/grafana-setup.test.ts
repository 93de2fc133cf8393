import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChromium } from './chromium.js';
import { openPage } from './dashboard-page.js';
import { GrafanaApi } from './grafana-api.js';
import { startPrometheus } from './peers.js';
import { root, shots } from './places.js';
import { hasPeer, newFolder, startKymo, until, type Running } from './processes.js';
import { canShow } from './provisioned-grafana.js';
import { owner, signIn, startTrustedGrafana, users, type Trusted } from './trusted-grafana.js';

const here = canShow('the tests of the set-up page in a real Grafana');
const hasPrometheus = hasPeer('/usr/bin/prometheus');
const WIDE = { width: 1400, height: 1000 };

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly detail: string;
}

describe.skipIf(!here)('the page Set-up in a real Grafana', { timeout: 180_000 }, () => {
  let peers: Trusted;
  let kymo: Running;
  let prometheus: Running | undefined;
  let browser: Browser;

  beforeAll(async () => {
    peers = await startTrustedGrafana({ pushes: true });
    ({ kymo } = peers);
    if (hasPrometheus) {
      prometheus = await startPrometheus({ target: new URL(kymo.url).host });
      await new GrafanaApi(peers.grafana.url).addDatasource('prometheus', prometheus.url);
    }
    browser = await startChromium();
    mkdirSync(shots, { recursive: true });
  }, 300_000);

  afterAll(async () => {
    await browser.close();
    await prometheus?.stop();
    await kymo.stop();
    await peers.stop();
  });

  const openAs = async (
    user: typeof owner,
    theme = 'dark',
    viewport = WIDE,
    pathname = '/setup',
  ) => {
    const context = await signIn(browser, peers.grafana.url, { ...user, viewport });
    return openPage(context, `${peers.grafana.url}/a/kymo-live-app${pathname}?theme=${theme}`);
  };
  const checked = (page: Page): Promise<void> =>
    page.locator('[data-testid=kymo-setup][data-checking=false]').waitFor({ timeout: 60_000 });
  const resultsOf = (page: Page, uid: string): Locator =>
    page.locator(`[data-testid=kymo-setup-section][data-uid="${uid}"]`).getByRole('listitem');
  const stateOf = (page: Page, uid: string, check: string): Promise<string | null> =>
    resultsOf(page, uid)
      .and(page.locator(`[data-check=${check}]`))
      .first()
      .getAttribute('data-state');

  /** Waits for the state of a check, which is done again as long as another one is found. */
  const becomes = (page: Page, uid: string, check: string, state: string): Promise<void> =>
    until(`${uid} ${check} is ${state}`, async () => {
      await checked(page);
      if ((await stateOf(page, uid, check)) === state) return true;
      await page.getByTestId('kymo-setup-check').click();
      return false;
    });

  /** What `kymo doctor` finds of the same, as the owner of Grafana. */
  async function doctor(): Promise<Finding[]> {
    const main = path.join(root, 'exporter/dist/main.js');
    const urls = ['--exporter-url', kymo.url, '--grafana-url', peers.grafana.url];
    const env = { ...process.env, KYMO_GRAFANA_USER: `${owner.login}:${owner.password}` };
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [main, 'doctor', ...urls, '--json'], { env });
    return (JSON.parse(stdout) as { findings: Finding[] }).findings;
  }

  test('says to an Admin what `kymo doctor` says', async () => {
    const { page, errors } = await openAs(users.Admin);
    if (hasPrometheus) await becomes(page, '', 'scraping', 'ok');
    for (const check of ['transport', 'polling', 'exporter', 'caller']) {
      await becomes(page, 'kymo', check, 'ok');
    }
    await becomes(page, 'channels', 'transport', 'ok');
    // Without the secret nothing can be changed through it.
    await becomes(page, 'open', 'caller', 'warning');
    const shown = await page.getByTestId('kymo-setup').innerText();
    const same = ['grafana', 'live', 'datasource', 'sources', 'rules', 'stream'];
    const found = (await doctor()).filter(({ check }) => same.includes(check));
    expect(found.map(({ check }) => check)).toEqual(expect.arrayContaining(same));
    for (const { detail } of found) expect(shown).toContain(detail);
    expect(shown).toMatch(/known as Admin of the test \(adam\) \(Admin\)/);
    expect(shown).toMatch(/channels come through Grafana Live, as the datasource is set/);
    await page.screenshot({ path: path.join(shots, 'setup-dark.png'), fullPage: true });
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('is for Viewers too, is copied as text, and is read in light and narrow', async () => {
    const { page, errors } = await openAs(users.Viewer, 'light');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await becomes(page, 'kymo', 'stream', 'ok');
    expect(
      await resultsOf(page, 'kymo')
        .getByText(/has the role Viewer/)
        .count(),
    ).toBe(1);
    await page.getByTestId('kymo-setup-copy').click();
    const text = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(text).toMatch(/^Kymo set-up, .*: \d+ ok, /);
    expect(text).toMatch(/^ok +stream +a WebSocket passes through the datasource$/m);
    await page.screenshot({ path: path.join(shots, 'setup-light.png'), fullPage: true });
    await page.setViewportSize({ width: 480, height: 1000 });
    await page.screenshot({ path: path.join(shots, 'setup-narrow.png'), fullPage: true });
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(480);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('says what to do when the exporter is gone, and that it is back', async () => {
    const { page } = await openAs(users.Viewer);
    await becomes(page, 'kymo', 'datasource', 'ok');
    await kymo.kill('SIGKILL');
    await becomes(page, 'kymo', 'datasource', 'failed');
    const failed = await resultsOf(page, 'kymo').first().innerText();
    expect(failed).toMatch(/does not reach an exporter \(502/);
    expect(failed).toMatch(/start the exporter \(kymo start\), or mend the URL/);
    await page.screenshot({ path: path.join(shots, 'setup-gone.png'), fullPage: true });
    const home = (await openAs(users.Viewer, 'dark', WIDE, '')).page;
    const card = home.locator('[data-testid=kymo-home-exporter][data-uid=kymo]');
    await card.and(home.locator('[data-condition=unreachable]')).waitFor();
    expect(await card.innerText()).toMatch(/not reachable.*start the exporter \(kymo start\)/s);
    await home.screenshot({ path: path.join(shots, 'home-gone.png') });
    kymo = await kymo.restart();
    await becomes(page, 'kymo', 'datasource', 'ok');
    await card.and(home.locator('[data-condition=ok], [data-condition=degraded]')).waitFor();
    await home.context().close();
    await page.context().close();
  });

  test('is led to by Home, which one exporter that hangs does not hold up', async () => {
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const settings = { name: 'Hangs', uid: 'hangs', access: 'proxy', url };
    await peers.ask('POST', '/api/datasources', { ...settings, type: 'kymo-live-datasource' });
    const { page } = await openAs(users.Viewer, 'dark', WIDE, '');
    const card = page.getByTestId('kymo-home-exporter');
    const [hangs, well] = ['hangs', 'kymo'].map((uid) =>
      card.and(page.locator(`[data-uid=${uid}]`)),
    );
    await well.getByTestId('kymo-home-alerts').waitFor();
    await hangs.getByText(/no answer within 10 s/).waitFor();
    expect(await well.getByTestId('kymo-home-alerts').count()).toBe(1);
    await page.screenshot({ path: path.join(shots, 'home-hangs.png') });
    await page.context().close();
    await peers.ask('DELETE', '/api/datasources/uid/hangs', {});
    silent.closeAllConnections();
    silent.close();
  });

  test('has on Home what each exporter lacks, and a remedy that fits', async () => {
    const folder = newFolder();
    writeFileSync(path.join(folder, 'loadavg'), 'nonsense\n');
    writeFileSync(path.join(folder, 'rules.yml'), 'groups: [{ name: a, rules: [{ alert: X }] }]');
    const paths = ['--sources.system.procfs', folder, '--rules', path.join(folder, 'rules.yml')];
    const sick = await startKymo('start', ...paths);
    const asks = createServer((_request, response) => response.writeHead(401).end('who are you?'));
    asks.listen(0, '127.0.0.1');
    await once(asks, 'listening');
    const { port } = asks.address() as AddressInfo;
    const urls = { sick: sick.url, asks: `http://127.0.0.1:${port}` };
    for (const [uid, url] of Object.entries(urls)) {
      const settings = { name: uid, uid, access: 'proxy', url, type: 'kymo-live-datasource' };
      await peers.ask('POST', '/api/datasources', settings);
    }
    const { page } = await openAs(users.Editor, 'light', WIDE, '');
    const card = (uid: string): Locator =>
      page.locator(`[data-testid=kymo-home-exporter][data-uid=${uid}]`);
    const is = (uid: string, condition: string): Promise<void> =>
      card(uid)
        .and(page.locator(`[data-condition=${condition}]`))
        .waitFor();
    await is('sick', 'degraded');
    const told = await card('sick').innerText();
    expect(told).toMatch(/loadavg: .*expected a number.*sources\.loadavg\.enabled: false/s);
    expect(told).toMatch(/rules\.yml:1:\d+: .*kymo check rules/s);
    await is('asks', 'unreachable');
    expect(await card('asks').innerText()).toMatch(/asks for a login: set it in the datasource/);
    const whyNot = page.getByTestId('kymo-home-why-not');
    await card('open')
      .locator(whyNot)
      .getByText(/sends no secret.*Ask an admin/)
      .waitFor();
    expect(await card('kymo').locator(whyNot).count()).toBe(0);
    await page.screenshot({ path: path.join(shots, 'home-wrong-light.png'), fullPage: true });
    await page.setViewportSize({ width: 480, height: 1000 });
    await page.screenshot({ path: path.join(shots, 'home-wrong-narrow.png'), fullPage: true });
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(480);
    await page.context().close();
    // Who only looks is not told of a secret.
    const viewer = (await openAs(users.Viewer, 'dark', WIDE, '')).page;
    await viewer.locator('[data-uid=open]').getByTestId('kymo-home-alerts').waitFor();
    expect(await viewer.getByTestId('kymo-home-why-not').count()).toBe(0);
    await viewer.context().close();
    for (const uid of Object.keys(urls)) {
      await peers.ask('DELETE', `/api/datasources/uid/${uid}`, {});
    }
    await sick.stop();
    asks.closeAllConnections();
    asks.close();
    rmSync(folder, { recursive: true });
  });

  test('names the next step where no exporter is connected', async () => {
    const made = await peers.ask('POST', '/api/orgs', { name: 'Without' });
    const { orgId } = (await made.json()) as { orgId: number };
    await peers.ask('POST', `/api/user/using/${orgId}`, {});
    await peers.ask('POST', '/api/plugins/kymo-live-app/settings', { enabled: true });
    const { page, errors } = await openAs(owner);
    await checked(page);
    const empty = page.getByTestId('kymo-no-exporter');
    expect(await empty.innerText()).toMatch(/Add a datasource of the type Kymo.*kymo provision/);
    await page.screenshot({ path: path.join(shots, 'setup-empty.png') });
    await page.goto(`${peers.grafana.url}/a/kymo-live-app`);
    await page.getByTestId('kymo-home').getByTestId('kymo-no-exporter').waitFor();
    await page.screenshot({ path: path.join(shots, 'home-empty.png') });
    // Grafana itself asks for flags of the new organisation before it knows it.
    expect(errors.filter((error) => !/OpenFeature|features\.grafana/.test(error))).toEqual([]);
    await page.context().close();
    await peers.ask('POST', '/api/user/using/1', {});
  });
});
