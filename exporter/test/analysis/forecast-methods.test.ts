import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seasonalFigures } from '../../src/analysis/forecast/decompose.js';
import { forecastMethods } from '../../src/analysis/forecast/index.js';
import { minimise } from '../../src/analysis/forecast/minimise.js';

const method = (name: string) => {
  const found = forecastMethods.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`no method ${name}`);
  return found;
};
const series = (length: number, of: (i: number) => number) =>
  Float64Array.from({ length }, (_, i) => of(i));
const season = (i: number): number => [0, 5, 9, 5, -3, -8, -6, -2][i % 8];
const ahead = (name: string, values: Float64Array, periods: number[] = []) =>
  Array.from(method(name).forecast(values, { horizon: 16, periods }));
const expected = (from: number, of: (i: number) => number) =>
  Array.from({ length: 16 }, (_, h) => of(from + h));

function expectClose(actual: number[], wanted: number[], tolerance: number): void {
  actual.forEach((value, h) =>
    expect(Math.abs(value - wanted[h]), `at ${h}: ${value}`).toBeLessThan(tolerance),
  );
}

describe('forecast methods', () => {
  test('have names of their own', () => {
    expect(new Set(forecastMethods.map(({ name }) => name)).size).toBe(forecastMethods.length);
  });

  test.each(forecastMethods)('$name goes on with a constant', (one) => {
    const values = new Float64Array(64).fill(7);
    expectClose(ahead(one.name, values, [8, 24]), new Array<number>(16).fill(7), 1e-3);
  });

  test.each(['linear-regression', 'holt'])('%s goes on with a straight line', (name) => {
    const line = (i: number): number => 3 + 0.5 * i;
    expectClose(ahead(name, series(60, line)), expected(60, line), 1e-6);
  });

  test('a damped trend stays below the line', () => {
    const answer = ahead(
      'damped-holt',
      series(60, (i) => i),
    );
    expect(answer[15]).toBeGreaterThan(62);
    expect(answer[15]).toBeLessThan(75);
  });

  test('Theta follows half of the slope', () => {
    const answer = ahead(
      'theta',
      series(60, (i) => i),
    );
    expect(answer[15] - answer[5]).toBeCloseTo(5, 6);
  });

  test.each([
    'seasonal-naive',
    'holt-winters-additive',
    'holt-winters-multiplicative',
    'theta',
    'multi-seasonal',
    'autoregression',
  ])('%s repeats a season', (name) => {
    const wave = (i: number): number => 50 + season(i);
    expectClose(ahead(name, series(80, wave), [8]), expected(80, wave), 0.5);
  });

  test('the long seasonal naive repeats the longest season', () => {
    const wave = (i: number): number => season(i) * (i % 24 < 8 ? 2 : 1);
    expect(ahead('seasonal-naive-long', series(48, wave), [8, 24])).toEqual(expected(48, wave));
  });

  test.each(['multi-seasonal', 'autoregression'])('%s repeats two seasons', (name) => {
    const wave = (i: number): number => 50 + season(i) + (i % 40 < 8 ? 10 : 0);
    expectClose(ahead(name, series(400, wave), [8, 40]), expected(400, wave), 1);
  });

  test('multiplicative Holt-Winters grows its season with the level, and refuses what is not positive', () => {
    const wave = (i: number): number => (100 + i) * (1 + season(i) / 20);
    expectClose(
      ahead('holt-winters-multiplicative', series(160, wave), [8]),
      expected(160, wave),
      15,
    );
    expect(ahead('holt-winters-multiplicative', series(80, season), [8])).toEqual(
      new Array<number>(16).fill(NaN),
    );
  });

  test('simple smoothing of a step ends at its top', () => {
    expectClose(
      ahead(
        'ses',
        series(60, (i) => (i < 30 ? 0 : 10)),
      ),
      new Array<number>(16).fill(10),
      0.1,
    );
  });

  test('none changes the values it is given', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 60, maxLength: 80 }),
        (list) => {
          const values = Float64Array.from(list);
          for (const one of forecastMethods) one.forecast(values, { horizon: 3, periods: [7, 14] });
          expect(Array.from(values)).toEqual(list);
        },
      ),
      { numRuns: 20 },
    );
  });
});

test('classical decomposition finds the figures of a season beside a trend', () => {
  const figures = seasonalFigures(
    series(80, (i) => i + season(i)),
    8,
    false,
  );
  expectClose(
    Array.from(figures),
    Array.from({ length: 8 }, (_, i) => season(i)),
    1e-9,
  );
});

test('pattern search finds the bottom of a bowl', () => {
  const [x, y] = minimise(([a, b]) => (a - 0.3) ** 2 + 2 * (b - 0.8) ** 2, [0.5, 0.5]);
  expect(x).toBeCloseTo(0.3, 1);
  expect(y).toBeCloseTo(0.8, 1);
});
