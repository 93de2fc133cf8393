import { describe, expect, test } from 'vitest';
import { changeOf, figureOf, layoutOf } from '../src/panels/kpi/model.js';
import { newest } from '../src/shared/curve.js';
import { statusOf } from '../src/shared/status.js';

const curve = (...values: (number | null)[]) => ({
  times: values.map((_, index) => index * 1000),
  values,
});

describe('a key figure', () => {
  test('is the newest value there is', () => {
    expect(newest(curve(1, 2, null, NaN))).toEqual({ index: 1, value: 2 });
    expect(newest(curve(null))).toBeUndefined();
    expect(newest(curve())).toBeUndefined();
  });

  test.each([
    [0, 'lower', 'ok'],
    [10, 'lower', 'warning'],
    [20, 'lower', 'critical'],
    [0, 'higher', 'critical'],
    [10, 'higher', 'warning'],
    [25, 'higher', 'ok'],
  ] as const)('of %d where %s is better is %s', (value, polarity, status) => {
    expect(statusOf(value, [-Infinity, 10, 20], polarity)).toBe(status);
  });

  test('has no status without thresholds', () => {
    expect(statusOf(1, [-Infinity], 'lower')).toBeUndefined();
    expect(statusOf(1, [], 'lower')).toBeUndefined();
  });

  test('is compared with the one before', () => {
    expect(changeOf(curve(10, 20, 12), 2000)).toEqual({
      direction: 'up',
      ratio: 0.2,
      difference: 2,
      span: 2000,
    });
    expect(changeOf(curve(0, 5), 1000)?.ratio).toBeNull();
    expect(changeOf(curve(5, 5), 1000)?.direction).toBe('same');
    expect(changeOf(curve(5, 5), 60_000)).toBeUndefined();
    expect(changeOf(curve(5, 5), 0)).toBeUndefined();
  });

  test('has peak, average and low', () => {
    const some = curve(1, null, 5, 3);
    expect(figureOf(some, 'peak')).toBe(5);
    expect(figureOf(some, 'average')).toBe(3);
    expect(figureOf(some, 'low')).toBe(1);
    expect(figureOf(curve(null), 'peak')).toBeUndefined();
  });
});

describe('the layout of cards', () => {
  test('puts as many into a row as fit, evenly', () => {
    expect(layoutOf(6, 1400, 160)).toMatchObject({ columns: 6, curve: true, figures: true });
    expect(layoutOf(6, 1000, 300).columns).toBe(3);
    expect(layoutOf(2, 150, 300).columns).toBe(1);
  });

  test('lets the curve go first, then the figures', () => {
    expect(layoutOf(1, 200, 110)).toMatchObject({ curve: false, figures: true });
    expect(layoutOf(1, 200, 70)).toMatchObject({ curve: false, figures: false });
    expect(layoutOf(50, 200, 300).cardHeight).toBeGreaterThan(50);
  });
});
