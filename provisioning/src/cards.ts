import { linkTo } from './dashboard.js';
import { absolute, named, rising } from './fields.js';
import { keyFigures } from './kymo-panels.js';
import type { Override } from './model.js';
import { SELECTED } from './query.js';
import { ERRORS_OF_ALL, quantileOfAll, TOTAL } from './traffic.js';

const http = linkTo('kymo-http', 'HTTP and protocols');
const host = linkTo('kymo-host', 'Host');

const EXCHANGES = 'http_server_request_duration_seconds_count';
const WATCHES = 'request_rate|request_latency_p99|error_ratio|cpu_busy';
const TOLD = 'kymo_anomaly_score|kymo_expected|kymo_expected_lower|kymo_expected_upper';

/**
 * What watches tell of the totals. Not of several instances together, of which each has an expectation of
 * its own, and not where a watch has seen so little that its band is wider than all else.
 */
const told =
  `max by (__name__, watch) ({__name__=~"${TOLD}", watch=~"${WATCHES}", ${TOTAL}}` +
  ` and kymo_anomaly_confidence{${TOTAL}} >= 0.2)` +
  ` and on (watch) count by (watch) (kymo_anomaly_score{${TOTAL}}) == 1`;

const cpu = (mode: string): string =>
  `avg(rate(node_cpu_seconds_total{mode="${mode}", ${SELECTED}}[5s]))`;

/** The figures that are shown in the card of a title. */
const of = (title: string, unit: string, ...names: readonly string[]): Override[] =>
  names.map((name) => named(name, { unit, 'custom.of': title }));

/** Key figures of all protocols together, and of the machine. */
export const cards = keyFigures({
  title: '',
  description: 'Key figures of all protocols together, and of the machine.',
  w: 24,
  h: 6,
  compareTo: 60_000,
  queries: [
    { expr: `sum(kymo:requests:rate{${TOTAL}})`, legend: 'Requests' },
    { expr: quantileOfAll(0.99), legend: 'Latency p99' },
    { expr: quantileOfAll(0.5), legend: 'p50' },
    { expr: quantileOfAll(0.95), legend: 'p95' },
    { expr: ERRORS_OF_ALL, legend: 'Error ratio' },
    {
      expr: `(sum(rate(${EXCHANGES}{http_response_status_code=~"4..", protocol!="", ${SELECTED}}[10s])) or vector(0)) / sum(rate(${EXCHANGES}{protocol!="", ${SELECTED}}[10s]))`,
      legend: '4xx',
    },
    { expr: `sum(kymo:connections:active{${TOTAL}})`, legend: 'Active connections' },
    { expr: `sum(kymo_connections{state="idle", ${SELECTED}})`, legend: 'idle' },
    { expr: `sum(rate(kymo_connections_opened_total{${SELECTED}}[10s]))`, legend: 'opened' },
    { expr: `1 - ${cpu('idle')}`, legend: 'CPU' },
    { expr: cpu('user'), legend: 'user' },
    { expr: cpu('system'), legend: 'sys' },
    { expr: `sum(node_load1{${SELECTED}})`, legend: 'load' },
    {
      expr: `sum(node_memory_MemTotal_bytes{${SELECTED}} - node_memory_MemAvailable_bytes{${SELECTED}})`,
      legend: 'Memory',
    },
    { expr: `sum(node_memory_Cached_bytes{${SELECTED}})`, legend: 'cached' },
    {
      expr: `sum(node_memory_SwapTotal_bytes{${SELECTED}} - node_memory_SwapFree_bytes{${SELECTED}})`,
      legend: 'swap',
    },
    { expr: told },
  ],
  overrides: [
    named('Requests', { unit: 'reqps', links: [http], 'custom.watch': 'request_rate' }),
    named('Latency p99', {
      unit: 's',
      thresholds: absolute(rising(0.25, 1)),
      links: [http],
      'custom.watch': 'request_latency_p99',
    }),
    ...of('Latency p99', 's', 'p50', 'p95'),
    named('Error ratio', {
      unit: 'percentunit',
      thresholds: absolute(rising(0.01, 0.05)),
      links: [http],
      'custom.watch': 'error_ratio',
      'custom.target': 0.01,
    }),
    ...of('Error ratio', 'percentunit', '4xx'),
    named('Active connections', { unit: 'short', links: [http] }),
    ...of('Active connections', 'short', 'idle'),
    ...of('Active connections', 'cps', 'opened'),
    named('CPU', {
      unit: 'percentunit',
      decimals: 0,
      thresholds: absolute(rising(0.8, 0.95)),
      links: [host],
      'custom.watch': 'cpu_busy',
    }),
    ...of('CPU', 'percentunit', 'user', 'sys'),
    ...of('CPU', 'short', 'load'),
    named('Memory', { unit: 'bytes', links: [host] }),
    ...of('Memory', 'bytes', 'cached', 'swap'),
  ],
});
