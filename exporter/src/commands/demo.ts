import path from 'node:path';
import { Demo } from '../demo/demo.js';
import type { Addresses } from '../demo/service.js';
import { createKymo } from '../kymo.js';
import { formatDuration } from '../lib/duration.js';
import type { Command, Invocation } from './command.js';
import type { Service } from './lifecycle.js';
import { provisioningFolder } from './provisioning-folder.js';
import { describeFlags, serve, type ServeContext } from './serve.js';

export const demo: Command = {
  name: 'demo',
  summary:
    'As start, with a service that has real traffic over four protocols and a fault at times.',
  usage: ['kymo demo [--config kymo.yml] [--<setting> <value> …]'],
  details: describeFlags,
  run: (invocation) => serve(invocation, (context) => demoService(context, invocation)),
};

/** The rule files that come with Kymo; key figures first, so that alerts see those of the same tick. */
const PROVIDED_RULES = ['kpi*.yml', '*.yml'].map((pattern) =>
  path.join(provisioningFolder, 'kymo', 'rules', pattern),
);

/** The exporter with the demo attached; says where both are reached once they run. */
function demoService(
  { options, config, logger }: ServeContext,
  { print }: Pick<Invocation, 'print'>,
): Service & { reload(): Promise<void> } {
  const log = logger.child('demo');
  const shop = new Demo({
    onFault: ({ name, endsAt }, phase) => {
      if (phase === 'ended') log.info('fault ended', { fault: name });
      else log.info('fault started', { fault: name, until: new Date(endsAt).toISOString() });
    },
    onLoadCrash: (how) => log.warn('the load process has ended; starting another', { how }),
  });
  const { registry, simulator } = shop;
  const files = config.rules.length === 0 ? PROVIDED_RULES : config.rules;
  const kymo = createKymo({
    ...options,
    rules: { ...options.rules, files },
    registry,
    simulator,
  });
  let stopping = false;
  return {
    async start() {
      // First, so that a port in use is told before anything else is begun.
      const { url } = await kymo.start();
      if (stopping) return;
      try {
        const addresses = await shop.start();
        print(guide({ url, addresses, interval: config.tick, faults: simulator.list() }));
      } catch (thrown) {
        await kymo.stop();
        throw thrown;
      }
    },
    reload: () => kymo.reload(),
    async stop() {
      stopping = true;
      await shop.stop();
      await kymo.stop();
    },
  };
}

interface Guide {
  readonly url: string;
  readonly addresses: Addresses;
  /** Milliseconds between two ticks. */
  readonly interval: number;
  readonly faults: readonly { readonly name: string; readonly description: string }[];
}

/** What to do next. */
function guide({ url, addresses, interval, faults }: Guide): string {
  const width = Math.max(...faults.map(({ name }) => name.length));
  return `
Kymo's demo is running.

  ${url}/            what is there
  ${url}/metrics     for Prometheus
  ${url}/api/health  how its sources do

A shop whose traffic comes from a process of its own:

  HTTP/1.1   ${addresses.http1}/api/products/1
  HTTP/2     ${addresses.http2}/products/1
  WebSocket  ${addresses.websocket}
  gRPC       ${addresses.grpc} (shop.v1.Inventory)

Let Prometheus scrape it (prometheus.yml):

  scrape_configs:
    - job_name: kymo
      scrape_interval: ${formatDuration(interval)}
      static_configs:
        - targets: ['${new URL(url).host}']

A fault comes by itself within the first minute, and then every few minutes. Start one now:

  curl -X POST ${url}/api/simulate -H 'content-type: application/json' \\
    -d '{"fault":"${faults[0]?.name}","duration":"40s"}'

${faults.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`).join('\n')}

Ctrl-C ends it.

`;
}
