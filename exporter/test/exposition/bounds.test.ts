import { describe, expect, test } from 'vitest';
import { formatBound, parseBound } from '../../src/exposition/bounds.js';

describe('bounds', () => {
  test.each([
    ['1', 1],
    ['1.0', 1],
    ['+5e-05', 0.00005],
    ['.5', 0.5],
    ['-2.5', -2.5],
    ['+Inf', Infinity],
    ['inf', Infinity],
    ['-Inf', -Infinity],
  ])('reads %s', (text, bound) => {
    expect(parseBound(text)).toBe(bound);
  });

  test.each(['', ' 1', '1 ', 'NaN', '0x10', '1_000', 'one', 'e5', '.'])(
    'takes %j for no number',
    (text) => {
      expect(parseBound(text)).toBeNaN();
    },
  );

  test.each([
    [0, '0', '0.0'],
    [1, '1', '1.0'],
    [0.005, '0.005', '0.005'],
    [0.0001, '0.0001', '0.0001'],
    [0.00001, '0.00001', '1e-05'],
    [0.000025, '0.000025', '2.5e-05'],
    [-2.5, '-2.5', '-2.5'],
    [100_000, '100000', '100000.0'],
    [123_456.5, '123456.5', '123456.5'],
    [1_000_000, '1000000', '1e+06'],
    [1_048_576, '1048576', '1.048576e+06'],
    [1e22, '1e+22', '1e+22'],
    [1e100, '1e+100', '1e+100'],
    [Infinity, '+Inf', '+Inf'],
    [-Infinity, '-Inf', '-Inf'],
  ])('spells %d %s in text and %s in OpenMetrics', (bound, text, openmetrics) => {
    expect(formatBound(bound, 'text')).toBe(text);
    expect(formatBound(bound, 'openmetrics')).toBe(openmetrics);
  });
});
