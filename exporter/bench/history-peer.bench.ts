// A day of 100 series at a second and 30 days of 1,000 series at five minutes, in Kymo's history and in
// Prometheus's blocks: bytes a sample on disk, and questions over HTTP. Arguments: the Prometheus binary
// (default `prometheus`), series of the day (default 100), series of the month (default 1000).
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './host-peer.js';

const [prometheus = 'prometheus', daySeries = '100', monthSeries = '1000'] = process.argv.slice(1);
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../..');
const MAIN = path.join(ROOT, 'exporter/dist/main.js');
const DAY = 86_400;
const REPEATS = 9;

interface Data {
  readonly name: string;
  readonly series: number;
  /** Seconds. */
  readonly span: number;
  readonly step: number;
}

const DATA: readonly Data[] = [
  { name: 'day', series: Number(daySeries), span: DAY - 3600, step: 1 },
  { name: 'month', series: Number(monthSeries), span: 30 * DAY - 2 * 3600, step: 300 },
];

/** Half are counters, half gauges that wander; all end at `end` (Unix seconds). */
async function writeText(
  file: string,
  { name, series, span, step }: Data,
  end: number,
): Promise<void> {
  const out = createWriteStream(file);
  for (let i = 0; i < series; i++) {
    const isCounter = i % 2 === 0;
    const metric = `${name}_${isCounter ? 'requests_total' : 'seconds'}{series="${i}",host="h${i % 10}"}`;
    let value = i + 1;
    const lines: string[] = [];
    for (let time = end - span; time <= end; time += step) {
      if (isCounter) value += (time + i) % 10;
      else value *= 1 + 0.02 * (Math.random() - 0.5);
      lines.push(`${metric} ${value} ${time}`);
    }
    if (!out.write(`${lines.join('\n')}\n`)) await once(out, 'drain');
  }
  out.end('# EOF\n');
  await once(out, 'close');
}

function execute(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

function bytesOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).reduce(
    (sum, entry) =>
      sum + (entry.isFile() ? statSync(path.join(entry.parentPath, entry.name)).size : 0),
    0,
  );
}

async function until(ready: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await ready().catch(() => false)) return;
    await wait(100);
  }
  throw new Error('a server does not answer');
}

interface Served {
  readonly url: string;
  readonly process: ChildProcess;
  /** Milliseconds from the start to ready. */
  readonly opened: number;
}

async function serve(command: string, args: (port: number) => readonly string[]): Promise<Served> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const started = performance.now();
  const child = spawn(command, args(port), { stdio: 'ignore' });
  await until(async () => (await fetch(`${url}/-/ready`)).ok);
  return { url, process: child, opened: performance.now() - started };
}

interface Question {
  readonly what: string;
  readonly query: string;
  /** Seconds. */
  readonly span: number;
  readonly step: number;
}

const QUESTIONS: readonly Question[] = [
  {
    what: '24 h at a minute: average',
    query: 'avg_over_time(day_seconds[1m])',
    span: DAY - 7200,
    step: 60,
  },
  {
    what: '24 h at a minute: rate',
    query: 'rate(day_requests_total[5m])',
    span: DAY - 7200,
    step: 60,
  },
  {
    what: '24 h at a minute: 95th percentile',
    query: 'quantile_over_time(0.95, day_seconds[5m])',
    span: DAY - 7200,
    step: 60,
  },
  {
    what: '30 d at an hour: average',
    query: 'avg_over_time(month_seconds[1h])',
    span: 29 * DAY,
    step: 3600,
  },
  {
    what: '30 d at an hour: increase, summed by host',
    query: 'sum by (host) (increase(month_requests_total[1h]))',
    span: 29 * DAY,
    step: 3600,
  },
];

interface Matrix {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}

/** Milliseconds of the first answer and the median of the others, and the last one's values. */
async function ask(url: string, { query, span, step }: Question, end: number) {
  const parameters = new URLSearchParams({
    query,
    start: String(Math.floor((end - span) / step) * step),
    end: String(Math.floor(end / step) * step),
    step: String(step),
  });
  const times: number[] = [];
  let answer: Matrix | undefined;
  for (let i = 0; i < REPEATS; i++) {
    const started = performance.now();
    const response = await fetch(`${url}/api/v1/query_range?${parameters.toString()}`);
    const text = await response.text();
    times.push(performance.now() - started);
    answer = JSON.parse(text) as Matrix;
    if (answer.status !== 'success') throw new Error(`${query}: ${answer.error ?? text}`);
  }
  const [first, ...others] = times;
  return {
    first,
    median: others.sort((a, b) => a - b)[others.length >> 1],
    values: valuesOf(answer),
  };
}

function valuesOf(answer: Matrix | undefined): Map<string, number> {
  const values = new Map<string, number>();
  for (const { metric, values: points } of answer?.data?.result ?? []) {
    const key = `${metric.series ?? ''}/${metric.host ?? ''}`;
    for (const [time, value] of points) values.set(`${key}@${time}`, Number(value));
  }
  return values;
}

/** Greatest relative difference where both have a value, and how many only one has. */
function compared(ours: ReadonlyMap<string, number>, theirs: ReadonlyMap<string, number>) {
  let worst = 0;
  let missing = 0;
  for (const [key, value] of theirs) {
    const mine = ours.get(key);
    if (mine === undefined) missing++;
    else worst = Math.max(worst, Math.abs(mine - value) / Math.max(1e-9, Math.abs(value)));
  }
  return { worst, missing, more: [...ours.keys()].filter((key) => !theirs.has(key)).length };
}

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

async function measure(folder: string): Promise<void> {
  // The newest samples are older than what the head would have.
  const end = Math.floor(Date.now() / 1000) - 1800;
  const ours = path.join(folder, 'kymo');
  const theirs = path.join(folder, 'prometheus');
  mkdirSync(ours);
  const sizes: Record<string, unknown>[] = [];
  for (const data of DATA) {
    const text = path.join(folder, `${data.name}.om`);
    await writeText(text, data, end);
    const before = bytesOf(ours);
    execute(process.execPath, [MAIN, 'history', 'import', text, '--data-dir', ours]);
    const blocks = path.join(folder, data.name);
    // It reads the text once a block: blocks as large as compaction would make them in time.
    const large = `--max-block-duration=${Math.ceil(data.span / 3600)}h`;
    execute('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', large, text, blocks]);
    const samples = data.series * (Math.floor(data.span / data.step) + 1);
    sizes.push({
      what: data.name,
      samples,
      'kymo, all tiers, bytes a sample': round((bytesOf(ours) - before) / samples, 2),
      'prometheus, bytes a sample': round(bytesOf(blocks) / samples, 2),
    });
    mkdirSync(theirs, { recursive: true });
    for (const block of readdirSync(blocks)) {
      execute('mv', [path.join(blocks, block), path.join(theirs, block)]);
    }
    rmSync(text);
  }
  console.table(sizes);
  const kymo = await serve(process.execPath, (port) => [
    MAIN,
    'start',
    '--listen.port',
    String(port),
    '--data-dir',
    ours,
    '--http.rate',
    '1000/s',
  ]);
  const peer = await serve(prometheus, (port) => [
    `--storage.tsdb.path=${theirs}`,
    '--storage.tsdb.retention.time=60d',
    `--web.listen-address=127.0.0.1:${port}`,
    '--config.file=/dev/null',
    '--query.max-samples=500000000',
  ]);
  try {
    const rows: Record<string, unknown>[] = [];
    for (const question of QUESTIONS) {
      const mine = await ask(kymo.url, question, end);
      const other = await ask(peer.url, question, end);
      const { worst, missing, more } = compared(mine.values, other.values);
      rows.push({
        what: question.what,
        'kymo first ms': round(mine.first),
        'kymo ms': round(mine.median),
        'prometheus first ms': round(other.first),
        'prometheus ms': round(other.median),
        ratio: round(mine.median / other.median, 2),
        points: other.values.size,
        'greatest difference': Number(worst.toPrecision(2)),
        'only there': missing,
        'only here': more,
      });
    }
    console.table(rows);
    const opened = { kymo: round(kymo.opened), prometheus: round(peer.opened) };
    console.log(`from start to ready, ms: ${opened.kymo}, Prometheus ${opened.prometheus}`);
    console.log(JSON.stringify({ bench: 'history-peer', sizes, rows, opened }));
  } finally {
    kymo.process.kill();
    peer.process.kill();
    await Promise.all([once(kymo.process, 'exit'), once(peer.process, 'exit')]);
  }
}

export async function run(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kymo-bench-history-'));
  try {
    await measure(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
