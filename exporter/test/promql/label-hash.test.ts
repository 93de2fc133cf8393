import { describe, expect, test } from 'vitest';
import { sampleOffset, xxhash64 } from '../../src/promql/label-hash.js';
import { instant } from './evaluate.js';
import { MemoryReader, series } from './memory-reader.js';

describe('XXH64', () => {
  // Values of the reference implementation.
  test.each([
    ['', 17241709254077376921n],
    ['a', 15154266338359012955n],
    ['hello world, this is a longer text of more than 32 bytes', 14864429961501107828n],
  ])('of "%s"', (text, hash) => {
    expect(xxhash64(Buffer.from(text))).toBe(hash);
  });
});

describe('limit_ratio', () => {
  test('keeps a series where the hash of its packed labels falls below the ratio', () => {
    const labels = series('m', { i: '1' });
    expect(sampleOffset(labels)).toBeCloseTo(Number(6019388196301550762n) / 2 ** 64, 15);
    const reader = new MemoryReader().add(labels, [[0, 1]]);
    expect(instant('limit_ratio(0.32, m)', reader, 0)).toEqual({});
    expect(instant('limit_ratio(0.33, m)', reader, 0)).toEqual({ 'm{i="1"}': 1 });
    expect(instant('limit_ratio(-0.68, m)', reader, 0)).toEqual({ 'm{i="1"}': 1 });
    expect(instant('limit_ratio(-0.67, m)', reader, 0)).toEqual({});
  });
});
