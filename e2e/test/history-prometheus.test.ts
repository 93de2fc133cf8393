import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startPrometheusOver } from './peers.js';
import {
  hasGrafana,
  hasPeer,
  kymoOnce,
  startGrafana,
  startKymo,
  until,
  type Running,
} from './processes.js';

const STEP = 15;
const DAY = 86_400;
const BOUNDS = ['0.005', '0.01', '0.05', '0.1', '0.5', '1', '+Inf'];
const NAME = 'http_server_request_duration_seconds';
const QUERIES = [
  `rate(${NAME}_count[5m])`,
  `histogram_quantile(0.95, sum by (le) (rate(${NAME}_bucket[5m])))`,
];

interface Point {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

/** A day of two routes, with a restart of each, as OpenMetrics text. Times lie off the steps of queries. */
function samplesOf(end: number): string {
  const lines: string[] = [];
  for (const [number, route] of ['/', '/slow'].entries()) {
    const counts = BOUNDS.map(() => 0);
    const buckets: string[][] = BOUNDS.map(() => []);
    const total: string[] = [];
    for (let i = 0; i < DAY / STEP; i++) {
      const time = `${end - DAY + STEP * i}.25`;
      if (i === 2000 + 999 * number) counts.fill(0);
      const daily = 2 + Math.sin(i / 900);
      for (let k = 0; k < BOUNDS.length; k++) {
        counts[k] += Math.round(daily * (k + 1) * (4 - number));
      }
      counts.forEach((count, k) => {
        const labels = `route="${route}",source="day",le="${BOUNDS[k]}"`;
        buckets[k].push(`${NAME}_bucket{${labels}} ${count} ${time}`);
      });
      const all = counts[counts.length - 1];
      total.push(`${NAME}_count{route="${route}",source="day"} ${all} ${time}`);
    }
    lines.push(...buckets.flat(), ...total);
  }
  return `${lines.sort(byName).join('\n')}\n# EOF\n`;
}

/** Samples of one metric stand together; those of one series stay in order. */
function byName(a: string, b: string): number {
  const [one, other] = [a.slice(0, a.indexOf('{')), b.slice(0, b.indexOf('{'))];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** What a panel of Grafana gets from a data source, series by series. */
async function framesOf(
  url: string,
  uid: string,
  expr: string,
  end: number,
): Promise<{ times: number[]; values: number[] }[]> {
  const query = { refId: 'A', datasource: { uid }, expr, range: true, intervalMs: 300_000 };
  const response = await fetch(`${url}/api/ds/query`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa('admin:admin')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      queries: [{ ...query, interval: '5m', maxDataPoints: 400 }],
      from: String((end - DAY + 600) * 1000),
      to: String((end - 600) * 1000),
    }),
  });
  expect(response.status).toBe(200);
  const { results } = (await response.json()) as {
    results: { A: { frames: { data: { values: [number[], number[]] } }[] } };
  };
  return results.A.frames.map(({ data }) => ({ times: data.values[0], values: data.values[1] }));
}

const withGrafana = hasGrafana('the test of a day of history in a real Grafana');

describe.skipIf(!hasPeer('/usr/bin/prometheus'))('a day of history beside Prometheus', () => {
  const end = Math.floor(Date.now() / 1000 / 3600) * 3600 - 1800;
  let folder = '';
  let kymo: Running;
  let prometheus: Running;

  const ask = async (
    url: string,
    query: string,
  ): Promise<{ infos?: string[]; result: Point[] }> => {
    const range = { start: `${end - DAY + 600}`, end: `${end - 600}`, step: '300' };
    const parameters = new URLSearchParams({ query, ...range });
    const answer = await fetch(`${url}/api/v1/query_range`, { method: 'POST', body: parameters });
    const { data, infos } = (await answer.json()) as {
      data: { result: Point[] };
      infos?: string[];
    };
    return { result: data.result, ...(infos && { infos }) };
  };

  const compare = async (query: string, tolerance: number): Promise<string[]> => {
    const [ours, theirs] = await Promise.all([ask(kymo.url, query), ask(prometheus.url, query)]);
    expect(ours.result.map(({ metric }) => metric)).toEqual(
      theirs.result.map(({ metric }) => metric),
    );
    theirs.result.forEach(({ values }, i) => {
      const found = new Map(ours.result[i].values);
      expect(found.size).toBe(values.length);
      expect(values.length).toBeGreaterThan(270);
      for (const [time, value] of values) {
        const difference = Math.abs(Number(found.get(time)) / Number(value) - 1);
        expect(difference, `${query} at ${time}`).toBeLessThanOrEqual(tolerance);
      }
    });
    return ours.infos ?? [];
  };

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'kymo-e2e-day-'));
    const file = path.join(folder, 'day.om');
    writeFileSync(file, samplesOf(end));
    const blocks = path.join(folder, 'blocks');
    const args = ['tsdb', 'create-blocks-from', 'openmetrics', file, blocks];
    expect(spawnSync('promtool', args).status).toBe(0);
    prometheus = await startPrometheusOver(blocks);
    const data = path.join(folder, 'kymo');
    const keep = ['--history.raw', '3d', '--history.minute', '3d'];
    expect(kymoOnce('history', 'import', file, '--data-dir', data, ...keep)).toBe(0);
    kymo = await startKymo('start', '--data-dir', data, ...keep);
  });

  afterAll(async () => {
    await prometheus.stop();
    await kymo.stop();
    rmSync(folder, { recursive: true });
  });

  test.each(QUERIES)('%s is the same from samples', async (query) => {
    expect(await compare(query, 1e-9)).toEqual([]);
  });

  test.skipIf(!withGrafana)(
    'the same is in Grafana, with its stock data source on each',
    { timeout: 180_000 },
    async () => {
      const stock = { type: 'prometheus', access: 'proxy', orgId: 1 };
      const datasources = [
        { ...stock, name: 'Exporter', uid: 'exporter', url: kymo.url },
        { ...stock, name: 'Prometheus', uid: 'prometheus', url: prometheus.url },
      ];
      const grafana = await startGrafana({
        'datasources/stock.yaml': { apiVersion: 1, datasources },
      });
      onTestFinished(async () => {
        await grafana.stop();
      });
      for (const expr of QUERIES) {
        const [ours, theirs] = await Promise.all(
          ['exporter', 'prometheus'].map((uid) => framesOf(grafana.url, uid, expr, end)),
        );
        expect(ours.map(({ times }) => times)).toEqual(theirs.map(({ times }) => times));
        expect(theirs[0].times.length).toBeGreaterThan(270);
        theirs.forEach(({ values }, i) => {
          values.forEach((value, row) => {
            expect(Math.abs(ours[i].values[row] / value - 1)).toBeLessThanOrEqual(1e-9);
          });
        });
      }
    },
  );

  test('and from minutes where samples are no longer kept', async () => {
    kymo = await kymo.restart('SIGTERM', (args) =>
      args.map((arg, i) => (args[i - 1] === '--history.raw' ? '1h' : arg)),
    );
    await until('samples are dropped', async () => {
      return (await ask(kymo.url, QUERIES[0])).infos !== undefined;
    });
    for (const query of QUERIES) {
      // Prometheus extrapolates from the samples in a window; buckets know what came before it too.
      const [info] = await compare(query, 0.1);
      expect(info).toContain('computed from minute buckets of history');
    }
  });
});
