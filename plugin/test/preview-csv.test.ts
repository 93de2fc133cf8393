import type { DataFrame } from '@grafana/data';
import { expect, test, vi } from 'vitest';
import { csvOf } from '../preview/csv.js';
import { plainFrame } from './grafana-data.js';

vi.mock('@grafana/data', () => import('./grafana-data.js'));

const linesOf = (shown: Record<string, DataFrame[]>): string[] =>
  csvOf(new Map(Object.entries(shown)))
    .trimEnd()
    .split('\r\n');

test('has a column a series, under the title of its panel', () => {
  const shown = {
    CPU: [plainFrame('total', [1000, 2000], [0.5, null])],
    Memory: [plainFrame('total', [2000], [7])],
  };
  expect(linesOf(shown)).toEqual([
    'time,CPU: total,Memory: total',
    '1970-01-01T00:00:01.000Z,0.5,',
    '1970-01-01T00:00:02.000Z,,7',
  ]);
});

test('tells series of one name in a panel apart by what was asked', () => {
  const [rate, latency] = ['rate', 'latency'].map((executedQueryString) => ({
    ...plainFrame('grpc', [1000], [1]),
    meta: { executedQueryString },
  }));
  expect(linesOf({ Protocols: [rate, latency] })[0]).toBe(
    'time,Protocols: grpc of rate,Protocols: grpc of latency',
  );
});

test('leaves out what is no series, and takes the sting out of formulas', () => {
  const figures = plainFrame('Average', [1000], [1]);
  const shown = {
    '=cmd': [
      plainFrame('a "b"', [1000], [2]),
      { ...figures, meta: { custom: { part: 'statistics' } } },
      { ...figures, fields: figures.fields.slice(1) },
    ],
  };
  expect(linesOf(shown)).toEqual([`time,"'=cmd: a ""b"""`, '1970-01-01T00:00:01.000Z,2']);
});
