import { describe, expect, test } from 'vitest';
import { escapeForRegex, withIntervals } from '../src/datasource/interpolation.js';
import { seriesName } from '../src/datasource/legend.js';
import { migrateQuery } from '../src/datasource/query.js';

describe('a saved query', () => {
  test('of today stays as it is', () => {
    const query = {
      refId: 'A',
      version: 2,
      kind: 'history',
      expr: 'up',
      legend: '{{a}}',
      granularity: 'day',
      statistic: 'p99',
    } as const;
    expect(migrateQuery(query)).toMatchObject(query);
  });

  test('of version 1 means what it meant', () => {
    const query = { refId: 'A', version: 1, kind: 'range', expr: 'up', interval: '5s' };
    expect(migrateQuery(query)).toMatchObject({ ...query, version: 2 });
  });

  test('has no setting that nobody knows', () => {
    const query = { refId: 'A', kind: 'history', expr: 'up', granularity: 'week', statistic: 'p1' };
    const { granularity, statistic } = migrateQuery(query);
    expect([granularity, statistic]).toEqual([undefined, undefined]);
  });

  test('of the stock Prometheus datasource is taken over', () => {
    const stock = { refId: 'A', expr: 'up', legendFormat: '{{a}}', interval: '5s', range: true };
    expect(migrateQuery(stock)).toMatchObject({ kind: 'live', legend: '{{a}}', interval: '5s' });
    expect(migrateQuery({ refId: 'A', expr: 'up', instant: true }).kind).toBe('instant');
  });

  test('with the automatic legend of the stock Prometheus datasource has none of its own', () => {
    const stock = { refId: 'A', expr: 'up', legendFormat: '__auto' };
    const migrated = migrateQuery(stock);
    expect(migrated.legend).toBeUndefined();
    expect(migrateQuery({ ...migrated, legend: '__auto' }).legend).toBeUndefined();
    const labels = { __name__: 'up', job: 'a' };
    expect(seriesName(labels, migrated.legend, migrated.expr)).toBe('up{job="a"}');
  });

  test('of another shape is an empty one', () => {
    expect(migrateQuery({ refId: 'A', expr: 5, kind: 'x' })).toMatchObject({
      kind: 'live',
      expr: '',
    });
  });
});

describe('variables in an expression', () => {
  test('have the interval, and a rate interval of four scrapes at least', () => {
    const variables = withIntervals(
      { a: { text: 'x', value: 'x' } },
      { interval: 2000, scrapeInterval: 1000, range: 60_000 },
    );
    expect(variables.__interval?.value).toBe('2s');
    expect(variables.__rate_interval?.value).toBe('4s');
    expect(variables.__range?.value).toBe('60s');
    expect(variables.__range_ms?.value).toBe(60_000);
    expect(variables.a?.value).toBe('x');
    const at = (interval: number, scrapeInterval: number) =>
      withIntervals({}, { interval, scrapeInterval, range: 1 });
    expect(at(20_000, 1000).__rate_interval?.value).toBe('21s');
    expect(at(250, 250).__interval?.value).toBe('250ms');
  });

  test('are written as text, or as a pattern where they may have several values', () => {
    expect(escapeForRegex('a"b', {})).toBe('a\\"b');
    expect(escapeForRegex('a.b', { multi: true })).toBe('a\\\\.b');
    expect(escapeForRegex(['a', 'b'], { multi: true })).toBe('(a|b)');
  });
});
