import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { moves, openPage, trusted } from './dashboard-page.js';
import { shots } from './places.js';
import { until } from './processes.js';
import { canShow, startProvisionedGrafana, type Provisioned } from './provisioned-grafana.js';
import { owner, users } from './trusted-grafana.js';

const here = canShow('the tests of panels in a real Grafana');

describe.skipIf(!here)('panels in a real Grafana', { timeout: 180_000 }, () => {
  let peers: Provisioned;
  let context: BrowserContext;

  beforeAll(async () => {
    peers = await startProvisionedGrafana();
    context = await peers.signIn(users.Viewer);
  }, 300_000);

  afterAll(() => peers.stop());

  /** A dashboard of one panel, and what a Viewer sees of it. */
  async function openPanel(panel: Readonly<Record<string, unknown>>, exprs: readonly string[]) {
    const datasource = { type: 'kymo-live-datasource', uid: 'kymo' };
    const targets = exprs.map((expr, index) => {
      const refId = 'ABCDEFGH'.charAt(index);
      return { refId, version: 1, kind: 'live', expr, datasource };
    });
    const made = await fetch(`${peers.url}/api/dashboards/db`, {
      method: 'POST',
      headers: { authorization: owner.authorization, 'content-type': 'application/json' },
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
    return openPage(context, `${peers.url}${url}?kiosk`);
  }

  test('shows a Viewer a heatmap that moves and is read by the keyboard', async () => {
    const { page, errors } = await openPanel({ type: 'kymo-heatmap-panel' }, [
      'sum by (le) (rate(http_server_request_duration_seconds_bucket[10s]))',
      'sum by (http_route) (rate(http_server_request_duration_seconds_count[10s]))',
    ]);
    await trusted(page, 'live');
    const map = page.getByTestId('kymo-heatmap');
    await moves('three different drawings', 3, async () =>
      (await map.locator('canvas').screenshot()).toString('base64'),
    );
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
    await trusted(page, 'live');
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
});
