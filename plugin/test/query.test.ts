import { describe, expect, test } from 'vitest';
import { escapeForRegex, withRateInterval } from '../src/datasource/interpolation.js';
import { migrateQuery } from '../src/datasource/query.js';

describe('a saved query', () => {
  test('of today stays as it is', () => {
    const query = { refId: 'A', version: 1, kind: 'range', expr: 'up', legend: '{{a}}' } as const;
    expect(migrateQuery(query)).toMatchObject(query);
  });

  test('of the stock Prometheus datasource is taken over', () => {
    const stock = { refId: 'A', expr: 'up', legendFormat: '{{a}}', interval: '5s', range: true };
    expect(migrateQuery(stock)).toMatchObject({ kind: 'live', legend: '{{a}}', interval: '5s' });
    expect(migrateQuery({ refId: 'A', expr: 'up', instant: true }).kind).toBe('instant');
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
    const variables = withRateInterval({ a: { text: 'x', value: 'x' } }, 2000, 1000);
    expect(variables.__interval?.value).toBe('2s');
    expect(variables.__rate_interval?.value).toBe('4s');
    expect(variables.a?.value).toBe('x');
    expect(withRateInterval({}, 20_000, 1000).__rate_interval?.value).toBe('21s');
    expect(withRateInterval({}, 250, 250).__interval?.value).toBe('250ms');
  });

  test('are written as text, or as a pattern where they may have several values', () => {
    expect(escapeForRegex('a"b', {})).toBe('a\\"b');
    expect(escapeForRegex('a.b', { multi: true })).toBe('a\\\\.b');
    expect(escapeForRegex(['a', 'b'], { multi: true })).toBe('(a|b)');
  });
});
