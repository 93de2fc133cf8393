import { describe, expect, test } from 'vitest';
import {
  anomalyOf,
  changeOf,
  figureOf,
  healthyShare,
  lateness,
  layoutOf,
  spanOf,
  standing,
} from '../src/panels/kpi/model.js';
import { AUTOMATIC } from '../src/panels/kpi/options.js';
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

  test('is compared, on average, with the period before', () => {
    expect(changeOf(curve(10, 20, 10, 26), 2000)).toEqual({
      direction: 'up',
      ratio: 0.2,
      difference: 3,
    });
    expect(changeOf(curve(0, 0, 5, 5), 2000)?.ratio).toBeNull();
    expect(changeOf(curve(5, 5, 5, null, 5), 2000)?.direction).toBe('same');
    expect(changeOf(curve(5, 5), 60_000)).toBeUndefined();
    expect(changeOf(curve(5, 5), 0)).toBeUndefined();
  });

  test('is compared over half of what is shown where no time is set', () => {
    expect(spanOf(AUTOMATIC, curve(...Array.from({ length: 301 }, () => 1)))).toBe(150_000);
    expect(spanOf(AUTOMATIC, curve())).toBe(0);
    expect(spanOf(60_000, curve(1))).toBe(60_000);
  });

  test('has peak, average and low', () => {
    const some = curve(1, null, 5, 3);
    expect(figureOf(some, 'peak')).toBe(5);
    expect(figureOf(some, 'average')).toBe(3);
    expect(figureOf(some, 'low')).toBe(1);
    expect(figureOf(curve(null), 'peak')).toBeUndefined();
  });
});

describe('what a value is held against', () => {
  const target = { steps: [], target: 10, polarity: 'lower' } as const;

  test('is the target where there are no thresholds', () => {
    expect(standing(10, target)).toBe('ok');
    expect(standing(11, target)).toBe('warning');
    expect(standing(9, { ...target, polarity: 'higher' })).toBe('warning');
    expect(standing(20, { ...target, steps: [-Infinity, 12, 15] })).toBe('critical');
    expect(standing(9, { ...target, target: undefined })).toBeUndefined();
  });

  test('is kept for a share of the time', () => {
    expect(healthyShare(curve(1, 10, null, 11, 12), target)).toBe(0.5);
    const thresholds = {
      steps: [-Infinity, 11, 20],
      target: undefined,
      polarity: 'lower',
    } as const;
    expect(healthyShare(curve(1, 10, 11, 30), thresholds)).toBe(0.5);
    expect(healthyShare(curve(1), { ...thresholds, steps: [] })).toBeUndefined();
    expect(healthyShare(curve(null), target)).toBeUndefined();
  });
});

describe('a value that is late', () => {
  test('is so by three steps of its own, and three seconds at least', () => {
    expect(lateness(curve(1, 2), 3000)).toBe(0);
    expect(lateness(curve(1, 2, null), 5000)).toBe(4000);
    const slow = { times: [0, 15_000], values: [1, 2] };
    expect(lateness(slow, 55_000)).toBe(0);
    expect(lateness(slow, 65_000)).toBe(50_000);
    expect(lateness(curve(), 1000)).toBe(0);
  });
});

describe('an odd value', () => {
  test('is so many times what is normal', () => {
    const expectation = { score: curve(0, 3.1), expected: curve(100, 100), lower: curve(null, 80) };
    expect(anomalyOf(312, expectation)).toEqual({
      score: 3.1,
      timesNormal: 3.12,
      lower: 80,
      upper: undefined,
    });
    expect(anomalyOf(312, { score: curve(0.9) })).toBeUndefined();
    expect(anomalyOf(312, {})).toBeUndefined();
    expect(anomalyOf(5, { score: curve(2), expected: curve(0) })?.timesNormal).toBeUndefined();
    expect(anomalyOf(-5, { score: curve(2), expected: curve(1) })?.timesNormal).toBeUndefined();
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
