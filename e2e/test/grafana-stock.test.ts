import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumFile, startChromium } from './chromium.js';
import { shots } from './places.js';
import { hasGrafana, hasPeer, startGrafana, startKymo, until, type Running } from './processes.js';

const authorization = `Basic ${Buffer.from('admin:admin').toString('base64')}`;

const here = hasGrafana('the tests of the stock datasource in a real Grafana');

describe.skipIf(!here)(
  "Grafana's stock Prometheus datasource pointed at the exporter",
  { timeout: 180_000 },
  () => {
    let kymo: Running;
    let grafana: Running;

    const api = async (pathname: string, body?: unknown): Promise<unknown> => {
      const response = await fetch(grafana.url + pathname, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      expect(response.status).toBe(200);
      return response.json();
    };

    beforeAll(async () => {
      kymo = await startKymo('demo');
      const datasource = {
        name: 'Exporter',
        uid: 'exporter',
        type: 'prometheus',
        access: 'proxy',
        url: kymo.url,
        isDefault: true,
        jsonData: { timeInterval: '1s' },
      };
      const model = {
        refId: 'A',
        expr: 'sum(node_cpu_seconds_total)',
        instant: true,
        range: false,
      };
      const rule = {
        uid: 'cpu-counted',
        title: 'CPU time is counted',
        condition: 'C',
        for: '0s',
        data: [
          {
            refId: 'A',
            datasourceUid: 'exporter',
            relativeTimeRange: { from: 60, to: 0 },
            model,
          },
          {
            refId: 'B',
            datasourceUid: '__expr__',
            model: { refId: 'B', type: 'reduce', reducer: 'last', expression: 'A' },
          },
          {
            refId: 'C',
            datasourceUid: '__expr__',
            model: {
              refId: 'C',
              type: 'threshold',
              expression: 'B',
              conditions: [{ evaluator: { type: 'gt', params: [0] } }],
            },
          },
        ],
      };
      grafana = await startGrafana({
        'datasources/exporter.yaml': { apiVersion: 1, datasources: [datasource] },
        'alerting/rules.yaml': {
          apiVersion: 1,
          groups: [{ orgId: 1, name: 'stock', folder: 'Stock', interval: '10s', rules: [rule] }],
        },
      });
    }, 180_000);

    afterAll(async () => {
      await grafana.stop();
      await kymo.stop();
    });

    test('passes the datasource health check', async () => {
      const health = (await api('/api/datasources/uid/exporter/health')) as { status: string };
      expect(health.status).toBe('OK');
    });

    test('completes metric names and labels', async () => {
      const resources = '/api/datasources/uid/exporter/resources/api/v1';
      const names = (await api(`${resources}/label/__name__/values`)) as { data: string[] };
      expect(names.data).toContain('node_cpu_seconds_total');
      const labels = (await api(
        `${resources}/labels?match[]=${encodeURIComponent('node_cpu_seconds_total')}`,
      )) as { data: string[] };
      expect(labels.data).toEqual(['__name__', 'cpu', 'instance', 'job', 'mode']);
      const metadata = (await api(`${resources}/metadata`)) as { data: Record<string, unknown> };
      expect(metadata.data.node_cpu_seconds_total).toBeDefined();
    });

    test('answers the query of a panel', async () => {
      await until('twenty seconds of samples', async () => {
        const answer = (await api('/api/ds/query', {
          from: 'now-1m',
          to: 'now',
          queries: [
            {
              refId: 'A',
              datasource: { uid: 'exporter', type: 'prometheus' },
              expr: 'sum by (mode) (rate(node_cpu_seconds_total[10s]))',
              range: true,
              intervalMs: 1000,
              maxDataPoints: 100,
            },
          ],
        })) as { results: { A: { frames: { data: { values: number[][] } }[] } } };
        const { frames } = answer.results.A;
        return frames.length >= 8 && frames.every(({ data }) => data.values[1].length > 20);
      });
    });

    test('lets a Grafana-managed alert rule fire', async () => {
      await until('the rule fires', async () => {
        const { data } = (await api('/api/prometheus/grafana/api/v1/alerts')) as {
          data: { alerts: { state: string; labels: Record<string, string> }[] };
        };
        return data.alerts.some(
          ({ state, labels }) =>
            state.startsWith('Alerting') && labels.alertname === 'CPU time is counted',
        );
      });
    });

    describe.skipIf(!hasPeer(chromiumFile))('in Chromium', () => {
      let browser: Browser;

      beforeAll(async () => {
        browser = await startChromium();
      });

      afterAll(async () => {
        await browser.close();
      });

      test('draws a rate in Explore', async () => {
        const page = await browser.newPage({
          viewport: { width: 1400, height: 1000 },
          extraHTTPHeaders: { authorization },
        });
        const panes = JSON.stringify({
          a: {
            datasource: 'exporter',
            queries: [
              {
                refId: 'A',
                datasource: { type: 'prometheus', uid: 'exporter' },
                expr: 'rate(node_cpu_seconds_total[10s])',
                range: true,
                editorMode: 'code',
              },
            ],
            range: { from: 'now-1m', to: 'now' },
          },
        });
        await page.goto(
          `${grafana.url}/explore?schemaVersion=1&orgId=1&panes=${encodeURIComponent(panes)}`,
        );
        const legend = page.getByText('mode="idle"').first();
        await legend.waitFor({ timeout: 60_000 });
        await page.locator('.u-over').first().waitFor();
        await page.screenshot({ path: path.join(shots, 'explore.png') });
        expect(await page.getByText(/unexpected error|bad_data|parse error/i).count()).toBe(0);
        await page.close();
      });
    });
  },
);
