import { hostname } from 'node:os';

/** Seconds between samples: no more than what PromQL looks back for. */
export const STEP = 60;
const DAY = 86_400;

interface Sampled {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The value at a share of the day, 0 to 1, as sample number `at` of it. */
  readonly value: (share: number, at: number) => number;
}

const ours = { job: 'kymo', instance: hostname() };

/** A quiet night and a busy day, with a little that comes and goes. */
const busy = (share: number): number =>
  1 - 0.45 * Math.cos(2 * Math.PI * share) + 0.08 * Math.sin(share * 190);
/** A quarter of an hour, five hours ago, in which everything was slow and much of it failed. */
const isFault = (share: number): boolean => share > 0.78 && share < 0.79;

const PROTOCOLS: Readonly<Record<string, { rate: number; seconds: number }>> = {
  http1: { rate: 26, seconds: 0.03 },
  http2: { rate: 11, seconds: 0.02 },
  grpc: { rate: 7, seconds: 0.015 },
  websocket: { rate: 13, seconds: 0.004 },
};
const TOTAL = { rate: 57, seconds: 0.025 };

/** The key figures of a protocol, or of all together. */
function traffic(name: string | undefined, usual: { rate: number; seconds: number }): Sampled[] {
  const labels = name === undefined ? ours : { ...ours, protocol: name };
  const rate = (share: number): number => usual.rate * busy(share);
  const slow = (share: number): number =>
    usual.seconds * (isFault(share) ? 9 : 0.7 + 0.3 * busy(share));
  const errors = (share: number): number => (isFault(share) ? 0.2 : 0.004);
  const figures: readonly [string, (share: number) => number][] = [
    ['kymo:requests:rate', rate],
    ['kymo:exchanges:rate', rate],
    ['kymo:errors:rate', (share) => rate(share) * errors(share)],
    ['kymo:errors:ratio', errors],
    ['kymo:connections:active', (share) => Math.round(rate(share) / 3)],
    ['kymo:connections:idle', (share) => Math.round(rate(share) / 9)],
    ['kymo:latency_seconds:p50', (share) => slow(share) / 3],
    ['kymo:latency_seconds:p95', slow],
    ['kymo:latency_seconds:p99', (share) => slow(share) * 2],
  ];
  const buckets = ['0.001', '0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '+Inf'];
  return [
    ...figures.map(([metric, value]) => ({ name: metric, labels, value })),
    ...buckets.map((le) => ({
      name: 'kymo:latency_seconds:buckets',
      labels: { ...labels, le },
      // As if latencies were exponential: 95 % of them are below `slow`.
      value: (share: number) => rate(share) * (1 - Math.exp((-3 * limit(le)) / slow(share))),
    })),
  ];
}

const limit = (le: string): number => (le === '+Inf' ? Infinity : Number(le));

const GIB = 2 ** 30;

function host(): Sampled[] {
  const cpus = ['0', '1'].flatMap((cpu) => {
    const mode = (name: string, share: number): Sampled => ({
      name: 'node_cpu_seconds_total',
      labels: { ...ours, cpu, mode: name },
      value: (_, at) => 1000 + at * STEP * share,
    });
    return [mode('idle', 0.7), mode('user', 0.2), mode('system', 0.1)];
  });
  const gauge = (name: string, value: Sampled['value']): Sampled => ({ name, labels: ours, value });
  return [
    ...cpus,
    gauge('node_load1', (share) => 2 * busy(share)),
    gauge('node_memory_MemTotal_bytes', () => 24 * GIB),
    gauge('node_memory_MemAvailable_bytes', (share) => (20 - 4 * busy(share)) * GIB),
  ];
}

function alerts(): Sampled[] {
  const watches = ['request_rate', 'request_latency_p99', 'cpu_busy', 'memory_used'];
  return [
    {
      name: 'kymo_alert_state',
      labels: { alertname: 'HttpErrorRatioHigh', severity: 'critical' },
      value: (share) => (isFault(share) ? 2 : 0),
    },
    ...watches.map((watch) => ({
      name: 'kymo_anomaly_score',
      labels: { ...ours, watch },
      value: (share: number) => (isFault(share) ? 1.4 : 0.2 + 0.1 * busy(share)),
    })),
  ];
}

/**
 * A day that ends at a time, as OpenMetrics text: what the exporter's demo would have left behind, of a
 * quiet day with one fault. Every value is generated.
 * @param end Unix seconds
 */
export function dayOfSamples(end: number): string {
  const all = [
    ...Object.entries(PROTOCOLS).flatMap(([name, usual]) => traffic(name, usual)),
    ...traffic(undefined, TOTAL),
    ...host(),
    ...alerts(),
  ];
  const blocks = all.map(({ name, labels, value }) => {
    const text = Object.entries(labels).map(([label, of]) => `${label}="${of}"`);
    const metric = `${name}{${text.join(',')}}`;
    const lines = Array.from({ length: DAY / STEP }, (_, at) => {
      const time = end - DAY + at * STEP;
      return `${metric} ${value((at * STEP) / DAY, at)} ${time}`;
    });
    return { name, text: lines.join('\n') };
  });
  // Samples of one metric stand together.
  blocks.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return `${blocks.map(({ text }) => text).join('\n')}\n# EOF\n`;
}
