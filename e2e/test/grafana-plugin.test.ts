import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { moves, openPage, trusted } from './dashboard-page.js';
import { shots } from './places.js';
import { startProvisionedGrafana } from './provisioned-grafana.js';
import { canLook, openRunningGrafana, runningUrl, type Looked } from './running-grafana.js';
import { owner, users } from './trusted-grafana.js';

const here = canLook('the tests of the plugin in a real Grafana');

describe.skipIf(!here)('the plugin in a real Grafana', { timeout: 180_000 }, () => {
  let peers: Looked;
  let context: BrowserContext;

  beforeAll(async () => {
    peers =
      runningUrl === undefined
        ? await startProvisionedGrafana()
        : await openRunningGrafana(runningUrl);
    context = await peers.signIn(users.Viewer);
  }, 300_000);

  afterAll(() => peers.stop());

  test('loads with its datasource and panels', async () => {
    const ids = [
      'kymo-live-app',
      'kymo-live-datasource',
      'kymo-kpi-panel',
      'kymo-heatmap-panel',
      'kymo-analysis-panel',
      'kymo-protocols-panel',
      'kymo-alerts-panel',
    ];
    const admin = await peers.signIn(owner);
    for (const id of ids) {
      const answer = await admin.request.get(`${peers.url}/api/plugins/${id}/settings`);
      expect([id, answer.status()]).toEqual([id, 200]);
      expect(await answer.json()).toMatchObject({ id });
    }
    await admin.close();
  });

  test('shows a Viewer figures and a stock graph that move, over WebSocket', async () => {
    const { page, errors } = await openPage(context, peers.url + '/d/kymo-live-overview?kiosk');
    const sockets: string[] = [];
    page.on('websocket', (socket) => sockets.push(socket.url()));
    await page.reload();
    await trusted(page, 'live');
    await page.locator('.u-over').first().waitFor();
    const values = page.getByTestId('kymo-kpi-value');
    expect(await values.count()).toBe(6);
    await moves('five different figures', 5, async () => (await values.allInnerTexts()).join(' '));
    const graph = page.locator('.u-wrap canvas').first();
    await moves('five different drawings', 5, async () =>
      (await graph.screenshot()).toString('base64'),
    );
    expect(sockets.filter((url) => url.endsWith('/api/live'))).toHaveLength(1);
    await page.screenshot({ path: path.join(shots, 'live-overview-dark.png') });
    expect(errors).toEqual([]);
    await page.close();
  });

  test('looks as well in the light theme, and narrow', async () => {
    const { page } = await openPage(context, peers.url + '/d/kymo-live-overview?kiosk&theme=light');
    await trusted(page, 'live');
    await page.waitForTimeout(3000);
    await page.screenshot({ path: path.join(shots, 'live-overview-light.png') });
    await page.setViewportSize({ width: 520, height: 1100 });
    await page.waitForTimeout(2000);
    await page.screenshot({ path: path.join(shots, 'live-overview-narrow.png') });
    await page.close();
  });

  test('completes and checks PromQL in Explore, and draws it live', async () => {
    const admin = await peers.signIn(owner);
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
    const { page, errors } = await openPage(
      admin,
      `${peers.url}/explore?schemaVersion=1&orgId=1&panes=${encodeURIComponent(panes)}`,
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
    // The exporter refuses what is half typed, and the browser says so.
    expect(errors.filter((error) => !error.includes('/format_query?'))).toEqual([]);
    await admin.close();
  });

  test('passes the health check of the datasource', async () => {
    const admin = await peers.signIn(owner);
    const { page } = await openPage(admin, `${peers.url}/connections/datasources/edit/kymo`);
    await page.getByRole('button', { name: /test/i }).click();
    await page.getByText(/Kymo .* answers; values come live/).waitFor();
    await page.screenshot({ path: path.join(shots, 'datasource.png') });
    await admin.close();
  });

  test('says on its home page how the exporter does, and leads on', async () => {
    const { page, errors } = await openPage(context, peers.url + '/a/kymo-live-app');
    const card = page.locator('[data-testid=kymo-home-exporter][data-uid=kymo]');
    // A source that fails on this machine makes it degraded: it answers all the same.
    await card.and(page.locator('[data-condition=ok], [data-condition=degraded]')).waitFor();
    await card
      .getByTestId('kymo-home-alerts')
      .getByText(/\d+ (info|acknowledged)/)
      .waitFor();
    expect(await card.innerText()).toMatch(/version \d.*up for \d.*series.*live client/s);
    const list = card.getByRole('link', { name: 'Alerts and anomalies' });
    await list.waitFor();
    for (const [theme, width] of [
      ['dark', 1400],
      ['light', 480],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${peers.url}/a/kymo-live-app?theme=${theme}`);
      await list.waitFor();
      await card.getByTestId('kymo-home-alerts').waitFor();
      await page.screenshot({ path: path.join(shots, `home-${theme}.png`) });
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(wide).toBeLessThanOrEqual(width);
    }
    await list.click();
    await page.waitForURL(/\/d\/kymo-alerts.*var-datasource=kymo/);
    expect(errors).toEqual([]);
    await page.close();
  });
});
