// Samples a second into the head, ids known, beside what one would write by hand: a ring of values for
// each series in a Map by its text. Times are of the CPU, so that a busy machine does not count. Arguments: samples for each measurement in millions (default 20).
import { Head } from '../src/series/head.js';
import type { SourceWriter } from '../src/series/writer.js';

const START = 1_700_000_000_000;
const ROUNDS = 5;

interface Target {
  readonly series: number;
  /** Samples a second that are wanted. */
  readonly wanted: number;
}

const targets: readonly Target[] = [
  { series: 1000, wanted: 10e6 },
  { series: 10_000, wanted: 2e6 },
  { series: 100_000, wanted: 2e6 },
];

const labelsOf = (i: number) => ({ device: `disk${i % 100}`, instance: `host-${i}`, zone: 'a' });

/** Milliseconds of CPU that this process has used. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds of CPU for `rows` rows, the best of several rounds. */
function best(rows: number, row: (k: number) => void): number {
  let k = 0;
  // The first round also fills the memory that later ones reuse.
  let least = Infinity;
  for (let round = 0; round <= ROUNDS; round++) {
    const started = cpu();
    for (let i = 0; i < rows; i++) row(k++);
    if (round > 0) least = Math.min(least, cpu() - started);
  }
  return least;
}

function source(head: Head, series: number): { writer: SourceWriter; ids: Int32Array } {
  const writer = head.source('bench', { exposed: true });
  const family = writer.family({ name: 'bench', type: 'gauge', help: '' });
  const ids = Int32Array.from({ length: series }, (_, i) => writer.series(family, labelsOf(i)));
  return { writer, ids };
}

/** A second a row, so that the retention and the memory budget are at work as they are in a process. */
function throughHead(series: number, rows: number): number {
  const head = new Head();
  const { writer, ids } = source(head, series);
  return best(rows, (k) => {
    const time = START + 1000 * k;
    for (let i = 0; i < ids.length; i++) writer.set(ids[i], k + i);
    writer.commit(time);
    head.endTick(time);
  });
}

/** Each series with times of its own, as remote write brings them. */
function timed(series: number, rows: number): number {
  const head = new Head();
  const writer = head.timed('bench');
  const ids = Int32Array.from(
    { length: series },
    (_, i) => writer.series('bench', labelsOf(i)) ?? -1,
  );
  return best(rows, (k) => {
    const time = START + 1000 * k;
    for (let i = 0; i < ids.length; i++) writer.append(ids[i], time, k + i);
    head.endTick(time);
  });
}

class Ring {
  readonly values = new Float64Array(900);
  readonly times = new Float64Array(900);
  #next = 0;

  push(time: number, value: number): void {
    this.times[this.#next] = time;
    this.values[this.#next] = value;
    this.#next = (this.#next + 1) % 900;
  }
}

function mapOfRings(series: number, rows: number): number {
  const rings = new Map<string, Ring>();
  const keys = Array.from({ length: series }, (_, i) => JSON.stringify(labelsOf(i)));
  for (const key of keys) rings.set(key, new Ring());
  return best(rows, (k) => {
    for (let i = 0; i < keys.length; i++) rings.get(keys[i])?.push(START + 1000 * k, k + i);
  });
}

/** Milliseconds of CPU to make the series of a source and write them for the first time. */
function creation(series: number): number {
  const started = cpu();
  const head = new Head();
  const { writer, ids } = source(head, series);
  for (const id of ids) writer.set(id, 1);
  writer.commit(START);
  head.endTick(START);
  return cpu() - started;
}

export async function run(args: readonly string[] = process.argv.slice(2)): Promise<void> {
  creation(20_000);
  const samples = 1e6 * Number(args.find((arg) => /^\d+$/.test(arg)) ?? 20);
  const table = targets.map(({ series, wanted }) => {
    const rows = Math.max(40, Math.round(samples / series));
    const perSecond = (milliseconds: number): number => (1000 * series * rows) / milliseconds;
    const head = perSecond(throughHead(series, rows));
    const own = perSecond(timed(series, rows));
    const rings = perSecond(mapOfRings(series, rows));
    return { series, wanted, head, own, rings, creation: creation(series) };
  });
  const millions = (value: number): string => (value / 1e6).toFixed(1);
  console.table(
    table.map(({ series, wanted, head, own, rings, creation }) => ({
      series,
      'wanted M/s': millions(wanted),
      'head M/s': millions(head),
      'own times M/s': millions(own),
      'Map of rings M/s': millions(rings),
      ratio: (head / rings).toFixed(2),
      'first tick CPU ms': creation.toFixed(0),
    })),
  );
  console.log(JSON.stringify({ append: table }));
}
