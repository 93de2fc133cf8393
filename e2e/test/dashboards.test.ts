import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GrafanaApi } from './grafana-api.js';
import { grafanaHome, hasPeer, startGrafana, startKymo, until, type Running } from './processes.js';
import { startWebhook, type Webhook } from './webhook.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const provisioning = path.join(root, 'provisioning');
const dist = path.join(root, 'plugin/dist');

if (grafanaHome === undefined) {
  process.stderr.write(
    '\n*** GRAFANA_HOME is not set: the tests of the dashboards in a real Grafana DID NOT RUN. ***\n\n',
  );
}

const here = grafanaHome !== undefined && hasPeer('/usr/bin/chromium');

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly y: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly kind: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly allValue?: string }[];
  };
}

const folder = path.join(provisioning, 'dashboards');
const dashboards = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Dashboard);

/** An expression as it is asked for where All is chosen. */
function substituted(expr: string, { templating }: Dashboard): string {
  const text = expr
    .replaceAll('$__rate_interval', '10s')
    .replaceAll('$figure', 'kymo:latency_seconds:p95');
  return templating.list.reduce(
    (known, { name, allValue = '.*' }) => known.replaceAll(`$${name}`, allValue),
    text,
  );
}

describe.skipIf(!here)('the dashboards in a real Grafana', { timeout: 600_000 }, () => {
  const plugins = mkdtempSync(path.join(tmpdir(), 'kymo-plugins-'));
  let webhook: Webhook;
  let kymo: Running;
  let grafana: Running;
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    const build = spawnSync(process.execPath, ['plugin/build.js'], { cwd: root, encoding: 'utf8' });
    expect(build.stderr).toBe('');
    symlinkSync(dist, path.join(plugins, 'kymo-live-app'));
    const ids = readdirSync(dist, { recursive: true, encoding: 'utf8' })
      .filter((file) => path.basename(file) === 'plugin.json')
      .map((file) => readFileSync(path.join(dist, file), 'utf8'))
      .map((text) => (JSON.parse(text) as { id: string }).id);
    webhook = await startWebhook();
    kymo = await startKymo('demo');
    grafana = await startGrafana(
      {},
      {
        KYMO_URL: kymo.url,
        PROMETHEUS_URL: kymo.url,
        KYMO_ALERT_WEBHOOK: webhook.url,
        GF_PATHS_PLUGINS: plugins,
        GF_PATHS_PROVISIONING: provisioning,
        GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS: ids.join(','),
      },
    );
    await new GrafanaApi(grafana.url).viewer();
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    });
    context = await browser.newContext();
    const data = { user: 'viewer', password: 'looks-only' };
    expect((await context.request.post(`${grafana.url}/login`, { data })).status()).toBe(200);
  }, 300_000);

  afterAll(async () => {
    await browser.close();
    await grafana.stop();
    await kymo.stop();
    await webhook.close();
    rmSync(plugins, { recursive: true, force: true });
  });

  /** Whether an expression has series now. */
  async function hasData(expr: string): Promise<boolean> {
    const body = new URLSearchParams({ query: expr });
    const response = await fetch(`${kymo.url}/api/v1/query`, { method: 'POST', body });
    const answer = (await response.json()) as {
      status: string;
      error?: string;
      data?: { result: unknown[] };
    };
    expect([expr, answer.error]).toEqual([expr, undefined]);
    return (answer.data?.result.length ?? 0) > 0;
  }

  test.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
    '%s has data for every panel',
    async (_, dashboard) => {
      for (const { title, targets = [] } of dashboard.panels) {
        if (targets.length === 0) continue;
        await until(`data for ${title}`, async () => {
          const found = await Promise.all(
            targets.map(({ expr }) => hasData(substituted(expr, dashboard))),
          );
          return found.includes(true);
        });
      }
    },
  );

  test.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
    '%s opens as Viewer, whole and without an error',
    async (_, { uid, panels }) => {
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      // Grafana asks only for panels that are in view.
      const rows = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
      await page.setViewportSize({ width: 1440, height: rows * 38 + 140 });
      await page.goto(`${grafana.url}/d/${uid}?kiosk`);
      for (const { title, type } of panels) {
        if (type === 'row' || title === '') continue;
        await page.getByText(title, { exact: true }).first().waitFor({ timeout: 60_000 });
      }
      const waiting = page.getByLabel('Panel loading bar');
      await until('every panel has an answer', async () => (await waiting.count()) === 0, 120);
      const empty = page.getByText('No data', { exact: true });
      // Values of a panel over a week are five minutes apart, and the exporter has just been started.
      await until('every panel shows data', async () => (await empty.count()) === 0, 400);
      expect(await page.getByTestId(/Panel status error/).count()).toBe(0);
      expect(errors).toEqual([]);
      await page.close();
    },
  );

  test.each(dashboards.map(({ title, uid }) => [title, uid] as const))(
    '%s fits a narrow screen',
    async (_, uid) => {
      const page = await context.newPage();
      await page.setViewportSize({ width: 390, height: 844 });
      await page.goto(`${grafana.url}/d/${uid}?kiosk`);
      await page.locator('[data-viz-panel-key]').first().waitFor({ timeout: 60_000 });
      const overhang = await page.evaluate<number>(
        'document.documentElement.scrollWidth - innerWidth',
      );
      expect(overhang).toBeLessThanOrEqual(0);
      await page.close();
    },
  );

  test('a fault of the demo travels to the contact point, and resolves', async () => {
    const simulated = await fetch(`${kymo.url}/api/simulate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ fault: 'errors', duration: '40s' }),
    });
    expect(simulated.status).toBeLessThan(300);
    const told = (status: string) =>
      webhook.alerts.find(
        (alert) => alert.status === status && alert.labels.rule === 'HttpErrorRatioHigh',
      );
    await until('the contact point hears of it', () => told('firing') !== undefined, 120);
    expect(told('firing')?.labels).toMatchObject({
      alertname: 'Kymo alert',
      grafana_folder: 'Kymo alerts',
      severity: 'critical',
    });
    expect(told('firing')?.annotations.summary).toMatch(/^HttpErrorRatioHigh/);
    await until('the contact point hears of its end', () => told('resolved') !== undefined, 240);
  });

  test('Grafana has logged no error', () => {
    const lines = grafana.output().split('\n');
    expect(lines.filter((line) => /level=(error|crit)/.test(line))).toEqual([]);
  });
});
