import { beforeAll, describe, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { quantileOfBucket, type Bucket } from '../../../src/series/history/bucket.js';
import { Calendar, type Resolution } from '../../../src/series/history/calendar.js';
import { COUNTER, GAUGE, Process } from './fixture.js';

/** Clocks are set forward on the second day. */
const ZONE = 'Europe/Berlin';
const START = Date.parse('2026-03-28T01:00:00Z');
const SECONDS = 3 * 86_400;
const END = START + 1000 * SECONDS;
const RESTARTS = [10_007, 86_399, 150_000, 200_030];
const RESETS = [3601, 50_000, 150_000, 222_222];
const KEEP = { raw: 864e5 * 9, minute: 864e5 * 9, flush: 60_000, timeZone: ZONE };

const gauges = new Float64Array(SECONDS);
const counters = new Float64Array(SECONDS);
const increases = new Float64Array(SECONDS);
const found = new Map<string, Bucket[]>();

/** The same numbers in each run, of a wide range. */
function fill(): void {
  let seed = 1;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  let total = 1000;
  for (let i = 0; i < SECONDS; i++) {
    gauges[i] = (i % 50 === 0 ? -1 : 1) * Math.exp(8 * random() - 4) * (1 + (i % 7));
    const increment = Math.floor(20 * random());
    increases[i] = i === 0 ? 0 : increment;
    total = RESETS.includes(i) ? increment : total + increment;
    counters[i] = total;
  }
}

beforeAll(async () => {
  fill();
  const directory = mkdtempSync(path.join(tmpdir(), 'kymo-three-days-'));
  try {
    let running = await Process.start(directory, KEEP);
    for (let i = 0; i < SECONDS; i++) {
      if (RESTARTS.includes(i)) {
        await running.stop();
        running = await Process.start(directory, KEEP);
      }
      running.tick(START + 1000 * i, { gauge: gauges[i], counter: counters[i] });
      if (i % 3600 === 0) await running.settle();
    }
    await running.settle();
    for (const resolution of ['minute', 'hour', 'day'] as const) {
      for (const labels of [GAUGE, COUNTER]) {
        const from = new Calendar(ZONE).startOf('day', START);
        const buckets = await running.history.buckets(labels, resolution, from, END);
        found.set(`${labels.metricName} ${resolution}`, buckets);
      }
    }
    await running.stop();
  } finally {
    rmSync(directory, { recursive: true });
  }
});

/** First and last sample of each bucket. */
function slices(resolution: Resolution): { start: number; from: number; to: number }[] {
  const calendar = new Calendar(ZONE);
  const all: { start: number; from: number; to: number }[] = [];
  for (let time = calendar.startOf(resolution, START); time < END;) {
    const next = calendar.nextAfter(resolution, time);
    const from = Math.max(0, (time - START) / 1000);
    all.push({ start: time, from, to: Math.min(SECONDS, (next - START) / 1000) });
    time = next;
  }
  return all;
}

describe.each(['minute', 'hour', 'day'] as const)('each %s of three days', (resolution) => {
  test('has count, sum, min, max and percentiles of its samples', () => {
    const buckets = found.get(`temperature ${resolution}`) ?? [];
    const expected = slices(resolution);
    expect(buckets.map(({ start }) => start)).toEqual(expected.map(({ start }) => start));
    buckets.forEach((bucket, i) => {
      const values = gauges.subarray(expected[i].from, expected[i].to);
      const sorted = values.slice().sort();
      const sum = values.reduce((a, b) => a + b, 0);
      expect(bucket.count).toBe(values.length);
      expect(Math.abs(bucket.sum - sum)).toBeLessThanOrEqual(1e-9 * Math.abs(sum) + 1e-6);
      expect([bucket.min, bucket.max]).toEqual([sorted[0], sorted[sorted.length - 1]]);
      for (const q of [0.5, 0.9, 0.95, 0.99, 0.999]) {
        const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1];
        const error = Math.abs(quantileOfBucket(bucket, q) / exact - 1);
        expect(error).toBeLessThanOrEqual(0.011);
      }
    });
  });

  test('has the true increase of a counter, through resets and restarts', () => {
    const buckets = found.get(`requests_total ${resolution}`) ?? [];
    const sums = slices(resolution).map(({ from, to }) =>
      increases.subarray(from, to).reduce((a, b) => a + b, 0),
    );
    expect(buckets.map(({ sum }) => sum)).toEqual(sums);
  });
});
