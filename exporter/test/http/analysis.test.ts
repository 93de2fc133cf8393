import type {
  CorrelationsAnswer,
  ForecastAnswer,
  HeatmapAnswer,
  InsightsAnswer,
  StatisticsAnswer,
  SummaryAnswer,
} from '@kymo/contract';
import { describe, expect, test } from 'vitest';
import { apiOver, asking, dataOf, headOf, queriesOver } from './past.js';

const END = 1_700_000_000;
const SECONDS = 900;
const FAULT = 700;
const BOUNDS = [0.1, 1, Infinity];

const noise = (second: number, of: number): number =>
  Math.sin(second * 1.7 + of) + Math.sin(second * 0.9 + 2 * of);

/**
 * A gauge that rises by 0.1 a second, one that follows a fault, one that comes 4 s before it, others
 * without relation, and a histogram of which each second has seen 3 fast and 1 slow request.
 */
const head = headOf(END, SECONDS, (source, second) => {
  const gauge = (name: string, labels: Record<string, string>, value: number): void => {
    const family = source.family({ name, type: 'gauge', help: 'A test.' });
    source.set(source.series(family, labels), value);
  };
  const fault = (delay: number): number =>
    second >= FAULT + delay && second < FAULT + delay + 60 ? 40 : 0;
  gauge('rising', {}, second / 10);
  gauge('latency', { route: '/a' }, fault(4) + noise(second, 0));
  gauge('queue', { name: 'orders' }, fault(0) + noise(second, 1));
  for (let i = 2; i < 12; i++) gauge('other', { n: `${i}` }, noise(second, i) + (i % 3) * second);
  const total = source.family({ name: 'errors_total', type: 'counter', help: 'A test.' });
  source.set(source.series(total, {}), second + (second > FAULT ? 9 * (second - FAULT) : 0));
  const name = 'request_seconds_bucket';
  const bucket = source.family({ name, type: 'unknown', help: 'A test.' });
  BOUNDS.forEach((le, i) => {
    const labels = { le: le === Infinity ? '+Inf' : `${le}` };
    source.set(source.series(bucket, labels), [3, 4, 4][i] * second);
  });
});

const api = apiOver(head);
const range = (from: number, to: number): Record<string, string> => ({
  start: `${END - SECONDS + 1 + from}`,
  end: `${END - SECONDS + 1 + to}`,
});

describe('/api/metrics/statistics', () => {
  test('describes each series, and says why it has nothing to compare with', async () => {
    const get = await asking(api);
    const parameters = { expr: 'rising', ...range(450, 899), step: '1' };
    const answer = await dataOf<StatisticsAnswer>(get('statistics', parameters));
    expect(answer).toMatchObject({ step: 1, omitted: 0 });
    const [series] = answer.series;
    expect(series.description).toMatchObject({ count: 450, missing: 0, min: 45, max: 89.9 });
    expect(series.trend).toMatchObject({ direction: 'up' });
    expect(series.trend?.slope).toBeCloseTo(0.1, 6);
    const [before, yesterday, lastWeek] = series.comparisons;
    expect(before).toMatchObject({ with: 'period_before', reason: null });
    expect(before.change).toBeCloseTo(45, 6);
    expect(before.end - before.start).toBe(449);
    for (const none of [yesterday, lastWeek]) {
      expect([none.now, none.before, none.p]).toEqual([null, null, null]);
      expect(none.reason).toContain('no values');
    }
  });

  test('takes the last 15 minutes in at most 1,000 points where no range is told', async () => {
    const get = await asking(api);
    const answer = await dataOf<StatisticsAnswer>(get('statistics', { expr: 'latency' }));
    expect([answer.start, answer.end, answer.step]).toEqual([END - 900, END, 1]);
  });
});

describe('/api/metrics/forecast', () => {
  test('tells what is expected, with an interval, how, and when a threshold is reached', async () => {
    const get = await asking(api);
    const parameters = { expr: 'rising', horizon: '2m', level: '0.9', until: '95' };
    const answer = await dataOf<ForecastAnswer>(get('forecast', parameters));
    expect(answer).toMatchObject({ horizon: 120, level: 0.9 });
    const [series] = answer.series;
    expect(series.times).toHaveLength(120);
    expect([series.times[0], series.times[119]]).toEqual([END + 1, END + 120]);
    expect(series.values[119]).toBeCloseTo(101.9, 0);
    expect(series.methods.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
    expect(series.last).toEqual({ time: END, value: 89.9 });
    expect(series.until?.expected).toBeCloseTo(51, 0);
  });

  test.each([
    [{ horizon: '2h' }, 'horizon'],
    [{ horizon: 'soon' }, 'horizon'],
    [{ level: '2' }, 'level'],
    [{ method: 'magic' }, 'magic'],
    [{ until: 'x' }, 'until'],
  ])('refuses %j and says what may be asked', async (wrong, named) => {
    const get = await asking(api);
    const response = await get('forecast', { expr: 'rising', ...wrong });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errorType: 'bad_data',
      error: expect.stringContaining(named) as unknown,
    });
  });
});

describe('/api/metrics/correlations', () => {
  test('ranks what moved with a series, with its lag, and what rose before it', async () => {
    const get = await asking(api);
    const parameters = { expr: 'latency', ...range(600, 899), step: '2', lag: '20s' };
    const answer = await dataOf<CorrelationsAnswer>(get('correlations', parameters));
    const [first] = answer.related;
    expect(first).toMatchObject({ metric: { __name__: 'queue' }, lag: 4 });
    expect(first.expression).toBe('queue{name="orders"}');
    expect(first.pearson).toBeGreaterThan(0.95);
    expect([answer.considered, answer.omitted]).toEqual([14, 0]);
    expect(answer.risen).not.toBeNull();
    expect(answer.causes[0]).toMatchObject({ metric: { __name__: 'queue' } });
    expect(answer.causes[0].time).toBeLessThan(answer.risen ?? 0);
  });

  test.each(['latency', 'sum(latency)', 'latency{route="/a"} * 1 + 0'])(
    'leaves out the series that is asked about, however it is written: %s',
    async (expr) => {
      const get = await asking(api);
      const parameters = { expr, ...range(600, 899), step: '2', lag: '20s' };
      const { related, causes } = await dataOf<CorrelationsAnswer>(get('correlations', parameters));
      expect(related[0].expression).toBe('queue{name="orders"}');
      const names = [...related, ...causes].map(({ metric }) => metric.__name__);
      expect(names).not.toContain('latency');
    },
  );

  test('needs one series', async () => {
    const get = await asking(api);
    const response = await get('correlations', { expr: 'other' });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('10 series');
  });
});

describe('/api/metrics/heatmap', () => {
  test('has what came into each bucket, by its bounds', async () => {
    const get = await asking(api);
    const parameters = { expr: 'request_seconds_bucket', ...range(600, 899), step: '10' };
    const answer = await dataOf<HeatmapAnswer>(get('heatmap', parameters));
    expect(answer.kind).toBe('distribution');
    expect(answer.rows.map(({ lower, upper }) => [lower, upper])).toEqual([
      [0, 0.1],
      [0.1, 1],
      [1, null],
    ]);
    expect(answer.times).toHaveLength(30);
    const column = answer.cells.map((row) => row[10]);
    expect(column.map((count) => Math.round(count ?? NaN))).toEqual([30, 10, 0]);
  });

  test('has a row for each series of anything else', async () => {
    const get = await asking(api);
    const parameters = { expr: 'other', ...range(600, 899), step: '10' };
    const answer = await dataOf<HeatmapAnswer>(get('heatmap', parameters));
    expect(answer.kind).toBe('series');
    expect(answer.rows).toHaveLength(10);
    expect(answer.rows[0]).toMatchObject({ lower: null, metric: { __name__: 'other' } });
    expect(answer.cells.every((row) => row.length === answer.times.length)).toBe(true);
  });
});

/** How many series an expression has at the end. */
async function yields(expression: string): Promise<number> {
  const parameters = new URLSearchParams({ query: expression, time: `${END}` });
  const { signal } = new AbortController();
  const { body } = await queriesOver(head).ask({ operation: 'query', parameters, signal });
  const answer = JSON.parse(Buffer.from(body).toString()) as { data: { result: unknown[] } };
  return answer.data.result.length;
}

describe('/api/metrics/insights', () => {
  test('says what stands out, with number, unit, period and an expression that shows it', async () => {
    const get = await asking(api);
    const asked = { expr: 'rising', unit: 'bytes', threshold: '95' };
    const answer = await dataOf<InsightsAnswer>(get('insights', asked));
    const [first] = answer.insights;
    expect(first).toMatchObject({ kind: 'threshold', unit: 'seconds', expression: 'rising' });
    expect(first.sentence).toContain('rising is expected to reach 95 B');
    expect(first.parts?.[0]).toEqual({ series: 'rising' });
    for (const { expression } of answer.insights) {
      expect([expression, await yields(expression)]).toEqual([expression, 1]);
    }
  });

  test('looks at the rate of a counter, since that it rises says nothing', async () => {
    const get = await asking(api);
    const answer = await dataOf<InsightsAnswer>(
      get('insights', { expr: 'errors_total', ...range(720, 899) }),
    );
    expect(answer.insights.map(({ kind }) => kind)).toContain('comparison');
    for (const { expression, sentence } of answer.insights) {
      expect(expression).toContain('rate(errors_total[1m])');
      expect(sentence).toMatch(/^Rate of errors_total/);
    }
  });

  test('names one of several series by an expression that yields it alone', async () => {
    const get = await asking(api);
    const asked = { expr: 'max by (n) (other{n=~"3|4"})', limit: '100' };
    const answer = await dataOf<InsightsAnswer>(get('insights', asked));
    for (const { expression, metric } of answer.insights) {
      expect(expression).toContain(
        `and on (n) label_replace(vector(1), "n", "${metric.n}", "", "")`,
      );
      expect([expression, await yields(expression)]).toEqual([expression, 1]);
    }
    expect(answer.insights.length).toBeGreaterThan(0);
  });
});

describe('/api/metrics/summary', () => {
  test('has the key figures that there are', async () => {
    const withLoad = headOf(END, 300, (source, second) => {
      const family = source.family({ name: 'node_load1', type: 'gauge', help: 'A test.' });
      source.set(source.series(family, {}), second < 200 ? 1 : 3);
    });
    const get = await asking(apiOver(withLoad));
    const answer = await dataOf<SummaryAnswer>(get('summary'));
    expect(answer.series).toMatchObject([
      { name: 'Load', expression: 'node_load1', last: 3, min: 1, max: 3 },
    ]);
    expect(answer.insights[0].sentence).toContain('Load');
  });
});

describe('every analysis', () => {
  const names = Object.keys(api.operations);

  test.each(names)('%s answers a range without data', async (name) => {
    const get = await asking(api);
    const response = await get(name, { expr: 'none', start: '1000', end: '1600', step: '10' });
    expect([name, response.status]).toEqual([name, 200]);
  });

  test.each(names.filter((name) => name !== 'summary'))(
    '%s refuses an expression that is wrong',
    async (name) => {
      const get = await asking(api);
      for (const expr of ['sum(', 'rising[5m]', '']) {
        if (expr === '' && name === 'insights') continue;
        const response = await get(name, { expr });
        expect([name, expr, response.status]).toEqual([name, expr, 400]);
        expect(await response.json()).toMatchObject({ status: 'error', errorType: 'bad_data' });
      }
    },
  );

  test('is given up when the client goes away', async () => {
    const aborted = new AbortController();
    aborted.abort();
    const parameters = new URLSearchParams({ expr: 'rising' });
    const answer = await api.operations.statistics({ parameters, signal: aborted.signal });
    expect(answer.status).toBe(499);
    expect(answer.body.toString()).toContain('canceled');
  });

  test('is refused while too many are under way', async () => {
    const never = apiOver(head, { queries: { ask: () => new Promise(() => undefined) } });
    const { signal } = new AbortController();
    const parameters = new URLSearchParams({ expr: 'rising' });
    for (let i = 0; i < 32; i++) void never.operations.forecast({ parameters, signal });
    const answer = await never.operations.forecast({ parameters, signal });
    expect(answer.status).toBe(503);
    expect(answer.body.toString()).toContain('32 analyses are waiting');
  });
});
