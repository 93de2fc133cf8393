// Samples into head and history, what they take on disk and in memory, opening a store and reading it.
// Times are of the CPU unless said otherwise. Arguments: series (default 10000), minutes (default 10),
// buckets in millions of the store that is opened (default 1).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger } from '../src/lib/logger.js';
import { answer } from '../src/promql/api/answer.js';
import { planHistory } from '../src/promql/api/history-plan.js';
import type { OperationContext } from '../src/promql/api/operations.js';
import { QueryParameters } from '../src/promql/api/parameters.js';
import { ResultEncoder } from '../src/promql/encode.js';
import { BucketBuilder, newCarry, type Bucket } from '../src/series/history/bucket.js';
import { Catalog } from '../src/series/history/catalog.js';
import type { HistoryExcerpt } from '../src/series/history/door.js';
import { History } from '../src/series/history/history.js';
import { openTiers, type Tiers } from '../src/series/history/tiers.js';
import { Head } from '../src/series/head.js';
import { LabelSet, type Labels } from '../src/series/labels.js';

const [series = 10_000, minutes = 10, millions = 1] = process.argv
  .slice(1)
  .filter((argument) => /^[\d.]+$/.test(argument))
  .map(Number);
const START = 1_699_999_200_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const labelsOf = (i: number): Labels => ({
  instance: `host-${i % 100}`,
  path: `/api/${i % 37}`,
  series: `${i}`,
});

/** Milliseconds of CPU that this process has used. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function temporary(): string {
  return mkdtempSync(path.join(tmpdir(), 'kymo-bench-history-'));
}

async function removing<T>(run: (directory: string) => Promise<T>): Promise<T> {
  const directory = temporary();
  try {
    return await run(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const openHistory = (directory: string, reader: Head): Promise<History> =>
  History.open(directory, { reader, logger: silentLogger, now: () => 0, size: 2 ** 40 });

/** Half are counters, half gauges that wander. */
function source(head: Head): (tick: number) => void {
  const writer = head.source('bench', { exposed: true });
  const counters = writer.family({ name: 'bench_total', type: 'counter', help: '' });
  const gauges = writer.family({ name: 'bench_seconds', type: 'gauge', help: '' });
  const ids = Int32Array.from({ length: series }, (_, i) =>
    writer.series(i % 2 === 0 ? counters : gauges, labelsOf(i)),
  );
  const values = Float64Array.from(ids, (_, i) => i + 1);
  return (tick) => {
    for (let i = 0; i < ids.length; i++) {
      if (i % 2 === 0) values[i] += (i + tick) % 10;
      else values[i] *= 1 + 0.02 * (Math.random() - 0.5);
      writer.set(ids[i], values[i]);
    }
    writer.commit(START + 1000 * tick);
  };
}

interface Ingestion {
  readonly samplesACpuSecond: number;
  readonly headOnlyACpuSecond: number;
  /** Milliseconds of CPU of what a tick begins in history, until it is done. */
  readonly medianTick: number;
  readonly bytesARawSample: number;
  readonly pendingBytesASeries: number;
}

/**
 * The longest that history holds the event loop at a time. Apart from the throughput, since looking so
 * often takes time of its own.
 */
async function longestTurn(directory: string): Promise<number> {
  const head = new Head();
  const history = await openHistory(directory, head);
  const write = source(head);
  let longest = 0;
  for (let tick = 0; tick < 60 * minutes; tick++) {
    write(tick);
    const before = cpu();
    history.tick(START + 1000 * tick);
    longest = Math.max(longest, cpu() - before);
    head.endTick(START + 1000 * tick);
    longest = Math.max(longest, await longestTurnOf(history.idle()));
  }
  await history.close();
  return longest;
}

/** Waits. @returns the most CPU that is used meanwhile before a timer of a millisecond gets its turn */
async function longestTurnOf(work: Promise<void>): Promise<number> {
  let isDone = false;
  let longest = 0;
  const done = work.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    const before = cpu();
    await sleep(1);
    longest = Math.max(longest, cpu() - before);
  }
  await done;
  return longest;
}

async function ingest(directory: string): Promise<Ingestion> {
  const ticks = 60 * minutes;
  const alone = new Head();
  const writeAlone = source(alone);
  let started = cpu();
  for (let tick = 0; tick < ticks; tick++) {
    writeAlone(tick);
    alone.endTick(START + 1000 * tick);
  }
  const headOnly = cpu() - started;
  const head = new Head();
  const history = await openHistory(directory, head);
  const write = source(head);
  const shares: number[] = [];
  started = cpu();
  for (let tick = 0; tick < ticks; tick++) {
    write(tick);
    const before = cpu();
    history.tick(START + 1000 * tick);
    head.endTick(START + 1000 * tick);
    await history.idle();
    shares.push(cpu() - before);
  }
  const used = cpu() - started;
  shares.sort((a, b) => a - b);
  const pendingBytesASeries = history.stats().pendingBytes / series;
  await history.close();
  return {
    samplesACpuSecond: (1000 * series * ticks) / used,
    headOnlyACpuSecond: (1000 * series * ticks) / headOnly,
    medianTick: shares[shares.length >> 1],
    bytesARawSample: await rawBytes(directory, series * ticks),
    pendingBytesASeries,
  };
}

async function rawBytes(directory: string, samples: number): Promise<number> {
  const tiers = await open(directory);
  await tiers.raw.cut(Infinity);
  const { bytes } = tiers.raw;
  await closeAll(tiers);
  return bytes / samples;
}

const open = (directory: string): Promise<Tiers> =>
  openTiers(directory, {
    catalog: new Catalog(),
    logger: silentLogger,
    partBytes: 64 * 2 ** 20,
    now: () => 0,
  });

async function closeAll({ raw, minute, hour, day }: Tiers): Promise<void> {
  for (const tier of [raw, minute, hour, day]) await tier.close();
}

/** A bucket of 60 values that wander. */
function someBucket(start: number): Bucket {
  const builder = new BucketBuilder();
  const carry = newCarry();
  builder.begin('gauge');
  let value = 0.1 + Math.random();
  for (let i = 0; i < 60; i++) {
    value *= 1 + 0.02 * (Math.random() - 0.5);
    builder.add(start + 1000 * i, value, carry);
  }
  return builder.end(start) as Bucket;
}

const keyOf = (i: number): LabelSet => LabelSet.named('bench_seconds', labelsOf(i));

/** Minutes of a day and hours of 30 days for as many series as there are buckets for. */
async function fill(directory: string): Promise<{ buckets: number; bytesABucket: number }> {
  const catalog = new Catalog();
  const tiers = await openTiers(directory, {
    catalog,
    logger: silentLogger,
    partBytes: 64 * 2 ** 20,
    now: () => 0,
  });
  const many = Math.max(1000, Math.round((millions * 1e6) / (1440 + 720)));
  const refs = Array.from({ length: many }, (_, i) => catalog.acquire(keyOf(i).key));
  const samples = Array.from({ length: 512 }, () => someBucket(0));
  let buckets = 0;
  const put = async (tier: Tiers['minute'], step: number, count: number): Promise<void> => {
    for (let k = 0; k < count; k++) {
      const start = START + k * step;
      for (const ref of refs) {
        const bucket = samples[(ref * 31 + k) % samples.length];
        tier.add(ref, [{ ...bucket, start, lastTime: start + bucket.lastTime }]);
        buckets++;
      }
      if (k % 20 === 0) {
        await tier.flush();
        await tier.cut(start);
      }
    }
    await tier.cut(Infinity);
  };
  await put(tiers.minute, MINUTE, 1440);
  await put(tiers.hour, HOUR, 720);
  const bytesABucket = (tiers.minute.bytes + tiers.hour.bytes) / buckets;
  await closeAll(tiers);
  return { buckets, bytesABucket };
}

async function read(directory: string) {
  let started = performance.now();
  const history = await openHistory(directory, new Head());
  const opened = performance.now() - started;
  const timed = async (count: number, resolution: 'minute' | 'hour'): Promise<number> => {
    started = performance.now();
    for (let i = 0; i < count; i++) await history.buckets(keyOf(i), resolution, 0, Infinity);
    return performance.now() - started;
  };
  const minutesFirst = await timed(100, 'minute');
  const minutesAgain = await timed(100, 'minute');
  const hoursFirst = await timed(1000, 'hour');
  await history.close();
  return { opened, minutesFirst, minutesAgain, hoursFirst };
}

/** CPU milliseconds of whole PromQL answers; the second time, with the index of the blocks in memory. */
async function query(directory: string) {
  const head = new Head();
  const history = await openHistory(directory, head);
  const limits = {
    timeout: 600_000,
    maxSamples: 5e7,
    maxSamplesRead: 1e9,
    maxPoints: 11_000,
    lookback: 300_000,
  };
  const timed = async (expr: string, hours: number, step: number): Promise<number> => {
    const started = cpu();
    const parameters = new URLSearchParams({
      query: expr,
      start: `${START / 1000 + step}`,
      end: `${START / 1000 + 3600 * hours}`,
      step: `${step}`,
    });
    const context: OperationContext = {
      reader: head,
      parameters: new QueryParameters(parameters),
      limits,
      encoder: new ResultEncoder(),
      now: START,
      monotonic: () => performance.now(),
      cancelled: () => false,
    };
    const plan = planHistory('query_range', context, Infinity);
    if (!('requests' in plan)) throw new Error('nothing is asked of history');
    const excerpts: HistoryExcerpt[] = [];
    for (const request of plan.requests) {
      excerpts.push(await history.excerpt(request, { maxBytes: 2 ** 28, check: () => undefined }));
    }
    const { status, body } = answer('query_range', plan.context(excerpts));
    if (status !== 200) throw new Error(body);
    return cpu() - started;
  };
  const day = 'avg_over_time(bench_seconds{series=~"[0-9]{1,2}"}[1m])';
  const month = 'avg_over_time(bench_seconds{series=~"[0-9]{1,3}"}[1h])';
  const dayFirst = await timed(day, 24, 60);
  const dayAgain = await timed(day, 24, 60);
  const monthFirst = await timed(month, 720, 3600);
  const monthAgain = await timed(month, 720, 3600);
  await history.close();
  return {
    dayOf100: dayFirst,
    dayOf100Again: dayAgain,
    monthOf1000: monthFirst,
    monthOf1000Again: monthAgain,
  };
}

export async function run(): Promise<void> {
  const ingestion = await removing(ingest);
  const longest = await removing(longestTurn);
  const store = await removing(async (directory) => {
    const filled = await fill(directory);
    return { ...filled, ...(await read(directory)), ...(await query(directory)) };
  });
  const result = { series, minutes, ...ingestion, longestTurn: longest, ...store };
  console.table(
    Object.entries(result).map(([what, value]) => ({ what, value: Number(value.toPrecision(4)) })),
  );
  console.log(JSON.stringify({ bench: 'history', ...result }));
}
