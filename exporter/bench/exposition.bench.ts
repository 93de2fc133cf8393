import * as successor from '@prometheus-io/client';
import * as promClient from 'prom-client';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { GCProfiler } from 'node:v8';
import { Exposition } from '../src/exposition/exposition.js';
import type { ExposedFamily, ExposedSeries, ExposedSeriesReader } from '../src/series/exposed.js';
import { LabelSet, METRIC_NAME, type Labels } from '../src/series/labels.js';
import type { MetricType } from '../src/series/metadata.js';
import { Head } from '../src/series/head.js';
import type { SampleSuffix } from '../src/series/writer.js';
import { registrySource } from '../src/sources/registry/registry-source.js';

/** One way to render the same series. */
interface Subject {
  /** Gives series i the value `values[i]`, not timed. */
  set(values: Float64Array): void;
  render(): Buffer | string | Promise<Buffer | string>;
}

const BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
];
const VALUES = {
  integers: () => Math.floor(Math.random() * 1e6),
  decimals: () => Math.round(Math.random() * 1e6) / 1e3,
  floats: () => Math.random() * 1e3,
};
type ValueKind = keyof typeof VALUES;

const labelsOf = (i: number): Record<string, string> => ({
  instance: `host-${i % 50}`,
  queue: `queue_${i}`,
  region: `eu-west-${i % 7}`,
});
const LABEL_NAMES = Object.keys(labelsOf(0));

/** Series of one family as a source would have committed them. */
class CommittedSeries implements ExposedSeriesReader {
  exposedVersion = 1;
  readonly latestValues: Float64Array;
  readonly latestLive: Uint8Array;
  readonly #name: string;
  readonly #type: MetricType;
  #series: ExposedSeries[] = [];

  constructor(name: string, type: MetricType, capacity: number) {
    this.#name = name;
    this.#type = type;
    this.latestValues = new Float64Array(capacity);
    this.latestLive = new Uint8Array(capacity).fill(1);
  }

  add(labels: Labels, suffix: SampleSuffix = ''): void {
    const set = LabelSet.from({ ...labels, [METRIC_NAME]: this.#name + suffix });
    this.#series.push({ id: this.#series.length, labels: set, suffix });
    this.exposedVersion++;
  }

  exposedFamilies(): readonly ExposedFamily[] {
    const metadata = { name: this.#name, type: this.#type, help: 'Waiting jobs.' };
    return [{ metadata, version: this.exposedVersion, series: this.#series }];
  }

  exemplar(): undefined {}
  created(): undefined {}
}

type Make = (count: number) => Subject;

type Format = 'text' | 'openmetrics';

/** Renders and gives each page back, as a scrape that is compressed does, or keeps it. */
function renderer(reader: ExposedSeriesReader, format: Format, keep: boolean): () => Buffer {
  const exposition = new Exposition(reader);
  return () => {
    const page = exposition.render(format);
    if (!keep) exposition.recycle(page);
    return page;
  };
}

function kymoGauges(format: Format, keep = false): Make {
  return (count) => {
    const series = new CommittedSeries('app_queue_depth_jobs', 'gauge', count);
    for (let i = 0; i < count; i++) series.add(labelsOf(i));
    return {
      set: (values) => series.latestValues.set(values),
      render: renderer(series, format, keep),
    };
  };
}

function peerGauges(client: typeof promClient, registry = new client.Registry()): Make {
  return (count) => {
    const gauge = new client.Gauge({
      name: 'app_queue_depth_jobs',
      help: 'Waiting jobs.',
      labelNames: LABEL_NAMES,
      registers: [registry],
    });
    const children = Array.from({ length: count }, (_, i) => gauge.labels(labelsOf(i)));
    return {
      set: (values) => children.forEach((child, i) => child.set(values[i])),
      render: () => registry.metrics(),
    };
  };
}

function kymoHistograms(format: Format, keep = false): Make {
  return (count) => {
    const width = BUCKETS.length + 3;
    const series = new CommittedSeries('app_latency_seconds', 'histogram', count * width);
    for (let i = 0; i < count; i++) {
      for (const le of [...BUCKETS, '+Inf'])
        series.add({ ...labelsOf(i), le: String(le) }, '_bucket');
      series.add(labelsOf(i), '_sum');
      series.add(labelsOf(i), '_count');
    }
    const { latestValues } = series;
    return {
      // One observation in each: the buckets from its bound on, sum and count change.
      set: (values) => {
        for (let i = 0; i < count; i++) {
          const at = i * width;
          const value = values[i] / 1e3;
          BUCKETS.forEach((bound, k) => {
            if (value <= bound) latestValues[at + k]++;
          });
          latestValues[at + width - 3]++;
          latestValues[at + width - 2] += value;
          latestValues[at + width - 1]++;
        }
      },
      render: renderer(series, format, keep),
    };
  };
}

function peerHistograms(client: typeof promClient, registry = new client.Registry()): Make {
  return (count) => {
    const histogram = new client.Histogram({
      name: 'app_latency_seconds',
      help: 'Waiting jobs.',
      labelNames: LABEL_NAMES,
      buckets: BUCKETS,
      registers: [registry],
    });
    const children = Array.from({ length: count }, (_, i) => histogram.labels(labelsOf(i)));
    return {
      set: (values) => children.forEach((child, i) => child.observe(values[i] / 1e3)),
      render: () => registry.metrics(),
    };
  };
}

/** A prom-client registry sampled into the head, committed and rendered: a tick and a scrape. */
function throughHead(makePeer: (registry: promClient.Registry) => Make): Make {
  return (count) => {
    const registry = new promClient.Registry();
    const peer = makePeer(registry)(count);
    const head = new Head();
    const renderText = renderer(head, 'text', false);
    const writer = head.source('app', { exposed: true });
    const source = registrySource({ name: 'app', registry });
    const { signal } = new AbortController();
    let time = 1_700_000_000_000;
    return {
      set: (values) => peer.set(values),
      render: async () => {
        time += 1000;
        await source.collect({ time, writer, signal });
        writer.commit(time);
        head.endTick(time);
        return renderText();
      },
    };
  };
}

// The two packages declare their types apart, of the same shape.
const successorClient = successor as unknown as typeof promClient;
const GAUGES: Readonly<Record<string, Make>> = {
  text: kymoGauges('text'),
  'text, kept': kymoGauges('text', true),
  openmetrics: kymoGauges('openmetrics'),
  'through head': throughHead((registry) => peerGauges(promClient, registry)),
  'prom-client': (count) => peerGauges(promClient)(count),
  successor: (count) => peerGauges(successorClient)(count),
};
const HISTOGRAMS: Readonly<Record<string, Make>> = {
  text: kymoHistograms('text'),
  'text, kept': kymoHistograms('text', true),
  openmetrics: kymoHistograms('openmetrics'),
  'through head': throughHead((registry) => peerHistograms(promClient, registry)),
  'prom-client': (count) => peerHistograms(promClient)(count),
  successor: (count) => peerHistograms(successorClient)(count),
};

function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc');
  globalThis.gc();
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

type Times = Record<string, number>;

/**
 * Median and best milliseconds of a page by each subject, in turn, all values changed before each.
 */
async function measure(
  makes: Readonly<Record<string, Make>>,
  { count, kind, rounds }: { count: number; kind: ValueKind; rounds: number },
): Promise<{ median: Times; best: Times }> {
  const subjects = Object.entries(makes).map(([name, make]) => ({
    name,
    subject: make(count),
    times: [] as number[],
  }));
  const warmUp = 2;
  // The collector goes on in other threads with what it found; the next subject shall not pay for it.
  const rest = Math.max(10, count / 400);
  for (let round = 0; round < rounds + warmUp; round++) {
    const values = Float64Array.from({ length: count }, VALUES[kind]);
    for (const { subject, times } of subjects) {
      subject.set(values);
      collectGarbage();
      await setTimeout(rest);
      const started = performance.now();
      await subject.render();
      if (round >= warmUp) times.push(performance.now() - started);
    }
  }
  const summary = (of: (times: readonly number[]) => number): Times =>
    Object.fromEntries(subjects.map(({ name, times }) => [name, of(times)]));
  return { median: summary(median), best: summary((times) => Math.min(...times)) };
}

/** Milliseconds of the first page, and of one after a series was added, by us. */
function measureChanges(count: number): { first: number; added: number } {
  const series = new CommittedSeries('app_queue_depth_jobs', 'gauge', count + 20);
  for (let i = 0; i < count; i++) series.add(labelsOf(i));
  const exposition = new Exposition(series);
  const time = (): number => {
    const started = performance.now();
    exposition.render('text');
    return performance.now() - started;
  };
  const first = time();
  const added: number[] = [];
  for (let i = 0; i < 15; i++) {
    series.add(labelsOf(count + i));
    added.push(time());
  }
  return { first, added: median(added) };
}

interface Memory {
  /** MB of heap, and of heap and external memory, before the first page. */
  readonly heapBefore: number;
  readonly before: number;
  /** The highest that was seen at a collection or after a page. */
  readonly heapPeak: number;
  readonly peak: number;
  /** Resident memory: before the first page, and at its highest after that. */
  readonly rssBefore: number;
  readonly rssPeak: number;
  /** KB of heap that one page leaves behind as garbage. */
  readonly garbage: number;
}

/**
 * Prints the {@link Memory} of one subject with 100,000 gauges; runs in a process of its own. The
 * first page is among those measured, save that the head has been filled before.
 */
export async function measureMemory(name: string): Promise<void> {
  const count = 100_000;
  const subject = GAUGES[name](count);
  const refresh = (): void => subject.set(Float64Array.from({ length: count }, VALUES.decimals));
  refresh();
  if (name === 'through head') await subject.render();
  collectGarbage();
  const MB = 2 ** 20;
  const usage = (): { heap: number; all: number } => {
    const { heapUsed, external } = process.memoryUsage();
    return { heap: heapUsed / MB, all: (heapUsed + external) / MB };
  };
  const before = usage();
  const rssBefore = process.memoryUsage.rss() / MB;
  // Starts the count of the highest resident memory anew.
  writeFileSync('/proc/self/clear_refs', '5');
  const profiler = new GCProfiler();
  profiler.start();
  let heapPeak = 0;
  let peak = 0;
  for (let i = 0; i < 10; i++) {
    const page = await subject.render();
    const now = usage();
    heapPeak = Math.max(heapPeak, now.heap);
    peak = Math.max(peak, now.all);
    if (page.length < count) throw new Error('the page is too short');
    refresh();
  }
  for (const { beforeGC } of profiler.stop().statistics) {
    const { usedHeapSize, externalMemory } = beforeGC.heapStatistics;
    heapPeak = Math.max(heapPeak, usedHeapSize / MB);
    peak = Math.max(peak, (usedHeapSize + externalMemory) / MB);
  }
  const highest = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  collectGarbage();
  const clean = process.memoryUsage().heapUsed;
  await subject.render();
  const memory: Memory = {
    heapBefore: round(before.heap, 1),
    before: round(before.all, 1),
    heapPeak: round(heapPeak, 1),
    peak: round(peak, 1),
    rssBefore: round(rssBefore, 1),
    rssPeak: round(Number(highest?.[1]) / 1024, 1),
    garbage: round((process.memoryUsage().heapUsed - clean) / 1024, 1),
  };
  console.log(JSON.stringify(memory));
}

function memoryOf(name: string): Memory {
  const self = JSON.stringify(new URL(import.meta.url).href);
  const script = `import(${self}).then((bench) => bench.measureMemory(${JSON.stringify(name)}))`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--expose-gc', '--eval', script],
    { encoding: 'utf8', cwd: fileURLToPath(new URL('.', import.meta.url)) },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Memory;
}

const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

function row(times: Times, lines: number): Times {
  const rounded = Object.entries(times).map(([name, time]) => [name, round(time)] as const);
  return {
    ...Object.fromEntries(rounded),
    'ns/line': round((times.text * 1e6) / lines, 0),
    'x prom-client': round(times['prom-client'] / times.text, 1),
    'x successor': round(times.successor / times.text, 1),
  };
}

/** Renders the same series with prom-client, its successor @prometheus-io/client, and Kymo. */
export async function run(): Promise<void> {
  const medians: Record<string, Times> = {};
  const best: Record<string, Times> = {};
  for (const count of [1_000, 10_000, 100_000]) {
    for (const kind of Object.keys(VALUES) as ValueKind[]) {
      const times = await measure(GAUGES, { count, kind, rounds: count === 100_000 ? 7 : 21 });
      medians[`${count} gauges, ${kind}`] = row(times.median, count);
      best[`${count} gauges, ${kind}`] = row(times.best, count);
    }
  }
  for (const count of [1_000, 5_000]) {
    const times = await measure(HISTOGRAMS, { count, kind: 'floats', rounds: 9 });
    const name = `${count} histograms of ${BUCKETS.length + 1}`;
    medians[name] = row(times.median, count * (BUCKETS.length + 3));
    best[name] = row(times.best, count * (BUCKETS.length + 3));
  }
  console.log('Milliseconds of a page, every value changed since the one before: median');
  console.table(medians);
  console.log('Best');
  console.table(best);

  const changes: Record<string, { first: number; added: number }> = {};
  for (const count of [1_000, 10_000, 100_000]) {
    const { first, added } = measureChanges(count);
    changes[`${count} gauges`] = { first: round(first), added: round(added) };
  }
  console.log('Milliseconds of the first page, and of one after a series was added');
  console.table(changes);

  const memory: Record<string, Memory> = {};
  for (const name of Object.keys(GAUGES)) {
    memory[name] = memoryOf(name);
  }
  console.log('MB with 100,000 gauges, each in a process of its own (garbage: KB a page)');
  console.table(memory);
  console.log(JSON.stringify({ node: process.version, medians, best, changes, memory }));
}
