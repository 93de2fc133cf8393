import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { chromiumFile, startChromium } from './chromium.js';
import { grafanaHome, hasPeer, until, type Running } from './processes.js';
import { shownFrame } from './shown-frame.js';
import { startTrustedGrafana, users, type Trusted } from './trusted-grafana.js';

const EXPR = 'sum by (mode) (rate(node_cpu_seconds_total[10s]))';
const TITLE = 'CPU by mode';
/** How long the page is open; 30 is what shows that it reaches further back than the head. */
const MINUTES = Number(process.env.LONG_MINUTES ?? 0);
const MINUTE = 60_000;
const TICK = 1000;
const FLUSH = 5000;

if (grafanaHome === undefined || MINUTES === 0) {
  process.stderr.write(
    '\n*** LONG_MINUTES or GRAFANA_HOME is not set: the long test of a live panel DID NOT RUN. ***\n\n',
  );
}

const here = grafanaHome !== undefined && MINUTES > 0 && hasPeer(chromiumFile);
const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Rows by time (Unix ms), each with its values by mode. */
type Rows = Map<number, Record<string, number>>;

describe.skipIf(!here)(
  'a live panel that is open for long',
  { timeout: (MINUTES + 5) * MINUTE },
  () => {
    let peers: Trusted;
    let browser: Browser;
    let restarted: Running | undefined;

    beforeAll(async () => {
      peers = await startTrustedGrafana();
      browser = await startChromium();
    }, 180_000);

    afterAll(async () => {
      await browser.close();
      await restarted?.stop();
      await peers.stop();
    });

    async function openAsViewer(): Promise<Page> {
      const datasource = { type: 'kymo-live-datasource', uid: 'kymo' };
      const target = { refId: 'A', version: 2, kind: 'live', expr: EXPR, datasource };
      const panel = {
        id: 1,
        type: 'timeseries',
        title: TITLE,
        gridPos: { x: 0, y: 0, w: 24, h: 12 },
        datasource,
        targets: [target],
      };
      const time = { from: `now-${MINUTES + 5}m`, to: 'now' };
      const dashboard = { uid: 'long', title: 'Long', time, panels: [panel] };
      const made = await peers.ask('POST', '/api/dashboards/db', { dashboard });
      expect(made.status).toBe(200);
      const context = await browser.newContext();
      const { login, password } = users.Viewer;
      const signed = await context.request.post(`${peers.grafana.url}/login`, {
        data: { user: login, password },
      });
      expect(signed.status()).toBe(200);
      const page = await context.newPage();
      await page.goto(`${peers.grafana.url}/d/long?kiosk`);
      return page;
    }

    async function shown(page: Page): Promise<Rows> {
      const rows: Rows = new Map();
      const { times, fields } = await shownFrame(page, TITLE);
      expect(new Set(times).size).toBe(times.length);
      expect([...times].sort((a, b) => a - b)).toEqual(times);
      times.forEach((time, row) => {
        for (const { labels, values } of fields) {
          const value = values[row];
          if (value !== null) rows.set(time, { ...rows.get(time), [labels.mode]: value });
        }
      });
      return rows;
    }

    async function asked(
      url: string,
      { start, end, step }: { start: number; end: number; step: number },
    ): Promise<Rows> {
      const query = new URLSearchParams({
        query: EXPR,
        start: String(start / 1000),
        end: String(end / 1000),
        step: String(step / 1000),
      });
      const answer = await fetch(`${url}/api/v1/query_range?${query.toString()}`);
      const { data } = (await answer.json()) as {
        data: { result: { metric: { mode: string }; values: [number, string][] }[] };
      };
      const rows: Rows = new Map();
      for (const { metric, values } of data.result) {
        for (const [time, value] of values) {
          const at = time * 1000;
          rows.set(at, { ...rows.get(at), [metric.mode]: Number(value) });
        }
      }
      return rows;
    }

    test('shows what query_range answers, but for the time in which the exporter was away', async () => {
      const page = await openAsViewer();
      await until('frames arrive', async () => (await shown(page)).size > 5);
      const opened = Date.now();
      await pause(MINUTES * MINUTE * 0.4);
      peers.relay.cut();
      await pause(30_000);
      peers.relay.mend();
      await pause(MINUTES * MINUTE * 0.2);
      const killed = Date.now();
      const kymo = await peers.kymo.restart('SIGKILL', undefined, 3000);
      restarted = kymo;
      const ready = Date.now();
      await pause(Math.max(20_000, opened + MINUTES * MINUTE - ready));

      const rows = await shown(page);
      const times = [...rows.keys()];
      const [first, last] = [times[0], times[times.length - 1]];
      expect(last - first).toBeGreaterThan((MINUTES - 1) * MINUTE);
      const step = Math.min(...times.slice(1).map((time, i) => time - times[i]));
      const answer = await asked(kymo.url, { start: first, end: last, step });
      const isAway = (time: number): boolean =>
        time > killed - FLUSH - 2 * TICK && time <= ready + TICK;
      const compared = (some: Rows): Rows => new Map([...some].filter(([time]) => !isAway(time)));
      expect(compared(rows)).toEqual(compared(answer));
      process.stdout.write(
        `\n${rows.size} rows over ${(last - first) / MINUTE} min are those of query_range; ` +
          `away for ${(ready - killed) / 1000} s\n`,
      );
    });
  },
);
