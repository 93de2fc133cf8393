import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './places.js';

/**
 * Programs that the tests run as a user would: the exporter from its build, and real peers. Each
 * listens on loopback, keeps its files in a folder that goes with it, and is stopped by its process id.
 * To add a peer: one function in peers.ts that calls {@link run}.
 */
const mainFile = path.join(root, 'exporter/dist/main.js');

export interface Running {
  readonly url: string;
  /** A folder of its own, removed at the stop. */
  readonly folder: string;
  readonly process: ChildProcess;
  /** All that it has printed. */
  output(): string;
  /** Ends it with SIGTERM (by default) and resolves with its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Ends it as {@link stop} does, and keeps its files for {@link restart}. */
  kill(signal?: NodeJS.Signals): Promise<number | null>;
  /**
   * Ends it as {@link stop} does, and runs it again at the same address with the same files, and the
   * same arguments unless `change` says others.
   */
  restart(
    signal?: NodeJS.Signals,
    change?: (args: readonly string[]) => readonly string[],
    /** Milliseconds that it is away for. */
    pause?: number,
  ): Promise<Running>;
}

/** A port of 127.0.0.1 that nothing listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });
}

/** Asks `ready` every 100 ms until it is true; throws after `seconds` with `what` in the message. */
export async function until(
  what: string,
  ready: () => boolean | Promise<boolean>,
  seconds = 60,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (await Promise.resolve(ready()).catch(() => false)) return;
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Whether a peer is installed. In CI a missing one is an error, elsewhere its tests are skipped. */
export function hasPeer(file: string): boolean {
  if (existsSync(file)) return true;
  if (process.env.CI === 'true') throw new Error(`${file} is missing, and CI must have it`);
  return false;
}

interface RunOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly url: string;
  readonly readyPath: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program and waits until it answers. */
export async function run(options: RunOptions): Promise<Running> {
  const { command, args, folder, url, readyPath, env } = options;
  const child = spawn(command, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let printed = '';
  const keep = (chunk: Buffer): void => {
    printed += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  let ended = false;
  void exited.then(() => (ended = true));
  const end = (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    if (!ended) child.kill(signal);
    return exited;
  };
  const stop = async (signal?: NodeJS.Signals): Promise<number | null> => {
    const code = await end(signal);
    rmSync(folder, { recursive: true, force: true });
    return code;
  };
  const restart: Running['restart'] = async (signal, change = (same) => same, pause = 0) => {
    await end(signal);
    await new Promise((resolve) => setTimeout(resolve, pause));
    return run({ ...options, args: change(args) });
  };
  try {
    const answers = async (): Promise<boolean> => ended || (await fetch(url + readyPath)).ok;
    // Grafana takes a minute and more on a machine that is busy with something else.
    await until(`${command} answers at ${url}`, answers, 110);
    if (ended) throw new Error(`${command} has ended`);
  } catch (thrown) {
    await stop('SIGKILL');
    throw new Error(`${String(thrown)}\n${printed}`, { cause: thrown });
  }
  return { url, folder, process: child, output: () => printed, stop, kill: end, restart };
}

/** A folder of its own for what {@link run} runs. */
export const newFolder = (): string => mkdtempSync(path.join(tmpdir(), 'kymo-e2e-'));

/** Runs `kymo <command>` from the build, on a free port, and waits until it is ready. */
export function startKymo(command: 'start' | 'demo', ...flags: string[]): Promise<Running> {
  return startKymoWith({}, command, ...flags);
}

/** As {@link startKymo}, with variables of the environment. */
export async function startKymoWith(
  env: Readonly<Record<string, string>>,
  command: 'start' | 'demo',
  ...flags: string[]
): Promise<Running> {
  const folder = newFolder();
  const port = await freePort();
  return run({
    command: process.execPath,
    args: [mainFile, command, '--listen.port', String(port), ...flags],
    folder,
    url: `http://127.0.0.1:${port}`,
    readyPath: '/-/ready',
    env: { KYMO_DATA_DIR: folder, ...env },
  });
}

/** Runs a command of `kymo` to its end; its exit code. */
export function kymoOnce(...args: string[]): number | null {
  return spawnSync(process.execPath, [mainFile, ...args]).status;
}

/** Folder of a built Grafana (`bin/grafana`, `conf/`, `public/`), `undefined` where none is set. */
export const grafanaHome = process.env.GRAFANA_HOME;

/** Whether a Grafana can be run; where not, says loudly which tests are left out. */
export function hasGrafana(what: string): boolean {
  if (grafanaHome !== undefined) return true;
  const why =
    process.env.GRAFANA_URL === undefined
      ? 'GRAFANA_HOME is not set'
      : 'they need a Grafana of their own, and GRAFANA_HOME is not set';
  process.stderr.write(`\n*** ${why}: ${what} DID NOT RUN. ***\n\n`);
  return false;
}

/**
 * Runs the Grafana of `GRAFANA_HOME`, admin/admin, with files for its provisioning folder
 * (`datasources/x.yaml` and so on); `env` wins over what is set here.
 */
export async function startGrafana(
  provisioning: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Running> {
  if (grafanaHome === undefined) throw new Error('GRAFANA_HOME is not set');
  const folder = newFolder();
  for (const [file, content] of Object.entries(provisioning)) {
    const target = path.join(folder, 'provisioning', file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, JSON.stringify(content));
  }
  const port = await freePort();
  return run({
    command: path.join(grafanaHome, 'bin/grafana'),
    args: ['server', '--homepath', grafanaHome],
    folder,
    url: `http://127.0.0.1:${port}`,
    readyPath: '/api/health',
    env: {
      GF_SERVER_HTTP_ADDR: '127.0.0.1',
      GF_SERVER_HTTP_PORT: String(port),
      GF_PATHS_DATA: path.join(folder, 'data'),
      GF_PATHS_LOGS: path.join(folder, 'logs'),
      GF_PATHS_PLUGINS: path.join(folder, 'plugins'),
      GF_PATHS_PROVISIONING: path.join(folder, 'provisioning'),
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
      GF_NEWS_NEWS_FEED_ENABLED: 'false',
      GF_SECURITY_DISABLE_GRAVATAR: 'true',
      GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED: 'true',
      GF_PLUGINS_PREINSTALL_DISABLED: 'true',
      // Grafana does not start with a contact point that has no address.
      KYMO_ALERT_WEBHOOK: 'http://127.0.0.1:9/',
      ...env,
    },
  });
}
