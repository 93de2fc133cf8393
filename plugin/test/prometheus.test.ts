import { describe, expect, test, vi } from 'vitest';
import { QueryError } from '../src/datasource/live/past.js';
import type { Ask } from '../src/datasource/answer.js';
import { PrometheusClient } from '../src/datasource/prometheus.js';
import { findValues } from '../src/datasource/variables.js';

const answering = (data: unknown): { ask: Ask; client: PrometheusClient } => {
  const ask = vi.fn<Ask>(async () => ({ status: 200, body: { status: 'success', data } }));
  return { ask, client: new PrometheusClient(ask) };
};

const failing = (status: number, body: unknown): PrometheusClient =>
  new PrometheusClient(async () => ({ status, body }));

const whole = { expr: 'up', start: 1000, end: 3500, step: 500 };

describe('the client of the Prometheus API', () => {
  test('reads a range, in milliseconds', async () => {
    const { ask, client } = answering({
      resultType: 'matrix',
      result: [
        {
          metric: { __name__: 'up' },
          values: [
            [1, '1'],
            [1.5, '+Inf'],
          ],
        },
      ],
    });
    expect(await client.range(whole)).toEqual([
      {
        labels: { __name__: 'up' },
        samples: [
          [1000, 1],
          [1500, Infinity],
        ],
      },
    ]);
    expect(ask).toHaveBeenCalledWith('/api/v1/query_range', {
      query: 'up',
      start: '1.000',
      end: '3.500',
      step: '0.500',
    });
  });

  test('asks for nothing where a range is empty', async () => {
    const { ask, client } = answering({});
    expect(await client.range({ ...whole, end: 0 })).toEqual([]);
    expect(ask).not.toHaveBeenCalled();
  });

  test('reads vectors and scalars', async () => {
    const vector = answering({ resultType: 'vector', result: [{ metric: {}, value: [2, '3'] }] });
    expect(await vector.client.instant('up', 2000)).toEqual([{ labels: {}, samples: [[2000, 3]] }]);
    const scalar = answering({ resultType: 'scalar', result: [1700000000.25, '1700000000.25'] });
    expect(await scalar.client.time()).toBe(1700000000250);
  });

  test('tells a refused expression from what may pass', async () => {
    const refused = failing(400, { status: 'error', errorType: 'bad_data', error: 'line 1' });
    await expect(refused.range(whole)).rejects.toMatchObject({ message: 'line 1', final: true });
    const busy = failing(503, { status: 'error', errorType: 'timeout', error: 'too long' });
    await expect(busy.range(whole)).rejects.toMatchObject({ final: false });
  });

  test.each([
    [502, { message: 'bad gateway' }, 'cannot reach the exporter'],
    [404, '', 'no Prometheus API'],
    [403, '', 'Access is refused'],
    [200, '<html>', 'no Kymo exporter'],
    [418, undefined, 'answered 418'],
  ])('says what is wrong where %d is answered', async (status, body, words) => {
    await expect(failing(status, body).range(whole)).rejects.toThrow(words);
  });

  test('says that Grafana cannot be reached', async () => {
    const client = new PrometheusClient(async () => Promise.reject(new TypeError('failed')));
    await expect(client.time()).rejects.toBeInstanceOf(QueryError);
    await expect(client.time()).rejects.toThrow('Grafana cannot be reached');
  });
});

describe('the query of a variable', () => {
  const client = {
    labels: vi.fn(async () => ['a', 'b']),
    labelValues: vi.fn(async () => ['up', 'down']),
    instant: vi.fn(async () => [{ labels: { a: '1' }, samples: [[5, 7]] as const }]),
  };
  const find = async (query: string): Promise<string[]> =>
    (await findValues(query, client, 5)).map(({ text }) => text);

  test('takes the forms of the stock Prometheus datasource', async () => {
    expect(await find('label_names()')).toEqual(['a', 'b']);
    expect(await find('metrics(^u)')).toEqual(['up']);
    expect(await find('label_values(a)')).toEqual(['up', 'down']);
    expect(client.labelValues).toHaveBeenLastCalledWith('a', undefined);
    await find(' label_values(x{b="1", c=~"(2|3)"}, a) ');
    expect(client.labelValues).toHaveBeenLastCalledWith('a', 'x{b="1", c=~"(2|3)"}');
    expect(await find('query_result(up)')).toEqual(['{a="1"} 7 5']);
  });

  test('says which forms there are', async () => {
    await expect(find('up')).rejects.toThrow('label_values(label)');
  });
});
