import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { Round, RoundResult } from './instrumentation/load.js';
import { generate } from './instrumentation/load.js';
import {
  type Listening,
  type Protocol,
  PROTOCOLS,
  serve,
  type Usage,
  type Variant,
  VARIANTS,
} from './instrumentation/server.js';

/** One server, measured over and over. */
interface Subject {
  readonly variant: Variant;
  readonly process: ChildProcess;
  readonly port: number;
}

/** Medians of one variant. */
interface Summary {
  readonly protocol: Protocol;
  readonly variant: Variant;
  readonly requestsPerSecond: number;
  /** Microseconds of CPU time that the server took for a request. */
  readonly cpu: number;
  /** Of throughput and of CPU time against the bare server in the same round. */
  readonly throughputRatio: number;
  readonly cpuRatio: number;
  /** Microseconds of CPU time a request more than the bare server. */
  readonly cost: number;
}

interface Sample {
  readonly requestsPerSecond: number;
  readonly cpu: number;
}

/**
 * Throughput of a server that does nothing else, with and without instrumentation, and with
 * prom-client middleware. The machine is never quiet, so the servers take turns in short rounds, and
 * each round is compared with the bare server's in the same turn. CPU time a request is the steadier
 * number, since what else runs does not add to it.
 *
 * Options: `--generations` (times the servers are started anew), `--rounds` (turns in each),
 * `--duration` (milliseconds of a round).
 */
export async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      generations: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '12' },
      duration: { type: 'string', default: '600' },
    },
    strict: false,
  });
  const load = start('generate');
  const results: Summary[] = [];
  for (const protocol of PROTOCOLS) {
    const samples = new Map<Variant, Sample[]>(VARIANTS.map((variant) => [variant, []]));
    for (let i = 0; i < Number(values.generations); i++) {
      const subjects = await Promise.all(VARIANTS.map((variant) => startServer(protocol, variant)));
      const duration = Number(values.duration);
      // Until the code is compiled.
      for (const subject of subjects) await measure({ subject, load, protocol, duration: 1500 });
      for (let round = 0; round < Number(values.rounds); round++) {
        // A turn begins with another one each time.
        for (let turn = 0; turn < subjects.length; turn++) {
          const subject = subjects[(turn + round) % subjects.length];
          samples.get(subject.variant)?.push(await measure({ subject, load, protocol, duration }));
        }
      }
      for (const subject of subjects) subject.process.disconnect();
    }
    for (const variant of VARIANTS) results.push(summarise(protocol, variant, samples));
  }
  load.disconnect();
  console.table(
    results.map((result) => ({
      protocol: result.protocol,
      variant: result.variant,
      'requests/s': Math.round(result.requestsPerSecond),
      'throughput ratio': result.throughputRatio.toFixed(3),
      'CPU µs a request': result.cpu.toFixed(2),
      'CPU ratio': result.cpuRatio.toFixed(3),
      'more than bare, µs': result.cost.toFixed(2),
    })),
  );
  console.log(JSON.stringify({ benchmark: 'instrumentation', node: process.version, results }));
}

/** Runs a function of this benchmark in a process of its own. */
function start(name: 'generate' | 'serve', ...args: readonly string[]): ChildProcess {
  const code = `import(${JSON.stringify(import.meta.url)}).then(({ child }) => child(...${JSON.stringify([name, ...args])}))`;
  return spawn(process.execPath, ['--eval', code], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** What a child process runs. */
export function child(name: 'generate' | 'serve', protocol: Protocol, variant: Variant): void {
  if (name === 'generate') generate();
  else serve(protocol, variant);
}

async function startServer(protocol: Protocol, variant: Variant): Promise<Subject> {
  const server = start('serve', protocol, variant);
  const [{ port }] = (await once(server, 'message')) as [Listening];
  return { variant, process: server, port };
}

async function measure(of: {
  subject: Subject;
  load: ChildProcess;
  protocol: Protocol;
  duration: number;
}): Promise<Sample> {
  const { subject, load, protocol, duration } = of;
  const before = await usageOf(subject);
  load.send({ protocol, port: subject.port, duration } satisfies Round);
  const [{ requests, seconds }] = (await once(load, 'message')) as [RoundResult];
  const after = await usageOf(subject);
  return {
    requestsPerSecond: requests / seconds,
    cpu: (after.cpu - before.cpu) / (after.requests - before.requests),
  };
}

async function usageOf({ process: server }: Subject): Promise<Usage> {
  server.send('usage');
  const [usage] = (await once(server, 'message')) as [Usage];
  return usage;
}

function summarise(
  protocol: Protocol,
  variant: Variant,
  samples: ReadonlyMap<Variant, readonly Sample[]>,
): Summary {
  const bare = samples.get('bare') ?? [];
  const own = samples.get(variant) ?? [];
  return {
    protocol,
    variant,
    requestsPerSecond: median(own.map((sample) => sample.requestsPerSecond)),
    cpu: median(own.map((sample) => sample.cpu)),
    throughputRatio: median(own.map((s, i) => s.requestsPerSecond / bare[i].requestsPerSecond)),
    cpuRatio: median(own.map((sample, i) => sample.cpu / bare[i].cpu)),
    cost: median(own.map((sample, i) => sample.cpu - bare[i].cpu)),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
