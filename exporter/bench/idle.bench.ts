// CPU and memory of the idle exporter at a tick of 1 s, beside node_exporter scraped each second and
// netdata, over the same period. Argument: seconds (default 300).
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort, NODE_EXPORTER, Peer, printTable, usageOf } from './host-peer.js';

const WARM_UP = 15;
const MEMORY_EVERY = 5;
const MEBIBYTE = 1024 * 1024;
/** Where netdata is unpacked, if not in the root. */
const NETDATA_ROOT = process.env['NETDATA_ROOT'] ?? '';
const NETDATA = `${NETDATA_ROOT}/usr/sbin/netdata`;

interface Subject {
  readonly name: string;
  readonly peer: Peer;
  /** Whether it is scraped each second; one that is not collects by itself. */
  readonly scraped: boolean;
}

interface Result {
  readonly name: string;
  /** Percent of one core. */
  cpu: number;
  /** Bytes. */
  rssMean: number;
  rssMax: number;
  processes: number;
  /** Of one scrape. */
  bytes: number;
}

/** The exporter as it is built, with nothing but its defaults. */
async function startKymo(folder: string): Promise<Peer> {
  const port = await freePort();
  const main = path.join(process.cwd(), 'exporter/dist/main.js');
  const args = [main, 'start', '--listen.port', String(port), '--data_dir', folder];
  return Peer.start(process.execPath, args, { port, path: '/metrics' });
}

async function startNodeExporter(): Promise<Peer> {
  const port = await freePort();
  const args = [`--web.listen-address=127.0.0.1:${port}`];
  return Peer.start(NODE_EXPORTER, args, { port, path: '/metrics' });
}

/** Netdata with the plugins that collect the host itself, and as much history as the exporter keeps. */
async function startNetdata(folder: string): Promise<Peer> {
  const port = await freePort();
  for (const part of ['cache', 'lib', 'log', 'config']) {
    mkdirSync(path.join(folder, part), { recursive: true });
  }
  const config = path.join(folder, 'netdata.conf');
  const off = ['apps', 'cgroups', 'charts.d', 'ebpf', 'fping', 'go.d', 'ioping', 'node.d'];
  off.push(
    'nfacct',
    'perf',
    'python.d',
    'slabinfo',
    'statsd',
    'tc',
    'timex',
    'freeipmi',
    'xenstat',
  );
  writeFileSync(
    config,
    [
      '[directories]',
      ...['cache', 'lib', 'log'].map((part) => `  ${part} = ${path.join(folder, part)}`),
      `  config = ${path.join(folder, 'config')}`,
      `  stock config = ${NETDATA_ROOT}/usr/lib/netdata/conf.d`,
      `  plugins = "${NETDATA_ROOT}/usr/lib/netdata/plugins.d"`,
      `  web = ${NETDATA_ROOT}/usr/share/netdata/web`,
      '[db]',
      '  update every = 1',
      '  mode = ram',
      '  retention = 900',
      '[web]',
      `  bind to = 127.0.0.1:${port}`,
      '[health]',
      '  enabled = no',
      '[plugins]',
      ...off.map((name) => `  ${name} = no`),
      '',
    ].join('\n'),
  );
  const args = ['-D', '-c', config, '-u', process.env['USER'] ?? 'root'];
  return Peer.start(NETDATA, args, { port, path: '/api/v1/allmetrics?format=prometheus' });
}

async function measure(subjects: readonly Subject[], seconds: number): Promise<Result[]> {
  const before = subjects.map(({ peer }) => usageOf(peer.pid).cpu);
  const results = subjects.map(({ name }): Result => ({
    name,
    cpu: 0,
    rssMean: 0,
    rssMax: 0,
    processes: 0,
    bytes: 0,
  }));
  const started = performance.now();
  let looks = 0;
  for (let second = 1; second <= seconds; second++) {
    await Promise.all(
      subjects.map(async ({ peer, scraped }) => {
        if (scraped) await peer.scrape();
      }),
    );
    if (second % MEMORY_EVERY === 0) {
      looks++;
      subjects.forEach(({ peer }, i) => {
        const { rss, processes } = usageOf(peer.pid);
        results[i].rssMean += rss;
        results[i].rssMax = Math.max(results[i].rssMax, rss);
        results[i].processes = Math.max(results[i].processes, processes);
      });
    }
    await setTimeout(Math.max(0, started + second * 1000 - performance.now()));
  }
  const elapsed = performance.now() - started;
  subjects.forEach(({ peer }, i) => {
    results[i].cpu = ((usageOf(peer.pid).cpu - before[i]) / elapsed) * 100;
    results[i].rssMean /= Math.max(1, looks);
  });
  // Also of those that were not scraped: it shows that they have collected.
  for (const [i, { peer }] of subjects.entries()) results[i].bytes = await peer.scrape();
  return results;
}

export async function run(): Promise<void> {
  const seconds = process.argv.slice(1).map(Number).find(Number.isFinite) ?? 300;
  const folder = mkdtempSync(path.join(tmpdir(), 'kymo-idle-'));
  const subjects: Subject[] = [];
  try {
    const idle = await startKymo(path.join(folder, 'a'));
    subjects.push({ name: 'kymo, tick 1 s', peer: idle, scraped: false });
    const scraped = await startKymo(path.join(folder, 'b'));
    subjects.push({ name: 'kymo, tick 1 s, scraped each second', peer: scraped, scraped: true });
    if (existsSync(NODE_EXPORTER)) {
      const peer = await startNodeExporter();
      subjects.push({ name: 'node_exporter, scraped each second', peer, scraped: true });
    } else console.log(`SKIPPED: ${NODE_EXPORTER} is not installed`);
    if (existsSync(NETDATA)) {
      const peer = await startNetdata(path.join(folder, 'netdata'));
      subjects.push({ name: 'netdata, every second, host plugins', peer, scraped: false });
    } else console.log(`SKIPPED: ${NETDATA} is not installed (Debian package netdata)`);

    await setTimeout(WARM_UP * 1000);
    const results = await measure(subjects, seconds);
    console.log(`Node ${process.version}, over ${seconds} s, after ${WARM_UP} s\n`);
    printTable(
      ['', 'CPU % of a core', 'RSS MiB mean', 'RSS MiB max', 'processes', 'bytes a scrape'],
      results.map(({ name, cpu, rssMean, rssMax, processes, bytes }) => [
        name,
        cpu.toFixed(2),
        (rssMean / MEBIBYTE).toFixed(1),
        (rssMax / MEBIBYTE).toFixed(1),
        processes,
        bytes,
      ]),
    );
    console.log(JSON.stringify({ benchmark: 'idle', node: process.version, seconds, results }));
  } finally {
    for (const { peer } of subjects) await peer.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
