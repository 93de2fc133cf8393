import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/lib/duration.js';
import { KymoError } from '../../src/lib/errors.js';
import { nearest } from '../../src/lib/nearest.js';
import { formatRate, parseRate } from '../../src/lib/rate.js';
import { formatSize, parseSize } from '../../src/lib/size.js';

describe('durations', () => {
  test.each([
    ['100ms', 100],
    ['1s', 1000],
    ['30m', 1_800_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['1y2w', 31_536_000_000 + 2 * 604_800_000],
    ['0s', 0],
    ['1d2h3m4s5ms', 93_784_005],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test('come back as they were formatted', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e13 }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
      }),
    );
  });

  test.each(['', ' ', '5', '1.5', '-1s', '1.5h', '1m1h', '1s1s', 's', '1 s', '1S', '1e3s', '∞'])(
    '"%s" is refused',
    (text) => {
      expect(() => parseDuration(text)).toThrow(KymoError);
    },
  );

  test('without unit are refused with the remedy', () => {
    expect(() => parseDuration('15')).toThrow('"15" has no unit; write for example 15s or 100ms');
  });

  test('that overflow are refused', () => {
    expect(() => parseDuration(`${'9'.repeat(400)}y`)).toThrow('longer than can be counted');
  });
});

describe('sizes', () => {
  test.each([
    ['0B', 0],
    ['512B', 512],
    ['1kB', 1000],
    ['1KB', 1000],
    ['1KiB', 1024],
    ['16MiB', 16_777_216],
    ['1.5GiB', 1_610_612_736],
    ['1 GB', 1_000_000_000],
    ['2TiB', 2 * 1024 ** 4],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test('come back as they were formatted', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(parseSize(formatSize(bytes))).toBe(bytes);
      }),
    );
  });

  test.each(['', '5', '16mib', '1M', '-1MiB', 'MiB', '1e3B', '9999999TiB'])(
    '"%s" is refused',
    (text) => {
      expect(() => parseSize(text)).toThrow(KymoError);
    },
  );
});

describe('rates', () => {
  test('come back as they were formatted', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e6 }), fc.constantFrom('s', 'm', 'h'), (count, period) => {
        const rate = parseRate(`${count}/${period}`);
        expect(parseRate(formatRate(rate))).toBeCloseTo(rate, 9);
      }),
    );
  });

  test.each(['', '5', '1.5/s', '1/d', '/s', '1 / s'])('"%s" is refused', (text) => {
    expect(() => parseRate(text)).toThrow(KymoError);
  });
});

describe('the nearest word', () => {
  test.each([
    ['prot', 'port'],
    ['lisen.port', 'listen.port'],
    ['LISTEN', 'listen'],
    ['xyz', undefined],
    ['', undefined],
    ['p'.repeat(1000), undefined],
  ])('to "%s" is %s', (word, expected) => {
    expect(nearest(word, ['listen', 'listen.port', 'port', 'tick'])).toBe(expected);
  });
});
