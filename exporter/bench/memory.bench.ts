// Memory of the head: bytes a sample, where series share their times and where each has its own;
// what a series takes beside its samples; and whether the budget holds when far more is written than
// fits. Run with --expose-gc, as `npm run bench` does. Arguments: series (default 20000).
import { Head } from '../src/series/head.js';

const START = 1_700_000_000_000;
const RETENTION = 900_000;

const labelsOf = (i: number) => ({ device: `disk${i % 100}`, instance: `host-${i}`, zone: 'a' });

/** Bytes that this process has in use: objects, and memory outside of the heap. */
function inUse(): { heap: number; buffers: number; resident: number } {
  for (let i = 0; i < 5; i++) globalThis.gc?.();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers, resident: rss };
}

interface Written {
  readonly head: Head;
  /** Writes one row of every series. */
  readonly row: (time: number, value: number) => void;
}

function shared(series: number, memory?: number): Written {
  const head = new Head({ memory });
  const writer = head.source('bench', { exposed: true });
  const family = writer.family({ name: 'bench', type: 'gauge', help: '' });
  const ids = Array.from({ length: series }, (_, i) => writer.series(family, labelsOf(i)));
  const row = (time: number, value: number): void => {
    for (const id of ids) writer.set(id, value);
    writer.commit(time);
    head.endTick(time);
  };
  return { head, row };
}

function own(series: number, memory?: number): Written {
  const head = new Head({ memory });
  const writer = head.timed('bench');
  const ids = Array.from({ length: series }, (_, i) => writer.series('bench', labelsOf(i)) ?? -1);
  const row = (time: number, value: number): void => {
    // Each a little later than the one before, as samples of different targets are.
    ids.forEach((id, i) => writer.append(id, time + (i % 1000), value));
    head.endTick(time + 1000);
  };
  return { head, row };
}

interface Measured {
  readonly name: string;
  readonly interval: number;
  /** Chunks in use, a sample that is within the retention. */
  readonly bytesASample: number;
  /** The greatest over one turn of the chunks. */
  readonly most: number;
}

function bytesASample(
  name: string,
  make: (series: number) => Written,
  { series, interval }: { series: number; interval: number },
): Measured {
  const { head, row } = make(series);
  const kept = (RETENTION / interval) * series;
  let most = 0;
  let sum = 0;
  let count = 0;
  const rows = Math.ceil(RETENTION / interval);
  for (let k = 0; k < rows + 64; k++) {
    row(START + k * interval, k);
    if (k < rows) continue;
    const { used } = head.stats().memory;
    most = Math.max(most, used);
    sum += used;
    count++;
  }
  return { name, interval, bytesASample: sum / count / kept, most: most / kept };
}

/** Heap and buffers that series take beside their samples. */
function overhead(make: (series: number) => Written, series: number): number {
  const before = inUse();
  const { head, row } = make(series);
  row(START, 1);
  const after = inUse();
  // Growable shared memory, in which samples are, does not count as buffers.
  head.endTick(START + 1);
  return (after.heap - before.heap + after.buffers - before.buffers) / series;
}

/** Writes far more than fits and reports the greatest use. */
function overload(make: (series: number, memory: number) => Written, series: number) {
  const memory = 32 * 2 ** 20;
  const before = inUse();
  const { head, row } = make(series, memory);
  row(START, 0);
  const filled = inUse();
  let most = 0;
  for (let k = 1; k < 300; k++) {
    row(START + 1000 * k, k);
    most = Math.max(most, head.stats().memory.used);
  }
  const after = inUse();
  const { samples, dropped } = head.stats();
  return {
    budget: memory,
    most,
    residentGrowth: after.resident - before.resident,
    heapGrowth: after.heap - filled.heap,
    written: [...samples.values()][0],
    evicted: dropped.get('evicted') ?? 0,
    refused: dropped.get('memory') ?? 0,
  };
}

export function run(args: readonly string[] = process.argv.slice(2)): Promise<void> {
  const series = Number(args.find((arg) => /^\d+$/.test(arg)) ?? 20_000);
  // First, while there is nothing else that the collector could let go of in between.
  const perSeries = { shared: overhead(shared, 100_000), own: overhead(own, 100_000) };
  const samples = [
    bytesASample('shared times', shared, { series, interval: 1000 }),
    bytesASample('own times', own, { series, interval: 1000 }),
    bytesASample('shared times', shared, { series, interval: 15_000 }),
    bytesASample('own times', own, { series, interval: 15_000 }),
  ];
  console.table(
    samples.map(({ name, interval, bytesASample, most }) => ({
      '': name,
      'interval s': interval / 1000,
      'bytes a sample': bytesASample.toFixed(2),
      most: most.toFixed(2),
    })),
  );
  console.table({
    'bytes a series beside its samples': {
      'shared times': Math.round(perSeries.shared),
      'own times': Math.round(perSeries.own),
    },
  });
  const overloads = { shared: overload(shared, series), own: overload(own, series) };
  console.table(overloads);
  console.log(JSON.stringify({ memory: { series, samples, perSeries, overloads } }));
  return Promise.resolve();
}
