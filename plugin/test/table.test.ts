import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SeriesTable } from '../src/datasource/live/table.js';

const column = (labels: Record<string, string>) => ({ labels, type: 'gauge', unit: '' });

describe('the table of past and stream', () => {
  test('has each time once and in order, whoever brings it', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1 });
    fc.assert(
      fc.property(times, times, times, (before, stream, after) => {
        const table = new SeriesTable();
        const series = (some: readonly number[]) => [
          { labels: {}, samples: [...some].sort((a, b) => a - b).map((t) => [t, t] as const) },
        ];
        table.addSeries(series(before));
        for (const time of stream) table.addFrame(time, [column({})], [time]);
        table.addSeries(series(after));
        const all = [...new Set([...before, ...stream, ...after])].sort((a, b) => a - b);
        expect(table.times).toEqual(all);
        expect(table.columns[0].values).toEqual(all);
      }),
    );
  });

  test('keeps what came first', () => {
    const table = new SeriesTable();
    table.addFrame(1, [column({})], [5]);
    table.addSeries([{ labels: {}, samples: [[1, 6]] }]);
    expect(table.columns[0].values).toEqual([5]);
  });

  test('tells series by their labels, whatever their order', () => {
    const table = new SeriesTable();
    table.addFrame(1, [column({ a: '1', b: '2' })], [1]);
    table.addFrame(2, [column({ c: '3' }), column({ b: '2', a: '1' })], [3, 2]);
    expect(table.columns.map(({ values }) => values)).toEqual([
      [1, 2],
      [null, 3],
    ]);
  });

  test('forgets series of which nothing is left', () => {
    const table = new SeriesTable();
    table.addFrame(1, [column({ a: '1' })], [1]);
    table.addFrame(2, [column({ b: '1' })], [2]);
    table.trim(2);
    expect(table.times).toEqual([2]);
    expect(table.columns.map(({ labels }) => labels)).toEqual([{ b: '1' }]);
  });
});
