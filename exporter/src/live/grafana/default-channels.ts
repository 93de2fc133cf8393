import type { Channel } from './channel.js';

/** Channels for the key figures, protocols, the host and alerts: what is pushed unless told otherwise. */
export const DEFAULT_CHANNELS: readonly Channel[] = [
  { name: 'kpi_requests', expr: 'sum(rate(http_server_request_duration_seconds_count[10s]))' },
  {
    name: 'kpi_errors',
    expr: 'sum(rate(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}[10s])) / sum(rate(http_server_request_duration_seconds_count[10s]))',
  },
  {
    name: 'kpi_latency_p95',
    expr: 'histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket[10s])))',
  },
  { name: 'kpi_connections', expr: 'sum(kymo_connections{state="active"})' },
  {
    name: 'protocols_requests',
    expr: 'sum by (protocol) (rate(http_server_request_duration_seconds_count[10s]))',
  },
  {
    name: 'protocols_latency_p95',
    expr: 'histogram_quantile(0.95, sum by (protocol, le) (rate(http_server_request_duration_seconds_bucket[10s])))',
  },
  { name: 'protocols_connections', expr: 'sum by (protocol, state) (kymo_connections)' },
  {
    name: 'host_cpu',
    expr: 'sum by (mode) (rate(node_cpu_seconds_total{mode!="idle"}[5s])) / scalar(count(node_cpu_seconds_total{mode="idle"}))',
  },
  {
    name: 'host_memory',
    expr: '1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes',
  },
  { name: 'host_load', expr: 'node_load1' },
  { name: 'host_disk', expr: 'sum by (device) (rate(node_disk_io_time_seconds_total[5s]))' },
  {
    name: 'host_network_receive',
    expr: 'sum by (device) (rate(node_network_receive_bytes_total[5s]))',
  },
  {
    name: 'host_network_transmit',
    expr: 'sum by (device) (rate(node_network_transmit_bytes_total[5s]))',
  },
  { name: 'alerts', expr: 'kymo_alert_state > 0' },
];
