import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compare } from './contradictions.js';
import { fitsNarrow, isWhole, openWhole } from './dashboard-looks.js';
import { dayOfSamples } from './day-of-samples.js';
import { startPrometheus, startPrometheusOver } from './peers.js';
import { hasPeer, kymoOnce, until, type Running } from './processes.js';
import { dashboards, startProvisionedGrafana, type Provisioned } from './provisioned-grafana.js';
import { canLook, openRunningGrafana, runningUrl, type Looked } from './running-grafana.js';
import { shownAnswers, type ShownAnswer } from './shown-answers.js';
import { users } from './trusted-grafana.js';
import { collectedIn } from './whole-windows.js';

const isOwn = runningUrl === undefined;
const here =
  canLook('the tests of the dashboards in a real Grafana') &&
  (!isOwn || hasPeer('/usr/bin/promtool'));

describe.skipIf(!here)('the dashboards in a real Grafana', { timeout: 300_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kymo-e2e-dashboards-'));
  const dataFlags = ['--data-dir', path.join(folder, 'kymo'), '--history.raw', '3d'];
  const day = path.join(folder, 'day.om');
  /** Unix seconds at which the day of samples ends. */
  const end = Math.floor(Date.now() / 60_000) * 60 - 120;
  let looked: Looked;
  /** Where the Grafana is one of the test's own. */
  let peers: Provisioned;
  let prometheus: Running;
  let viewer: BrowserContext;
  /** What panels have shown, to be asked of Prometheus as well. */
  const shown: ShownAnswer[] = [];

  beforeAll(async () => {
    if (runningUrl !== undefined) looked = await openRunningGrafana(runningUrl);
    else {
      writeFileSync(day, dayOfSamples(end));
      expect(kymoOnce('history', 'import', day, ...dataFlags)).toBe(0);
      looked = peers = await startProvisionedGrafana(...dataFlags);
      prometheus = await startPrometheus({ target: new URL(peers.kymo.url).host });
      peers.prometheus.target = prometheus.url;
      // It fires while the dashboards are looked at.
      const simulated = await fetch(`${peers.kymo.url}/api/simulate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ fault: 'errors', duration: '60s' }),
      });
      expect(simulated.status).toBeLessThan(300);
    }
    viewer = await looked.signIn(users.Viewer);
  }, 300_000);

  afterAll(async () => {
    await looked.stop();
    if (isOwn) await prometheus.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const each = dashboards.map((dashboard) => [dashboard.title, dashboard] as const);

  test.each(each)('%s is whole over 15 minutes, and narrow', async (_title, dashboard) => {
    const { page, errors } = await openWhole(viewer, looked.url, dashboard, 'from=now-15m&to=now');
    await isWhole(page, dashboard);
    shown.push(...(await shownAnswers(page)));
    await fitsNarrow(page);
    expect(errors).toEqual([]);
    await page.close();
  });

  test.skipIf(!isOwn).each(each)('%s is whole over a day', async (_title, dashboard) => {
    const { page, errors } = await openWhole(viewer, looked.url, dashboard, 'from=now-24h&to=now');
    await isWhole(page, dashboard);
    shown.push(...(await shownAnswers(page)));
    expect(errors).toEqual([]);
    await page.close();
  });

  test.skipIf(!isOwn)(
    'a fault of the demo travels through Prometheus to the contact point, and resolves',
    async () => {
      const told = (status: string) =>
        peers.webhook.alerts.find(
          ({ status: is, labels }) =>
            is === status &&
            labels.rule === 'HttpErrorRatioHigh' &&
            // Only Prometheus knows the exporter by its address.
            labels.instance === new URL(peers.kymo.url).host,
        );
      await until('the contact point hears of it', () => told('firing') !== undefined, 120);
      expect(told('firing')?.labels).toMatchObject({
        alertname: 'Kymo alert',
        grafana_folder: 'Kymo alerts',
        severity: 'critical',
        job: 'kymo',
      });
      expect(told('firing')?.annotations.summary).toMatch(/^HttpErrorRatioHigh/);
      await until('the contact point hears of its end', () => told('resolved') !== undefined, 180);
    },
  );

  test.skipIf(!isOwn)('Grafana has logged no error', () => {
    const lines = peers.grafana.output().split('\n');
    expect(lines.filter((line) => /level=(error|crit)/.test(line))).toEqual([]);
  });

  test.skipIf(!isOwn)(
    'no figure contradicts what Prometheus says of the same samples',
    async () => {
      // What was imported, and what the exporter has collected since.
      const live = path.join(folder, 'live.om');
      await peers.kymo.stop();
      const range = ['--start', String(end + 1), '--output', live];
      expect(kymoOnce('history', 'export', ...range, ...dataFlags)).toBe(0);
      const usual = await startPrometheusOver(blocksOf('usual', day, live));
      const strict = await startPrometheusOver(blocksOf('strict', live), '900ms');
      const collected = collectedIn(live);
      const found: unknown[] = [];
      let compared = 0;
      for (const answer of shown) {
        const result = await compare({ usual: usual.url, strict: strict.url }, answer, collected);
        found.push(...result.contradictions);
        compared += result.compared;
      }
      await usual.stop();
      await strict.stop();
      process.stdout.write(
        `\n${compared} figures of ${shown.length} queries are as Prometheus has them\n`,
      );
      expect(found).toEqual([]);
      expect(compared).toBeGreaterThan(0);
    },
  );

  /** Blocks of Prometheus with the samples of files. */
  function blocksOf(name: string, ...files: string[]): string {
    const blocks = path.join(folder, name);
    for (const file of files) {
      const args = ['tsdb', 'create-blocks-from', 'openmetrics', file, blocks];
      expect(spawnSync('promtool', args).status).toBe(0);
    }
    return blocks;
  }
});
