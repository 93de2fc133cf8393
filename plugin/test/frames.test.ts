import type { DataFrame } from '@grafana/data';
import { describe, expect, test, vi } from 'vitest';
import { toFrames } from '../src/datasource/frames.js';
import { SeriesTable } from '../src/datasource/live/table.js';
import { PrometheusClient } from '../src/datasource/prometheus.js';
import { gridOf } from '../src/panels/heatmap/frames.js';
import { columnOf } from '../src/panels/heatmap/grid.js';

vi.mock('@grafana/data', () => import('./grafana-data.js'));

const query = { refId: 'A', expr: 'rate(seconds[10s])' };
const histogram = (count: string) => ({
  count,
  sum: '9',
  buckets: [
    [0, '0.5', '1', '1'],
    [0, '1', '2', count],
  ] as [number, string, string, string][],
});
const column = { labels: { protocol: 'h2' }, type: 'histogram', unit: '' };

const valuesOf = (frame: DataFrame): Record<string, unknown[]> =>
  Object.fromEntries(frame.fields.map(({ name, values }) => [name, values]));

describe('frames of a table', () => {
  test('are one of numbers', () => {
    const table = new SeriesTable();
    table.addFrame(1000, [column], [5]);
    const frames = toFrames(table, query);
    expect(frames.map(valuesOf)).toEqual([{ Time: [1000], Value: [5] }]);
  });

  test('are cells of exponential histograms, from the past and the stream', async () => {
    const client = new PrometheusClient(async () => ({
      status: 200,
      body: {
        status: 'success',
        data: { result: [{ metric: column.labels, histograms: [[1, histogram('2')]] }] },
      },
    }));
    const table = new SeriesTable();
    table.addSeries(await client.range({ expr: 'a', start: 0, end: 1000, step: 1000 }));
    table.addFrame(2000, [column], [histogram('3.5')]);
    const frames = toFrames(table, query);
    expect(frames.map(valuesOf)).toEqual([
      {
        xMax: [1000, 1000, 2000, 2000],
        yMin: [0.5, 1, 0.5, 1],
        yMax: [1, 2, 1, 2],
        count: [1, 2, 1, 3.5],
      },
    ]);
    expect(frames[0].meta?.type).toBe('heatmap-cells');
    const grid = gridOf(frames, { from: 1000, to: 2000 }, () => '');
    expect(grid?.kind).toBe('log');
    expect(grid && [...columnOf(grid, 1)]).toEqual([1, 3.5]);
  });

  test('are both where an expression yields both', () => {
    const table = new SeriesTable();
    const other = { ...column, labels: { protocol: 'h3' } };
    table.addFrame(1000, [column, other], [histogram('2'), 7]);
    expect(toFrames(table, query).map(({ fields }) => fields[1].labels?.protocol)).toEqual([
      'h3',
      'h2',
    ]);
  });

  test('lose histograms that go out of sight, and leave out buckets that cannot be read', () => {
    const table = new SeriesTable();
    table.addFrame(1000, [column], [histogram('2')]);
    table.addFrame(2000, [column], [histogram('many')]);
    table.trim(2000);
    expect(toFrames(table, query).map((frame) => valuesOf(frame).count)).toEqual([[1]]);
    table.trim(3000);
    expect(table.columns).toEqual([]);
  });

  test('give buckets no unit: theirs is that of their bounds', () => {
    const table = new SeriesTable();
    const labels: Record<string, string>[] = [{ le: '1' }, { protocol: 'h2' }];
    table.addFrame(
      1000,
      labels.map((one) => ({ labels: one, type: 'gauge', unit: '' })),
      [30, 0.2],
    );
    const [frame] = toFrames(table, { ...query, unit: 's' });
    const units = frame.fields.map(({ labels: one, config }) => [one, config.unit]);
    expect(units.slice(1)).toEqual([
      [labels[0], undefined],
      [labels[1], 's'],
    ]);
  });

  test('have the histogram of an instant', async () => {
    const client = new PrometheusClient(async () => ({
      status: 200,
      body: {
        status: 'success',
        data: {
          resultType: 'vector',
          result: [{ metric: {}, histogram: [1, histogram('2')] }],
        },
      },
    }));
    const [series] = await client.instant('a', 1000);
    expect(series.samples).toEqual([]);
    expect(series.histograms?.[0][1]).toEqual([
      { lower: 0.5, upper: 1, count: 1 },
      { lower: 1, upper: 2, count: 2 },
    ]);
  });
});
