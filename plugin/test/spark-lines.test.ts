import { describe, expect, test } from 'vitest';
import { drawnOf, looksOther, scaleOf, sparkLines } from '../src/shared/spark-lines.js';

const curve = (...values: (number | null)[]) => ({
  times: values.map((_, at) => at * 1000),
  values,
});

describe('a curve without axes', () => {
  test('is a line for each stretch without a hole', () => {
    expect(sparkLines(curve(0, 10, null, 10, 0), 40, 14)).toEqual([
      [0, 12, 10, 2],
      [30, 2, 40, 12],
    ]);
  });

  test('keeps of each pixel the first, the lowest and highest, and the last value', () => {
    const [line] = sparkLines(curve(5, 5, 10, 0, 5, 5), 1, 14);
    expect(line.filter((_, at) => at % 2 === 1)).toEqual([7, 2, 12, 7, 7]);
  });

  test('is nothing where there are no values', () => {
    expect(sparkLines(curve(null, NaN, Infinity), 40, 14)).toEqual([]);
    expect(sparkLines(curve(), 40, 14)).toEqual([]);
  });

  test('is flat where values hardly move', () => {
    const [line] = sparkLines(curve(100, 100.1), 10, 104);
    expect(Math.abs(line[1] - line[3])).toBeLessThan(2);
  });
});

describe('the scale of a curve in its band', () => {
  const rest = { start: 0, end: 1000 };

  test('has room for the band', () => {
    const band = { lower: curve(8, 9), upper: curve(22, 21) };
    expect(scaleOf(curve(10, 20), band)).toEqual({ ...rest, base: 8, range: 14 });
  });

  test('leaves a wide band to run out of the picture', () => {
    const band = { lower: curve(-560, -560), upper: curve(760, 760) };
    expect(scaleOf(curve(10, 20), band)).toEqual({ ...rest, base: 0, range: 30 });
    expect(scaleOf(curve(-10, 20), band)).toEqual({ ...rest, base: -40, range: 90 });
  });

  test('is that of the curve where the band has no values yet', () => {
    const band = { lower: curve(null), upper: curve(null) };
    expect(scaleOf(curve(10, 20), band)).toEqual(scaleOf(curve(10, 20)));
  });
});

describe('a curve that is drawn already', () => {
  const wave = (from: number, count = 100) => ({
    times: Array.from({ length: count }, (_, at) => (from + at) * 100),
    values: Array.from({ length: count }, (_, at) => 50 + 10 * Math.cos((from + at) / 3)),
  });
  const drawn = drawnOf(wave(0));

  test('looks the same until it has moved by a pixel', () => {
    expect(looksOther(drawn, wave(0), 40, 20)).toBe(false);
    expect(looksOther(drawn, wave(1), 40, 20)).toBe(false);
    expect(looksOther(drawn, wave(3), 40, 20)).toBe(true);
    expect(looksOther(drawn, wave(1), 400, 20)).toBe(true);
  });

  test('looks other with a value that needs another scale', () => {
    const { times, values } = wave(1);
    expect(looksOther(drawn, { times, values: [...values.slice(0, -1), 80] }, 40, 20)).toBe(true);
  });

  test('looks other with a longer past, or with other values', () => {
    expect(looksOther(drawn, wave(-50, 150), 40, 20)).toBe(true);
    const { times, values } = wave(0);
    expect(looksOther(drawn, { times, values: [...values].reverse() }, 40, 20)).toBe(true);
  });

  test('looks other where it ends, or begins', () => {
    expect(looksOther(drawn, curve(), 40, 20)).toBe(true);
    expect(looksOther(drawnOf(curve()), wave(0), 40, 20)).toBe(true);
  });
});
