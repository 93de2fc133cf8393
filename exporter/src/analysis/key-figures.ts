/** What a summary tells, unless something else is asked for. */
export interface KeyFigure {
  readonly name: string;
  readonly expr: string;
  /** `seconds`, `bytes`, `ratio` or none (`''`). */
  readonly unit: string;
  /** What it should not reach. */
  readonly threshold?: number;
}

// Where the KPI rules are not loaded, the same is computed from what the rules are made of.
const DURATION = 'http_server_request_duration_seconds';
const requests = (selector: string): string =>
  `sum by (protocol) (rate(${DURATION}_count${selector}[1m]))`;
const quantile = (q: number): string =>
  `histogram_quantile(${q}, sum by (le, protocol) (rate(${DURATION}_bucket[1m])))`;
const REAL_FILES = 'fstype!~"tmpfs|ramfs|overlay|squashfs|devtmpfs"';

/** Traffic of the service, then the host. */
export const keyFigures: readonly KeyFigure[] = [
  {
    name: 'Request rate',
    expr: `kymo:requests:rate or on (protocol) ${requests('')}`,
    unit: 'requests/s',
  },
  {
    name: 'Error ratio',
    expr: `kymo:errors:ratio or on (protocol) (${requests('{http_response_status_code=~"5.."}')} or 0 * ${requests('')}) / ${requests('')}`,
    unit: 'ratio',
  },
  {
    name: 'Median latency',
    expr: `kymo:latency_seconds:p50 or on (protocol) ${quantile(0.5)}`,
    unit: 'seconds',
  },
  {
    name: '99th percentile latency',
    expr: `kymo:latency_seconds:p99 or on (protocol) ${quantile(0.99)}`,
    unit: 'seconds',
  },
  {
    name: 'Active connections',
    expr: 'kymo:connections:active or on (protocol) sum by (protocol) (kymo_connections{state="active"})',
    unit: 'connections',
  },
  {
    name: 'CPU use',
    expr: '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[1m]))',
    unit: 'ratio',
  },
  { name: 'Load', expr: 'node_load1', unit: '' },
  {
    name: 'Memory use',
    expr: '1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes',
    unit: 'ratio',
    threshold: 1,
  },
  {
    name: 'Disk space used',
    expr: `1 - node_filesystem_avail_bytes{${REAL_FILES}} / node_filesystem_size_bytes{${REAL_FILES}}`,
    unit: 'ratio',
    threshold: 1,
  },
  {
    name: 'Network received',
    expr: 'sum by (instance) (rate(node_network_receive_bytes_total{device!~"lo|veth.*|docker.*|br-.*"}[1m]))',
    unit: 'bytes',
  },
];
