import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { moves, openPage, trusted } from './dashboard-page.js';
import { shots } from './places.js';
import { until } from './processes.js';
import { canShow, startProvisionedGrafana, type Provisioned } from './provisioned-grafana.js';
import { shownFrame } from './shown-frame.js';
import { users } from './trusted-grafana.js';

const here = canShow('the tests of losing the connection');

describe.skipIf(!here)('live panels in a real Grafana', { timeout: 180_000 }, () => {
  let peers: Provisioned;
  let context: BrowserContext;

  beforeAll(async () => {
    peers = await startProvisionedGrafana();
    context = await peers.signIn(users.Viewer);
  }, 300_000);

  afterAll(() => peers.stop());

  test('has no hole and no double value after the network was cut', async () => {
    const { page } = await openPage(context, peers.url + '/d/kymo-live-overview?kiosk');
    await trusted(page, 'live');
    const timesShown = async (): Promise<readonly number[]> =>
      (await shownFrame(page, 'CPU by mode')).times;
    await until('rows from before', async () => (await timesShown()).length > 5);
    peers.network.cut();
    await trusted(page, 'disconnected', 'stale');
    const mended = Date.now();
    peers.network.mend();
    await trusted(page, 'live');
    await until('rows from after', async () => ((await timesShown()).at(-1) ?? 0) > mended + 2000);
    const { times, fields } = await shownFrame(page, 'CPU by mode');
    expect(times.filter((time) => time < mended).length).toBeGreaterThan(5);
    const query = new URLSearchParams({
      query: 'avg by (mode) (rate(node_cpu_seconds_total{mode!="idle"}[5s]))',
      start: String(times[0] / 1000),
      end: String((times.at(-1) ?? 0) / 1000),
      step: '1',
    });
    const answer = await fetch(`${peers.kymo.url}/api/v1/query_range?${query.toString()}`);
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
    const { page } = await openPage(context, peers.url + '/d/kymo-live-overview?kiosk');
    await trusted(page, 'live');
    await peers.kymo.stop('SIGKILL');
    await trusted(page, 'disconnected', 'stale');
    await page.screenshot({ path: path.join(shots, 'live-overview-stale.png') });
    await peers.startDemo();
    await trusted(page, 'live');
    const { times } = await shownFrame(page, 'CPU by mode');
    expect(times.every((time, row) => row === 0 || time > times[row - 1])).toBe(true);
    await page.close();
  });

  test('polls where no WebSocket passes', async () => {
    const page = await context.newPage();
    await page.routeWebSocket(/\/api\/live$/, (socket) => void socket.close());
    await page.goto(`${peers.url}/d/kymo-live-overview?kiosk`);
    await trusted(page, 'polling');
    const values = page.getByTestId('kymo-kpi-value');
    await moves('three different figures', 3, async () => (await values.allInnerTexts()).join(' '));
    await page.screenshot({ path: path.join(shots, 'live-overview-polling.png') });
    await page.close();
  });
});
