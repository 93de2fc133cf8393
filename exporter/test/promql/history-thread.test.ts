import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../src/lib/clock.js';
import type { OperationName } from '../../src/promql/api/operations.js';
import { QueryThread } from '../../src/promql/query-thread.js';
import type { HistoryDoor } from '../../src/series/history/door.js';
import { Process } from '../series/history/fixture.js';
import { infosOf, overHistory } from './over-history.js';

const START = Date.parse('2026-03-01T10:00:00Z') / 1000;
/** The gauge ends in the first hour: the head has forgotten it. */
const ENDED = 1800;
const SECONDS = 5400;
const END = START + SECONDS - 1;
const LIMITS = {
  timeout: 60_000,
  maxSamples: 5e7,
  maxSamplesRead: 1e8,
  maxPoints: 11_000,
  lookback: 300_000,
};

let directory = '';
let running: Process;
let queries: QueryThread;

function threadWith(history?: HistoryDoor): QueryThread {
  return new QueryThread({
    head: running.head,
    limits: LIMITS,
    clock: systemClock,
    onCrash: (thrown) => {
      throw thrown;
    },
    ...(history && { history }),
  });
}

async function ask(
  operation: OperationName,
  parameters: Readonly<Record<string, string | number>>,
  { thread = queries, signal = new AbortController().signal } = {},
): Promise<{ status: number; body: string }> {
  const texts = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) texts.append(name, String(value));
  const { status, body } = await thread.ask({ operation, parameters: texts, signal });
  return { status, body: Buffer.from(body).toString('utf8') };
}

const dataOf = ({ body }: { body: string }): unknown =>
  (JSON.parse(body) as { data: unknown }).data;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'kymo-query-history-'));
  running = await Process.start(directory, { flush: 60_000 });
  for (let i = 0; i < SECONDS; i++) {
    running.tick(1000 * (START + i), { counter: i, ...(i < ENDED && { gauge: i % 60 }) });
    if (i % 900 === 0) await running.settle();
  }
  await running.settle();
  queries = threadWith(running.history);
});

afterAll(async () => {
  await queries.stop();
  await running.stop();
  rmSync(directory, { recursive: true });
});

describe('the query thread over history', () => {
  test('answers what has left the head, and what is in both as one series', async () => {
    const range = { query: 'rate(requests_total[1m])', start: START + 120, end: END, step: 15 };
    const { status, body } = await ask('query_range', range);
    expect(status).toBe(200);
    const direct = await overHistory(running, ['query_range', range]);
    expect(JSON.parse(body)).toEqual(JSON.parse(direct.body));
    const [{ values }] = (dataOf({ body }) as { result: { values: [number, string][] }[] }).result;
    expect(values).toHaveLength(Math.floor((END - START - 120) / 15) + 1);
    expect(new Set(values.map(([, value]) => Number(value).toFixed(9)))).toEqual(
      new Set(['1.000000000']),
    );
  });

  test('an aggregate over series that are in history alone', async () => {
    const query = 'max_over_time(temperature[10m])';
    const found = await ask('query', { query, time: START + ENDED });
    expect(dataOf(found)).toMatchObject({
      result: [{ metric: { room: 'a' }, value: [START + ENDED, '59'] }],
    });
  });

  test('names of series, labels and values of the past, only where their time is asked for', async () => {
    const past = { start: START, end: START + 600 };
    const here = { start: END - 60, end: END };
    const match = { 'match[]': '{__name__!=""}' };
    const names = async (range: object): Promise<unknown[]> =>
      dataOf(await ask('series', { ...match, ...range })) as unknown[];
    expect(await names(past)).toContainEqual({ __name__: 'temperature', room: 'a' });
    expect(await names(here)).toEqual([{ __name__: 'requests_total' }]);
    expect(dataOf(await ask('labels', past))).toEqual(['__name__', 'room']);
    expect(dataOf(await ask('labels', here))).toEqual(['__name__']);
    const values = await ask('label_values', { name: '__name__', ...past });
    expect(dataOf(values)).toEqual(['requests_total', 'temperature']);
    const some = await ask('label_values', { name: 'room', 'match[]': 'temperature', ...past });
    expect(dataOf(some)).toEqual(['a']);
    expect(dataOf(await ask('label_values', { name: 'room', ...here }))).toEqual([]);
  });

  test('federation is of the head', async () => {
    const { body } = await ask('federate', { 'match[]': '{__name__!=""}' });
    expect(body).not.toContain('temperature');
  });

  test('what is wrong with a request is told as without history', async () => {
    for (const parameters of [
      { query: 'rate(', time: START },
      { query: 'x[-5m]', time: START },
      { query: 'x{a=~"("}', time: START },
      { query: 'x', time: 'yesterday' },
    ]) {
      const { status, body } = await ask('query', parameters);
      expect(status).toBe(400);
      expect(JSON.parse(body)).toMatchObject({ status: 'error', errorType: 'bad_data' });
    }
  });

  test('without history the past is empty', async () => {
    await queries.stop();
    const alone = threadWith();
    const found = await ask('query', { query: 'temperature', time: START + 60 }, { thread: alone });
    expect(dataOf(found)).toEqual({ resultType: 'vector', result: [] });
    alone.useHistory(running.history);
    const then = await ask('query', { query: 'temperature', time: START + 59 }, { thread: alone });
    expect(dataOf(then)).toMatchObject({ result: [{ value: [START + 59, '59'] }] });
    await alone.stop();
    queries = threadWith(running.history);
  });

  test('a request that nobody waits for any more is given up while history is read', async () => {
    await queries.stop();
    const stopped = new AbortController();
    const slow: HistoryDoor = {
      headSince: running.history.headSince,
      samplesSince: running.history.samplesSince,
      excerpt: async (request, options) => {
        stopped.abort();
        return running.history.excerpt(request, options);
      },
    };
    queries = threadWith(slow);
    const { signal } = stopped;
    const asked = await ask('query', { query: 'temperature', time: START + 60 }, { signal });
    expect(asked.status).toBe(499);
    expect(JSON.parse(asked.body)).toMatchObject({ errorType: 'canceled' });
    expect(queries.pending).toBe(0);
  });

  test('more than may be read is refused', async () => {
    const range = { query: 'requests_total', start: START, end: START + 600, step: 15 };
    const options = { maxBytes: 100, check: () => undefined };
    await expect(overHistory(running, ['query_range', range], options)).rejects.toMatchObject({
      code: 'execution',
      message: expect.stringContaining('too much history') as string,
    });
  });

  test('of many samples buckets are read where windows allow it, and told of', async () => {
    const options = { maxBytes: 2 ** 26, cheapBytes: 0, check: () => undefined };
    const query = 'sum_over_time(temperature[10m])';
    const range = { query, start: START + 600, end: START + 1800, step: 600 };
    const answer = await overHistory(running, ['query_range', range], options);
    expect(infosOf(answer)).toEqual([
      'PromQL info: computed from minute buckets of history (1:15)',
    ]);
    const values = [1, 2, 3].map((i) => [START + 600 * i, '17700']);
    expect(dataOf(answer)).toMatchObject({ result: [{ values }] });
  });
});
