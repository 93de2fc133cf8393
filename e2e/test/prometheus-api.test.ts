import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPrometheus } from './peers.js';
import { hasPeer, startKymo, until, type Running } from './processes.js';

interface Vector {
  data: { result: { metric: Record<string, string>; value: [number, string] }[] };
}

describe.skipIf(!hasPeer('/usr/bin/prometheus'))('the exporter for Prometheus clients', () => {
  let kymo: Running;
  let prometheus: Running;

  const query = async (expression: string): Promise<Vector['data']['result']> => {
    const url = `${kymo.url}/api/v1/query?query=${encodeURIComponent(expression)}`;
    return ((await (await fetch(url)).json()) as Vector).data.result;
  };

  beforeAll(async () => {
    kymo = await startKymo('start');
    prometheus = await startPrometheus({
      target: new URL(kymo.url).host,
      remoteWrite: `${kymo.url}/api/v1/write`,
    });
  });

  afterAll(async () => {
    await prometheus.stop();
    await kymo.stop();
  });

  test('shows what a Prometheus writes, and does not expose it again', async () => {
    // Beside ours, which is of the host.
    const theirs = `up{instance="${new URL(kymo.url).host}"} == 1`;
    await until("Prometheus's own up arrives", async () => (await query(theirs)).length === 1);
    const [{ metric }] = await query(theirs);
    expect(metric).toEqual({
      __name__: 'up',
      instance: new URL(kymo.url).host,
      job: 'kymo',
    });
    const page = await (await fetch(`${kymo.url}/metrics`)).text();
    expect(page).not.toMatch(/^up[ {]/m);
    expect(page).not.toMatch(/^scrape_/m);
    // What Prometheus scraped from here has come back under its labels, beside ours.
    const both = await query('count(node_load1)');
    expect(both[0].value[1]).toBe('2');
    expect(prometheus.output()).not.toMatch(/level=(warn|error).*remote/i);
  });

  test('answers promtool', async () => {
    const ask = (...args: string[]): ReturnType<typeof spawnSync> =>
      spawnSync('promtool', ['query', ...args], { encoding: 'utf8' });
    const instant = ask('instant', kymo.url, 'up');
    expect(instant.stderr).toBe('');
    expect(instant.stdout).toMatch(/^up\{.*\} => 1 @/);
    const range = ask('range', '--step=1s', kymo.url, 'kymo_series');
    expect(range.stdout).toMatch(/kymo_series\{/);
    const labels = ask('labels', kymo.url, 'job');
    expect(labels.stdout).toBe('kymo\n');
    const series = ask('series', '--match=node_load1', kymo.url);
    expect(series.stdout).toContain('node_load1');
  });
});
