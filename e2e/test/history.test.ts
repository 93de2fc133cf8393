import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startKymo, startKymoWith, until, type Running } from './processes.js';

const FLUSH = 5000;
const TICK = 1000;

interface Matrix {
  readonly data: {
    readonly result: readonly { readonly values: readonly (readonly [number, string])[] }[];
  };
}

/** Times, Unix ms, at which an expression of one series has a value, a second apart. */
async function timesOf(url: string, expr: string, start: number, end: number): Promise<number[]> {
  const query = new URLSearchParams({
    query: expr,
    start: `${start / 1000}`,
    end: `${end / 1000}`,
    step: '1',
  });
  const answer = (await (
    await fetch(`${url}/api/v1/query_range?${query.toString()}`)
  ).json()) as Matrix;
  expect(answer.data.result.length).toBeLessThanOrEqual(1);
  return answer.data.result.flatMap(({ values }) => values.map(([time]) => time * 1000));
}

describe('history of the exporter', () => {
  let kymo: Running;

  beforeAll(async () => {
    kymo = await startKymo('start');
  });

  afterAll(() => kymo.stop());

  test('leaves no hole over kill −9 but the downtime and a flush, and goes on after it', async () => {
    const second = (): number => Math.floor(Date.now() / TICK) * TICK;
    const start = second() - TICK;
    // Its time stamp is the sample's own, so that lookback does not cover the hole.
    const expr = 'timestamp(node_load1) == time()';
    await until('there are twelve seconds', async () => {
      return (await timesOf(kymo.url, expr, start, second())).length >= 12;
    });
    const killed = Date.now();
    kymo = await kymo.restart('SIGKILL');
    // The first tick is done where it is ready.
    const ready = second();
    await until('it collects again', async () => {
      return (await timesOf(kymo.url, expr, ready, second())).length >= 3;
    });
    const times = await timesOf(kymo.url, expr, start, second());
    const before = times.filter((time) => time <= killed);
    const after = times.filter((time) => time > killed);
    expect(before.length).toBeGreaterThan(0);
    // The last tick before the end may not have been done.
    expect(killed - before[before.length - 1]).toBeLessThanOrEqual(FLUSH + 2 * TICK);
    expect(after[0]).toBeLessThanOrEqual(ready + TICK);
    expect(kymo.output()).toContain('history has been replayed');
    const stats = (await (await fetch(`${kymo.url}/api/stats`)).json()) as {
      readonly history: { readonly bytes: number };
    };
    expect(stats.history.bytes).toBeGreaterThan(0);
  });

  test('says why it does not start beside another on the same data', async () => {
    const env = { KYMO_DATA_DIR: kymo.folder };
    await expect(startKymoWith(env, 'start')).rejects.toThrow(/in use by process/);
  });
});
