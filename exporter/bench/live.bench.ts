import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { clientFile } from './live-client.js';
import type { FromClient, FromServer, ServerKind } from './live-messages.js';
import { serverFile } from './live-server.js';

/** Client processes, so that one does not measure its own queue. */
const CLIENT_PROCESSES = 2;

interface Options {
  readonly clients: number;
  readonly hz: number;
  readonly seconds: number;
  readonly topics: number;
}

/**
 * Fan-out over WebSocket on loopback: clients in processes of their own, each with one subscription of
 * about 1 KB, beside a bare `ws` server that sends one prepared buffer. Latency counts from the tick's
 * grid time to the receipt of the bytes.
 *
 * `npm run bench -- live [--clients 1000] [--hz 1] [--seconds 20] [--topics 1]`
 */
export async function run(args: readonly string[] = process.argv.slice(1)): Promise<void> {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: {
      clients: { type: 'string', default: '1000' },
      hz: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '20' },
      topics: { type: 'string', default: '1' },
    },
  });
  const options: Options = {
    clients: Number(values.clients),
    hz: Number(values.hz),
    seconds: Number(values.seconds),
    topics: Number(values.topics),
  };
  const kymo = await measure('kymo', options);
  const ws = await measure('ws', options);
  console.table([kymo, ws]);
  const ratio = Math.round((100 * kymo.messagesPerCpuSecond) / ws.messagesPerCpuSecond) / 100;
  console.log(JSON.stringify({ bench: 'live', ...options, kymo, ws, ratio }));
}

async function measure(kind: ServerKind, { clients, hz, seconds, topics }: Options) {
  const server = start(serverFile, [kind, hz], ['--expose-gc']);
  const listening = await next<FromServer, 'listening'>(server, 'listening');
  const share = Math.ceil(clients / CLIENT_PROCESSES);
  const counts = Array.from({ length: CLIENT_PROCESSES }, (_, i) =>
    Math.max(0, Math.min(share, clients - i * share)),
  ).filter((count) => count > 0);
  const peers = counts.map((count) =>
    start(clientFile, [listening.port, count, 1000 / hz, topics]),
  );
  const connected = await Promise.all(
    peers.map((peer) => next<FromClient, 'connected'>(peer, 'connected')),
  );
  // One tick and more, for what connecting left behind.
  await sleep(2000);
  for (const process of [server, ...peers]) process.send({ kind: 'begin' });
  await sleep(seconds * 1000);
  server.send({ kind: 'end' });
  const measured = await next<FromServer, 'measured'>(server, 'measured');
  const latencies = await Promise.all(
    peers.map((peer) => {
      const answer = next<FromClient, 'measured'>(peer, 'measured');
      peer.send({ kind: 'end' });
      return answer;
    }),
  );
  server.kill('SIGTERM');
  await once(server, 'exit');
  const sorted = merge(latencies.map((one) => one.latencies));
  const received = sorted.reduce((sum, [, count]) => sum + count, 0);
  return {
    server: kind,
    connectSeconds: Math.round(Math.max(...connected.map((one) => one.milliseconds)) / 10) / 100,
    lateTicks: measured.late,
    messageBytes: Math.round(measured.messageBytes),
    received,
    p50Ms: quantile(sorted, received, 0.5),
    p95Ms: quantile(sorted, received, 0.95),
    p99Ms: quantile(sorted, received, 0.99),
    cpuPercent: Math.round((1000 * measured.cpu) / seconds) / 10,
    messagesPerCpuSecond: Math.round(measured.messages / measured.cpu),
    rssPerClientKB: Math.round((measured.rss - listening.rss) / clients / 102.4) / 10,
  };
}

function start(file: string, args: readonly (string | number)[], execArgv: string[] = []) {
  return fork(file, args.map(String), { execArgv });
}

/** The next message of one kind. */
function next<Message extends { readonly kind: string }, Kind extends Message['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<Message, { readonly kind: Kind }>> {
  return new Promise((resolve, reject) => {
    const failed = (code: number | null): void =>
      reject(new Error(`a process of the benchmark ended with ${code}`));
    const take = (message: Message): void => {
      if (message.kind !== kind) return;
      child.off('message', take);
      child.off('exit', failed);
      resolve(message as Extract<Message, { readonly kind: Kind }>);
    };
    child.on('message', take);
    child.once('exit', failed);
  });
}

type Counts = readonly (readonly [tenths: number, count: number])[];

function merge(all: readonly Counts[]): Counts {
  const merged = new Map<number, number>();
  for (const counts of all) {
    for (const [tenths, count] of counts) merged.set(tenths, (merged.get(tenths) ?? 0) + count);
  }
  return [...merged].sort(([a], [b]) => a - b);
}

/** Milliseconds. */
function quantile(sorted: Counts, total: number, q: number): number {
  let rank = Math.ceil(q * total);
  for (const [tenths, count] of sorted) {
    rank -= count;
    if (rank <= 0) return tenths / 10;
  }
  return NaN;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
