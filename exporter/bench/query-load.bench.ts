import { fork } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, Registry } from 'prom-client';
import { createKymo } from '@kymo/exporter';
import { clientFile } from './query-load-client.js';

const SERIES = 100_000;
const CLIENTS = 4;
/**
 * The first ends as in Prometheus, at the first two metrics that differ in nothing but their name; the
 * second is computed to its end, or to the limit of samples.
 */
const EXPRESSIONS = ['sum(rate({__name__=~".+"}[5m]))', 'sum(rate({__name__=~"bench_.+"}[5m]))'];

/**
 * Whether heavy queries hold up the tick: an exporter with 100,000 series that change each second, and
 * four clients that ask for fifteen minutes of a rate over all of them, again and again.
 *
 * `npm run bench -- query-load [seconds, 60 by default]`
 */
export async function run(args: readonly string[] = process.argv.slice(1)): Promise<void> {
  const seconds = Number(args[0] ?? 60);
  const registry = new Registry();
  const gauge = new Gauge({
    name: 'bench_gauge',
    help: 'A gauge that changes every second.',
    labelNames: ['id', 'shard', 'zone'],
    registers: [registry],
  });
  for (let i = 0; i < SERIES; i++) gauge.set({ id: i, shard: i % 100, zone: i % 7 }, 0);
  // Not by set(), whose cost is prom-client's own; and a few at a time, as a service does.
  const entries = Object.values((gauge as unknown as { hashMap: object }).hashMap) as {
    value: number;
  }[];
  let next = 0;
  const changes = setInterval(() => {
    for (let i = 0; i < SERIES / 100; i++) entries[next++ % SERIES].value = next;
  }, 10);
  const kymo = createKymo({ listen: { port: 0 }, registry });
  const { url } = await kymo.start();
  // Some samples first, so that there is something to read, and the garbage of the start is gone.
  await new Promise((resolve) => setTimeout(resolve, 40_000));

  const rows: Row[] = [];
  for (const expression of EXPRESSIONS) rows.push(await load(url, expression, seconds));
  clearInterval(changes);
  await kymo.stop();
  console.table(rows.map((row) => ({ ...row, outcomes: JSON.stringify(row.outcomes) })));
  console.log(JSON.stringify({ bench: 'query-load', seconds, rows }));
}

interface Row {
  readonly expression: string;
  readonly series: number;
  readonly ticks: number;
  readonly late: number;
  /** Of the event loop that the tick runs on. */
  readonly delayMaxMs: number;
  readonly delayP99Ms: number;
  /** How many answers there were, by status. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** Lets all clients ask for some seconds. */
async function load(url: string, expression: string, seconds: number): Promise<Row> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const clients = Array.from({ length: CLIENTS }, () =>
    fork(clientFile, [url, expression], { execArgv: [] }),
  );
  const outcomes = new Map<string, number>();
  for (const client of clients) {
    client.on('message', (outcome: string) => {
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    });
  }
  // Starting four processes is no part of it.
  await Promise.all(clients.map((client) => once(client, 'message')));
  outcomes.clear();
  const before = await stats(url);
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  delay.disable();
  const after = await stats(url);
  for (const client of clients) {
    client.kill('SIGTERM');
    await once(client, 'exit');
  }
  return {
    expression,
    series: after.series.count,
    ticks: after.tick.count - before.tick.count,
    late: after.tick.late - before.tick.late,
    delayMaxMs: Math.round(delay.max / 1e5) / 10,
    delayP99Ms: Math.round(delay.percentile(99) / 1e5) / 10,
    outcomes: Object.fromEntries(outcomes),
  };
}

interface Stats {
  readonly series: { readonly count: number };
  readonly tick: { readonly count: number; readonly late: number };
}

async function stats(url: string): Promise<Stats> {
  return (await (await fetch(`${url}/api/stats`)).json()) as Stats;
}
