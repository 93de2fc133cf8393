import { describe, expect, test } from 'vitest';
import { AlertsClient } from '../src/datasource/alerts/alerts-client.js';
import type { Send } from '../src/datasource/answer.js';
import { filterAlerts } from '../src/datasource/alerts/filter.js';
import type { Series } from '../src/datasource/live/table.js';
import { alertFrame, alertRows, datasourceOf } from '../src/shared/alert-frames.js';
import { alertRow } from './alert-row.js';

const rule = { file: 'a.yml', group: 'g', name: 'High' };
const alert = {
  fingerprint: 'ab',
  rule,
  labels: { alertname: 'High', severity: 'error', job: 'x' },
  annotations: { summary: 'high', runbook_url: 'javascript:alert(1)' },
  state: 'firing',
  value: 3,
  activeAt: '1970-01-01T00:00:01Z',
  firedAt: '1970-01-01T00:00:02Z',
  resolvedAt: null,
  acknowledgement: { by: 'ada', comment: '', time: '1970-01-01T00:00:03Z', until: null },
};
const rules = {
  status: 'success',
  data: {
    groups: [
      {
        file: 'a.yml',
        name: 'g',
        rules: [{ name: 'High', query: 'a > 2', labels: { severity: 'error' } }],
      },
    ],
  },
};

/** An exporter that answers by path, and notes what was asked. */
function clientOf(answers: Readonly<Record<string, unknown>>, status = 200) {
  const asked: unknown[][] = [];
  const send: Send = (method, path, body) => {
    asked.push([method, path, body]);
    const [plain] = path.split('?', 1);
    return Promise.resolve({ status, body: answers[plain ?? ''] ?? {} });
  };
  const ranges: string[] = [];
  let changes = 0;
  const client = new AlertsClient({
    send,
    past: {
      range: ({ expr, start, end }) => {
        ranges.push(expr);
        return Promise.resolve<Series[]>([
          { labels: { job: 'y' }, samples: [[0, 0]] },
          { labels: { __name__: expr, job: 'x' }, samples: [[start, end]] },
        ]);
      },
    },
    unitOf: (expr) => Promise.resolve(expr === 'a' ? 'percentunit' : undefined),
    now: () => 601_000,
    changed: () => (changes += 1),
  });
  return { client, asked, ranges, changes: () => changes };
}

describe('alerts of an exporter', () => {
  test('are rows that know what their rule compares', async () => {
    const { client, asked } = clientOf({
      '/api/alerts': { alerts: [alert] },
      '/api/v1/rules': rules,
    });
    const [row] = await client.list();
    expect(row).toMatchObject({
      name: 'High',
      since: 1000,
      severity: 'error',
      operator: '>',
      threshold: 2,
      unit: 'percentunit',
      compared: 'a',
      acknowledgedBy: 'ada',
      comment: null,
      until: null,
      // Whoever writes rules must not run scripts in Grafana.
      runbook: null,
    });
    await client.list();
    expect(asked.filter(([, path]) => String(path).startsWith('/api/v1/rules'))).toHaveLength(1);
  });

  test('are rows without their rules as well, and whatever is in them', async () => {
    const { client } = clientOf({ '/api/alerts': { alerts: [alert, {}, null, 7] } });
    const rows = await client.list();
    expect(rows.map(({ state, threshold }) => [state, threshold])).toEqual([
      ['firing', null],
      ['inactive', null],
      ['inactive', null],
      ['inactive', null],
    ]);
  });

  test('are acknowledged, and that is told', async () => {
    const { client, asked, changes } = clientOf({});
    await client.acknowledge('a/b', { comment: 'x', until: 5000 });
    await client.acknowledge('ab', { comment: '' });
    await client.endAcknowledgement('ab');
    expect(asked).toEqual([
      ['POST', '/api/alerts/a%2Fb/acknowledge', { comment: 'x', until: 5 }],
      ['POST', '/api/alerts/ab/acknowledge', { comment: '' }],
      ['DELETE', '/api/alerts/ab/acknowledge', undefined],
    ]);
    expect(changes()).toBe(3);
  });

  test('are not acknowledged where the exporter says why', async () => {
    const error = { status: 'error', error: 'vera has the role Viewer' };
    const path = '/api/alerts/ab/acknowledge';
    const { client, changes } = clientOf({ [path]: error }, 403);
    await expect(client.acknowledge('ab', { comment: '' })).rejects.toThrow('the role Viewer');
    expect(changes()).toBe(0);
  });

  test('have a past, in words', async () => {
    const events = [
      { type: 'unacknowledged', time: 4, by: 'bob' },
      { type: 'acknowledged', time: 3, acknowledgement: { by: 'ada', comment: 'mine' } },
      { type: 'transition', time: 2, transition: { to: 'inactive', reason: 'it is over' } },
      { type: 'transition', time: 1, transition: { to: 'firing', reason: 'it holds' } },
    ];
    const { client } = clientOf({ '/api/alerts/history': { events } });
    expect((await client.pastOf('ab')).map(({ what, text }) => `${what}: ${text}`)).toEqual([
      'acknowledgement ended: by bob',
      'acknowledged: by ada: mine',
      'resolved: it is over',
      'firing: it holds',
    ]);
  });

  test('have a curve, of the series that is theirs', async () => {
    const { client } = clientOf({});
    const row = alertRow({ since: 600_000, labels: { job: 'x', severity: 'error' } });
    expect(await client.curveOf(row)).toEqual({ times: [300_000], values: [600_000] });
    expect(await client.curveOf(alertRow({ compared: null }))).toBeUndefined();
    expect(await client.curveOf(alertRow({ labels: { job: 'z' } }))).toBeUndefined();
  });

  test('ask for the curve of their own series only, without the labels that their rule gives', async () => {
    const { client, ranges } = clientOf({
      '/api/alerts': { alerts: [alert] },
      '/api/v1/rules': rules,
    });
    const [row] = await client.list();
    await client.curveOf(row ?? alertRow());
    expect(ranges).toEqual([expect.stringMatching(/^\(a\n\) and on \(job\) label_replace/)]);
  });

  test('on an anomaly score know what was expected, in the unit of the watch', async () => {
    const series = { labels: { job: 'x' }, value: 3, lower: 1, upper: 2 };
    const { client, asked } = clientOf({
      '/api/watches': { watches: [{ name: 'w/1', expr: 'a' }] },
      '/api/watches/w%2F1': {
        series: [
          { ...series, labels: { job: 'y' } },
          { ...series, votes: [{ finds: 'beyond anything seen before' }] },
        ],
      },
    });
    const row = alertRow({ since: 600_000, labels: { job: 'x', watch: 'w/1' } });
    const expected = {
      ...{ value: 3, lower: 1, upper: 2 },
      ...{ unit: 'percentunit', finds: 'beyond anything seen before' },
    };
    expect(await client.curveOf(row)).toMatchObject({ unusual: expected });
    await client.curveOf(row);
    expect(asked.filter(([, path]) => path === '/api/watches')).toHaveLength(1);
    // A watch that there is no more, or whose series is not scored yet.
    const other = alertRow({ since: 600_000, labels: { job: 'x', watch: 'gone' } });
    expect(await client.curveOf(other)).not.toHaveProperty('unusual');
  });

  test('fired: those that are over once each, and those that still do', async () => {
    const over = { ...alert, state: 'inactive', firedAt: 5000, resolvedAt: 6000 };
    const events = [
      { type: 'transition', transition: { to: 'inactive', alert: over } },
      { type: 'transition', transition: { to: 'firing', alert } },
      { type: 'transition', transition: { to: 'inactive', alert: { ...over, firedAt: 0 } } },
      { type: 'acknowledged' },
    ];
    const { client } = clientOf({
      '/api/alerts/history': { events },
      '/api/alerts': { alerts: [alert, over] },
    });
    const fired = await client.fired(0);
    expect(fired.map(({ firedAt, resolvedAt }) => [firedAt, resolvedAt])).toEqual([
      [2000, null],
      [5000, 6000],
    ]);
  });
});

describe('a frame of alerts', () => {
  test('keeps everything that is known of them', () => {
    const rows = [alertRow(), alertRow({ name: 'Other', value: null, flapping: true })];
    const frame = alertFrame(rows, 'A', { datasource: 'uid' });
    expect(alertRows(frame)).toEqual(rows);
    expect(datasourceOf(frame)).toBe('uid');
    expect(frame.fields.every(({ values }) => values.length === 2)).toBe(true);
  });

  test('may come from elsewhere, if it has names and states', () => {
    const field = (name: string, values: unknown[]) => ({
      name,
      values,
      type: 'string',
      config: {},
    });
    const frame = {
      length: 1,
      fields: [field('name', ['A']), field('state', ['firing'])],
    } as never;
    expect(alertRows(frame)).toMatchObject([
      { name: 'A', labels: {}, fingerprint: '0', value: null },
    ]);
    expect(alertRows({ length: 1, fields: [field('Value', [1])] } as never)).toBeUndefined();
    expect(datasourceOf(frame)).toBeUndefined();
  });
});

test('a query is about alerts of some states, severities or with a text', () => {
  const rows = [
    alertRow({ name: 'A', state: 'pending' }),
    alertRow({ name: 'B', severity: 'critical', labels: { protocol: 'grpc' } }),
    alertRow({ name: 'C', severity: null }),
  ];
  const names = (query: Parameters<typeof filterAlerts>[1]): string =>
    filterAlerts(rows, query)
      .map(({ name }) => name)
      .join('');
  expect(names({})).toBe('ABC');
  expect(names({ states: 'firing, recovering' })).toBe('BC');
  expect(names({ severities: 'Critical,' })).toBe('B');
  expect(names({ search: 'PROTOCOL=grpc' })).toBe('B');
  expect(names({ states: 'pending', search: 'grpc' })).toBe('');
});
