import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_NUMBER_LENGTH, writeNumber } from '../../src/exposition/number.js';

function written(value: number): string {
  const at = 2;
  const bytes = Buffer.alloc(at + MAX_NUMBER_LENGTH + 2, '~');
  const end = writeNumber(bytes, at, value);
  expect(end - at).toBeLessThanOrEqual(MAX_NUMBER_LENGTH);
  expect(bytes.subarray(0, at).toString()).toBe('~~');
  expect(bytes.subarray(at + MAX_NUMBER_LENGTH).toString()).toBe('~~');
  return bytes.subarray(at, end).toString();
}

describe('writing a number', () => {
  test.each([
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [0, '0'],
    [-0, '0'],
    [7, '7'],
    [-42, '-42'],
    [100, '100'],
    [999_999_999, '999999999'],
    [1_000_000_000, '1000000000'],
    [-17_179_869_184, '-17179869184'],
    [999_999_999_999_999, '999999999999999'],
    [1_000_000_000_000_000, '1000000000000000'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [1e21, '1e+21'],
    [0.5, '0.5'],
    [-0.05, '-0.05'],
    [0.1 + 0.2, '0.30000000000000004'],
    [0.000001, '0.000001'],
    [0.0000001, '1e-7'],
    [12345.678901, '12345.678901'],
    [1_700_000_000.123, '1700000000.123'],
    [Number.MIN_VALUE, '5e-324'],
    [-Number.MAX_VALUE, '-1.7976931348623157e+308'],
    [-0.0000014571506103432362, '-0.0000014571506103432362'],
    [-1.2345678901234567e-308, '-1.2345678901234567e-308'],
  ])('writes %d as %s', (value, expected) => {
    expect(written(value)).toBe(expected);
  });

  const decimal = fc
    .tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 22 }))
    .map(([digits, places]) => digits / 10 ** places);

  test.each([
    ['integers', fc.maxSafeInteger()],
    ['small integers', fc.integer({ min: -100_000, max: 100_000 })],
    ['decimals', decimal],
    ['short decimals', fc.integer().map((n) => n / 1000)],
    ['thirds', fc.integer({ min: 1, max: 1e9 }).map((n) => n / 3)],
    ['sums', fc.integer({ min: 1, max: 1e6 }).map((n) => n * 0.1 + n * 0.01)],
    ['powers of two', fc.integer({ min: -60, max: 60 }).map((n) => 2 ** n)],
    ['numbers of a usual size', fc.double({ min: 1e-7, max: 1e16 })],
    ['any numbers', fc.double({ noNaN: true, noDefaultInfinity: true })],
  ])('writes the shortest decimal that reads back as the same number: %s', (_name, numbers) => {
    fc.assert(
      fc.property(numbers, (value) => {
        expect(written(value)).toBe(String(value));
      }),
      { numRuns: 5000 },
    );
  });
});
