import type { DataFrame, FieldType } from '@grafana/data';
import { describe, expect, test } from 'vitest';
import { healthParts, insightOf, percent } from '../src/panels/protocols/insight.js';
import { rowsOf, statusOfHealth, worst } from '../src/panels/protocols/model.js';
import { DEFAULTS } from '../src/panels/protocols/options.js';
import { filtered, nextOrder, shownColumns, sorted } from '../src/panels/protocols/table.js';

type Labels = Readonly<Record<string, string>>;
type Series = readonly [labels: Labels, ...values: (number | null)[]];

function frameOf(refId: string, series: readonly Series[], steps?: readonly number[]): DataFrame {
  const thresholds = steps && {
    mode: 'absolute',
    steps: steps.map((value) => ({ value, color: 'green' })),
  };
  const config = (thresholds && { thresholds }) as
    DataFrame['fields'][number]['config'] | undefined;
  const times = (series[0] ?? [{}]).slice(1).map((_, index) => index * 1000);
  return {
    refId,
    length: times.length,
    fields: [
      { name: 'Time', type: 'time' as FieldType, config: {}, values: times },
      ...series.map(([labels, ...values]) => ({
        name: 'Value',
        type: 'number' as FieldType,
        labels: { ...labels },
        config: config ?? {},
        values,
      })),
    ],
  };
}

const frames = [
  frameOf('A', [
    [{}, 90, 100],
    [{ protocol: 'http1' }, 50, 60],
    [{ protocol: 'grpc' }, 40, 40],
  ]),
  frameOf(
    'B',
    [
      [{ protocol: 'http1' }, 0.02, 0.02],
      [{ protocol: 'grpc' }, 0.2, 0.9],
    ],
    [-Infinity, 0.1, 0.25],
  ),
  frameOf('C', [
    [{ protocol: 'http1' }, 0, 0.002],
    [{ protocol: 'grpc' }, 0, 0.03],
  ]),
  frameOf('D', [
    [{ protocol: 'http1', state: 'active' }, 8, 8],
    [{ protocol: 'http1', state: 'idle' }, 2, 2],
    [{ protocol: 'grpc', state: 'active' }, 5, 5],
  ]),
  frameOf('E', [
    [{ protocol: 'http1', health: 'healthy' }, 10, 10],
    [{ protocol: 'grpc', health: 'healthy' }, 3, 4],
    [{ protocol: 'grpc', health: 'warning' }, 0, 1],
  ]),
  frameOf('F', [[{ protocol: 'http1' }, 1, 3]]),
];
const rows = rowsOf(frames, DEFAULTS);
const [http, grpc] = rows;

describe('rows of protocols', () => {
  test('take each figure from its query; the total is no row', () => {
    expect(rows.map(({ name }) => name)).toEqual(['HTTP/1.1', 'gRPC']);
    expect(http).toMatchObject({
      key: 'http1',
      share: 0.6,
      rate: { value: 60 },
      curve: { times: [0, 1000], values: [50, 60] },
      latency: { value: 0.02, status: 'ok' },
      errors: { value: 0.002, status: 'ok' },
      active: { value: 8 },
      idle: { value: 2 },
      opened: { value: 3 },
      health: { healthy: 10, warning: 0, error: 0 },
      status: 'ok',
    });
    expect(grpc.idle).toBeUndefined();
  });

  test('are as bad as the worst of their figures', () => {
    expect(grpc).toMatchObject({
      latency: { status: 'critical' },
      errors: { status: 'warning' },
      status: 'critical',
    });
    expect(worst([undefined, 'warning', 'ok'])).toBe('warning');
  });

  test('sum the rates of several instances and take the worst latency', () => {
    const [row] = rowsOf(
      [
        frameOf('A', [
          [{ protocol: 'x', instance: '1' }, 1],
          [{ protocol: 'x', instance: '2' }, 2],
        ]),
        frameOf('B', [
          [{ protocol: 'x', instance: '1' }, 0.1],
          [{ protocol: 'x', instance: '2' }, 0.3],
        ]),
      ],
      DEFAULTS,
    );
    expect(row).toMatchObject({ name: 'x', rate: { value: 3 }, latency: { value: 0.3 } });
  });

  test('have no figure of a series that has ended', () => {
    const [row] = rowsOf([frameOf('A', [[{ protocol: 'x' }, 5, null, null, null]])], DEFAULTS);
    expect(row.rate).toBeUndefined();
    expect(row.share).toBeUndefined();
  });

  test('go by any label and by any names of queries', () => {
    const options = { label: 'route', queries: { ...DEFAULTS.queries, rate: 'requests' } };
    const some = rowsOf([frameOf('requests', [[{ route: '/a' }, 1]])], options);
    expect(some.map(({ name, share }) => [name, share])).toEqual([['/a', 1]]);
    expect(rowsOf([], options)).toEqual([]);
  });
});

describe('health', () => {
  test.each([
    [100, 0, 0, 'ok'],
    [99, 1, 0, 'ok'],
    [90, 10, 0, 'warning'],
    [95, 0, 5, 'warning'],
    [70, 0, 30, 'critical'],
    [0, 0, 0, 'ok'],
  ] as const)('of %d healthy, %d warning, %d error is %s', (healthy, warning, error, status) => {
    expect(statusOfHealth({ healthy, warning, error })).toBe(status);
  });

  test('is said with counts and shares', () => {
    const parts = healthParts({ healthy: 998, warning: 2, error: 0 }, String);
    expect(parts.map(({ text }) => text)).toEqual([
      '998 healthy (100%)',
      '2 warning (0.2%)',
      '0 error (0%)',
    ]);
    expect(percent(0.0004)).toBe('< 0.1%');
  });
});

describe('a protocol of several instances', () => {
  const [row] = rowsOf(
    [
      frameOf('A', [
        [{ protocol: 'grpc', instance: 'a' }, 1, 2, null],
        [{ protocol: 'grpc', instance: 'b' }, 10, null, null],
      ]),
      frameOf('G', [
        [{ protocol: 'grpc', reason: 'ECONNRESET', instance: 'a' }, 1],
        [{ protocol: 'grpc', reason: 'ECONNRESET', instance: 'b' }, 2],
        [{ protocol: 'grpc', reason: 'timeout' }, 4],
        [{ protocol: 'grpc', reason: 'EPIPE' }, 0],
      ]),
    ],
    DEFAULTS,
  );

  test('has the trend of all of them', () => {
    expect(row.rate?.value).toBe(12);
    expect(row.curve).toEqual({ times: [0, 1000, 2000], values: [11, 2, null] });
  });

  test('tells why connections fail, the most frequent first', () => {
    const told = row.problems.map(({ reason, reading }) => [reason, reading.value]);
    expect(told).toEqual([
      ['timeout', 4],
      ['ECONNRESET', 3],
    ]);
  });
});

describe('the table', () => {
  test('leaves out the trend first, then idle, share and the health bar, where it is narrow', () => {
    expect(shownColumns(rows, 900, true)).toContain('curve');
    expect(shownColumns(rows, 900, false)).not.toContain('curve');
    const left = (width: number) =>
      ['curve', 'idle', 'share', 'health'].filter(
        (id) => !shownColumns(rows, width, true).some((shown) => shown === id),
      );
    expect([552, 500, 460, 420].map(left)).toEqual([
      [],
      ['curve'],
      ['curve', 'idle'],
      ['curve', 'idle', 'share'],
    ]);
    expect(shownColumns(rows, 370, true)).toEqual([
      'name',
      'rate',
      'latency',
      'errors',
      'active',
      'status',
    ]);
    expect(shownColumns(rows, 350, true)).toEqual(['name', 'rate', 'latency', 'errors', 'status']);
  });

  test('has no columns of which nothing is known', () => {
    const few = rowsOf(frames.slice(0, 1), DEFAULTS);
    expect(shownColumns(few, 900, true)).toEqual(['name', 'share', 'rate', 'curve', 'status']);
  });

  test('is sorted with what has no value at the end, either way', () => {
    const by = (column: 'idle' | 'latency' | 'name', descending: boolean): string[] =>
      sorted(rows, { column, descending }).map(({ key }) => key);
    expect(by('latency', true)).toEqual(['grpc', 'http1']);
    expect(by('name', false)).toEqual(['grpc', 'http1']);
    expect(by('idle', true)).toEqual(['http1', 'grpc']);
    expect(by('idle', false)).toEqual(['http1', 'grpc']);
    const order = nextOrder({ column: 'share', descending: true }, 'latency');
    expect(order).toEqual({ column: 'latency', descending: true });
    expect(nextOrder(order, 'latency').descending).toBe(false);
    expect(nextOrder(order, 'name').descending).toBe(false);
  });

  test('is filtered by name and by label', () => {
    expect(filtered(rows, ' HTTP ').map(({ key }) => key)).toEqual(['http1']);
    expect(filtered(rows, '')).toHaveLength(2);
  });
});

describe('what stands out', () => {
  const texts = {
    latency: () => '900 ms',
    errors: () => '3 %',
    count: (value: number) => `${value}`,
  };

  test('is the worst row with its reasons, and how many connections there are', () => {
    expect(insightOf(rows, texts)).toEqual({
      subject: 'gRPC',
      status: 'critical',
      word: 'is unhealthy',
      rest: ': latency 900 ms, errors 3 %. 15 connections, 3 opened a second.',
    });
  });

  test('is that all is well', () => {
    expect(insightOf([http], texts)).toMatchObject({ subject: 'HTTP/1.1', status: 'ok' });
    expect(insightOf([], texts)).toBeUndefined();
  });
});
