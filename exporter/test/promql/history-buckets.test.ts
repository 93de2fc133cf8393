import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLogger } from '../../src/lib/logger.js';
import { ExponentialRecorder } from '../../src/series/exponential-recorder.js';
import { Head } from '../../src/series/head.js';
import { History } from '../../src/series/history/history.js';
import { LabelSet } from '../../src/series/labels.js';
import { MemoryReader, type MemorySample } from './memory-reader.js';
import { infosOf, overAll, overHistory, valuesOf } from './over-history.js';

const TICK = 30;
const START = Date.parse('2026-03-01T00:00:00Z') / 1000;
const TICKS = (3 * 86_400) / TICK;
const HOUR = 3600;
const DAY = 86_400;
const KEEP = { raw: 1800_000, minute: 9 * 864e5, hour: 9 * 864e5, flush: 60_000 };
const RESETS = [777, 5000, 7011];
/** The process is started anew, counting from 0, but not for the reset of the first. */
const RESTART = 4444;
const GAUGE = LabelSet.from({ __name__: 'temperature', room: 'a' });
const COUNTER = LabelSet.from({ __name__: 'requests_total' });
const DURATIONS = LabelSet.from({ __name__: 'duration_seconds' });
/** Ends long before the head begins. */
const ENDED = LabelSet.from({ __name__: 'temperature', room: 'ended' });

const samples: Record<'g' | 'c' | 'd' | 'e', [number, MemorySample][]> = {
  g: [],
  c: [],
  d: [],
  e: [],
};
const all = new MemoryReader();
let directory = '';
let head: Head;
let history: History;

async function open(): Promise<void> {
  head = new Head({ memory: 2 ** 23 });
  const options = { reader: head, logger: silentLogger, now: () => 0, ...KEEP };
  history = await History.open(directory, options);
}

async function fill(): Promise<void> {
  let recorder = new ExponentialRecorder();
  let total = 0;
  await open();
  let writer = head.source('test', { exposed: true });
  for (let i = 0; i < TICKS; i++) {
    const time = 1000 * (START + TICK * i);
    if (i === RESTART) {
      await history.close();
      await open();
      writer = head.source('test', { exposed: true });
      recorder = new ExponentialRecorder();
    }
    total = RESETS.includes(i) || i === RESTART ? 3 : total + ((i * i) % 23);
    const gauge = (1 + ((i * 7919) % 101)) * Math.exp(Math.sin(i / 2000));
    for (let k = 0; k < 8; k++) recorder.observe(0.001 * (1 + (((8 * i + k) * 31) % 400)));
    const histogram = recorder.toHistogram();
    const temperature = writer.family({ name: 'temperature', type: 'gauge', help: '' });
    const requests = writer.family({ name: 'requests_total', type: 'counter', help: '' });
    const durations = writer.family({ name: 'duration_seconds', type: 'histogram', help: '' });
    writer.set(writer.series(temperature, { room: 'a' }), gauge);
    if (i < 3000) writer.set(writer.series(temperature, { room: 'ended' }), i);
    writer.set(writer.series(requests, {}), total);
    writer.setHistogram(writer.series(durations, {}), histogram);
    writer.commit(time);
    history.tick(time);
    head.endTick(time);
    samples.g.push([time, gauge]);
    samples.c.push([time, total]);
    samples.d.push([time, histogram]);
    if (i < 3000) samples.e.push([time, i]);
    if (i % 120 === 0) await history.idle();
  }
  await history.idle();
  all.add(GAUGE, samples.g).add(COUNTER, samples.c).add(DURATIONS, samples.d);
  all.add(ENDED, samples.e);
}

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'kymo-over-buckets-'));
  await fill();
});

afterAll(async () => {
  await history.close();
  rmSync(directory, { recursive: true });
});

interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Samples from the start of a window to before its end, with the value before each. */
function inWindow(
  of: readonly (readonly [number, MemorySample])[],
  { start, step }: Range,
  index: number,
): { value: number; before: number }[] {
  const end = (start + index * step - START) / TICK;
  const found: { value: number; before: number }[] = [];
  for (let i = end - step / TICK; i < end; i++) {
    found.push({ value: Number(of[i][1]), before: Number(of[Math.max(0, i - 1)][1]) });
  }
  return found;
}

/** The only series of an answer. */
async function column(query: string, range: Range): Promise<Float64Array> {
  const answer = await overHistory({ head, history }, ['query_range', { query, ...range }]);
  const columns = [...valuesOf(answer, range).values()];
  expect(columns).toHaveLength(1);
  return columns[0];
}

async function compare(query: string, range: Range, tolerance: number): Promise<string[]> {
  const asked = await overHistory({ head, history }, ['query_range', { query, ...range }]);
  // A bucket begins where a window ends: what is at the very end of one is in the next.
  const before = { ...range, start: range.start - 0.001, end: range.end - 0.001 };
  const expected = valuesOf(overAll(all, ['query_range', { query, ...before }]), before);
  const found = valuesOf(asked, range);
  expect([...found.keys()]).toEqual([...expected.keys()]);
  for (const [labels, column] of expected) {
    column.forEach((value, i) => {
      const other = found.get(labels)?.[i] ?? NaN;
      const isNear = Math.abs(other - value) <= tolerance * Math.abs(value);
      const isNone = Number.isNaN(value) && Number.isNaN(other);
      expect(isNear || isNone, `${query} ${labels} at ${i}: ${other} for ${value}`).toBe(true);
    });
  }
  return infosOf(asked).map((info) => info.replace(/ \(.*/, ''));
}

const RANGES: [string, string, Range][] = [
  ['minute', '5m', { start: START + 2 * HOUR, end: START + 10 * HOUR, step: 300 }],
  ['hour', '1h', { start: START + 2 * HOUR, end: START + DAY, step: HOUR }],
  ['day', '1d', { start: START + DAY, end: START + 2 * DAY, step: DAY }],
];

describe.each(RANGES)('buckets of a %s over %s', (resolution, window, range) => {
  test.each(['avg', 'min', 'max', 'sum', 'count'])('%s_over_time is exact', async (name) => {
    const infos = await compare(`${name}_over_time(temperature[${window}])`, range, 1e-9);
    expect(infos).toEqual([`PromQL info: computed from ${resolution} buckets of history`]);
  });

  test.each([0, 0.5, 0.9, 0.99, 1])('the quantile %d is within 1.1 %%', async (q) => {
    const found = await column(`quantile_over_time(${q}, temperature{room="a"}[${window}])`, range);
    found.forEach((value, s) => {
      const sorted = inWindow(samples.g, range, s).map(({ value: one }) => one);
      sorted.sort((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1];
      expect(Math.abs(value / exact - 1)).toBeLessThan(0.011);
    });
  });

  test('counters increase by what they did', async () => {
    const increases = await column(`increase(requests_total[${window}])`, range);
    const rates = await column(`rate(requests_total[${window}])`, range);
    increases.forEach((value, s) => {
      let sum = 0;
      for (const { value: now, before } of inWindow(samples.c, range, s)) {
        sum += now >= before ? now - before : now;
      }
      expect(value).toBe(sum);
      expect(rates[s]).toBeCloseTo(sum / range.step, 9);
    });
  });

  test('histograms are merged', async () => {
    const query = `histogram_quantile(0.9, rate(duration_seconds[${window}]))`;
    await compare(query, range, 0.03);
    // Prometheus extrapolates after the restart, where one interval is missing.
    await compare(`histogram_count(rate(duration_seconds[${window}]))`, range, 0.001);
  });
});
