import { connect } from 'node:net';
import { afterEach } from 'vitest';
import type { Health, Stats } from '@kymo/contract';
import { KymoError } from '../../src/lib/errors.js';
import { systemClock } from '../../src/lib/clock.js';
import type {
  AlertsDoor,
  CurrentDoor,
  HttpDependencies,
  LiveDoor,
  RuleDefinition,
  RulesDoor,
  RuleTestRange,
  Simulator,
  WatchesDoor,
} from '../../src/http/dependencies.js';
import { HttpServer, type HttpServerOptions } from '../../src/http/server.js';

/**
 * A real server on a free port of 127.0.0.1, over dependencies that a test may replace. Servers are
 * closed after each test.
 */
const open: HttpServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close(0)));
});

export const health: Health = {
  status: 'degraded',
  version: '1.2.3',
  sources: [
    { name: 'cpu', status: 'ok', duration: 0.001, failures: 0 },
    {
      name: 'disk<script>',
      status: 'failed',
      duration: 0.5,
      failures: 3,
      error: 'cannot read "/proc/diskstats" & more',
      errorTime: 1_700_000_000_000,
    },
  ],
};

export const stats: Stats = {
  uptime: 90,
  tick: { interval: 1000, number: 1_700_000_000, count: 90, late: 1, clockSetBack: 0 },
  series: { count: 1234, limit: 200_000 },
  memory: { used: 1_048_576, budget: 536_870_912 },
  samples: { cpu: 12_345 },
  dropped: {},
  refused: {},
};

export const simulator: Simulator = {
  list: () => [{ name: 'latency', description: 'Slower.' }],
  active: () => [],
  start(name, duration) {
    if (name !== 'latency') throw new KymoError('unknown_fault', `there is no fault "${name}"`);
    return { name, startedAt: 0, endsAt: duration };
  },
};

export const alerts: AlertsDoor = {
  list: () => [{ fingerprint: 'ab' }],
  summary: () => ({ total: 0, counts: [] }),
  history: (query) => Promise.resolve([query]),
  acknowledge: (fingerprint, acknowledgement) => {
    if (fingerprint === 'none') {
      return Promise.reject(new KymoError('alert_not_found', 'there is no active alert none'));
    }
    return Promise.resolve({ fingerprint, acknowledgement });
  },
  unacknowledge: (fingerprint, by) => Promise.resolve({ fingerprint, by }),
};

/** Tells what it was asked. */
export const current: CurrentDoor = {
  answer: (request) =>
    Promise.resolve({
      status: 200,
      headers: { 'Content-Type': 'application/json', ETag: '"e.1"' },
      body: Buffer.from(JSON.stringify(request)),
    }),
};

export const made = { id: 'a1', promql: 'x > 1' };
/** Rules made at run time, of which there is one; remembers what it was asked. */
export function rulesDoor(
  asked: { definition: RuleDefinition; range?: RuleTestRange }[] = [],
): RulesDoor {
  const known = (id: string): void => {
    if (id !== 'a1') throw new KymoError('rule_not_found', `there is no rule ${id}`);
  };
  return {
    list: () => ({ rules: [made], problem: null }),
    states: () => ({ rules: [] }),
    get: (id) => {
      known(id);
      return made;
    },
    create: (definition) => {
      asked.push({ definition });
      if ('rule' in definition) {
        return Promise.reject(new KymoError('no_data_dir', 'set data_dir'));
      }
      return Promise.resolve(made);
    },
    update: (id, definition) => {
      asked.push({ definition });
      known(id);
      return Promise.resolve(made);
    },
    delete: (id) => {
      known(id);
      return Promise.resolve();
    },
    test: (definition, range) => {
      asked.push({ definition, range });
      if ('rule' in definition) return Promise.reject(new KymoError('busy', 'too many'));
      return Promise.resolve({
        promql: 'x > 1',
        rule: {},
        start: '',
        end: '',
        since: '',
        step: 1,
        evaluations: 0,
        alerts: [],
        leftOut: 0,
        failures: 0,
        lastError: null,
      });
    },
  };
}

export const watches: WatchesDoor = {
  list: () => [{ name: 'load' }],
  explain: (name) => (name === 'load' ? [{ score: NaN }] : undefined),
};

export const live: LiveDoor = {
  channels: () => ({ channels: [{ name: 'host_load' }], grafanas: [] }),
  handleUpgrade: (_request, socket) => {
    socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
  },
};

export interface Served {
  readonly url: string;
  readonly port: number;
  readonly server: HttpServer;
  /** What was told to `onError`. */
  readonly errors: unknown[];
}

export async function serve(
  replaced: Partial<HttpDependencies> = {},
  options: Partial<HttpServerOptions> = {},
): Promise<Served> {
  const errors: unknown[] = [];
  const server = new HttpServer(
    {
      host: '127.0.0.1',
      port: 0,
      hosts: [],
      rate: 1000,
      bodyLimit: 10_000,
      maxConnections: 100,
      clock: systemClock,
      ...options,
    },
    {
      version: '1.2.3',
      readiness: () => ({ ready: true }),
      health: () => health,
      stats: () => stats,
      metrics: () =>
        Promise.resolve({
          status: 200,
          headers: { 'Content-Type': 'text/plain; version=0.0.4' },
          body: Buffer.from('up 1\n'),
        }),
      reload: () => Promise.resolve(),
      simulator,
      onError: (thrown) => errors.push(thrown),
      ...replaced,
    },
  );
  open.push(server);
  const url = await server.listen();
  return { url, port: Number(new URL(url).port), server, errors };
}

/** Sends bytes as they are and resolves with all that comes back until the connection is closed. */
export function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
