import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateInstant, evaluateRange } from '../../src/promql/engine.js';
import { ResultEncoder } from '../../src/promql/encode.js';
import {
  formatFloat,
  formatGeneral,
  formatSampleValue,
  formatTwoDigits,
} from '../../src/promql/number-format.js';
import { formatDuration, parseDuration } from '../../src/promql/durations.js';
import { MemoryReader, series } from './memory-reader.js';

describe('numbers', () => {
  test.each([
    [0, '0'],
    [-0, '-0'],
    [1.5, '1.5'],
    [1e20, '100000000000000000000'],
    [1e21, '1e+21'],
    [1e-6, '0.000001'],
    [1e-7, '1e-07'],
    [1.25e-10, '1.25e-10'],
    [1.25e100, '1.25e+100'],
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [0.1 + 0.2, '0.30000000000000004'],
  ])('%s is written as a sample value %s', (value, text) => {
    expect(formatSampleValue(value)).toBe(text);
  });

  test.each([
    [1e21, '1000000000000000000000'],
    [1.5e-7, '0.00000015'],
    [-1.25e22, '-12500000000000000000000'],
  ])('%s is written without an exponent as %s', (value, text) => {
    expect(formatFloat(value)).toBe(text);
  });

  test.each([
    [100000, '100000'],
    [1e6, '1e+06'],
    [1234567.5, '1.2345675e+06'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
  ])('%s is written with an exponent where it is long: %s', (value, text) => {
    expect(formatGeneral(value)).toBe(text);
  });

  test.each([
    [0, '0'],
    [8, '8'],
    [8.44, '8.4'],
    [80, '80'],
    [0.000123, '0.00012'],
    [0.0000123, '1.2e-05'],
    [100, '1e+02'],
    [2345, '2.3e+03'],
    [-2e10, '-2e+10'],
  ])('two digits of %s are %s', (value, text) => {
    expect(formatTwoDigits(value)).toBe(text);
  });

  test('read back as themselves', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        for (const format of [formatFloat, formatGeneral, formatSampleValue]) {
          expect(Number(format(value))).toBe(value);
        }
      }),
    );
  });
});

describe('durations', () => {
  test.each([
    [0, '0s'],
    [90_000, '1m30s'],
    [604_800_000, '1w'],
    [691_200_000, '8d'],
    [31_536_000_000, '1y'],
    [1, '1ms'],
    [-5000, '-5s'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  test('read back as themselves', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
      }),
    );
  });

  test.each(['', '5', '5x', '1s1m', '1m1m', '-5m', '5 m', '300y'])('"%s" is none', (text) => {
    expect(() => parseDuration(text)).toThrow();
  });
});

describe('answers', () => {
  const reader = new MemoryReader()
    .add(series('m', { l: 'quote " and \n line' }), [
      [0, 1],
      [1500, 2.5],
    ])
    .add(series('n'), [[1500, NaN]])
    .add(series('h'), [
      [
        1500,
        {
          schema: 0,
          count: 7,
          sum: 3,
          zeroThreshold: 0.5,
          zeroCount: 1,
          positive: { offset: 1, counts: [2, 0, 1] },
          negative: { offset: 1, counts: [3] },
        },
      ],
    ]);
  const instant = (query: string): unknown =>
    JSON.parse(new ResultEncoder().encode(evaluateInstant(query, reader, { time: 1500 }).result));

  test.each([
    ['1 / 0', { resultType: 'scalar', result: [1.5, '+Inf'] }],
    ['"a\\"b"', { resultType: 'string', result: [1.5, 'a"b'] }],
    [
      'm',
      {
        resultType: 'vector',
        result: [{ metric: { __name__: 'm', l: 'quote " and \n line' }, value: [1.5, '2.5'] }],
      },
    ],
    ['nothing', { resultType: 'vector', result: [] }],
    [
      'h',
      {
        resultType: 'vector',
        result: [
          {
            metric: { __name__: 'h' },
            histogram: [
              1.5,
              {
                count: '7',
                sum: '3',
                buckets: [
                  [1, '-2', '-1', '3'],
                  [3, '-0.5', '0.5', '1'],
                  [0, '1', '2', '2'],
                  [0, '4', '8', '1'],
                ],
              },
            ],
          },
        ],
      },
    ],
    [
      'm[2s]',
      {
        resultType: 'matrix',
        result: [
          {
            metric: { __name__: 'm', l: 'quote " and \n line' },
            values: [
              [0, '1'],
              [1.5, '2.5'],
            ],
          },
        ],
      },
    ],
  ])('%s', (query, expected) => {
    expect(instant(query)).toEqual(expected);
  });

  test('of a range have floats and histograms apart', () => {
    const { result } = evaluateRange('{__name__=~"n|h"}', reader, {
      start: 0,
      end: 3000,
      step: 1500,
    });
    expect(JSON.parse(new ResultEncoder().encode(result))).toMatchObject({
      resultType: 'matrix',
      result: [
        {
          metric: { __name__: 'h' },
          histograms: [
            [1.5, { count: '7' }],
            [3, { count: '7' }],
          ],
        },
        {
          metric: { __name__: 'n' },
          values: [
            [1.5, 'NaN'],
            [3, 'NaN'],
          ],
        },
      ],
    });
  });

  test('write fractions of seconds with three decimals', () => {
    expect(
      new ResultEncoder().encode({ type: 'scalar', time: 1_700_000_000_050, value: 1 }),
    ).toContain('[1700000000.050,"1"]');
  });
});
