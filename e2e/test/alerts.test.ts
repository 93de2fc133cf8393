import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAlertmanager } from './peers.js';
import { hasPeer, startKymo, until, type Running } from './processes.js';

const ALERT = 'HttpErrorRatioHigh';
const RULES = fileURLToPath(new URL('../../provisioning/kymo/rules/*.yml', import.meta.url));

interface SeenAlert {
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: string;
}

/** What Alertmanager tells its receiver. */
async function listen(into: SeenAlert[]): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      into.push(...(JSON.parse(body) as { alerts: SeenAlert[] }).alerts);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

const json = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T;
const post = (url: string, body: unknown): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** An alert of `/api/alerts`. */
interface KymoAlert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: string;
  readonly firedAt: string;
  readonly acknowledgement: { readonly by: string; readonly comment: string } | null;
}

describe.skipIf(!hasPeer('/usr/bin/prometheus-alertmanager'))('an alert of the demo', () => {
  const told: SeenAlert[] = [];
  let receiver: Server;
  let alertmanager: Running;
  let kymo: Running;
  const about = (labels: Readonly<Record<string, string>>): boolean =>
    labels.alertname === ALERT && labels.protocol === 'http1';

  beforeAll(async () => {
    const { server, url } = await listen(told);
    receiver = server;
    alertmanager = await startAlertmanager(url);
  });

  afterAll(async () => {
    await kymo.stop('SIGKILL');
    await alertmanager.stop('SIGKILL');
    receiver.close();
  });

  const current = async (): Promise<KymoAlert | undefined> =>
    (await json<{ alerts: KymoAlert[] }>(`${kymo.url}/api/alerts`)).alerts.find(({ labels }) =>
      about(labels),
    );
  /** Its states in Prometheus's API. */
  const states = async (): Promise<string[]> => {
    const url = `${kymo.url}/api/v1/alerts`;
    const { data } = await json<{
      data: { alerts: { state: string; labels: Record<string, string> }[] };
    }>(url);
    return data.alerts.filter(({ labels }) => about(labels)).map(({ state }) => state);
  };
  const atAlertmanager = async (): Promise<SeenAlert[]> =>
    (await json<SeenAlert[]>(`${alertmanager.url}/api/v2/alerts`)).filter(({ labels }) =>
      about(labels),
    );

  test(
    'is pending, fires, is acknowledged, survives kill -9 and is resolved, once at Alertmanager',
    { timeout: 180_000 },
    async () => {
      kymo = await startKymo('demo', '--alertmanagers', alertmanager.url);
      const traffic = 'kymo:exchanges:rate{protocol="http1"} > 1';
      await until('traffic', async () => {
        const url = `${kymo.url}/api/v1/query?query=${encodeURIComponent(traffic)}`;
        return (await json<{ data: { result: unknown[] } }>(url)).data.result.length > 0;
      });
      // The same fault that comes by itself within the first minute.
      const fault = { fault: 'errors', duration: '2m' };
      expect((await post(`${kymo.url}/api/simulate`, fault)).status).toBe(202);
      await until('pending', async () => (await states()).join() === 'pending');
      await until('firing', async () => (await states()).join() === 'firing');
      await until('firing at Alertmanager', async () => (await atAlertmanager()).length === 1);
      const [{ startsAt }] = await atAlertmanager();

      const before = await current();
      expect(before).toMatchObject({ state: 'firing', acknowledgement: null });
      expect(Date.parse(before?.firedAt ?? '')).toBe(Date.parse(startsAt));
      const acknowledgement = { by: 'ada', comment: 'on it' };
      const acknowledged = await post(
        `${kymo.url}/api/alerts/${before?.fingerprint}/acknowledge`,
        acknowledgement,
      );
      expect(acknowledged.status).toBe(200);

      // Without traffic: nothing says yet that the fault is over, so the alert goes on.
      let asDemo: readonly string[] = [];
      kymo = await kymo.restart('SIGKILL', (args) => {
        asDemo = args;
        return [...args.map((arg) => (arg === 'demo' ? 'start' : arg)), '--rules', RULES];
      });
      const { fingerprint, firedAt } = before ?? {};
      expect(await current()).toMatchObject({
        fingerprint,
        firedAt,
        state: 'firing',
        acknowledgement,
      });
      expect(await atAlertmanager()).toMatchObject([{ startsAt }]);

      // With traffic, and without the fault, which the process took with it.
      kymo = await kymo.restart('SIGKILL', () => asDemo);
      await until('resolved', async () => (await states()).length === 0);
      await until('resolved at Alertmanager', async () => (await atAlertmanager()).length === 0);
      await until('told of the end', () =>
        told.some(({ labels, status }) => about(labels) && status === 'resolved'),
      );
      const all = told.filter(({ labels }) => about(labels));
      const starts = all.map((alert) => Date.parse(alert.startsAt));
      expect(new Set(starts)).toEqual(new Set([Date.parse(startsAt)]));
      expect(new Set(all.map(({ status }) => status))).toEqual(new Set(['firing', 'resolved']));
      const past = `${kymo.url}/api/alerts/history?fingerprint=${before?.fingerprint}`;
      expect((await json<{ events: unknown[] }>(past)).events.length).toBeGreaterThanOrEqual(4);
    },
  );
});
