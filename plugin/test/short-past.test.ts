import type { DataFrame, FieldType } from '@grafana/data';
import { describe, expect, test } from 'vitest';
import { shortPast } from '../src/datasource/kinds/short-past.js';

const frameOf = (length: number, custom: object, name = 'p95'): DataFrame => ({
  length,
  fields: [
    {
      name: 'Value',
      type: 'number' as FieldType,
      config: { displayNameFromDS: name },
      values: Array.from({ length }, (_, at) => (at === 0 ? null : at)),
    },
  ],
  meta: { custom },
});
const forecast = (points: number): DataFrame =>
  frameOf(points + 1, { part: 'forecast', series: 'p95' });

describe('a forecast', () => {
  test('is shown where values reach as far back as it reaches ahead', () => {
    expect(shortPast(forecast(100), [frameOf(101, {})])).toBeUndefined();
    expect(shortPast(forecast(100), [frameOf(100, {})])).toBe(
      'There is no forecast yet: it needs 100 values, and there are 99.',
    );
  });

  test('needs twenty values however near it ends', () => {
    expect(shortPast(forecast(3), [frameOf(10, {})])).toContain('it needs 20 values');
  });

  test('is judged by its own series, and nothing else is judged', () => {
    expect(shortPast(forecast(100), [frameOf(5, {}, 'p50')])).toBeUndefined();
    expect(shortPast(frameOf(100, { part: 'previous' }), [frameOf(5, {})])).toBeUndefined();
  });
});
