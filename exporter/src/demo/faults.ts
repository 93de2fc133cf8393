import { pbkdf2 } from 'node:crypto';
import type { DemoService } from './service.js';
import type { Protocol } from './servers/server.js';
import type { Fault } from './simulator.js';

export interface FaultTargets {
  readonly service: DemoService;
  /** Multiplies the load by `factor`. */
  readonly scaleLoad: (factor: number) => void;
}

const SLOW_DATABASE = 150;
const REFUSED_QUERIES = 0.6;
const SPIKE = 3;
/** In this order the protocols get stuck, one each time. */
const STUCK: readonly Protocol[] = ['http2', 'websocket', 'grpc', 'http1'];

/** Faults that the demo starts by itself, in this order; the others come only when asked for. */
export const scheduledFaults = ['errors', 'latency', 'stuck-protocol', 'traffic-spike'] as const;

/** Every fault there is. */
export function makeFaults({ service, scaleLoad }: FaultTargets): readonly Fault[] {
  const { database } = service.shop;
  let stuck = 0;
  return [
    {
      name: 'latency',
      description: `The database takes ${SLOW_DATABASE} ms longer, so that callers queue for its connections`,
      begin: () => {
        database.extraDelay = SLOW_DATABASE;
        return () => {
          database.extraDelay = 0;
        };
      },
    },
    {
      name: 'errors',
      description: `The database refuses ${REFUSED_QUERIES * 100} % of all queries: HTTP 503, gRPC UNAVAILABLE`,
      begin: () => {
        database.refusing = REFUSED_QUERIES;
        return () => {
          database.refusing = 0;
        };
      },
    },
    {
      name: 'stuck-protocol',
      description: `One protocol stops answering; each time another one, in the order ${STUCK.join(', ')}`,
      begin: () => {
        const server = service.servers[STUCK[stuck++ % STUCK.length]];
        server.hang();
        return () => server.resume();
      },
    },
    {
      name: 'traffic-spike',
      description: `${SPIKE} times as many requests`,
      begin: () => {
        scaleLoad(SPIKE);
        return () => scaleLoad(1);
      },
    },
    {
      name: 'cpu',
      description: 'A job beside the service keeps one core busy',
      begin: burnOneCore,
    },
  ];
}

/** Hashes on one thread of the pool: the core is busy, the event loop is not. */
function burnOneCore(): () => void {
  let busy = true;
  const hash = (): void => {
    if (busy) pbkdf2('demo', 'demo', 50_000, 32, 'sha256', hash);
  };
  hash();
  return () => {
    busy = false;
  };
}
