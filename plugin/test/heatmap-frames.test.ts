import type { DataFrame, DataFrameType, Field, FieldType } from '@grafana/data';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gridOf as gridOfFrames, valueField } from '../src/panels/heatmap/frames.js';
import { columnOf, columnsOf, differenceOf, type HeatGrid } from '../src/panels/heatmap/grid.js';
import { quantileOf } from '../src/panels/heatmap/quantile.js';

const nameOf = ({ labels }: Field): string => Object.values(labels ?? {}).join();
const gridOf = (frames: readonly DataFrame[], wanted: { from: number; to: number }) =>
  gridOfFrames(frames, wanted, nameOf);
const window = { from: 0, to: 4000 };
const times = [0, 1000, 2000, 3000, 4000];

function frameOf(
  series: readonly {
    labels?: Record<string, string>;
    values: readonly (number | null)[];
    name?: string;
  }[],
  at: readonly number[] = times,
): DataFrame {
  return {
    refId: 'A',
    length: at.length,
    fields: [
      { name: 'Time', type: 'time' as FieldType, config: {}, values: [...at] },
      ...series.map(({ labels, values, name = 'Value' }) => ({
        name,
        type: 'number' as FieldType,
        labels,
        config: {},
        values: [...values],
      })),
    ],
  };
}

const bucketsFrame = (): DataFrame =>
  frameOf([
    { labels: { le: '+Inf' }, values: [4, 4, null, 6, 10] },
    { labels: { le: '0.1' }, values: [1, 2, null, 3, 0] },
    { labels: { le: '0.5' }, values: [3, 2, null, 6, 0] },
  ]);

const columns = (grid: HeatGrid | undefined): number[][] =>
  grid === undefined
    ? []
    : Array.from({ length: grid.columns.count }, (_, column) => [...columnOf(grid, column)]);

describe('the map of classic histograms', () => {
  test('has a row a bucket, by its bound, with what is in it alone', () => {
    const grid = gridOf([bucketsFrame()], window);
    expect(grid?.rows.map(({ lower, upper }) => [lower, upper])).toEqual([
      [0, 0.1],
      [0.1, 0.5],
      [0.5, Infinity],
    ]);
    expect(columns(grid)).toEqual([
      [1, 2, 1],
      [2, 0, 2],
      [NaN, NaN, NaN],
      [3, 3, 0],
      [0, 0, 10],
    ]);
  });

  test('is the same from a frame a series', () => {
    const together = bucketsFrame();
    const [time, ...fields] = together.fields;
    const apart = fields.map((field) => ({ ...together, fields: [time, field] }));
    expect(columns(gridOf(apart, window))).toEqual(columns(gridOf([together], window)));
  });

  test('counts series together that differ by other labels', () => {
    const grid = gridOf(
      [
        frameOf([
          { labels: { le: '1', protocol: 'a' }, values: [1, 1, 1, 1, 1] },
          { labels: { le: '1', protocol: 'b' }, values: [2, null, 2, 2, 2] },
        ]),
      ],
      window,
    );
    expect(columns(grid)).toEqual([[3], [1], [3], [3], [3]]);
  });

  test('never counts below zero, however rates are rounded', () => {
    const grid = gridOf(
      [
        frameOf(
          [
            { labels: { le: '1' }, values: [2] },
            { labels: { le: '2' }, values: [1.999] },
            { labels: { le: '3' }, values: [3] },
          ],
          [4000],
        ),
      ],
      window,
    );
    expect([...columnOf(grid as HeatGrid, (grid?.columns.count ?? 0) - 1)]).toEqual([2, 0, 1]);
  });

  test('takes rows that are not cumulative as they are', () => {
    const frame = frameOf([
      { name: '1', values: [5, 5, 5, 5, 5] },
      { name: '2', values: [1, 1, 1, 1, 1] },
    ]);
    const rows = { ...frame, meta: { type: 'heatmap-rows' as DataFrameType } };
    expect(columns(gridOf([rows], window))[0]).toEqual([5, 1]);
  });
});

describe('the map of exponential histograms', () => {
  const cellsFrame = (
    cells: readonly (readonly [number, number, number, number])[],
  ): DataFrame => ({
    refId: 'A',
    length: cells.length,
    meta: { type: 'heatmap-cells' as DataFrameType },
    fields: ['xMax', 'yMin', 'yMax', 'count'].map((name, index) => ({
      name,
      type: (index === 0 ? 'time' : 'number') as FieldType,
      config: {},
      values: cells.map((cell) => cell[index]),
    })),
  });

  test('has the rows of its buckets', () => {
    const frame = cellsFrame([
      [0, 1, 2, 3],
      [0, 2, 4, 1],
      [1000, 2, 4, 5],
    ]);
    const grid = gridOf([frame], { from: 0, to: 1000 });
    expect(grid?.kind).toBe('log');
    expect(columns(grid)).toEqual([
      [3, 1],
      [0, 5],
    ]);
    expect(valueField([frame])?.name).toBe('count');
  });

  test('puts finer buckets into those of the coarsest', () => {
    const grid = gridOf(
      [
        cellsFrame([
          [0, 1, 2, 1],
          [0, 2, 4, 1],
          [1000, 1, 4, 5],
        ]),
      ],
      { from: 0, to: 1000 },
    );
    expect(grid?.rows).toHaveLength(1);
    expect(columns(grid)).toEqual([[2], [5]]);
  });

  test('begins a bucket around zero at zero, and has none below', () => {
    const grid = gridOf(
      [
        cellsFrame([
          [0, -4, -2, 9],
          [0, -0.1, 0.1, 2],
          [0, 1, 2, 1],
        ]),
      ],
      { from: 0, to: 0 },
    );
    expect(grid?.rows.map(({ lower }) => lower)).toEqual([0, 1]);
    expect(columns(grid).at(-1)).toEqual([2, 1]);
  });
});

describe('the map of series', () => {
  test('has a row a series, the first at the top', () => {
    const grid = gridOf(
      [
        frameOf([
          { labels: { route: '/a' }, values: [1, 2, 3, 4, 5] },
          { labels: { route: '/b' }, values: [5, 4, 3, 2, null] },
        ]),
      ],
      window,
    );
    expect(grid?.rows.map(({ name }) => name)).toEqual(['/b', '/a']);
    expect(columns(grid).at(-1)).toEqual([NaN, 5]);
  });

  test('is none without values', () => {
    expect(gridOf([], window)).toBeUndefined();
    expect(gridOf([frameOf([], [])], window)).toBeUndefined();
    expect(gridOf([{ length: 0, fields: [] }], window)).toBeUndefined();
  });
});

describe('columns', () => {
  test('end with the newest value while that is of now', () => {
    expect(columnsOf([1000, 2000, 3000], { from: 0, to: 4200 })).toEqual({
      start: -1000,
      step: 1000,
      count: 5,
    });
  });

  test('go on to the end of the range where values have ended', () => {
    expect(columnsOf([1000, 2000, 3000], { from: 0, to: 20_400 })).toMatchObject({
      start: 0,
      count: 21,
    });
  });

  test('are as far apart as is usual, whatever is missing', () => {
    expect(columnsOf([0, 1000, 9000, 10_000, 11_000], { from: 0, to: 11_000 }).step).toBe(1000);
  });
});

describe('what has to be painted', () => {
  const at = (from: number, change?: (values: number[]) => void): HeatGrid => {
    const values = times.map((time) => (time + from) / 1000);
    change?.(values);
    const moved = times.map((time) => time + from);
    const frame = frameOf([{ labels: { a: 'b' }, values }], moved);
    return gridOf([frame], { from, to: from + 4000 }) as HeatGrid;
  };

  test('is what has come, where time has gone on', () => {
    expect(differenceOf(at(0), at(2000))).toEqual({ shift: 2, stretches: [[3, 4]] });
    expect(differenceOf(at(0), at(0))).toEqual({ shift: 0, stretches: [] });
  });

  test('is what has changed, too', () => {
    const changed = at(1000, (values) => (values[1] = 99));
    expect(differenceOf(at(0), changed)).toEqual({
      shift: 1,
      stretches: [
        [1, 1],
        [4, 4],
      ],
    });
  });

  test('is all where nothing fits', () => {
    expect(differenceOf(at(0), at(9000))).toBeUndefined();
    expect(differenceOf(at(2000), at(0))).toBeUndefined();
    const other = gridOf([bucketsFrame()], window) as HeatGrid;
    expect(differenceOf(at(0), other)).toBeUndefined();
  });
});

describe('a quantile', () => {
  const rows = [
    { name: '1', lower: 0, upper: 1 },
    { name: '2', lower: 1, upper: 4 },
    { name: 'Inf', lower: 4, upper: Infinity },
  ];

  test('is that of histogram_quantile', () => {
    expect(quantileOf(rows, [2, 2, 0], 0.5, 'linear')).toBe(1);
    expect(quantileOf(rows, [2, 2, 0], 0.75, 'linear')).toBe(2.5);
    expect(quantileOf(rows, [2, 2, 0], 0.75, 'log')).toBe(2);
    expect(quantileOf(rows, [0, 0, 3], 0.5, 'linear')).toBe(4);
    expect(quantileOf(rows, [0, NaN, 0], 0.5, 'linear')).toBeNaN();
  });

  test('rises with its share and lies within the buckets that count', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const counts = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(counts, share, share, (some, a, b) => {
        fc.pre(some.some((count) => count > 0));
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const lower = quantileOf(rows, some, low, 'linear');
        expect(lower).toBeLessThanOrEqual(quantileOf(rows, some, high, 'linear') + 1e-9);
        expect(lower).toBeGreaterThanOrEqual(0);
      }),
      { seed: 20_261_121 },
    );
  });
});
