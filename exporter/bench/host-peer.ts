import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';

export const NODE_EXPORTER = '/usr/bin/prometheus-node-exporter';

/** USER_HZ: /proc/<pid>/stat counts CPU time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/**
 * CPU milliseconds that a process and its descendants have used (those that have ended too), and the
 * resident memory in bytes of those that live.
 */
export function usageOf(pid: number): { cpu: number; rss: number; processes: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  let cpu = (ticks * 1000) / TICKS_PER_SECOND;
  const rss = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  let bytes = Number(rss ?? 0) * 1024;
  let processes = 1;
  for (const child of childrenOf(pid)) {
    try {
      const below = usageOf(child);
      cpu += below.cpu;
      bytes += below.rss;
      processes += below.processes;
    } catch {
      // It has ended meanwhile.
    }
  }
  return { cpu, rss: bytes, processes };
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
      .split(' ')
      .filter((child) => child !== '')
      .map(Number),
  );
}

/** A program that serves metrics on a port of loopback. */
export class Peer {
  readonly #process: ChildProcess;
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(process: ChildProcess, url: string) {
    this.#process = process;
    this.#url = url;
  }

  /** @param path what is scraped */
  static async start(
    command: string,
    args: readonly string[],
    { port, path }: { port: number; path: string },
  ): Promise<Peer> {
    if (!existsSync(command)) throw new Error(`${command} is not installed`);
    const process = spawn(command, args, { stdio: 'ignore' });
    const peer = new Peer(process, `http://127.0.0.1:${port}${path}`);
    for (let attempt = 0; ; attempt++) {
      try {
        await peer.scrape();
        return peer;
      } catch (thrown) {
        if (process.exitCode !== null || attempt === 400) {
          process.kill();
          throw new Error(`${command} does not answer`, { cause: thrown });
        }
        await setTimeout(50);
      }
    }
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error('the process did not start');
    return this.#process.pid;
  }

  /** Bytes of one scrape over a connection that is kept. */
  scrape(): Promise<number> {
    return new Promise((resolve, reject) => {
      get(this.#url, { agent: this.#agent }, (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => (bytes += chunk.length));
        response.on('end', () => resolve(bytes));
        response.on('error', reject);
      }).on('error', reject);
    });
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill();
    await exited;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** A table of columns as wide as their content; numbers to the right. */
export function printTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const cells = [header, ...rows.map((row) => row.map(String))];
  const widths = header.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  for (const row of cells) {
    const line = row.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]),
    );
    console.log(line.join('  ').trimEnd());
  }
}
