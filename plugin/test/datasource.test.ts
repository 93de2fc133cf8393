import type { DataQueryRequest, DataSourceInstanceSettings } from '@grafana/data';
import { firstValueFrom } from 'rxjs';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { KymoDataSource } from '../src/datasource/datasource.js';
import type { KymoOptions, KymoQuery } from '../src/datasource/query.js';
import { asked, variables } from './grafana-runtime.js';

vi.mock('@grafana/data', () => import('./grafana-data.js'));
vi.mock('@grafana/runtime', () => import('./grafana-runtime.js'));

const HOUR = 3_600_000;

function datasource(jsonData: Partial<KymoOptions> = {}): KymoDataSource {
  vi.stubGlobal('document', { baseURI: 'http://grafana.local/', hidden: false });
  const settings = { uid: 'kymo', url: '/proxy', jsonData };
  return new KymoDataSource(settings as DataSourceInstanceSettings<KymoOptions>);
}

const query = (more: Partial<KymoQuery>): KymoQuery => ({
  ...{ refId: 'A', version: 2, kind: 'range', expr: 'up' },
  ...more,
});

/** The parameters of the range that the exporter was asked for. */
async function askedFor(target: KymoQuery, more: Partial<DataQueryRequest<KymoQuery>> = {}) {
  const [from, to] = [10 * HOUR, 11 * HOUR];
  const range = { from: at(from), to: at(to), raw: { from: String(from), to: String(to) } };
  const request = { targets: [target], range, scopedVars: {}, intervalMs: 5000, ...more };
  const answer = await firstValueFrom(
    datasource({ timeInterval: '2s' }).query(request as unknown as DataQueryRequest<KymoQuery>),
  );
  const url = asked.find((one) => one.includes('/query_range'));
  return { answer, asked: new URLSearchParams(url?.split('?')[1]) };
}
const at = (time: number) => ({ valueOf: () => time });

beforeEach(() => {
  asked.length = 0;
  variables.clear();
});

describe('a query', () => {
  test('has the interval of its panel in place of $__interval, and steps by it', async () => {
    const { asked } = await askedFor(
      query({ expr: 'rate(a[$__interval]) + rate(a[$__rate_interval]) + 0 * $__range_s' }),
    );
    // 4 scrapes of 2 s are more than the interval and one of them.
    expect(asked.get('query')).toBe('rate(a[5s]) + rate(a[8s]) + 0 * 3600');
    expect(asked.get('step')).toBe('5.000');
  });

  test('has its own least interval where that is longer, also from a variable', async () => {
    variables.set('least', { value: '30s' });
    const { asked } = await askedFor(query({ expr: 'rate(a[$__interval])', interval: '$least' }));
    expect([asked.get('query'), asked.get('step')]).toEqual(['rate(a[30s])', '30.000']);
  });

  test('has no interval below that of the datasource', async () => {
    const { asked } = await askedFor(query({ expr: 'a[$__interval]' }), { intervalMs: 100 });
    expect([asked.get('query'), asked.get('step')]).toEqual(['a[2s]', '2.000']);
  });

  test('has the variables of its dashboard and its panel, and the filters', async () => {
    variables.set('job', { value: ['a', 'b.c'], multi: true });
    const { asked } = await askedFor(query({ expr: 'up{job=~"$job", zone="$zone"}' }), {
      scopedVars: { zone: { text: 'x', value: 'x"y' } },
      filters: [{ key: 'env', operator: '=', value: 'prod' }],
    });
    expect(asked.get('query')).toBe('up{env="prod", job=~"(a|b\\\\.c)", zone="x\\"y"}');
  });

  test('that has a filter which PromQL has not is refused alone', async () => {
    const { answer, asked } = await askedFor(query({}), {
      filters: [{ key: 'env', operator: '<', value: '1' }],
    });
    expect(answer.errors).toMatchObject([{ refId: 'A' }]);
    expect([...asked]).toEqual([]);
  });
});

describe('queries that leave their dashboard, for Explore or a rule', () => {
  const scoped = { protocol: { text: 'grpc', value: 'grpc' } };

  test('have the values of variables in all that is text, and the filters', () => {
    variables.set('pattern', { value: ['a', 'b'], multi: true });
    const queries = [
      query({
        ...{ expr: 'up{job=~"$pattern", protocol="$protocol"}', legend: '$protocol {{job}}' },
        ...{ kind: 'analysis', interval: '${least}', horizon: '$ahead' },
      }),
      query({ refId: 'B', kind: 'alerts', expr: '', severities: '$severity', search: '$protocol' }),
    ];
    variables.set('least', { value: '10s' });
    variables.set('ahead', { value: '30m' });
    variables.set('severity', { value: 'critical' });
    const filters = [{ key: 'env', operator: '=', value: 'prod' }];
    const [first, second] = datasource().interpolateVariablesInQueries(queries, scoped, filters);
    expect(first).toEqual({
      ...queries[0],
      ...{ expr: 'up{env="prod", job=~"(a|b)", protocol="grpc"}', legend: 'grpc {{job}}' },
      ...{ interval: '10s', horizon: '30m' },
    });
    expect(second).toMatchObject({ expr: '', severities: 'critical', search: 'grpc' });
  });

  test('keep the intervals, which another panel has of its own', () => {
    const [one] = datasource().interpolateVariablesInQueries(
      [query({ expr: 'rate(a{p="$protocol"}[$__rate_interval])' })],
      scoped,
    );
    expect(one.expr).toBe('rate(a{p="grpc"}[$__rate_interval])');
  });
});
