import type { WatchDefinition } from './watch.js';

// Where the KPI rules are not loaded, the same is computed from what the rules are made of.
const DURATION = 'http_server_request_duration_seconds';
const requests = (selector: string): string =>
  `sum by (protocol) (rate(${DURATION}_count${selector}[10s]))`;
const DISKS = 'device!~"(ram|loop|fd|sr|zram)[0-9]+"';
const INTERFACES = 'device!~"lo|veth.*|docker.*|br-.*"';

/** What is watched unless the configuration says otherwise: the KPI series and the host. */
export const defaultWatches: readonly WatchDefinition[] = [
  {
    name: 'request_latency_p99',
    expr: `kymo:latency_seconds:p99 or on (protocol) histogram_quantile(0.99, sum by (le, protocol) (rate(${DURATION}_bucket[10s])))`,
  },
  { name: 'request_rate', expr: `kymo:requests:rate or on (protocol) ${requests('')}` },
  {
    name: 'error_ratio',
    expr: `kymo:errors:ratio or on (protocol) (${requests('{http_response_status_code=~"5.."}')} or 0 * ${requests('')}) / ${requests('')}`,
  },
  {
    name: 'cpu_busy',
    expr: '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5s]))',
  },
  { name: 'load', expr: 'node_load1' },
  {
    name: 'memory_used',
    expr: '1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes',
  },
  { name: 'disk_busy', expr: `rate(node_disk_io_time_seconds_total{${DISKS}}[10s])`, limit: 50 },
  {
    name: 'network_receive_bytes',
    expr: `rate(node_network_receive_bytes_total{${INTERFACES}}[10s])`,
    limit: 50,
  },
  {
    name: 'network_transmit_bytes',
    expr: `rate(node_network_transmit_bytes_total{${INTERFACES}}[10s])`,
    limit: 50,
  },
];
