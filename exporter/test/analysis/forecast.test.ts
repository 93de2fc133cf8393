import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { originsOf } from '../../src/analysis/forecast/backtest.js';
import { forecast } from '../../src/analysis/forecast/forecast.js';
import { fillGaps } from '../../src/analysis/forecast/gaps.js';
import { halfWidths } from '../../src/analysis/forecast/intervals.js';
import { detectPeriods, periodsOfTime } from '../../src/analysis/forecast/periods.js';
import { timeUntil } from '../../src/analysis/forecast/time-until.js';
import { uniform } from './shapes.js';

const series = (length: number, of: (i: number) => number) =>
  Float64Array.from({ length }, (_, i) => of(i));
const day = (i: number): number => 100 + 20 * Math.sin((2 * Math.PI * i) / 24);

describe('forecast', () => {
  test('combines what did well in the past, within an interval that holds the future', () => {
    const random = uniform(3);
    const values = series(540, (i) => day(i) + 4 * (random() - 0.5));
    const answer = forecast(values.subarray(0, 500), { horizon: 40, level: 0.9 });
    expect(answer?.periods).toEqual([24]);
    const inside = values
      .subarray(500)
      .filter((value, h) => value >= answer!.lower[h] && value <= answer!.upper[h]);
    expect(inside.length).toBeGreaterThan(30);
    answer?.values.forEach((value, h) => expect(Math.abs(value - day(500 + h))).toBeLessThan(3));
    const weights = answer!.methods.map(({ weight }) => weight);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
  });

  test('uses the one method that is asked for', () => {
    const answer = forecast(
      series(50, (i) => 2 * i),
      { horizon: 3, method: 'linear-regression' },
    );
    expect(answer?.methods.map(({ name }) => name)).toEqual(['linear-regression']);
    expect(Array.from(answer!.values, (value) => Math.round(value))).toEqual([100, 102, 104]);
  });

  test('widens with the distance for a random walk', () => {
    const random = uniform(5);
    let at = 0;
    const { lower, upper } = forecast(
      series(600, () => (at += random() - 0.5)),
      { horizon: 60 },
    )!;
    expect(upper[59] - lower[59]).toBeGreaterThan(2 * (upper[0] - lower[0]));
  });

  test('goes on with a constant, without doubt', () => {
    const answer = forecast(new Float64Array(100).fill(5), { horizon: 4 })!;
    for (const path of [answer.values, answer.lower, answer.upper]) {
      path.forEach((value) => expect(value).toBeCloseTo(5, 6));
    }
  });

  test('answers null where nothing is known', () => {
    expect(forecast(new Float64Array(0), { horizon: 3 })).toBeNull();
    expect(forecast(new Float64Array(30).fill(NaN), { horizon: 3 })).toBeNull();
  });

  test('repeats a single value and knows no interval for it', () => {
    const answer = forecast(Float64Array.of(NaN, 4), { horizon: 2 })!;
    expect(Array.from(answer.values)).toEqual([4, 4]);
    expect(Array.from(answer.upper)).toEqual([NaN, NaN]);
  });

  test('bridges gaps, and begins after the end of the series even if its end is missing', () => {
    const line = series(60, (i) => ((i > 20 && i < 25) || i > 56 ? NaN : i));
    const { values } = forecast(line, { horizon: 2, method: 'linear-regression' })!;
    expect(values[0]).toBeCloseTo(60, 6);
    expect(values[1]).toBeCloseTo(61, 6);
  });

  test('is not negative where the past never was', () => {
    const { values, lower } = forecast(
      series(50, (i) => 50 - i),
      { horizon: 30 },
    )!;
    expect(Math.min(...values)).toBe(0);
    expect(Math.min(...lower)).toBe(0);
  });

  test.each([
    { horizon: 0 },
    { horizon: 1.5 },
    { horizon: 10_001 },
    { horizon: NaN },
    { horizon: 1, level: 1 },
    { horizon: 1, level: NaN },
    { horizon: 1, periods: [1] },
    { horizon: 1, candidates: [2.5] },
    { horizon: 1, method: 'crystal-ball' },
  ])('refuses %j', (options) => {
    expect(() => forecast(new Float64Array(9), options)).toThrow(
      expect.objectContaining({ code: 'bad_forecast' }),
    );
  });

  test('is finite, of the length asked for, and within its interval, whatever the past', () => {
    const value = fc.oneof(
      fc.double(),
      fc.constantFrom(0, 1, NaN, Infinity, 1e308, -1e308, 5e-324),
      fc.double({ min: -100, max: 100, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        (list, horizon) => {
          const answer = forecast(Float64Array.from(list), { horizon });
          if (answer === null) {
            expect(list.some(Number.isFinite)).toBe(false);
            return;
          }
          expect(answer.values).toHaveLength(horizon);
          answer.values.forEach((at, h) => {
            expect(Number.isNaN(at)).toBe(false);
            expect(answer.lower[h] > at || answer.upper[h] < at).toBe(false);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  test('scales with the unit of the values', () => {
    const random = uniform(11);
    const values = series(200, (i) => day(i) + 10 * random());
    const one = forecast(values, { horizon: 5 })!;
    const other = forecast(
      values.map((value) => value * 1024),
      { horizon: 5 },
    )!;
    other.values.forEach((value, h) => expect(value).toBeCloseTo(1024 * one.values[h], 6));
  });
});

test('origins of the backtest lie in the later half and leave something to compare with', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 3000 }),
      fc.integer({ min: 1, max: 500 }),
      (length, horizon) => {
        const origins = originsOf(length, horizon, 10);
        expect(origins.length).toBeLessThanOrEqual(10);
        if (length > 3) expect(origins.length).toBeGreaterThan(0);
        for (const origin of origins) {
          expect(origin).toBeGreaterThanOrEqual(Math.floor(length / 2));
          expect(origin).toBeLessThan(length);
        }
      },
    ),
  );
});

describe('seasons', () => {
  const random = uniform(7);
  test.each([
    ['a day', series(500, day), [24]],
    ['a day with noise and trend', series(500, (i) => day(i) + 0.2 * i + 15 * random()), [24]],
    ['short pulses', series(600, (i) => (i % 60 === 0 ? 10 : 0)), [60]],
    ['a wave that is no whole number of points', series(600, (i) => Math.sin(i / 10)), [63]],
    ['none in noise', series(500, () => random()), []],
    ['none in a line', series(500, (i) => i), []],
    ['none in a constant', new Float64Array(100).fill(3), []],
    ['none in one point', Float64Array.of(1), []],
    ['none in nothing', new Float64Array(50).fill(NaN), []],
  ])('of %s', (_, values, periods) => {
    expect(detectPeriods(values)).toEqual(periods);
  });

  test('are taken from what time suggests if the series agrees', () => {
    const week = series(24 * 7 * 4, (i) => day(i) * (Math.floor(i / 24) % 7 > 4 ? 0.5 : 1));
    expect(detectPeriods(week, [24, 168])).toEqual([24, 168]);
    expect(
      detectPeriods(
        series(600, () => random()),
        [24, 168],
      ),
    ).toEqual([]);
  });

  test('that time suggests are whole numbers of points', () => {
    expect(periodsOfTime(3_600_000)).toEqual([24, 168]);
    expect(periodsOfTime(60_000)).toEqual([60, 1440, 10_080]);
    expect(periodsOfTime(7_000_000_000)).toEqual([]);
  });
});

test('gaps are filled by straight lines and cut off at the ends', () => {
  expect(fillGaps(Float64Array.of(NaN, 1, NaN, NaN, 4, Infinity, 6, NaN))).toEqual({
    values: Float64Array.of(1, 2, 3, 4, 5, 6),
    trailing: 1,
  });
});

test('intervals hold at least the share of past errors that they promise', () => {
  const error = fc.double({ min: -10, max: 10, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(fc.array(error, { minLength: 6, maxLength: 6 }), { minLength: 1, maxLength: 10 }),
      (rows) => {
        const errors = rows.map((row) => Float64Array.from(row));
        const widths = halfWidths(errors, { horizon: 6, level: 0.8 });
        const inside = rows.flatMap((row) =>
          row.filter((one, h) => Math.abs(one) <= widths[h] * (1 + 1e-9)),
        );
        expect(inside.length).toBeGreaterThanOrEqual(0.8 * 6 * rows.length);
      },
    ),
  );
});

describe('time until a threshold', () => {
  const path = (...values: number[]) => Float64Array.from(values);
  const rising = { values: path(2, 4, 6), lower: path(1, 2, 3), upper: path(3, 6, 9) };

  test('lies between points, earliest by the nearer edge and latest by the farther one', () => {
    expect(timeUntil(5, 1, rising)).toEqual({ expected: 2.5, earliest: 1 + 2 / 3, latest: null });
  });

  test('is found downwards too', () => {
    const falling = { values: path(8, 6), lower: path(6, 2), upper: path(9, 9) };
    expect(timeUntil(7, 10, falling)).toEqual({ expected: 1.5, earliest: 0.75, latest: null });
  });

  test('is 0 on the threshold, and null for one that is never reached or not known', () => {
    expect(timeUntil(1, 1, rising).expected).toBe(0);
    expect(timeUntil(100, 1, rising)).toEqual({ expected: null, earliest: null, latest: null });
    expect(timeUntil(NaN, 1, rising).expected).toBeNull();
    const unknown = path(NaN, NaN, NaN);
    expect(timeUntil(4, 1, { ...rising, lower: unknown, upper: unknown })).toEqual({
      expected: 2,
      earliest: null,
      latest: null,
    });
  });
});
