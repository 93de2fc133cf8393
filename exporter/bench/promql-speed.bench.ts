import { parseArgs } from 'node:util';
import { prepare } from '../src/promql/prepared.js';
import { Head } from '../src/series/head.js';
import { startPeers } from './differential/peers.js';
import { remoteWrite, type WritableSeries } from './differential/remote-write.js';

const RULES = 1000;

/**
 * The same questions over the same samples, asked of the exporter and of a Prometheus over HTTP in
 * turn; and a thousand recording-like expressions in one tick, beside Prometheus's group of the same.
 *
 * `npm run bench -- promql-speed [--prometheus <binary>] [--runs 15]`
 */
export async function run(args: readonly string[] = process.argv.slice(1)): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      prometheus: { type: 'string', default: 'prometheus' },
      runs: { type: 'string', default: '15' },
    },
  });
  const peers = await startPeers({ binary: values.prometheus, rules: ruleFile() });
  try {
    const end = Math.floor(Date.now() / 1000) * 1000 - 1000;
    await load([peers.kymo, peers.prometheus], end);
    const rows = await ask(peers, end, Number(values.runs));
    rows.push(await rules(peers.prometheus));
    console.table(rows);
    console.log(JSON.stringify({ bench: 'promql-speed', rows }));
  } finally {
    peers.stop();
  }
}

interface Row {
  readonly what: string;
  readonly ourMs: number;
  readonly theirMs: number;
  /** Ours of theirs; below 1 is faster. */
  readonly ratio: number;
}

const round = (value: number): number => Math.round(value * 100) / 100;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function row(what: string, ours: number, theirs: number): Row {
  return { what, ourMs: round(ours), theirMs: round(theirs), ratio: round(ours / theirs) };
}

const rule = (index: number): string =>
  `sum by (mode) (rate(bench_requests_total{group="${index}"}[1m]))`;

function ruleFile(): string {
  const lines = Array.from(
    { length: RULES },
    (_, index) => `  - {record: "bench:rate:${index}", expr: '${rule(index)}'}`,
  );
  return `groups:\n- name: bench\n  interval: 1s\n  rules:\n${lines.join('\n')}\n`;
}

const REQUESTS = 'bench_requests_total';

const requestLabels = (i: number): Record<string, string> => ({
  group: String(i % RULES),
  mode: i % 2 === 0 ? 'read' : 'write',
  id: String(i),
});

/** 100,000 series: 10,000 counters and 89,900 gauges each 15 s, 100 gauges each second. */
async function load(urls: readonly string[], end: number): Promise<void> {
  const every = (step: number, from: number): number[] => {
    const times: number[] = [];
    for (let time = end - from; time <= end; time += step) times.push(time);
    return times;
  };
  const series: WritableSeries[] = [];
  const coarse = every(15_000, 300_000);
  const fine = every(1000, 890_000);
  for (let i = 0; i < 10_000; i++) {
    series.push({
      labels: { __name__: REQUESTS, ...requestLabels(i) },
      samples: coarse.map((time, k) => [time, k * (i % 7)]),
    });
  }
  for (let i = 0; i < 89_900; i++) {
    series.push({
      labels: { __name__: 'bench_level', shard: String(i % 90), id: String(i) },
      samples: coarse.map((time, k) => [time, (k * i) % 101]),
    });
  }
  for (let i = 0; i < 100; i++) {
    series.push({
      labels: { __name__: 'bench_fine', id: String(i) },
      samples: fine.map((time, k) => [time, Math.sin(k / 50 + i)]),
    });
  }
  for (let from = 0; from < series.length; from += 2000) {
    const part = series.slice(from, from + 2000);
    for (const url of urls) await remoteWrite(`${url}/api/v1/write`, part);
  }
}

async function ask(
  peers: { readonly kymo: string; readonly prometheus: string },
  end: number,
  runs: number,
): Promise<Row[]> {
  const seconds = end / 1000;
  const range = `&start=${seconds - 890}&end=${seconds}&step=1`;
  const questions: readonly (readonly [string, string])[] = [
    ['instant, 1,000 series', `query?query=bench_level{shard="7"}&time=${seconds}`],
    [
      'instant, sum by of rate[1m], 10,000 series',
      `query?query=sum by (mode) (rate(bench_requests_total[1m]))&time=${seconds}`,
    ],
    ['range, 15 min at 1 s, 100 series', `query_range?query=bench_fine${range}`],
  ];
  const rows: Row[] = [];
  for (const [what, question] of questions) {
    const times: Record<'kymo' | 'prometheus', number[]> = { kymo: [], prometheus: [] };
    for (let i = 0; i < runs + 3; i++) {
      for (const peer of ['kymo', 'prometheus'] as const) {
        const started = performance.now();
        const response = await fetch(`${peers[peer]}/api/v1/${question}`);
        const body = await response.text();
        const took = performance.now() - started;
        if (!response.ok) throw new Error(body.slice(0, 300));
        if (i >= 3) times[peer].push(took);
      }
    }
    rows.push(row(what, median(times.kymo), median(times.prometheus)));
  }
  return rows;
}

/** Both get a sample of each of 10,000 counters a second, so that the last minute has sixty. */
async function rules(prometheus: string): Promise<Row> {
  const head = new Head({});
  const writer = head.source('bench', { exposed: false });
  const family = writer.family({
    name: 'bench_requests_total',
    type: 'counter',
    help: 'Requests.',
  });
  const ids = Array.from({ length: 10_000 }, (_, i) => {
    return writer.series(family, requestLabels(i));
  });
  const start = Math.floor(Date.now() / 1000) * 1000 - 120_000;
  for (let k = 0; k < 100; k++) {
    ids.forEach((id, i) => writer.set(id, k * (i % 7)));
    writer.commit(start + k * 1000);
    head.endTick(start + k * 1000);
  }
  const prepared = Array.from({ length: RULES }, (_, index) => prepare(rule(index), head));
  const ours: number[] = [];
  for (let k = 100; k < 130; k++) {
    ids.forEach((id, i) => writer.set(id, k * (i % 7)));
    writer.commit(start + k * 1000);
    head.endTick(start + k * 1000);
    const started = performance.now();
    for (const one of prepared) one.evaluate(start + k * 1000);
    if (k >= 110) ours.push(performance.now() - started);
  }
  const theirs: number[] = [];
  for (let k = 0; k < 75; k++) {
    const time = Date.now();
    const series = Array.from({ length: 10_000 }, (_, i) => ({
      labels: { __name__: REQUESTS, ...requestLabels(i) },
      samples: [[time, 1e6 + k * (i % 7)] as const],
    }));
    await remoteWrite(`${prometheus}/api/v1/write`, series);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, time + 1000 - Date.now())));
    if (k < 60) continue;
    const page = await (await fetch(`${prometheus}/metrics`)).text();
    const found = /^prometheus_rule_group_last_duration_seconds\{.*\} (\S+)$/m.exec(page);
    theirs.push(Number(found?.[1]) * 1000);
  }
  return row('1,000 rules in one tick, sum by of rate[1m] over ten', median(ours), median(theirs));
}
