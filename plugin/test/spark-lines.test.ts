import { describe, expect, test } from 'vitest';
import { sparkLines } from '../src/shared/spark-lines.js';

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
