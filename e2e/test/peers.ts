import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort, newFolder, run, type Running } from './processes.js';

/** Runs Debian's Alertmanager, which tells `webhook` of everything almost at once. */
export async function startAlertmanager(webhook: string): Promise<Running> {
  const folder = newFolder();
  const port = await freePort();
  const config = {
    route: { receiver: 'test', group_by: ['...'], group_wait: '10ms', group_interval: '100ms' },
    receivers: [{ name: 'test', webhook_configs: [{ url: webhook }] }],
  };
  // JSON is YAML.
  writeFileSync(path.join(folder, 'alertmanager.yml'), JSON.stringify(config));
  return run({
    command: '/usr/bin/prometheus-alertmanager',
    args: [
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--storage.path=data',
      '--config.file=alertmanager.yml',
    ],
    folder,
    url: `http://127.0.0.1:${port}`,
    readyPath: '/-/ready',
  });
}

interface PrometheusOptions {
  /** Scraped every second, host:port. */
  readonly target: string;
  /** Where it writes what it scrapes, by remote write. */
  readonly remoteWrite?: string;
}

/** Runs Debian's Prometheus. */
export async function startPrometheus({
  target,
  remoteWrite,
}: PrometheusOptions): Promise<Running> {
  const folder = newFolder();
  const port = await freePort();
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [{ job_name: 'kymo', static_configs: [{ targets: [target] }] }],
    remote_write: remoteWrite === undefined ? [] : [{ url: remoteWrite }],
  };
  // JSON is YAML.
  writeFileSync(path.join(folder, 'prometheus.yml'), JSON.stringify(config));
  return run({
    command: '/usr/bin/prometheus',
    args: [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    folder,
    url: `http://127.0.0.1:${port}`,
    readyPath: '/-/ready',
  });
}

/**
 * Runs Debian's Prometheus over blocks that are there; it scrapes nothing.
 * @param lookback how long a sample stands for its series
 */
export async function startPrometheusOver(blocks: string, lookback = '5m'): Promise<Running> {
  const folder = newFolder();
  const port = await freePort();
  writeFileSync(path.join(folder, 'prometheus.yml'), '{}');
  return run({
    command: '/usr/bin/prometheus',
    args: [
      '--config.file=prometheus.yml',
      `--storage.tsdb.path=${blocks}`,
      '--storage.tsdb.retention.time=10y',
      `--query.lookback-delta=${lookback}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    folder,
    url: `http://127.0.0.1:${port}`,
    readyPath: '/-/ready',
  });
}
