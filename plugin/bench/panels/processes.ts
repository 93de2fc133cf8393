import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Its working directory. */
  readonly folder: string;
  /** Answers 200 when it is ready. */
  readonly readyUrl: string;
}

/** Runs a program until it is ready; it ends by {@link stop}. */
export async function start({ command, args, env, folder, readyUrl }: Program) {
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-4000)));
  for (let attempt = 0; ; attempt += 1) {
    const answer = await fetch(readyUrl).catch(() => undefined);
    if (answer?.ok === true) return child;
    if (child.exitCode !== null || attempt === 1200) {
      await stop(child);
      throw new Error(`${command} does not answer at ${readyUrl}\n${printed}`);
    }
    await setTimeout(100);
  }
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  await exited;
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
