import fc from 'fast-check';
import { describe as group, expect, test } from 'vitest';
import { changePoints } from '../../src/analysis/statistics/change-points.js';
import { compare } from '../../src/analysis/statistics/comparison.js';
import { describe, quantile, sortedFinite } from '../../src/analysis/statistics/descriptive.js';
import { twoSided } from '../../src/analysis/statistics/normal.js';
import { shapeOf } from '../../src/analysis/statistics/shape.js';
import { statisticsOf } from '../../src/analysis/statistics/statistics.js';
import { trendOf } from '../../src/analysis/statistics/trend.js';
import { normal, uniform } from './shapes.js';

const series = (length: number, of: (i: number) => number) =>
  Float64Array.from({ length }, (_, i) => of(i));
const noise = (seed: number) => normal(uniform(seed));
const odd = fc.oneof(
  fc.double(),
  fc.constantFrom(0, 1, NaN, Infinity, -Infinity, 1e308, -1e308, 5e-324),
  fc.double({ min: -100, max: 100, noNaN: true }),
);

group('description', () => {
  test('of known values', () => {
    const figures = describe(Float64Array.of(2, 4, 4, NaN, 4, 5, 5, 7, 9, Infinity));
    expect(figures).toMatchObject({ count: 8, missing: 2, sum: 40, min: 2, max: 9, mean: 5 });
    expect(figures.standardDeviation).toBeCloseTo(Math.sqrt(32 / 7), 12);
    expect(figures.variation).toBeCloseTo(Math.sqrt(32 / 7) / 5, 12);
    expect(figures.percentiles.p50).toBe(4.5);
    expect(figures.robustDeviation).toBeCloseTo(1.4826 * 0.5, 12);
  });

  test('of nothing and of one value', () => {
    expect(describe(Float64Array.of(NaN))).toMatchObject({
      count: 0,
      missing: 1,
      sum: 0,
      mean: NaN,
    });
    expect(describe(Float64Array.of(3))).toMatchObject({
      min: 3,
      max: 3,
      mean: 3,
      standardDeviation: NaN,
    });
  });

  test('quantiles lie between their neighbours, rise with the level and end at the extremes', () => {
    const list = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 });
    const levels = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(list, levels, (values, [one, other]) => {
        const sorted = sortedFinite(Float64Array.from(values));
        const [low, high] = one < other ? [one, other] : [other, one];
        expect(quantile(sorted, low)).toBeLessThanOrEqual(quantile(sorted, high) + 1e-6);
        expect(quantile(sorted, 0)).toBe(sorted[0]);
        expect(quantile(sorted, 1)).toBe(sorted[sorted.length - 1]);
      }),
    );
  });
});

group('shape', () => {
  test('moments of known values', () => {
    const { skewness, excessKurtosis } = shapeOf(Float64Array.of(1, 2, 3, 4, 10));
    // By hand: mean 4, moments 10, 36 and 278.8.
    expect(skewness).toBeCloseTo(((36 / 10 ** 1.5) * Math.sqrt(20)) / 3, 9);
    expect(excessKurtosis).toBeCloseTo((4 / 6) * (6 * (278.8 / 100 - 3) + 6), 9);
  });

  test.each([
    ['even', series(2000, noise(1))],
    [
      'long tail of high values',
      series(
        2000,
        (
          (random) => () =>
            Math.exp(random())
        )(noise(2)),
      ),
    ],
    [
      'long tail of low values',
      series(
        2000,
        (
          (random) => () =>
            -Math.exp(random())
        )(noise(3)),
      ),
    ],
    [
      'several modes',
      series(
        2000,
        (
          (random) => (i: number) =>
            (i % 2 ? 10 : 0) + random()
        )(noise(4)),
      ),
    ],
    ['constant', new Float64Array(50).fill(3)],
    ['unknown', Float64Array.of(1, 2, 3)],
    ['unknown', new Float64Array(90).fill(NaN)],
  ] as const)('%s', (word, values) => {
    expect(shapeOf(values).word).toBe(word);
  });

  test('the tops of two modes', () => {
    const random = noise(5);
    const { modes } = shapeOf(series(3000, (i) => (i % 3 ? 20 : 0) + random()));
    expect(modes).toHaveLength(2);
    expect(modes[0]).toBeGreaterThan(18);
    expect(modes[1]).toBeLessThan(2);
  });
});

group('trend', () => {
  test('of a line with noise, gaps and outliers', () => {
    const random = noise(6);
    const trend = trendOf(
      series(300, (i) => (i % 50 === 7 ? 1e6 : i % 10 === 3 ? NaN : 5 + 0.2 * i + random())),
    );
    expect(trend?.slope).toBeCloseTo(0.2, 1);
    expect(trend?.intercept).toBeGreaterThan(3);
    expect(trend?.direction).toBe('up');
    expect(trend?.p).toBeLessThan(1e-6);
  });

  test('of a long series by its means', () => {
    const trend = trendOf(series(100_000, (i) => -i));
    expect(trend?.slope).toBeCloseTo(-1, 9);
    expect(trend?.intercept).toBeCloseTo(0, 3);
  });

  test('is none in a constant and not known of three points', () => {
    expect(trendOf(new Float64Array(50).fill(2))).toEqual({
      slope: 0,
      intercept: 2,
      p: 1,
      direction: 'none',
    });
    expect(trendOf(Float64Array.of(1, 2, 3))).toBeNull();
    expect(trendOf(new Float64Array(50).fill(NaN))).toBeNull();
  });

  test('is claimed in about one of twenty series of noise, and seldom in ones that lean on the past', () => {
    const claimed = (of: (random: () => number) => (i: number) => number): number => {
      let count = 0;
      for (let seed = 1; seed <= 200; seed++) {
        if (trendOf(series(100, of(noise(seed))))?.direction !== 'none') count++;
      }
      return count;
    };
    expect(claimed((random) => random)).toBeLessThan(20);
    const leaning = (random: () => number) => {
      let last = 0;
      return () => (last = 0.7 * last + random());
    };
    expect(claimed(leaning)).toBeLessThan(40);
  });
});

group('change points', () => {
  test('are where levels change, with the levels beside', () => {
    const random = noise(7);
    const found = changePoints(series(300, (i) => (i < 100 ? 10 : i < 220 ? 20 : 14) + random()));
    expect(found.map(({ index }) => index)).toEqual([100, 220]);
    expect(found[0].before).toBeCloseTo(10, 0);
    expect(found[0].after).toBeCloseTo(20, 0);
    expect(found[1].before).toBe(found[0].after);
    expect(found[1].after).toBeCloseTo(14, 0);
  });

  test('are found without noise, through gaps, and in long series to the nearest group', () => {
    expect(changePoints(series(60, (i) => (i < 30 ? 0 : 1))).map(({ index }) => index)).toEqual([
      30,
    ]);
    const gaps = series(60, (i) => (i < 3 || i % 7 === 0 ? NaN : i < 30 ? 0 : 1));
    expect(changePoints(gaps).map(({ index }) => index)).toEqual([30]);
    const [{ index }] = changePoints(series(100_000, (i) => (i < 50_000 ? 0 : 1)));
    expect(Math.abs(index - 50_000)).toBeLessThan(50);
  });

  test('are none in a constant, a single spike, nothing', () => {
    expect(changePoints(new Float64Array(100).fill(1e9))).toEqual([]);
    expect(changePoints(series(200, (i) => (i === 90 ? 50 : i % 3)))).toEqual([]);
    expect(changePoints(new Float64Array(0))).toEqual([]);
    expect(changePoints(new Float64Array(20).fill(NaN))).toEqual([]);
  });

  test('are hardly ever claimed in noise', () => {
    let claimed = 0;
    for (let seed = 1; seed <= 100; seed++)
      claimed += changePoints(series(300, noise(seed))).length;
    expect(claimed).toBeLessThan(5);
  });
});

group('comparison', () => {
  test('of levels that differ', () => {
    const random = noise(8);
    const found = compare(
      series(200, () => 15 + random()),
      series(100, () => 10 + random()),
    );
    expect(found?.change).toBeCloseTo(5, 0);
    expect(found?.ratio).toBeCloseTo(0.5, 1);
    expect(found?.deviations).toBeGreaterThan(3);
    expect(found?.p).toBeLessThan(1e-9);
  });

  test('by ranks, with ties, as by hand', () => {
    // U = 0.5 + 0 + 0 of 9 pairs; variance (9/12)(7 − 6/30).
    const found = compare(Float64Array.of(1, 2, 3), Float64Array.of(3, 4, 5));
    expect(found?.p).toBeCloseTo(twoSided((4 - 0.5) / Math.sqrt(0.75 * (7 - 6 / 30))), 12);
  });

  test('of the same is no difference, from 0 has no ratio, of nothing is null', () => {
    const same = Float64Array.of(1, 2, 3, 4);
    expect(compare(same, same)).toMatchObject({ change: 0, ratio: 0, deviations: 0 });
    expect(compare(same, same)?.p).toBeCloseTo(1, 6);
    expect(compare(same, new Float64Array(4))).toMatchObject({ ratio: NaN, deviations: NaN });
    expect(compare(same, Float64Array.of(NaN))).toBeNull();
    expect(compare(new Float64Array(0), same)).toBeNull();
  });
});

test('the normal distribution has its known tails', () => {
  expect(twoSided(0)).toBeCloseTo(1, 6);
  expect(twoSided(1.959964)).toBeCloseTo(0.05, 6);
  expect(twoSided(-2.575829)).toBeCloseTo(0.01, 6);
  expect(twoSided(50)).toBe(0);
});

group('statistics', () => {
  test('look for trend and changes beneath the seasons', () => {
    const random = noise(9);
    const wave = (i: number): number => 100 + 20 * Math.sin((2 * Math.PI * i) / 24);
    const found = statisticsOf(
      series(480, (i) => wave(i) + random() + (i < 240 ? 0 : 15)),
      [24],
    );
    expect(found.periods).toEqual([24]);
    expect(found.changes.map(({ index }) => index)).toEqual([240]);
    expect(
      statisticsOf(
        series(480, (i) => wave(i) + random()),
        [24],
      ).changes,
    ).toEqual([]);
  });

  test('answer whatever they are given', () => {
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 80 }), (list) => {
        const { description, changes } = statisticsOf(Float64Array.from(list));
        expect(description.count + description.missing).toBe(list.length);
        for (const { index } of changes) expect(index).toBeLessThan(list.length);
      }),
    );
  });
});
