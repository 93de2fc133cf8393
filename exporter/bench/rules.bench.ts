import { parseArgs } from 'node:util';
import { RuleEngine } from '../src/rules/engine.js';
import { parseRules } from '../src/rules/load.js';
import { Head } from '../src/series/head.js';
import { startPeers } from './differential/peers.js';
import { remoteWrite } from './differential/remote-write.js';

const RULES = 1000;
const SERIES = 10_000;
const REQUESTS = 'bench_requests_total';

/**
 * A thousand rules over ten thousand series that change each second, in one tick: half of them
 * record a rate, half of them alert on it, a tenth of those fires. The same file is evaluated by a
 * Prometheus that gets the same samples; its time is `prometheus_rule_group_last_duration_seconds`.
 *
 * `npm run bench -- rules [--prometheus <binary>] [--seconds 70]`
 */
export async function run(args: readonly string[] = process.argv.slice(1)): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      prometheus: { type: 'string', default: 'prometheus' },
      seconds: { type: 'string', default: '70' },
    },
  });
  const ours = measureOurs();
  const theirs = await measureTheirs(values.prometheus, Number(values.seconds));
  const rows = [
    {
      what: 'tick with the rules, median ms',
      kymo: median(ours.ticks),
      prometheus: median(theirs),
    },
    {
      what: 'tick with the rules, worst ms',
      kymo: round(Math.max(...ours.ticks)),
      prometheus: round(Math.max(...theirs)),
    },
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

async function measureTheirs(binary: string, seconds: number): Promise<number[]> {
  const peers = await startPeers({ binary, rules: ruleFile() });
  try {
    const durations: number[] = [];
    for (let second = 0; second < seconds; second++) {
      const time = Date.now();
      const series = Array.from({ length: SERIES }, (_, i) => ({
        labels: { __name__: REQUESTS, ...labelsOf(i) },
        samples: [[time, valueAt(i, second)] as const],
      }));
      await remoteWrite(`${peers.prometheus}/api/v1/write`, series);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, time + 1000 - Date.now())));
      // The last quarter, when the window of a minute is full or nearly so.
      if (second < 0.75 * seconds) continue;
      const page = await (await fetch(`${peers.prometheus}/metrics`)).text();
      const found = /^prometheus_rule_group_last_duration_seconds\{.*\} (\S+)$/m.exec(page);
      durations.push(Number(found?.[1]) * 1000);
    }
    return durations;
  } finally {
    peers.stop();
  }
}
