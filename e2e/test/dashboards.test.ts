import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage } from './dashboard-page.js';
import { dayOfSamples } from './day-of-samples.js';
import { startPrometheusOver } from './peers.js';
import { hasPeer, kymoOnce, until, type Running } from './processes.js';
import {
  canShow,
  dashboards,
  startProvisionedGrafana,
  type Provisioned,
  type ProvidedDashboard,
} from './provisioned-grafana.js';
import { shownFrame } from './shown-frame.js';
import { users } from './trusted-grafana.js';

const here =
  canShow('the tests of the dashboards in a real Grafana') && hasPeer('/usr/bin/promtool');

describe.skipIf(!here)('the dashboards in a real Grafana', { timeout: 300_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kymo-e2e-dashboards-'));
  /** Unix seconds at which the day of samples ends. */
  const end = Math.floor(Date.now() / 60_000) * 60 - 120;
  let peers: Provisioned;
  let prometheus: Running;
  let viewer: BrowserContext;

  beforeAll(async () => {
    const file = path.join(folder, 'day.om');
    writeFileSync(file, dayOfSamples(end));
    const blocks = path.join(folder, 'blocks');
    const made = spawnSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', file, blocks]);
    expect(made.status).toBe(0);
    prometheus = await startPrometheusOver(blocks);
    const flags = ['--data-dir', path.join(folder, 'kymo'), '--history.raw', '3d'];
    expect(kymoOnce('history', 'import', file, ...flags)).toBe(0);
    peers = await startProvisionedGrafana(...flags);
    viewer = await peers.signIn(users.Viewer);
    // It fires while the dashboards are looked at.
    const simulated = await fetch(`${peers.kymo.url}/api/simulate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ fault: 'errors', duration: '60s' }),
    });
    expect(simulated.status).toBeLessThan(300);
  }, 300_000);

  afterAll(async () => {
    await peers.stop();
    await prometheus.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const each = dashboards.map((dashboard) => [dashboard.title, dashboard] as const);

  /** Opens a dashboard with all of its panels in view, as Grafana asks for no others. */
  async function open({ uid, panels }: ProvidedDashboard, range: string) {
    const opened = await openPage(viewer, 'about:blank');
    const rows = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
    await opened.page.setViewportSize({ width: 1440, height: rows * 38 + 140 });
    await opened.page.goto(`${peers.url}/d/${uid}?kiosk&${range}`);
    return opened;
  }

  async function isWhole(page: Page, { panels }: ProvidedDashboard): Promise<void> {
    for (const { title, type } of panels) {
      if (type === 'row' || title === '') continue;
      await page.getByText(title, { exact: true }).first().waitFor({ timeout: 60_000 });
    }
    const waiting = page.getByLabel('Panel loading bar');
    const empty = page.getByText('No data', { exact: true });
    await until(
      'every panel shows data',
      async () => (await waiting.count()) === 0 && (await empty.count()) === 0,
      120,
    );
    expect(await page.getByTestId(/Panel status error/).count()).toBe(0);
  }

  test.each(each)('%s is whole over 15 minutes, for a Viewer', async (_title, dashboard) => {
    const { page, errors } = await open(dashboard, 'from=now-15m&to=now');
    await isWhole(page, dashboard);
    expect(errors).toEqual([]);
    await page.close();
  });

  interface Series {
    readonly metric: Readonly<Record<string, string>>;
    readonly values: readonly (readonly [number, string])[];
  }

  /** What Prometheus says of an expression at the times of a panel. */
  async function askPrometheus(query: string, times: readonly number[]): Promise<Series[]> {
    const [start, second] = times;
    const last = times[times.length - 1];
    const step = (second - start) / 1000;
    const body = new URLSearchParams({
      query,
      start: `${start / 1000}`,
      end: `${last / 1000}`,
      step: `${step}`,
    });
    const answer = await fetch(`${prometheus.url}/api/v1/query_range`, { method: 'POST', body });
    const { data } = (await answer.json()) as { data: { result: Series[] } };
    return data.result;
  }

  /** Compares what a panel shows of the day of samples with what Prometheus says of it. */
  async function agrees(page: Page, title: string, { panels }: ProvidedDashboard): Promise<void> {
    const expr = panels.find((panel) => panel.title === title)?.targets?.[0].expr ?? '';
    const { times, fields } = await shownFrame(page, title);
    const past = times.filter((time) => time <= end * 1000);
    expect(past.length).toBeGreaterThan(200);
    const asked = await askPrometheus(whereAllAreChosen(expr), past);
    expect(asked.length).toBeGreaterThan(0);
    for (const { metric, values } of asked) {
      const shown = fields.find(({ labels }) => labels.protocol === metric.protocol);
      const known = new Map(past.map((time, row) => [time / 1000, shown?.values[row]]));
      expect(values.length).toBeGreaterThan(200);
      const differing = values.filter(
        ([time, value]) => !(Math.abs(Number(known.get(time)) / Number(value) - 1) < 1e-9),
      );
      expect([title, metric, differing]).toEqual([title, metric, []]);
    }
  }

  /** Panels whose figures Prometheus is asked for as well. */
  const COMPARED: Readonly<Record<string, readonly string[]>> = {
    'Live overview': ['Requests'],
    'HTTP and protocols': ['Latency p95 of a day', 'Errors of a day'],
    Host: ['Memory of a day'],
  };

  test.each(each)(
    '%s is whole over a day, agrees with Prometheus, and fits a narrow screen',
    async (title, dashboard) => {
      const { page, errors } = await open(dashboard, 'from=now-24h&to=now');
      await isWhole(page, dashboard);
      for (const panel of COMPARED[title] ?? []) await agrees(page, panel, dashboard);
      await page.setViewportSize({ width: 390, height: 844 });
      const overhang = 'document.documentElement.scrollWidth - innerWidth';
      await until('it fits', async () => (await page.evaluate<number>(overhang)) <= 0);
      expect(errors).toEqual([]);
      await page.close();
    },
  );

  test('a fault of the demo travels to the contact point, and resolves', async () => {
    const told = (status: string) =>
      peers.webhook.alerts.find(
        (alert) => alert.status === status && alert.labels.rule === 'HttpErrorRatioHigh',
      );
    await until('the contact point hears of it', () => told('firing') !== undefined, 120);
    expect(told('firing')?.labels).toMatchObject({
      alertname: 'Kymo alert',
      grafana_folder: 'Kymo alerts',
      severity: 'critical',
    });
    expect(told('firing')?.annotations.summary).toMatch(/^HttpErrorRatioHigh/);
    await until('the contact point hears of its end', () => told('resolved') !== undefined, 180);
  });

  test('Grafana has logged no error', () => {
    const lines = peers.grafana.output().split('\n');
    expect(lines.filter((line) => /level=(error|crit)/.test(line))).toEqual([]);
  });
});

/** An expression of a dashboard as it is asked for where All is chosen. */
const whereAllAreChosen = (expr: string): string =>
  expr.replaceAll('$protocol', '.+').replace(/\$(job|instance)/g, '.*');
