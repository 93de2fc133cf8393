import { beforeAll, describe, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ApiAnswer } from '../../src/promql/api/answer.js';
import { LabelSet } from '../../src/series/labels.js';
import { Process } from '../series/history/fixture.js';
import { MemoryReader, type MemorySample } from './memory-reader.js';
import { infosOf, overAll, overHistory } from './over-history.js';

const START = Date.parse('2026-03-01T10:00:00Z') / 1000;
const SECONDS = 7200;
const END = START + SECONDS - 1;
const GAUGE = LabelSet.from({ __name__: 'temperature', room: 'a' });
const COUNTER = LabelSet.from({ __name__: 'requests_total' });
/** The counter begins again at 0 here, and the process is started anew. */
const RESET = 2500;
const RESTART = 3000;
/** The gauge is not reported from 4000 to 4399. */
const isReported = (i: number): boolean => i < 4000 || i >= 4400;

const QUERIES = [
  'temperature',
  'requests_total',
  'rate(requests_total[1m])',
  'increase(requests_total[5m])',
  'resets(requests_total[30m])',
  'avg_over_time(temperature[2m])',
  'quantile_over_time(0.9, temperature[2m])',
  'stddev_over_time(temperature[90s])',
  'count_over_time(temperature[10m])',
  'temperature offset 20m',
  'temperature @ start()',
  'max_over_time(rate(requests_total[1m])[10m:30s])',
  'timestamp(temperature)',
  'absent(temperature)',
  'present_over_time(temperature[1m])',
  'sum(rate(requests_total[1m])) / count(temperature)',
  '{__name__=~"temp.*|requests_total"}',
];

describe('two hours of samples of each second', () => {
  const all = new MemoryReader();
  let directory = '';
  let running: Process;
  const answers = new Map<string, ApiAnswer>();

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'kymo-over-history-'));
    running = await Process.start(directory, { flush: 60_000 });
    const [gauges, counters]: [number, MemorySample][][] = [[], []];
    let total = 0;
    for (let i = 0; i < SECONDS; i++) {
      const time = 1000 * (START + i);
      if (i === RESTART) {
        await running.stop();
        running = await Process.start(directory, { flush: 60_000 });
        await running.history.replayInto(running.head, time - 900_000);
        // As the head has it: a series ends when its process does.
        gauges.push([time - 999, 'stale']);
        counters.push([time - 999, 'stale']);
      }
      total = i === RESET ? 0 : total + ((i * i) % 17);
      const gauge = 20 + 5 * Math.sin(i / 300) + ((i * 7919) % 101) / 50;
      counters.push([time, total]);
      if (isReported(i)) gauges.push([time, gauge]);
      else if (isReported(i - 1)) gauges.push([time, 'stale']);
      running.tick(time, { counter: total, ...(isReported(i) && { gauge }) });
      if (i % 600 === 0) await running.settle();
    }
    await running.settle();
    all.add(GAUGE, gauges);
    all.add(COUNTER, counters);
    for (const query of QUERIES) {
      const range = { query, start: START, end: END, step: 13 };
      answers.set(query, await overHistory(running, ['query_range', range]));
    }
    return async () => {
      await running.stop();
      rmSync(directory, { recursive: true });
    };
  });

  test.each(QUERIES)('%s is answered as over all samples', (query) => {
    const range = { query, start: START, end: END, step: 13 };
    const expected = overAll(all, ['query_range', range]);
    expect(JSON.parse(answers.get(query)?.body ?? '')).toEqual(JSON.parse(expected.body));
  });

  test('instants in the past', async () => {
    for (const query of ['temperature', 'requests_total[20s]', 'rate(requests_total[1h])']) {
      for (const time of [START + 5, START + 2499, START + 4100, START + 6300, END]) {
        const asked = ['query', { query, time }] as const;
        const found = await overHistory(running, asked);
        expect(JSON.parse(found.body)).toEqual(JSON.parse(overAll(all, asked).body));
      }
    }
  });

  test('samples are not told of as buckets', () => {
    expect(infosOf(answers.get('temperature') as ApiAnswer)).toEqual([]);
  });
});
