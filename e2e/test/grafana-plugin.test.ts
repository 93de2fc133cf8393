import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRelay, type Relay } from './relay.js';
import { shownFrame } from './shown-frame.js';
import { grafanaHome, hasPeer, startGrafana, startKymo, until, type Running } from './processes.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const shots = path.join(root, '.cache/shots');
const authorization = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
const viewer = { user: 'viewer', password: 'only-looks' };

if (grafanaHome === undefined) {
  process.stderr.write(
    '\n*** GRAFANA_HOME is not set: the tests of the plugin in a real Grafana DID NOT RUN. ***\n\n',
  );
}

const here = grafanaHome !== undefined && hasPeer('/usr/bin/chromium');

describe.skipIf(!here)('the plugin in a real Grafana', { timeout: 180_000 }, () => {
  const plugins = mkdtempSync(path.join(tmpdir(), 'kymo-plugins-'));
  let kymo: Running;
  let relay: Relay;
  let grafana: Running;
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    const build = spawnSync(process.execPath, ['plugin/build.js'], { cwd: root, encoding: 'utf8' });
    expect(build.stderr).toBe('');
    symlinkSync(path.join(root, 'plugin/dist'), path.join(plugins, 'kymo-live-app'));
    kymo = await startKymo('demo');
    relay = await startRelay(kymo.url);
    grafana = await startGrafana(
      {},
      {
        KYMO_URL: relay.url,
        GF_PATHS_PLUGINS: plugins,
        GF_PATHS_PROVISIONING: path.join(root, 'provisioning'),
        GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS:
          'kymo-live-app,kymo-live-datasource,kymo-kpi-panel,kymo-heatmap-panel,' +
          'kymo-analysis-panel,kymo-protocols-panel,kymo-alerts-panel',
      },
    );
    const made = await fetch(`${grafana.url}/api/admin/users`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Viewer', login: viewer.user, password: viewer.password }),
    });
    expect(made.status).toBe(200);
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    });
    context = await signIn(viewer);
    mkdirSync(shots, { recursive: true });
  }, 180_000);

  afterAll(async () => {
    await browser.close();
    await grafana.stop();
    await relay.close();
    await kymo.stop();
    rmSync(plugins, { recursive: true, force: true });
  });

  /** A browser that is signed in by cookie: a WebSocket handshake carries no other headers. */
  async function signIn(data: { user: string; password: string }): Promise<BrowserContext> {
    const signed = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const answer = await signed.request.post(`${grafana.url}/login`, { data });
    expect(answer.status()).toBe(200);
    return signed;
  }

  async function open(
    pathname: string,
    signed = context,
  ): Promise<{ page: Page; errors: string[] }> {
    const page = await signed.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(grafana.url + pathname);
    return { page, errors };
  }

  test('loads with its datasource and panels', async () => {
    const ids = [
      'kymo-live-app',
      'kymo-live-datasource',
      'kymo-kpi-panel',
      'kymo-heatmap-panel',
      'kymo-analysis-panel',
      'kymo-protocols-panel',
    ];
    for (const id of ids) {
      const answer = await fetch(`${grafana.url}/api/plugins/${id}/settings`, {
        headers: { authorization },
      });
      expect([id, answer.status]).toEqual([id, 200]);
      expect(await answer.json()).toMatchObject({ id });
    }
  });

  test('shows a Viewer figures and a stock graph that move, over WebSocket', async () => {
    const { page, errors } = await open('/d/kymo-live-overview?kiosk');
    const sockets: string[] = [];
    page.on('websocket', (socket) => sockets.push(socket.url()));
    await page.reload();
    await page.locator('[data-testid=kymo-trust][data-state=live]').waitFor({ timeout: 60_000 });
    await page.locator('.u-over').first().waitFor();
    const values = page.getByTestId('kymo-kpi-value');
    expect(await values.count()).toBe(6);
    const seen = new Set<string>();
    await until('five different figures', async () => {
      seen.add((await values.allInnerTexts()).join(' '));
      return seen.size >= 5;
    });
    const graph = page.locator('.u-wrap canvas').first();
    const drawn = new Set<string>();
    await until('five different drawings', async () => {
      drawn.add((await graph.screenshot()).toString('base64'));
      return drawn.size >= 5;
    });
    expect(sockets.filter((url) => url.endsWith('/api/live'))).toHaveLength(1);
    await page.waitForTimeout(20_000);
    await page.screenshot({ path: path.join(shots, 'live-overview-dark.png') });
    expect(errors).toEqual([]);
    await page.close();
  });

  test('looks as well in the light theme, and narrow', async () => {
    const { page } = await open('/d/kymo-live-overview?kiosk&theme=light');
    await page.locator('[data-testid=kymo-trust][data-state=live]').waitFor({ timeout: 60_000 });
    await page.waitForTimeout(3000);
    await page.screenshot({ path: path.join(shots, 'live-overview-light.png') });
    await page.setViewportSize({ width: 520, height: 1100 });
    await page.waitForTimeout(2000);
    await page.screenshot({ path: path.join(shots, 'live-overview-narrow.png') });
    await page.close();
  });

  /** A dashboard of one panel, and what a Viewer sees of it. */
  async function openPanel(panel: Readonly<Record<string, unknown>>, exprs: readonly string[]) {
    const datasource = { type: 'kymo-live-datasource', uid: 'kymo' };
    const targets = exprs.map((expr, index) => {
      const refId = 'ABCDEFGH'.charAt(index);
      return { refId, version: 1, kind: 'live', expr, datasource };
    });
    const made = await fetch(`${grafana.url}/api/dashboards/db`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({
        dashboard: {
          title: String(panel.type),
          schemaVersion: 41,
          time: { from: 'now-1m', to: 'now' },
          panels: [{ id: 1, gridPos: { x: 0, y: 0, w: 24, h: 12 }, datasource, targets, ...panel }],
        },
      }),
    });
    const { url } = (await made.json()) as { url: string };
    return open(`${url}?kiosk`);
  }

  test('shows a Viewer a heatmap that moves and is read by the keyboard', async () => {
    const { page, errors } = await openPanel({ type: 'kymo-heatmap-panel' }, [
      'sum by (le) (rate(http_server_request_duration_seconds_bucket[10s]))',
      'sum by (http_route) (rate(http_server_request_duration_seconds_count[10s]))',
    ]);
    await trust(page, 'live').waitFor({ timeout: 60_000 });
    const map = page.getByTestId('kymo-heatmap');
    const drawn = new Set<string>();
    await until('three different drawings', async () => {
      drawn.add((await map.locator('canvas').screenshot()).toString('base64'));
      return drawn.size >= 3;
    });
    await map.focus();
    await page.keyboard.press('ArrowLeft');
    const said = page.getByTestId('kymo-heatmap-said');
    await until('the cell is said', async () => /\d m?s: .* req\/s$/.test(await said.innerText()));
    await page.getByRole('button', { name: 'Throughput' }).click();
    await map.focus();
    await page.keyboard.press('ArrowUp');
    await until('the route is said', async () => (await said.innerText()).includes('http_route'));
    await page.screenshot({ path: path.join(shots, 'heatmap.png') });
    expect(errors).toEqual([]);
    await page.close();
  });

  test('shows a Viewer protocols that are sorted, filtered and selected', async () => {
    const { page, errors } = await openPanel({ type: 'kymo-protocols-panel' }, [
      'kymo:requests:rate{protocol!=""}',
      'kymo:latency_seconds:p95{protocol!=""}',
      'kymo:errors:ratio{protocol!=""}',
      'sum by (protocol, state) (kymo_connections)',
      'sum by (protocol, health) (kymo_connection_health)',
    ]);
    await trust(page, 'live').waitFor({ timeout: 60_000 });
    const rows = page.getByTestId('kymo-protocol-row');
    await until('four protocols', async () => (await rows.count()) === 4);
    await page.screenshot({ path: path.join(shots, 'protocols.png') });
    await page.getByRole('button', { name: 'Protocol' }).click();
    const names = async () =>
      (await rows.allInnerTexts()).map((text) => text.split(/\s/)[0]).join();
    await until('rows by name', async () => (await names()) === 'gRPC,HTTP/1.1,HTTP/2,WebSocket');
    await page.getByTestId('kymo-protocol-filter').fill('http');
    await until('rows with http', async () => (await names()) === 'HTTP/1.1,HTTP/2');
    await rows.first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const selected = page.locator('[data-testid=kymo-protocol-row][aria-selected=true]');
    await until('HTTP/2 is selected', async () =>
      (await selected.innerText()).startsWith('HTTP/2'),
    );
    const sentence = page.getByTestId('kymo-protocol-sentence');
    await until('its connections', async () => /^HTTP\/2: conn/.test(await sentence.innerText()));
    expect(errors).toEqual([]);
    await page.close();
  });

  const trust = (page: Page, state: string) =>
    page.locator(`[data-testid=kymo-trust][data-state=${state}]`);

  test('has no hole and no double value after the network was cut', async () => {
    const { page } = await open('/d/kymo-live-overview?kiosk');
    await trust(page, 'live').waitFor({ timeout: 60_000 });
    relay.cut();
    await trust(page, 'disconnected').or(trust(page, 'stale')).waitFor();
    relay.mend();
    await trust(page, 'live').waitFor();
    const { times, fields } = await shownFrame(page, 'CPU by mode');
    expect(times.length).toBeGreaterThan(10);
    const query = new URLSearchParams({
      query: 'avg by (mode) (rate(node_cpu_seconds_total{mode!="idle"}[5s]))',
      start: String(times[0] / 1000),
      end: String((times.at(-1) ?? 0) / 1000),
      step: '1',
    });
    const answer = await fetch(`${kymo.url}/api/v1/query_range?${query.toString()}`);
    const { data } = (await answer.json()) as {
      data: { result: { metric: { mode: string }; values: [number, string][] }[] };
    };
    const asked = data.result.map(({ metric, values }) => [
      metric.mode,
      values.map(([time, value]) => [time * 1000, Number(value)]),
    ]);
    const shown = fields.map(({ labels, values }) => [
      labels.mode,
      values.flatMap((value, row) => (value === null ? [] : [[times[row], value]])),
    ]);
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(asked));
    await page.close();
  });

  test('goes on by itself when the exporter was killed and comes back', async () => {
    const { page } = await open('/d/kymo-live-overview?kiosk');
    await trust(page, 'live').waitFor({ timeout: 60_000 });
    await kymo.stop('SIGKILL');
    await trust(page, 'disconnected').or(trust(page, 'stale')).waitFor();
    await page.screenshot({ path: path.join(shots, 'live-overview-stale.png') });
    kymo = await startKymo('demo');
    relay.target = kymo.url;
    await trust(page, 'live').waitFor();
    const { times } = await shownFrame(page, 'CPU by mode');
    expect(times.every((time, row) => row === 0 || time > times[row - 1])).toBe(true);
    await page.close();
  });

  test('polls where no WebSocket passes', async () => {
    const page = await context.newPage();
    await page.routeWebSocket(/\/api\/live$/, (socket) => void socket.close());
    await page.goto(`${grafana.url}/d/kymo-live-overview?kiosk`);
    await trust(page, 'polling').waitFor({ timeout: 60_000 });
    const values = page.getByTestId('kymo-kpi-value');
    const seen = new Set<string>();
    await until('three different figures', async () => {
      seen.add((await values.allInnerTexts()).join(' '));
      return seen.size >= 3;
    });
    await page.screenshot({ path: path.join(shots, 'live-overview-polling.png') });
    await page.close();
  });

  test('completes and checks PromQL in Explore, and draws it live', async () => {
    const admin = await signIn({ user: 'admin', password: 'admin' });
    const query = {
      refId: 'A',
      version: 1,
      kind: 'live',
      expr: 'rate(node_cpu_seconds_total[5s])',
    };
    const panes = JSON.stringify({
      a: {
        datasource: 'kymo',
        queries: [{ ...query, datasource: { type: 'kymo-live-datasource', uid: 'kymo' } }],
        range: { from: 'now-1m', to: 'now' },
      },
    });
    const { page, errors } = await open(
      `/explore?schemaVersion=1&orgId=1&panes=${encodeURIComponent(panes)}`,
      admin,
    );
    await page.locator('.u-over').first().waitFor({ timeout: 60_000 });
    const editor = page.getByTestId('kymo-query-editor').locator('.monaco-editor').first();
    await editor.click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('sum by (mode) (rate(node_cpu_sec');
    await page.locator('.suggest-widget').getByText('node_cpu_seconds_total').first().waitFor();
    await page.screenshot({ path: path.join(shots, 'explore-kymo.png') });
    await page.keyboard.press('Escape');
    await editor.locator('.squiggly-error').waitFor();
    expect(errors).toEqual([]);
    await admin.close();
  });

  test('passes the health check of the datasource', async () => {
    const admin = await signIn({ user: 'admin', password: 'admin' });
    const { page } = await open('/connections/datasources/edit/kymo', admin);
    await page.getByRole('button', { name: /test/i }).click();
    await page.getByText(/Kymo .* answers; values come live/).waitFor();
    await page.screenshot({ path: path.join(shots, 'datasource.png') });
    await admin.close();
  });

  test('has a home page', async () => {
    const { page } = await open('/a/kymo-live-app');
    await page.getByTestId('kymo-home').waitFor();
    await page.close();
  });
});
