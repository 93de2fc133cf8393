import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { RuleEngine } from '../src/rules/engine.js';
import { parseRules } from '../src/rules/load.js';
import { Head } from '../src/series/head.js';
import { startPeers, type Peers } from './differential/peers.js';
import { remoteWrite } from './differential/remote-write.js';

const RULES = 1000;
const SERIES = 10_000;
const REQUESTS = 'bench_requests_total';

/**
 * A thousand rules over ten thousand series that change each second, in one tick: half of them
 * record a rate, half of them alert on it, a tenth of those fires. The same file is evaluated by a
 * Prometheus that gets the same samples; its time is `prometheus_rule_group_last_duration_seconds`.
 * With `--vmalert`, also by a vmalert that asks a Prometheus without rules and writes to it; its time
 * is `vmalert_iteration_duration_seconds`, the mean of what ended between two looks a second apart.
 *
 * `npm run bench -- rules [--prometheus <binary>] [--vmalert <binary>] [--seconds 70]`
 */
export async function run(args: readonly string[] = process.argv.slice(1)): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      prometheus: { type: 'string', default: 'prometheus' },
      vmalert: { type: 'string' },
      seconds: { type: 'string', default: '70' },
    },
  });
  const ours = measureOurs();
  const { prometheus, vmalert } = values;
  const seconds = Number(values.seconds);
  const columns: Record<string, readonly number[]> = {
    kymo: ours.ticks,
    prometheus: await measurePrometheus(prometheus, seconds),
    ...(vmalert === undefined
      ? {}
      : { vmalert: await measureVmalert(prometheus, vmalert, seconds) }),
  };
  const row = (what: string, of: (values: readonly number[]) => number): object => ({
    what,
    ...Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, of(values)])),
  });
  const rows = [
    row('tick with the rules, median ms', median),
    row('tick with the rules, worst ms', (all) => round(Math.max(...all))),
  ];
  console.table(rows);
  const bytes = Math.round(ours.allocated);
  console.log(`alerts firing: ${ours.firing}; allocated a tick: ${bytes} bytes`);
  console.log(JSON.stringify({ bench: 'rules', rows, allocated: bytes }));
}

const round = (value: number): number => Math.round(value * 100) / 100;

function median(values: readonly number[]): number {
  return round([...values].sort((a, b) => a - b)[values.length >> 1]);
}

/** Odd rules alert on what the one before has recorded. */
function ruleFile(): string {
  const lines: string[] = [];
  for (let i = 0; i < RULES / 2; i++) {
    const rate = `sum by (mode) (rate(${REQUESTS}{group="${i}"}[1m]))`;
    lines.push(`  - {record: "bench:rate:${i}", expr: '${rate}'}`);
    const limit = i % 10 === 0 ? 0 : 1e9;
    lines.push(
      `  - {alert: "Rate${i}", expr: 'bench:rate:${i} > ${limit}', for: 5s, labels: {severity: warning}, annotations: {summary: '{{ $labels.mode }} at {{ $value | humanize }}'}}`,
    );
  }
  return `groups:\n- name: bench\n  interval: 1s\n  rules:\n${lines.join('\n')}\n`;
}

function labelsOf(i: number): Record<string, string> {
  return { group: String(i % (RULES / 2)), mode: i % 3 === 0 ? 'read' : 'write', id: String(i) };
}

const valueAt = (i: number, second: number): number => 1e6 + second * (1 + (i % 7));

function measureOurs(): { ticks: number[]; allocated: number; firing: number } {
  const head = new Head({});
  const writer = head.source('bench', { exposed: true });
  const family = writer.family({ name: REQUESTS, type: 'counter', help: 'Requests.' });
  const ids = Array.from({ length: SERIES }, (_, i) => writer.series(family, labelsOf(i)));
  const engine = new RuleEngine({
    reader: head,
    writer: (name) => head.source(name, { exposed: true, computed: true }),
    tick: 1000,
  });
  engine.replace(parseRules(ruleFile(), 'bench.yml'));
  const start = Math.floor(Date.now() / 1000) * 1000 - 200_000;
  const ticks: number[] = [];
  let allocated = 0;
  let counted = 0;
  for (let second = 0; second < 160; second++) {
    const time = start + second * 1000;
    ids.forEach((id, i) => writer.set(id, valueAt(i, second)));
    writer.commit(time);
    const before = process.memoryUsage().heapUsed;
    const begun = performance.now();
    engine.evaluate(time);
    const took = performance.now() - begun;
    const grown = process.memoryUsage().heapUsed - before;
    head.endTick(time);
    if (second < 100) continue;
    ticks.push(took);
    // Where it shrank, the collector ran.
    if (grown < 0) continue;
    allocated += grown;
    counted++;
  }
  const firing = engine.alerts().filter(({ state }) => state === 'firing').length;
  return { ticks, allocated: allocated / Math.max(1, counted), firing };
}

async function measurePrometheus(binary: string, seconds: number): Promise<number[]> {
  const peers = await startPeers({ binary, rules: ruleFile() });
  try {
    const last = /^prometheus_rule_group_last_duration_seconds\{.*\} (\S+)$/m;
    return await feed(peers, seconds, async () => {
      const page = await pageOf(peers.prometheus);
      return [Number(last.exec(page)?.[1]) * 1000];
    });
  } finally {
    peers.stop();
  }
}

async function measureVmalert(binary: string, path: string, seconds: number): Promise<number[]> {
  // Alerts must have somewhere to go.
  const sink = createServer((request, response) =>
    request.resume().on('end', () => response.end()),
  );
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  const notifier = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  const peers = await startPeers({
    binary,
    vmalert: { binary: path, rules: ruleFile(), notifier },
  });
  const total = (page: string, what: string): number =>
    Number(
      new RegExp(`^vmalert_iteration_duration_seconds_${what}\\{.*\\} (\\S+)$`, 'm').exec(
        page,
      )?.[1],
    );
  let before = { sum: NaN, count: NaN };
  try {
    return await feed(peers, seconds, async () => {
      const page = await pageOf(peers.vmalert);
      const now = { sum: total(page, 'sum'), count: total(page, 'count') };
      const mean = (1000 * (now.sum - before.sum)) / (now.count - before.count);
      before = now;
      return Number.isFinite(mean) ? [mean] : [];
    });
  } finally {
    peers.stop();
    sink.closeAllConnections();
    sink.close();
  }
}

const pageOf = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text();

/** Writes samples for so many seconds, and looks at the last quarter, when the window of a minute is full or nearly so. */
async function feed(
  { prometheus }: Peers,
  seconds: number,
  look: () => Promise<number[]>,
): Promise<number[]> {
  const seen: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const time = Date.now();
    const series = Array.from({ length: SERIES }, (_, i) => ({
      labels: { __name__: REQUESTS, ...labelsOf(i) },
      samples: [[time, valueAt(i, second)] as const],
    }));
    await remoteWrite(`${prometheus}/api/v1/write`, series);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, time + 1000 - Date.now())));
    if (second >= 0.75 * seconds) seen.push(...(await look()));
  }
  return seen;
}
