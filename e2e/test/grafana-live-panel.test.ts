import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumFile, startChromium } from './chromium.js';
import { labelsKey, type Row } from './live-client.js';
import { queryRange } from './live-peer.js';
import { grafanaHome, hasPeer, until, type Running } from './processes.js';
import { shownFrame } from './shown-frame.js';
import { startTrustedGrafana, users, type Role, type Trusted } from './trusted-grafana.js';

const shots = fileURLToPath(new URL('../../.cache/shots', import.meta.url));
const here = grafanaHome !== undefined && hasPeer(chromiumFile);

if (grafanaHome === undefined) {
  process.stderr.write(
    '\n*** GRAFANA_HOME is not set: panels over each transport in a real Grafana WERE NOT TESTED. ***\n\n',
  );
}

/** Expressions of channels that the exporter provides. */
const REQUESTS = 'sum by (protocol) (rate(http_server_request_duration_seconds_count[10s]))';
const LOAD = 'node_load1';
const HISTOGRAMS = 'sum(rate(http_server_request_duration_seconds[10s]))';
const STOCK = 'Stock graph';
const DISTRIBUTION = 'Distribution';
const TICK = 1000;
const FLUSH = 5000;

/** Title, type and query of each panel. */
const PANELS: readonly (readonly [title: string, type: string, query: object])[] = [
  [STOCK, 'timeseries', { kind: 'live', expr: REQUESTS }],
  ['Figure', 'kymo-kpi-panel', { kind: 'live', expr: LOAD }],
  ['Map', 'kymo-heatmap-panel', { kind: 'live', expr: REQUESTS }],
  ['Protocols', 'kymo-protocols-panel', { kind: 'live', expr: REQUESTS }],
  ['Analysis', 'kymo-analysis-panel', { kind: 'analysis', expr: LOAD }],
  ['Alerts', 'kymo-alerts-panel', { kind: 'alerts', expr: '' }],
];

type Way = 'live' | 'websocket' | 'polling';

describe.skipIf(!here)('panels in a real Grafana, by transport', { timeout: 300_000 }, () => {
  let peers: Trusted;
  let grafana: Running;
  let kymo: Running;
  let browser: Browser;

  beforeAll(async () => {
    peers = await startTrustedGrafana({ command: 'demo', pushes: true });
    ({ grafana, kymo } = peers);
    await addDashboard('ways', PANELS);
    await addDashboard('distribution', [
      [DISTRIBUTION, 'kymo-heatmap-panel', { kind: 'live', expr: HISTOGRAMS }],
    ]);
    mkdirSync(shots, { recursive: true });
    browser = await startChromium();
  }, 240_000);

  afterAll(async () => {
    await browser.close();
    await kymo.stop();
    await grafana.stop();
    await peers.stop();
  });

  async function addDashboard(uid: string, panels: typeof PANELS): Promise<void> {
    const time = { from: 'now-2m', to: 'now' };
    const dashboard = { uid, title: uid, time, panels: panels.map(panelOf) };
    const made = await peers.ask('POST', '/api/dashboards/db', { dashboard });
    expect(made.status).toBe(200);
  }

  async function open(
    role: Role,
    change?: (page: Page) => Promise<void>,
    dashboard = 'ways',
  ): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } });
    const { login, password } = users[role];
    const data = { user: login, password };
    const signed = await context.request.post(`${grafana.url}/login`, { data });
    expect(signed.status()).toBe(200);
    const page = await context.newPage();
    await change?.(page);
    await page.goto(`${grafana.url}/d/${dashboard}?kiosk`);
    return page;
  }

  /** Waits until every panel has its values in a way, and they move. */
  async function comes(page: Page, way: Way): Promise<void> {
    // Grafana Live has no events of alerts.
    const alerts = way === 'live' ? 'websocket' : way;
    const wanted = [...Array<string>(4).fill(way), alerts];
    let seen: (string | null)[] = [];
    const badges = page.getByTestId('kymo-trust');
    await until(`panels have their values by ${way}: ${PANELS.length}`, async () => {
      const all = await badges.all();
      seen = await Promise.all(all.map((badge) => badge.getAttribute('data-transport')));
      const shown = await shownFrame(page, STOCK);
      return isDeepStrictEqual(seen, wanted) && shown.transport === way;
    }).catch((thrown: unknown) => {
      throw new Error(`the badges say ${seen.join()}`, { cause: thrown });
    });
    await page.getByTestId('kymo-heatmap').waitFor();
    await page.getByTestId('kymo-protocol-row').first().waitFor();
    await page.getByTestId('kymo-analysis-figures').waitFor();
    await page.getByTestId('kymo-alerts-panel').waitFor();
    await page.locator('.u-over').first().waitFor();
    const moments = new Set<unknown>();
    await until('three rows come', async () => {
      moments.add((await shownFrame(page, STOCK)).times.at(-1));
      return moments.size > 3;
    });
  }

  async function shown(page: Page): Promise<Map<number, Row>> {
    const rows = new Map<number, Map<string, unknown>>();
    const { times, fields } = await shownFrame(page, STOCK);
    times.forEach((time, row) => {
      for (const { labels, values } of fields) {
        if (values[row] === null) continue;
        const here = rows.get(time) ?? new Map<string, unknown>();
        rows.set(time, here.set(labelsKey(labels), values[row]));
      }
    });
    return rows;
  }

  /** Kills the exporter and lets it come back; the panel then has what `query_range` answers. */
  async function survives(page: Page, way: Way): Promise<void> {
    const killed = Date.now();
    kymo = await kymo.restart('SIGKILL', undefined, 3000);
    const ready = Date.now();
    const newest = async (): Promise<number> => Math.max(...(await shown(page)).keys());
    await until('values come again', async () => (await newest()) >= ready);
    const back = Date.now();
    await until('more of them', async () => (await newest()) >= ready + 4 * TICK);
    const isAway = (time: number): boolean =>
      time > killed - FLUSH - 2 * TICK && time <= ready + TICK;
    let pair: Map<number, Row>[] = [];
    let first = NaN;
    await until(
      'the panel has what query_range answers',
      async () => {
        const rows = await shown(page);
        const times = [...rows.keys()];
        const range = { start: Math.min(...times), end: Math.max(...times) };
        const answer = await queryRange(kymo.url, REQUESTS, range);
        first = Math.min(...[...answer.keys()].filter((time) => time >= ready));
        pair = [rows, answer].map((some) => new Map([...some].filter(([time]) => !isAway(time))));
        return isDeepStrictEqual(pair[0], pair[1]);
      },
      20,
    ).catch(() => undefined);
    expect(pair[0]).toEqual(pair[1]);
    expect(pair[0].size).toBeGreaterThan(5);
    // A rate needs two samples of counters that begin again.
    process.stdout.write(
      `\n${way}: the exporter has values again ${(first - ready) / 1000} s after it answers, the panel ` +
        `${(back - first) / 1000} s later; ${pair[0].size} rows are those of query_range\n`,
    );
  }

  async function showsTo(roles: readonly Role[], way: Way, change?: (page: Page) => Promise<void>) {
    for (const role of roles) {
      const page = await open(role, change);
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      await comes(page, way);
      if (role === 'Viewer') {
        await survives(page, way);
        await comes(page, way);
        await page.screenshot({ path: path.join(shots, `way-${way}.png`) });
      }
      expect(errors).toEqual([]);
      await page.context().close();
    }
  }

  /** Asks for the health check of the datasource, as people do. */
  async function checked(said: RegExp): Promise<void> {
    const page = await open('Admin');
    await page.goto(`${grafana.url}/connections/datasources/edit/channels`);
    await page.getByRole('button', { name: /^test$/i }).click();
    await page.getByText(said).first().waitFor();
    await page.context().close();
  }

  const roles = ['Admin', 'Editor', 'Viewer'] as const;

  test('have channels through Grafana Live', async () => {
    await showsTo(roles, 'live');
    await checked(/expressions come through Grafana Live/);
  });

  test('draw exponential histograms, and are paused by keyboard', async () => {
    const page = await open('Viewer', undefined, 'distribution');
    await page.getByTestId('kymo-heatmap').waitFor();
    const badge = page.getByTestId('kymo-trust');
    await until('it is live', async () => (await badge.getAttribute('data-state')) === 'live');
    const { fields } = await shownFrame(page, DISTRIBUTION);
    expect(fields).toHaveLength(3);
    expect(fields[2].values.some((count) => Number(count) > 0)).toBe(true);
    await badge.focus();
    await page.keyboard.press('Enter');
    const pause = page.getByTestId('kymo-pause');
    await pause.waitFor();
    await page.screenshot({ path: path.join(shots, 'distribution.png') });
    for (let presses = 0; presses < 5; presses += 1) {
      if ((await page.locator('[data-testid=kymo-pause]:focus').count()) > 0) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await until('it is paused', async () => (await badge.getAttribute('data-state')) === 'paused');
    await page.keyboard.press('ArrowLeft');
    await page.screenshot({ path: path.join(shots, 'distribution-paused.png') });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await until('it goes on', async () => (await badge.getAttribute('data-state')) === 'live');
    await page.context().close();
  });

  test('are paused from any badge and go back together, the stock one with them', async () => {
    const page = await open('Viewer');
    const badges = page.getByTestId('kymo-trust');
    await comes(page, 'live');
    const states = async (): Promise<string> =>
      (
        await Promise.all((await badges.all()).map((badge) => badge.getAttribute('data-state')))
      ).join();
    const moment = (title: string): Promise<number | undefined> =>
      shownFrame(page, title).then(({ times }) => times.at(-1));
    for (let from = 0; from < 5; from += 1) {
      await badges.nth(from).click();
      await page.getByTestId('kymo-pause').click();
      // Alerts go on.
      await until('all are paused', async () => /^(paused,){4}live$/.test(await states()));
      const scrub = page.getByTestId('kymo-scrub');
      const paused = Number(await scrub.inputValue());
      const at = paused - 10_000;
      await scrub.fill(String(at));
      const isThen = (time = 0): boolean => time > at - 3 * TICK && time <= at;
      for (const title of [STOCK, 'Figure', 'Map', 'Protocols', 'Analysis']) {
        await until(`${title} is of then`, async () => isThen(await moment(title)));
        const { from: start, to: end } = await shownFrame(page, title);
        expect([end, end - start]).toEqual([at, 120_000]);
      }
      await page.screenshot({ path: path.join(shots, `paused-${from}.png`) });
      await page.getByTestId('kymo-resume').click();
      await until('all go on', async () => (await states()) === 'live,live,live,live,live');
      await page.keyboard.press('Escape');
    }
    await until('the axis is of now', async () => {
      const { to } = await shownFrame(page, STOCK);
      return Math.abs(to - Date.now()) < 5 * TICK;
    });
    await page.context().close();
  });

  test('take the WebSocket where Grafana has Live switched off', async () => {
    grafana = await grafana.restart('SIGTERM', (args) => [...args, 'cfg:live.max_connections=0']);
    await showsTo(roles, 'websocket');
    await checked(/Grafana Live is switched off/);
  });

  test('poll where no WebSocket passes either', async () => {
    await showsTo(roles, 'polling', (page) =>
      page.routeWebSocket(/\/api\/live(\/ws)?$/, (socket) => void socket.close()),
    );
  });
});

const panelOf = (
  [title, type, query]: readonly [string, string, object],
  index: number,
): object => {
  const datasource = { type: 'kymo-live-datasource', uid: 'channels' };
  return {
    ...{ id: index + 1, type, title, datasource },
    gridPos: { x: (index % 2) * 12, y: 8 * Math.floor(index / 2), w: 12, h: 8 },
    targets: [{ refId: 'A', version: 2, ...query, datasource }],
  };
};
