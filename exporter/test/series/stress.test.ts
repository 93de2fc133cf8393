import { once } from 'node:events';
import { setImmediate as breathe } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { Head, type HeadChange } from '../../src/series/head.js';
import type { SeriesId } from '../../src/series/reader.js';

/*
 * One thread writes, another reads the same memory, both as fast as they can. The memory is so small
 * that chunks are reused thousands of times a second, and series come and go, so that ids are too.
 * The reader knows from a series' labels what stands where; see stress-reader.mjs, which runs what is
 * compiled in dist.
 */
const SECONDS = Number(process.env.KYMO_STRESS_SECONDS ?? 8);
const START = 1_700_000_000_000;
const STEP = 1000;
const STEADY = 120;
const CHANGING = 40;
const HISTOGRAMS = 6;
const TIMED = 30;

interface Result {
  readonly counts: {
    readonly reads: number;
    readonly empty: number;
    readonly samples: number;
    readonly histograms: number;
    readonly stale: number;
    readonly longest: number;
  };
  readonly violations: readonly string[];
}

/** Writes rows of all kinds of series. */
class Writer {
  readonly head = new Head({ memory: 768 * 1024, retention: 2000 * STEP, ttl: 20 * STEP });
  rows = 0;
  #numbers = 0;
  readonly #steady = this.#source('steady');
  readonly #changing = this.#source('changing');
  readonly #timed = this.head.timed('timed');
  readonly #steadySeries = this.#make(STEADY, (labels) => this.#steady.series('value', labels));
  readonly #histograms = this.#make(HISTOGRAMS, (labels) =>
    this.#steady.series('histogram', labels),
  );
  readonly #timedSeries = this.#make(TIMED, (labels) => this.#timed.series('timed', labels) ?? -1);
  #changingSeries: { id: SeriesId; n: number }[] = [];

  /** Writes the next row of every series. */
  write(): void {
    const k = this.rows++;
    const time = START + k * STEP;
    if (k % 64 === 0) {
      this.#changingSeries = this.#make(CHANGING, (labels) =>
        this.#changing.series('value', labels),
      );
    }
    for (const { id, n } of this.#steadySeries) this.#steady.writer.set(id, n * 1e7 + k);
    for (const { id, n } of this.#histograms) {
      this.#steady.writer.setHistogram(id, {
        schema: 5,
        count: n + k,
        sum: n * 1e7 + k,
        zeroThreshold: 0,
        zeroCount: 0,
        positive: { offset: n, counts: Array.from({ length: 40 }, (_, b) => k + b) },
        negative: { offset: 0, counts: [] },
      });
    }
    // For some rows after they are new, so that their ends are read as well.
    if (k % 64 < 40) {
      for (const { id, n } of this.#changingSeries) this.#changing.writer.set(id, n * 1e7 + k);
    }
    for (const { id, n } of this.#timedSeries) this.#timed.append(id, time, n * 1e7 + k);
    this.#steady.writer.commit(time);
    this.#changing.writer.commit(time);
    this.head.endTick(time);
  }

  #source(name: string) {
    const writer = this.head.source(name, { exposed: false });
    const series = (kind: 'value' | 'histogram', labels: Record<string, string>): SeriesId => {
      const type = kind === 'value' ? 'gauge' : 'histogram';
      const family = writer.family({ name: `${name}_${kind}`, type, help: '' });
      return writer.series(family, { ...labels, kind });
    };
    return { writer, series };
  }

  #make(count: number, series: (labels: Record<string, string>) => SeriesId) {
    return Array.from({ length: count }, () => {
      const n = this.#numbers++;
      return { id: series({ n: String(n), step: String(STEP) }), n };
    });
  }
}

/** Writes and reads until `seconds` have passed or `isEnough`. */
async function race(options: {
  readonly validates: boolean;
  readonly seconds: number;
  readonly isEnough: (violations: number) => boolean;
}): Promise<Result & { rows: number; evicted: number }> {
  const writer = new Writer();
  let changes: HeadChange[] = [];
  const memory = writer.head.follow((change) => changes.push(change));
  for (let i = 0; i < 100; i++) writer.write();
  const reader = new Worker(new URL('./stress-reader.mjs', import.meta.url), {
    workerData: { memory, start: START, validates: options.validates },
  });
  try {
    let violations = 0;
    let result: Result | undefined;
    reader.on('message', (message: { kind: string } & Partial<Result>) => {
      if (message.kind === 'violation') violations++;
      if (message.kind === 'result') result = message as Result;
    });
    await once(reader, 'message');
    const end = Date.now() + 1000 * options.seconds;
    while (Date.now() < end && !options.isEnough(violations)) {
      for (let i = 0; i < 50; i++) writer.write();
      reader.postMessage({ kind: 'changes', changes });
      changes = [];
      await breathe();
    }
    reader.postMessage({ kind: 'stop' });
    while (result === undefined) await once(reader, 'message');
    const evicted = writer.head.stats().dropped.get('evicted') ?? 0;
    return { ...result, rows: writer.rows, evicted };
  } finally {
    await reader.terminate();
  }
}

test(
  'no torn, foreign or missing sample is read while chunks and ids are reused at full speed',
  async () => {
    const { counts, violations, rows, evicted } = await race({
      validates: true,
      seconds: SECONDS,
      isEnough: () => false,
    });
    expect(violations).toEqual([]);
    expect(rows).toBeGreaterThan(1000);
    expect(evicted).toBeGreaterThan(100 * 768);
    expect(counts.reads).toBeGreaterThan(1000);
    expect(counts.samples).toBeGreaterThan(10_000);
    expect(counts.histograms).toBeGreaterThan(1000);
    expect(counts.stale).toBeGreaterThan(0);
    expect(counts.longest).toBeGreaterThan(64);
    expect(counts.empty).toBeLessThan(0.9 * counts.reads);
  },
  (SECONDS + 60) * 1000,
);

test('without the check of what was copied, samples that are wrong are read: the check is what prevents it', async () => {
  const { violations } = await race({
    validates: false,
    seconds: 60,
    isEnough: (found) => found > 0,
  });
  expect(violations).not.toEqual([]);
}, 120_000);
