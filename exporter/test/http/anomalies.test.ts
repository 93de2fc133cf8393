import type { AnomaliesAnswer } from '@kymo/contract';
import { describe, expect, test } from 'vitest';
import { apiOver, asking, headOf } from './past.js';
import { serve, watches } from './serve.js';

const START = 1_700_000_000;
const SECONDS = 700;
const FAULT = 600;
/** One gauge that jumps in second `FAULT` for 5 s. */
const head = headOf(START + SECONDS - 1, SECONDS, (source, second) => {
  const family = source.family({ name: 'level', type: 'gauge', help: 'A test.' });
  const noise = Math.sin(second * 1.7) + Math.sin(second * 0.9);
  const value = second >= FAULT && second < FAULT + 5 ? 90 : noise;
  source.set(source.series(family, {}), value);
});

async function ask(parameters: Record<string, string>): Promise<[number, unknown]> {
  const get = await asking(apiOver(head));
  const response = await get('anomalies', parameters);
  return [response.status, await response.json()];
}

describe('/api/metrics/anomalies', () => {
  test('scores a range by what was before it, and says what is odd there and why', async () => {
    const [start, end] = [START + 550, START + 650];
    const [status, body] = await ask({
      expr: 'level',
      start: `${start}`,
      end: `${end}`,
      step: '1s',
    });
    expect(status).toBe(200);
    const [series] = (body as { data: AnomaliesAnswer }).data.series;
    expect(series).toMatchObject({ metric: { __name__: 'level' }, warmUp: 0 });
    expect([series.times.length, series.times[0], series.times.at(-1)]).toEqual([101, start, end]);
    for (const column of [
      'values',
      'scores',
      'confidence',
      'expected',
      'lower',
      'upper',
    ] as const) {
      expect(series[column]).toHaveLength(101);
    }
    expect(series.values[50]).toBe(90);
    expect(series.scores[50]).toBeGreaterThan(1);
    expect(series.scores[49]).toBeLessThan(1);
    expect(series.anomalies[0]).toMatchObject({ start: START + FAULT, value: 90 });
    expect(series.anomalies[0].votes.length).toBeGreaterThan(0);
  });

  test('is warming up where nothing is known before the range', async () => {
    const range = { start: `${START}`, end: `${START + 99}`, step: '1' };
    const [, body] = await ask({ expr: 'level', ...range });
    const [series] = (body as { data: AnomaliesAnswer }).data.series;
    expect([series.warmUp, series.anomalies]).toEqual([100, []]);
  });

  test('has nothing to say of an expression without series', async () => {
    const range = { start: `${START}`, end: `${START + 9}`, step: '1' };
    expect(await ask({ expr: 'none', ...range })).toEqual([
      200,
      { status: 'success', data: { series: [] } },
    ]);
  });

  test.each([
    [{ expr: '' }, 'expr'],
    [{ expr: 'sum(' }, 'parse'],
    [{ start: 'soon' }, 'start'],
    [{ end: '1' }, 'end'],
    [{ step: '0' }, 'step'],
    [{ step: '1ms' }, '11000'],
    [{ expr: 'level * on () group_right label_replace(vector(1), "a", "b", "", "")[5m:]' }, ''],
  ])('%j is refused with what is wrong', async (wrong, named) => {
    const range = { start: `${START}`, end: `${START + 99}`, step: '1' };
    const [status, body] = await ask({ expr: 'level', ...range, ...wrong });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      errorType: 'bad_data',
      error: expect.stringContaining(named) as unknown,
    });
  });
});

describe('/api/watches', () => {
  test('lists watches, and says why a series has its score', async () => {
    const { url } = await serve({ watches });
    expect(await (await fetch(`${url}/api/watches`)).json()).toEqual({
      watches: [{ name: 'load' }],
    });
    expect(await (await fetch(`${url}/api/watches/load`)).json()).toEqual({
      watch: 'load',
      series: [{ score: null }],
    });
    expect((await fetch(`${url}/api/watches/none`)).status).toBe(404);
  });
});
