// CPU of the host collectors, all together and each, beside node_exporter scraped in the same run.
// Arguments: rounds (default 300), milliseconds between the rounds of the second half (default 100).
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Head } from '../src/series/head.js';
import type { SourceWriter } from '../src/series/writer.js';
import { NoData, type Source } from '../src/sources/source.js';
import { systemSources } from '../src/sources/system/index.js';
import { freePort, NODE_EXPORTER, Peer, printTable, usageOf } from './host-peer.js';

const TARGET = 4;

interface Entry {
  readonly source: Source;
  readonly writer: SourceWriter;
}

/** Milliseconds of CPU that this process uses in `run`, all its threads together. */
async function cpuOf(run: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

class Host {
  readonly #head = new Head({});
  readonly entries: readonly Entry[] = systemSources().map((source) => ({
    source,
    writer: this.#head.source(source.name, { exposed: true }),
  }));
  #time = Date.now();

  /** Collects once and commits, as a tick does. */
  async tick(entries = this.entries): Promise<void> {
    this.#time += 1000;
    const signal = new AbortController().signal;
    for (const { source, writer } of entries) {
      try {
        const result = source.collect({ time: this.#time, writer, signal });
        if (result !== undefined) await result;
        writer.commit(this.#time);
      } catch (thrown) {
        if (!(thrown instanceof NoData)) throw thrown;
        writer.fail(this.#time);
      }
    }
    this.#head.endTick(this.#time);
  }

  get series(): number {
    return this.#head.exposedFamilies().reduce((sum, { series }) => sum + series.length, 0);
  }

  async stop(): Promise<void> {
    for (const { source } of this.entries) await source.stop?.();
  }
}

/** CPU milliseconds a run. */
async function measure(rounds: number, run: () => Promise<void>): Promise<number> {
  return (
    (await cpuOf(async () => {
      for (let i = 0; i < rounds; i++) await run();
    })) / rounds
  );
}

export async function run(): Promise<void> {
  const numbers = process.argv.slice(1).map(Number).filter(Number.isFinite);
  const [rounds = 300, spacing = 100] = numbers;
  const host = new Host();
  for (let i = 0; i < 50; i++) await host.tick();

  // What a tick costs that comes after a pause, as ticks do: caches are cold.
  const spaced: number[] = [];
  const pacedRounds = Math.max(20, Math.floor(rounds / 5));
  for (let i = 0; i < pacedRounds; i++) {
    await setTimeout(spacing);
    spaced.push(await cpuOf(() => host.tick()));
  }
  spaced.sort((a, b) => a - b);
  const median = spaced[Math.floor(spaced.length / 2)];
  const mean = spaced.reduce((sum, value) => sum + value, 0) / spaced.length;
  const inARow = Math.min(
    await measure(rounds, () => host.tick()),
    await measure(rounds, () => host.tick()),
  );

  const each = new Map<string, number>();
  for (const entry of host.entries) {
    each.set(entry.source.name, await measure(rounds, () => host.tick([entry])));
  }

  let peerSpaced = NaN;
  let peerInARow = NaN;
  if (existsSync(NODE_EXPORTER)) {
    const port = await freePort();
    const address = `--web.listen-address=127.0.0.1:${port}`;
    const peer = await Peer.start(NODE_EXPORTER, [address], { port, path: '/metrics' });
    for (let i = 0; i < 50; i++) await peer.scrape();
    let before = usageOf(peer.pid).cpu;
    for (let i = 0; i < pacedRounds; i++) {
      await setTimeout(spacing);
      await peer.scrape();
    }
    peerSpaced = (usageOf(peer.pid).cpu - before) / pacedRounds;
    before = usageOf(peer.pid).cpu;
    for (let i = 0; i < rounds; i++) await peer.scrape();
    peerInARow = (usageOf(peer.pid).cpu - before) / rounds;
    await peer.stop();
  } else console.log(`SKIPPED: ${NODE_EXPORTER} is not installed`);

  console.log(`CPU ms of one collection (Node ${process.version}, ${host.series} series)\n`);
  printTable(
    ['', `every ${spacing} ms`, 'in a row'],
    [
      ['all collectors, appended to the head', median.toFixed(3), inARow.toFixed(3)],
      ['node_exporter, one scrape over HTTP', peerSpaced.toFixed(3), peerInARow.toFixed(3)],
      ['ratio', (peerSpaced / median).toFixed(1), (peerInARow / inARow).toFixed(1)],
    ],
  );
  console.log();
  printTable(
    ['collector', 'CPU ms'],
    [...each].sort(([, a], [, b]) => b - a).map(([name, cpu]) => [name, cpu.toFixed(4)]),
  );
  await host.stop();
  console.log(
    JSON.stringify({
      benchmark: 'collectors',
      node: process.version,
      series: host.series,
      target: TARGET,
      spacedMedian: median,
      spacedMean: mean,
      inARow,
      peer: { spaced: peerSpaced, inARow: peerInARow },
      collectors: Object.fromEntries(each),
    }),
  );
}
