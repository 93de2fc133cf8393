import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { LabelSet, METRIC_NAME } from '../../../src/series/labels.js';
import type { MetricType } from '../../../src/series/metadata.js';
import { parseExpositionText } from '../../../src/sources/system/exposition-text.js';

const BINARY = '/usr/bin/prometheus-node-exporter';

/** Whether the real one is installed. Says so loudly where it is not, and fails in CI. */
export function hasNodeExporter(): boolean {
  if (existsSync(BINARY)) return true;
  const remedy = 'sudo apt-get install prometheus-node-exporter';
  if (process.env['CI']) throw new Error(`${BINARY} is missing; ${remedy}`);
  process.stderr.write(`\nSKIPPED: ${BINARY} is missing; ${remedy}\n\n`);
  return false;
}

export interface PeerFamily {
  readonly type: MetricType;
  /** Values by series as PromQL writes them. */
  readonly samples: ReadonlyMap<string, number>;
}

export interface NodeExporter {
  /** What it tells now, by family; only the host's families. */
  scrape(): Promise<ReadonlyMap<string, PeerFamily>>;
  stop(): Promise<void>;
}

/** Starts the real node_exporter on a free port of loopback. */
export async function startNodeExporter(flags: readonly string[] = []): Promise<NodeExporter> {
  const port = await freePort();
  const process = spawn(BINARY, [`--web.listen-address=127.0.0.1:${port}`, ...flags], {
    stdio: 'ignore',
  });
  const exited = once(process, 'exit');
  const url = `http://127.0.0.1:${port}/metrics`;
  for (let attempt = 0; ; attempt++) {
    try {
      await fetch(url).then((response) => response.text());
      break;
    } catch (thrown) {
      if (process.exitCode !== null || attempt === 200) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  return {
    scrape: async () => {
      const response = await fetch(url);
      return hostFamilies(await response.text());
    },
    stop: async () => {
      process.kill();
      await exited;
    },
  };
}

/** The families of the host: neither those of Go and the process nor those of the exporter itself. */
function hostFamilies(text: string): Map<string, PeerFamily> {
  const families = new Map<string, PeerFamily>();
  for (const { metadata, samples } of parseExpositionText(text)) {
    const { name, type } = metadata;
    if (/^(go|process|promhttp)_|^node_(exporter|scrape)_/.test(name)) continue;
    const values = samples.map(({ suffix, labels, value }): [string, number] => [
      LabelSet.from({ ...labels, [METRIC_NAME]: name + suffix }).toString(),
      value,
    ]);
    families.set(name, { type, samples: new Map(values) });
  }
  return families;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
