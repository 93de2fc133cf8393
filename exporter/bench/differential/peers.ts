import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Peers {
  /** Address of the exporter. */
  readonly kymo: string;
  /** Address of the Prometheus. */
  readonly prometheus: string;
  /** Address of the vmalert; empty where there is none. */
  readonly vmalert: string;
  readonly stop: () => void;
}

export interface PeerOptions {
  /** The Prometheus to run; `prometheus` of the path by default. */
  readonly binary: string;
  /** Rule file of the Prometheus, as it stands; none by default. */
  readonly rules?: string;
  /** A vmalert that evaluates a rule file against the Prometheus; none by default. */
  readonly vmalert?: {
    readonly binary: string;
    readonly rules: string;
    /** Address that it sends alerts to. */
    readonly notifier: string;
  };
}

/** Runs the built exporter and a Prometheus, both empty, on free ports of the loopback address. */
export async function startPeers({ binary, rules, vmalert }: PeerOptions): Promise<Peers> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kymo-bench-'));
  const processes: ChildProcess[] = [];
  const launch = (command: string, args: readonly string[]): void => {
    processes.push(spawn(command, args, { cwd: folder, stdio: 'ignore' }));
  };
  const stop = (): void => {
    for (const child of processes) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [ourPort, theirPort] = [await freePort(), await freePort()];
    const config = 'global: {evaluation_interval: 1s}\nrule_files: [rules.yml]\n';
    writeFileSync(path.join(folder, 'prometheus.yml'), config);
    writeFileSync(path.join(folder, 'rules.yml'), rules ?? 'groups: []\n');
    const main = fileURLToPath(import.meta.resolve('@kymo/exporter')).replace(
      /kymo\.js$/,
      'main.js',
    );
    const ours = ['start', '--listen.port', `${ourPort}`, '--data_dir', folder];
    launch(process.execPath, [
      main,
      ...ours,
      '--http.rate',
      '100000/s',
      '--series.retention',
      '30m',
    ]);
    launch(binary, [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=tsdb',
      '--web.enable-remote-write-receiver',
      `--web.listen-address=127.0.0.1:${theirPort}`,
    ]);
    const kymo = `http://127.0.0.1:${ourPort}`;
    const prometheus = `http://127.0.0.1:${theirPort}`;
    for (const url of [kymo, prometheus]) await ready(`${url}/-/ready`);
    if (vmalert === undefined) return { kymo, prometheus, vmalert: '', stop };
    const port = await freePort();
    writeFileSync(path.join(folder, 'vmalert.yml'), vmalert.rules);
    launch(vmalert.binary, [
      '-rule=vmalert.yml',
      `-datasource.url=${prometheus}`,
      `-remoteWrite.url=${prometheus}`,
      `-notifier.url=${vmalert.notifier}`,
      `-httpListenAddr=127.0.0.1:${port}`,
    ]);
    const third = `http://127.0.0.1:${port}`;
    await ready(`${third}/health`);
    return { kymo, prometheus, vmalert: third, stop };
  } catch (thrown) {
    stop();
    throw thrown;
  }
}

async function ready(url: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} did not answer within 30 s`);
}

function freePort(): Promise<number> {
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
