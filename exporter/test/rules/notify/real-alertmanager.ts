import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PROGRAM = '/usr/bin/prometheus-alertmanager';

/** Whether Debian's Alertmanager is there. In CI a missing one is an error. */
export function hasAlertmanager(): boolean {
  if (existsSync(PROGRAM)) return true;
  if (process.env.CI === 'true') throw new Error(`${PROGRAM} is missing, and CI must have it`);
  process.stderr.write(`${PROGRAM} is missing: its tests are skipped\n`);
  return false;
}

export interface RunningAlertmanager {
  readonly url: string;
  get(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Runs one that sends what it is told to `webhook`, almost at once. */
export async function startAlertmanager(webhook: string): Promise<RunningAlertmanager> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kymo-alertmanager-'));
  const config = {
    route: {
      receiver: 'test',
      group_by: ['alertname'],
      group_wait: '10ms',
      group_interval: '100ms',
    },
    receivers: [{ name: 'test', webhook_configs: [{ url: webhook }] }],
  };
  // JSON is YAML.
  writeFileSync(path.join(folder, 'alertmanager.yml'), JSON.stringify(config));
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(
    PROGRAM,
    [
      `--web.listen-address=${new URL(url).host}`,
      '--cluster.listen-address=',
      '--storage.path=data',
      '--config.file=alertmanager.yml',
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const exited = new Promise((resolve) => child.on('exit', resolve));
  const stop = async (): Promise<void> => {
    child.kill();
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let i = 0; i < 300; i++) {
    const ready = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) {
      const get = async (at: string): Promise<unknown> => (await fetch(url + at)).json();
      return { url, get, stop };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error(`Alertmanager does not answer\n${printed}`);
}
