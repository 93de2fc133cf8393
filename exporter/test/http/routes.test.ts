import { Health, Stats } from '@kymo/contract';
import type { Router } from 'express';
import { describe, expect, test } from 'vitest';
import type { AnalysisDoor, PrometheusApi } from '../../src/http/dependencies.js';
import { analysisApi, type AnalysisApiOptions } from '../../src/http/analysis/analysis-api.js';
import { prometheusApi, type PrometheusApiOptions } from '../../src/http/prometheus-api.js';
import { routeTable } from '../../src/http/route-table.js';
import { analysisRoutes } from '../../src/http/routes/analysis.js';
import type { WriteGuard } from '../../src/http/identity/write-guard.js';
import { alertsRoutes } from '../../src/http/routes/alerts.js';
import { callerRoutes } from '../../src/http/routes/caller.js';
import { currentRoutes } from '../../src/http/routes/current.js';
import type { Preview } from '../../src/http/preview-files.js';
import { landingRoutes } from '../../src/http/routes/landing.js';
import { previewRoutes } from '../../src/http/routes/preview.js';
import { liveRoutes } from '../../src/http/routes/live.js';
import { metricsRoutes } from '../../src/http/routes/metrics.js';
import { operationsRoutes } from '../../src/http/routes/operations.js';
import { prometheusRoutes } from '../../src/http/routes/prometheus.js';
import { rulesRoutes } from '../../src/http/routes/rules.js';
import { simulateRoutes } from '../../src/http/routes/simulate.js';
import { KymoError } from '../../src/lib/errors.js';
import { alerts, current, live, rulesDoor, serve, simulator, stats, watches } from './serve.js';

const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

describe('operations', () => {
  test('healthy answers while the process lives, whatever the readiness', async () => {
    const { url } = await serve({ readiness: () => ({ ready: false, reason: 'it drains' }) });
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
    const ready = await fetch(`${url}/-/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain('it drains');
  });

  test('reload answers once it is done, or with what is wrong', async () => {
    let count = 0;
    const { url, errors } = await serve({
      reload: () => {
        count++;
        if (count === 1) return Promise.resolve();
        return Promise.reject(new KymoError('bad_config', 'kymo.yml:1:1: tick: no'));
      },
    });
    expect((await fetch(`${url}/-/reload`, { method: 'POST' })).status).toBe(200);
    const refused = await fetch(`${url}/-/reload`, { method: 'POST' });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({
      status: 'error',
      errorType: 'bad_data',
      error: 'kymo.yml:1:1: tick: no',
    });
    expect(errors).toEqual([]);
  });

  test('health and statistics are what the contract says', async () => {
    const { url } = await serve();
    const answer = Health.parse(await (await fetch(`${url}/api/health`)).json());
    expect(answer.sources[1]).toMatchObject({ status: 'failed', failures: 3 });
    expect(Stats.parse(await (await fetch(`${url}/api/stats`)).json())).toEqual(stats);
  });

  test.each(['starting', 'draining'] as const)('health is 503 while %s', async (status) => {
    const { url } = await serve({ health: () => ({ status, version: '1', sources: [] }) });
    expect((await fetch(`${url}/api/health`)).status).toBe(503);
  });
});

describe('metrics', () => {
  test('are sent as they are, with their length, to GET and HEAD', async () => {
    const { url } = await serve();
    const page = await fetch(`${url}/metrics`);
    expect(await page.text()).toBe('up 1\n');
    expect(page.headers.get('content-type')).toBe('text/plain; version=0.0.4');
    const head = await fetch(`${url}/metrics`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
      200,
      '5',
      '',
    ]);
  });

  test('get the headers of the request', async () => {
    const seen: unknown[] = [];
    const { url } = await serve({
      metrics: (headers) => {
        seen.push(headers.accept);
        return Promise.resolve({ status: 406, headers: {}, body: Buffer.from('no') });
      },
    });
    const answer = await fetch(`${url}/metrics`, { headers: { accept: 'text/x' } });
    expect([answer.status, seen]).toEqual([406, ['text/x']]);
  });

  test('give their memory back once they are sent', async () => {
    let released = 0;
    const { url } = await serve({
      metrics: () =>
        Promise.resolve({
          status: 200,
          headers: {},
          body: Buffer.from('up 1\n'),
          release: () => released++,
        }),
    });
    await (await fetch(`${url}/metrics`)).text();
    await expect.poll(() => released).toBe(1);
  });
});

describe('the landing page', () => {
  test('shows state and links, loads nothing from elsewhere, and escapes what it shows', async () => {
    const { url } = await serve();
    const answer = await fetch(url);
    const page = await answer.text();
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    for (const path of ['/metrics', '/api/health', '/api/stats', '/-/ready', '/api/simulate']) {
      expect(page).toContain(`href="${path}"`);
    }
    expect(page).toContain('1.2.3');
    expect(page).toContain('disk&lt;script&gt;');
    expect(page).not.toMatch(/<script|src=|url\(|https?:/);
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('prefers-color-scheme: dark');
    const links = [...page.matchAll(/href="([^"]*)"/g)].map(([, link]) => link);
    for (const link of links.filter((target) => !target.includes('/api/v1/'))) {
      expect([link, (await fetch(url + link.replaceAll('&amp;', '&'))).status]).toEqual([
        link,
        200,
      ]);
    }
  });
});

describe('simulate', () => {
  test('lists faults and starts one for a duration', async () => {
    const { url } = await serve();
    expect(await (await fetch(`${url}/api/simulate`)).json()).toEqual({
      faults: [{ name: 'latency', description: 'Slower.' }],
      active: [],
    });
    const started = await fetch(
      `${url}/api/simulate`,
      post({ fault: 'latency', duration: '1m30s' }),
    );
    expect(started.status).toBe(202);
    expect(await started.json()).toEqual({ name: 'latency', startedAt: 0, endsAt: 90_000 });
  });

  test.each([
    [{ fault: 'nope', duration: '1s' }, 'there is no fault "nope"'],
    [{ fault: 'latency', duration: '5' }, '"5" has no unit'],
    [{ fault: 'latency', duration: 5 }, 'duration:'],
    [{ fault: 'latency' }, 'duration:'],
    [{ fault: 'latency', duration: '1s', more: 1 }, 'more'],
    [[], 'the body:'],
    [{}, 'fault:'],
  ])('refuses %j', async (body, message) => {
    const { url, errors } = await serve();
    const answer = await fetch(`${url}/api/simulate`, post(body));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      status: 'error',
      errorType: 'bad_data',
      error: expect.stringContaining(message) as string,
    });
    expect(errors).toEqual([]);
  });

  test('is not there without the demo', async () => {
    const { url } = await serve({ simulator: undefined });
    expect((await fetch(`${url}/api/simulate`)).status).toBe(404);
  });
});

const script = { type: 'text/javascript', identity: Buffer.from('1') };
const preview: Preview = {
  page: { type: 'text/html', identity: Buffer.from('<!doctype html>') },
  assets: new Map([['load', script]]),
};

const api: PrometheusApi = (() => {
  const answer = (): Promise<{ status: number; headers: Record<string, string>; body: Buffer }> =>
    Promise.resolve({ status: 200, headers: {}, body: Buffer.from('{}') });
  // Only the names are of interest here; what answers is tested with the engine.
  const { operations } = prometheusApi({} as PrometheusApiOptions);
  return {
    operations: Object.fromEntries(Object.keys(operations).map((name) => [name, answer])),
    labelValues: answer,
    federate: answer,
    write: () => ({ status: 204, headers: {}, body: Buffer.alloc(0) }),
  };
})();

const analysis: AnalysisDoor = {
  operations: Object.fromEntries(
    Object.keys(analysisApi({} as AnalysisApiOptions).operations).map((name) => [
      name,
      () => Promise.resolve({ status: 200, headers: {}, body: Buffer.from('{}') }),
    ]),
  ),
};

describe('the table of routes', () => {
  test('lists every route there is', () => {
    const dependencies = {
      version: '',
      simulator,
      prometheus: api,
    } as unknown as Parameters<typeof landingRoutes>[0];
    const routers: Router[] = [
      previewRoutes(preview),
      landingRoutes(dependencies),
      metricsRoutes(dependencies),
      operationsRoutes(dependencies),
      prometheusRoutes(api, 1),
      simulateRoutes(simulator, 1),
      alertsRoutes(alerts, 1),
      currentRoutes(current),
      liveRoutes(live),
      analysisRoutes({ analysis, watches }),
      rulesRoutes(rulesDoor(), 1),
      callerRoutes({} as WriteGuard),
    ];
    const paths = routers.flatMap(({ stack }) => stack.map(({ route }) => route?.path));
    expect([...new Set(paths)].sort()).toEqual(routeTable.map(({ path }) => path).sort());
  });

  test('names the methods that each takes; every other is answered 405 with them', async () => {
    const { url } = await serve({
      preview,
      prometheus: api,
      alerts,
      current,
      live,
      analysis,
      watches,
      rules: rulesDoor(),
    });
    for (const { path, methods } of routeTable) {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const) {
        const taken = methods.some(
          (known) => known === method || (known === 'GET' && method === 'HEAD'),
        );
        const { status, headers } = await fetch(
          url + path.replace(':name', 'load').replace(':id', 'a1'),
          { method },
        );
        expect([method, path, status === 405 || status === 404]).toEqual([method, path, !taken]);
        if (taken) continue;
        const allowed = headers
          .get('allow')
          ?.split(', ')
          .filter((known) => known !== 'HEAD');
        expect([method, path, allowed]).toEqual([method, path, methods]);
      }
    }
  });
});
