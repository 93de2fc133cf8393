import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPrometheus } from './peers.js';
import { hasPeer, startKymo, until, type Running } from './processes.js';

const SCRAPED_SECONDS = 60;
const OPENMETRICS = 'application/openmetrics-text; version=1.0.0';

/** Patterns of names that are not ours to choose, one a line; see the file itself. */
const allowed = readFileSync(
  path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../.ci/promtool-allow.txt'),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((pattern) => new RegExp(`^(?:${pattern})$`));

interface QueryAnswer {
  data: { result: { metric: Record<string, string>; value: [number, string] }[] };
}

describe('kymo demo', () => {
  let kymo: Running;

  beforeAll(async () => {
    kymo = await startKymo('demo');
    await until('traffic of all four protocols', async () => {
      const page = await (await fetch(`${kymo.url}/metrics`)).text();
      return ['http1', 'http2', 'websocket', 'grpc'].every((protocol) =>
        page.includes(`protocol="${protocol}"`),
      );
    });
  });

  afterAll(async () => {
    await kymo.stop('SIGKILL');
  });

  test.skipIf(!hasPeer('/usr/bin/promtool'))('has a /metrics that promtool accepts', async () => {
    const page = await (await fetch(`${kymo.url}/metrics`)).text();
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: page,
      encoding: 'utf8',
    });
    const complaints = (stdout + stderr).split('\n').filter((line) => line.trim() !== '');
    const ours = complaints.filter(
      (line) => !allowed.some((name) => name.test(line.split(' ')[0])),
    );
    expect(ours).toEqual([]);
    // 3 is promtool's code for complaints of style; 1 would be a page that does not parse.
    expect([0, 3]).toContain(status);
  });

  test.skipIf(!hasPeer('/usr/lib/python3/dist-packages/prometheus_client'))(
    'has an OpenMetrics page that the reference parser accepts',
    async () => {
      const response = await fetch(`${kymo.url}/metrics`, { headers: { accept: OPENMETRICS } });
      expect(response.headers.get('content-type')).toContain('application/openmetrics-text');
      const script =
        'import sys\n' +
        'from prometheus_client.openmetrics.parser import text_string_to_metric_families\n' +
        'print(sum(len(f.samples) for f in text_string_to_metric_families(sys.stdin.read())))';
      const { stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', script], {
        input: await response.text(),
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      expect(Number(stdout)).toBeGreaterThan(300);
    },
  );

  test.skipIf(!hasPeer('/usr/bin/prometheus'))(
    'is scraped by a real Prometheus every second for a minute',
    { timeout: 180_000 },
    async () => {
      const prometheus = await startPrometheus({ target: new URL(kymo.url).host });
      const query = async (expression: string): Promise<QueryAnswer['data']['result']> => {
        const url = `${prometheus.url}/api/v1/query?query=${encodeURIComponent(expression)}`;
        return ((await (await fetch(url)).json()) as QueryAnswer).data.result;
      };
      try {
        await until(
          'a minute of scrapes',
          async () =>
            Number((await query(`count_over_time(up[5m])`))[0]?.value[1]) >= SCRAPED_SECONDS,
          150,
        );
        expect((await query('min_over_time(up[5m])'))[0].value[1]).toBe('1');
        const rates = await query(
          'sum by (protocol) (increase(http_server_request_duration_seconds_count[1m])) > 0',
        );
        expect(rates.map(({ metric }) => metric.protocol)).toEqual(
          expect.arrayContaining(['grpc', 'http1', 'http2']),
        );
        const messages = await query('sum(rate(kymo_websocket_messages_total[30s])) > 0');
        expect(messages).toHaveLength(1);
        const handshakes = await query(
          'sum(http_server_request_duration_seconds_count{protocol="websocket"})',
        );
        expect(handshakes).toHaveLength(1);
        expect(prometheus.output()).not.toMatch(/out.of.order|duplicate|level=(warn|error)/i);
      } finally {
        await prometheus.stop();
      }
    },
  );

  test('fails ready first, drains and exits with 0 on SIGTERM', async () => {
    const own = await startKymo('demo');
    expect(await own.stop('SIGTERM')).toBe(0);
  });
});
