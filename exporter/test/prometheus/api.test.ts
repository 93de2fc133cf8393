import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Counter, Registry } from 'prom-client';
import { remoteWrite } from '../../bench/differential/remote-write.js';
import { startExporter, type RunningExporter } from './exporter.js';

let exporter: RunningExporter;
/** Unix milliseconds, whole seconds. */
let end: number;
const at = (offset = 0): string => String((end + offset) / 1000);

beforeAll(async () => {
  const registry = new Registry();
  new Counter({ name: 'jobs_total', help: 'Jobs done.', registers: [registry] }).inc(3);
  exporter = await startExporter({ registry });
  end = Math.floor(Date.now() / 1000) * 1000;
  const series = ['a', 'b', 'c'].map((zone, index) => ({
    labels: { __name__: 'level', zone, quoted: 'say "hi"\n' },
    samples: Array.from({ length: 61 }, (_, i) => [end - 60_000 + i * 1000, i * index] as const),
  }));
  await remoteWrite(`${exporter.url}/api/v1/write`, series);
});

afterAll(async () => {
  await exporter.kymo.stop();
});

describe('the Prometheus HTTP API', () => {
  test('answers instant queries with the envelope of Prometheus', async () => {
    const { status, body } = await exporter.ask('query', { query: 'sum(level)', time: at() });
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'success',
      data: { resultType: 'vector', result: [{ metric: {}, value: [end / 1000, '180'] }] },
    });
  });

  test('answers range queries at each step', async () => {
    const { body } = await exporter.ask('query_range', {
      query: 'level{zone="b"}',
      start: at(-10_000),
      end: at(),
      step: '5s',
    });
    expect(body.data).toEqual({
      resultType: 'matrix',
      result: [
        {
          metric: { __name__: 'level', zone: 'b', quoted: 'say "hi"\n' },
          values: [
            [end / 1000 - 10, '50'],
            [end / 1000 - 5, '55'],
            [end / 1000, '60'],
          ],
        },
      ],
    });
  });

  test('takes parameters in the body of a POST, over those of the URL', async () => {
    const response = await fetch(`${exporter.url}/api/v1/query?query=2`, {
      method: 'POST',
      body: new URLSearchParams({ query: '1 + 1', time: '4' }),
    });
    expect(await response.json()).toEqual({
      status: 'success',
      data: { resultType: 'scalar', result: [4, '2'] },
    });
  });

  test('puts the configured labels on own series, and on those only', async () => {
    const own = await exporter.ask('series', { 'match[]': 'jobs_total' });
    expect(own.body.data).toEqual([{ __name__: 'jobs_total', instance: 'test', job: 'kymo' }]);
    const pushed = await exporter.ask('series', { 'match[]': 'level{zone="a"}' });
    expect(pushed.body.data).toEqual([{ __name__: 'level', zone: 'a', quoted: 'say "hi"\n' }]);
    const page = await (await fetch(`${exporter.url}/metrics`)).text();
    expect(page).toContain('\njobs_total 3\n');
    expect(page).not.toContain('level');
  });

  test('lists labels and their values, within selectors and limits', async () => {
    expect((await exporter.ask('labels', { 'match[]': 'level' })).body.data).toEqual([
      '__name__',
      'quoted',
      'zone',
    ]);
    const values = await exporter.ask('label/zone/values', { limit: '2' });
    expect(values.body).toEqual({
      status: 'success',
      data: ['a', 'b'],
      warnings: ['results truncated due to limit'],
    });
    const two = { 'match[]': ['level{zone="a"}', 'level{zone="c"}'] };
    expect((await exporter.ask('label/zone/values', two)).body.data).toEqual(['a', 'c']);
  });

  test('leaves out series that have no sample in the time asked for', async () => {
    const before = { start: at(-3600_000), end: at(-1800_000), 'match[]': 'level' };
    expect((await exporter.ask('series', before)).body.data).toEqual([]);
  });

  test('tells metadata, the target, build and runtime', async () => {
    const { body } = await exporter.ask('metadata', { metric: 'jobs_total' });
    expect(body.data).toEqual({ jobs_total: [{ type: 'counter', help: 'Jobs done.', unit: '' }] });
    const targets = await exporter.get('/api/v1/targets');
    expect(targets.body.data).toMatchObject({
      activeTargets: [{ scrapeUrl: `${exporter.url}/metrics`, health: 'up', lastError: '' }],
    });
    expect((await exporter.get('/api/v1/status/buildinfo')).body.data).toMatchObject({
      application: 'Kymo',
    });
    expect((await exporter.get('/api/v1/status/runtimeinfo')).status).toBe(200);
    expect((await exporter.get('/api/v1/rules')).body.data).toEqual({ groups: [] });
  });

  test('lays out an expression', async () => {
    const { body } = await exporter.ask('format_query', { query: 'sum  by(zone)(level)' });
    expect(body.data).toBe('sum by (zone) (level)');
  });

  test('federates the newest sample of each series with its time', async () => {
    const response = await fetch(`${exporter.url}/federate?match[]=level{zone="b"}`);
    expect(await response.text()).toBe(
      `# TYPE level untyped\nlevel{quoted="say \\"hi\\"\\n",zone="b"} 60 ${end}\n`,
    );
  });

  test('says what a query cost where it is asked', async () => {
    const { body } = await exporter.ask('query', { query: 'level', time: at(), stats: 'all' });
    expect(body.data).toMatchObject({ stats: { samples: { totalQueryableSamples: 3 } } });
  });

  test.each([
    ['query', { query: 'sum(' }, 400, 'bad_data', /1:5: parse error/],
    ['query', { query: 'rate(level)' }, 400, 'bad_data', /range vector/],
    ['query', { query: 'level', time: 'soon' }, 400, 'bad_data', /invalid parameter "time"/],
    ['query', { query: '{a=~"("}' }, 400, 'bad_data', /regular expression/],
    ['query', { query: 'level + on (quoted) level' }, 422, 'execution', /many-to-many/],
    ['query', { query: 'level', timeout: '0s1' }, 400, 'bad_data', /timeout/],
    ['query_range', { query: '1', start: '2', end: '1', step: '1' }, 400, 'bad_data', /"end"/],
    ['query_range', { query: '1', start: '1', end: '2', step: '0' }, 400, 'bad_data', /"step"/],
    ['query_range', { query: '1', start: '1', end: '1e6', step: '1' }, 400, 'bad_data', /11,000/],
    ['series', {}, 400, 'bad_data', /no match\[\]/],
    ['series', { 'match[]': '{}' }, 400, 'bad_data', /matcher/],
    ['labels', { limit: '-1' }, 400, 'bad_data', /"limit"/],
  ] as const)('%s %j is answered %d %s', async (operation, parameters, status, type, message) => {
    const reply = await exporter.ask(operation, parameters);
    expect(reply.status).toBe(status);
    expect(reply.body).toMatchObject({ status: 'error', errorType: type });
    expect(reply.body.error).toMatch(message);
  });
});

describe('limits on the cost of queries', () => {
  test('end a query that holds or yields too much', async () => {
    const small = await startExporter({ query: { maxSamples: 50, maxPoints: 100 } });
    try {
      await remoteWrite(`${small.url}/api/v1/write`, [
        {
          labels: { __name__: 'level' },
          samples: Array.from({ length: 60 }, (_, i) => [end - 60_000 + i * 1000, i] as const),
        },
      ]);
      const held = await small.ask('query', { query: 'sum_over_time(level[5m])', time: at() });
      expect(held.status).toBe(422);
      expect(held.body).toMatchObject({ errorType: 'execution' });
      expect(held.body.error).toContain('too many samples');
      const points = { query: '1', start: '0', end: '1000', step: '1' };
      expect((await small.ask('query_range', points)).body.errorType).toBe('bad_data');
    } finally {
      await small.kymo.stop();
    }
  });

  test('end a query at its deadline with the error of a timeout', async () => {
    const slow = await startExporter({ query: { timeout: 1, maxPoints: 1e9, maxSamples: 1e12 } });
    try {
      const heavy = {
        query: 'sum(sum_over_time(vector(1)[1h:10ms]))',
        start: '0',
        end: '100000',
        step: '1',
      };
      const { status, body } = await slow.ask('query_range', heavy);
      expect(status).toBe(503);
      expect(body.errorType).toBe('timeout');
    } finally {
      await slow.kymo.stop();
    }
  });
});
