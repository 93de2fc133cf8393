import { describe, expect, test } from 'vitest';
import type { Subject } from '../src/panels/analysis/model.js';
import {
  labelX,
  nearestRow,
  plotOf,
  ticksOf,
  timeAt,
  timeTicksOf,
  xOf,
  yOf,
} from '../src/panels/analysis/plot.js';

const subject = {
  name: 'a',
  field: { name: 'a', type: 'number', config: {}, values: [] },
  curve: { times: [0, 1000, 2000], values: [1, null, 3] },
  figures: new Map(),
} as unknown as Subject;
const shown = { band: true, previous: true, forecast: true };
const size = { width: 200, height: 100, labels: 50 };

describe('a plot', () => {
  test('has labels of time below their place, and none cut off at an end', () => {
    const plot = plotOf(subject, shown, size);
    const [from, middle, to] = [0, 1000, 2000].map((time) => labelX(plot, time, 60));
    expect(middle).toBeCloseTo(xOf(plot, 1000));
    expect(to + 30).toBeLessThanOrEqual(size.width);
    expect(labelX(plot, 2000, 10)).toBeCloseTo(xOf(plot, 2000));
    expect(from - 30).toBeGreaterThanOrEqual(0);
    expect(labelX(plot, 0, 120) - 60).toBeGreaterThanOrEqual(0);
  });

  test('has all values inside, and finds the time below a place', () => {
    const plot = plotOf(subject, shown, size);
    for (const value of [1, 3]) {
      expect(yOf(plot, value)).toBeGreaterThan(plot.top);
      expect(yOf(plot, value)).toBeLessThan(plot.top + plot.height);
    }
    expect(timeAt(plot, xOf(plot, 1234))).toBeCloseTo(1234);
  });

  test('is not flattened by a band that is very wide, nor goes below zero', () => {
    const edge = (value: number) => [value, value, value];
    const band = { lower: edge(-1e6), upper: edge(1e6), values: edge(2), times: [0, 1000, 2000] };
    const wide = { ...subject, expected: { ...band, measured: edge(2), scores: edge(0) } };
    const { values } = plotOf(wide, shown, size);
    expect(values.from).toBe(0);
    expect(values.to).toBeLessThan(6);
  });

  test('reaches to the end of a forecast', () => {
    const edge = [3, 4];
    const forecast = { times: [2000, 9000], values: edge, lower: edge, upper: edge };
    expect(plotOf({ ...subject, forecast }, shown, size).times.to).toBe(9000);
    const without = plotOf({ ...subject, forecast }, { ...shown, forecast: false }, size);
    expect(without.times.to).toBe(2000);
  });

  test('stands where nothing is known or all is the same', () => {
    const empty = { ...subject, curve: { times: [], values: [] } };
    expect(Number.isFinite(yOf(plotOf(empty, shown, size), 0))).toBe(true);
    const same = { ...subject, curve: { times: [0, 1000], values: [0, 0] } };
    expect(Number.isFinite(yOf(plotOf(same, shown, size), 0))).toBe(true);
  });
});

describe('ticks', () => {
  test('are round', () => {
    expect(ticksOf({ from: 0.12, to: 0.99 }, 4)).toEqual([0.25, 0.5, 0.75]);
    expect(ticksOf({ from: -3, to: 12 }, 4)).toEqual([0, 5, 10]);
  });

  test('of time are round where the reader is', () => {
    const hour = 3_600_000;
    expect(timeTicksOf({ from: 0, to: 6 * hour }, 3, 0)).toEqual([0, 2 * hour, 4 * hour, 6 * hour]);
    expect(timeTicksOf({ from: 0, to: 12 * hour }, 2, hour / 2)).toEqual([5.5 * hour, 11.5 * hour]);
  });
});

test('the nearest row of a curve is found', () => {
  const curve = { times: [10, 20, 40] };
  expect([0, 14, 16, 29, 31, 99].map((time) => nearestRow(curve, time))).toEqual([
    0, 0, 1, 1, 2, 2,
  ]);
  expect(nearestRow({ times: [] }, 5)).toBe(-1);
});
