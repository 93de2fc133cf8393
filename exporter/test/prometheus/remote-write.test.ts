import { compress } from 'snappyjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { remoteWrite, writeRequest } from '../../bench/differential/remote-write.js';
import { startExporter, type RunningExporter } from './exporter.js';

let exporter: RunningExporter;
const now = Math.floor(Date.now() / 1000) * 1000;

beforeAll(async () => {
  exporter = await startExporter({ http: { bodyLimit: 100_000 } });
});

afterAll(async () => {
  await exporter.kymo.stop();
});

async function post(body: Uint8Array, headers: Record<string, string> = {}) {
  const response = await fetch(`${exporter.url}/api/v1/write`, {
    method: 'POST',
    headers: { 'content-encoding': 'snappy', 'content-type': 'application/x-protobuf', ...headers },
    body: new Uint8Array(body),
  });
  return { status: response.status, text: await response.text() };
}

const sample = (name: string, time: number, value: number): Buffer =>
  writeRequest([{ labels: { __name__: name }, samples: [[time, value]] }]);

describe('POST /api/v1/write', () => {
  test('keeps samples with the times they came with, stale markers among them', async () => {
    const labels = { __name__: 'written', job: 'elsewhere' };
    await remoteWrite(`${exporter.url}/api/v1/write`, [
      {
        labels,
        samples: [
          [now - 5000, 1],
          [now - 3137, 2.5],
          [now - 2000, 'stale'],
        ],
      },
    ]);
    const { body } = await exporter.ask('query', {
      query: 'written[10s]',
      time: String(now / 1000),
    });
    expect(body.data).toMatchObject({
      result: [
        {
          metric: labels,
          values: [
            [(now - 5000) / 1000, '1'],
            [(now - 3137) / 1000, '2.5'],
          ],
        },
      ],
    });
    const instant = await exporter.ask('query', { query: 'written', time: String(now / 1000) });
    expect(instant.body.data).toMatchObject({ result: [] });
  });

  test('takes the same sample twice, and refuses another value, an earlier or a too old time', async () => {
    expect((await post(sample('repeated', now, 1))).status).toBe(204);
    expect((await post(sample('repeated', now, 1))).status).toBe(204);
    const duplicate = await post(sample('repeated', now, 2));
    expect(duplicate.status).toBe(400);
    expect(duplicate.text).toContain('duplicate sample for timestamp');
    const earlier = await post(sample('repeated', now - 1, 1));
    expect(earlier.text).toContain('out of order sample');
    const old = await post(sample('ancient', now - 3_600_000, 1));
    expect(old.text).toContain('out of bounds');
    const { body } = await exporter.get('/api/stats');
    expect(body).toMatchObject({ dropped: { duplicate: 1, out_of_order: 1, too_old: 1 } });
  });

  test('keeps the good samples of a request in which others are refused', async () => {
    const body = writeRequest([
      { labels: { __name__: 'good' }, samples: [[now, 1]] },
      { labels: { job: 'nameless' }, samples: [[now, 1]] },
    ]);
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('a series without a metric name (1 refused');
    const { body: series } = await exporter.ask('series', { 'match[]': 'good' });
    expect(series.data).toEqual([{ __name__: 'good' }]);
  });

  test.each([
    ['is not snappy', Buffer.from('hello, this is plain text'), {}, 400, /not snappy/],
    ['is cut short', sample('cut', now, 1).subarray(0, 12), {}, 400, /snappy|protobuf/],
    ['is empty', Buffer.alloc(0), {}, 400, /empty/],
    [
      'is snappy but no protobuf',
      Buffer.from(compress(Buffer.from([0xff, 1, 2]))),
      {},
      400,
      /protobuf/,
    ],
    ['has another encoding', sample('x', now, 1), { 'content-encoding': 'zstd' }, 415, /snappy/],
    [
      'is of remote write 2.0',
      sample('x', now, 1),
      { 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request' },
      415,
      /2\.0/,
    ],
    ['is too large', Buffer.alloc(100_001), {}, 413, /100000 bytes/],
    [
      'is too large once uncompressed',
      Buffer.from(compress(Buffer.alloc(500_000))),
      {},
      413,
      /uncompressed/,
    ],
    [
      'came through a proxy',
      sample('x', now, 1),
      { 'x-forwarded-for': '10.0.0.1' },
      403,
      /this machine/,
    ],
  ] as const)('refuses a body that %s', async (_what, body, headers, status, message) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(message);
  });

  test('does not make /metrics grow', async () => {
    await post(sample('written_elsewhere', now, 1));
    const page = await (await fetch(`${exporter.url}/metrics`)).text();
    expect(page).not.toContain('written');
  });
});
