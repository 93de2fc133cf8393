import type { FieldConfigSource, PanelPlugin } from '@grafana/data';
import type { KymoQuery } from '../src/datasource/query.js';
import { plugin as alerts } from '../src/panels/alerts/module.js';
import { plugin as analysis } from '../src/panels/analysis/module.js';
import { plugin as heatmap } from '../src/panels/heatmap/module.js';
import { plugin as kpi } from '../src/panels/kpi/module.js';
import { plugin as protocols } from '../src/panels/protocols/module.js';

/** Where a panel stands; the page's grid names the places. */
export type Area =
  'cards' | 'timeline' | 'heatmap' | 'protocols' | 'cpu' | 'memory' | 'alerts' | 'analysis';

/** A panel as a dashboard has it. */
export interface PanelDefinition {
  readonly title: string;
  readonly area: Area;
  readonly plugin: PanelPlugin;
  readonly targets: readonly KymoQuery[];
  readonly fieldConfig?: FieldConfigSource;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Live queries, named A, B, C … in their order. */
export function live(
  ...queries: readonly (readonly [expr: string, legend: string])[]
): KymoQuery[] {
  return queries.map(([expr, legend], index) => ({
    refId: String.fromCharCode(65 + index),
    version: 2,
    kind: 'live',
    expr,
    legend,
  }));
}

type Settings = Readonly<Record<string, unknown>>;
const named = (name: string, settings: Settings): FieldConfigSource['overrides'][number] => ({
  matcher: { id: 'byName', options: name },
  properties: Object.entries(settings).map(([id, value]) => ({ id, value })),
});
const steps = (warning: number, critical: number): Settings => ({
  thresholds: {
    mode: 'absolute',
    steps: [
      { color: 'green', value: null },
      { color: 'orange', value: warning },
      { color: 'red', value: critical },
    ],
  },
});

const totals = '{protocol="$protocol"}';

/** Of the chosen protocol, or all series. */
const some = '{protocol=~"$protocol.*"}';
/** A series a protocol: the chosen one, or all. */
const each = '{protocol!="",protocol=~"$protocol.*"}';

const exchanges = 'http_server_request_duration_seconds_count';
/** What watches tell of their series, and when it is to be trusted. */
const TOLD = 'kymo_anomaly_score|kymo_expected|kymo_expected_lower|kymo_expected_upper';
const SURE = 'kymo_anomaly_confidence >= 0.2';
/** Gives what no route answers a name. */
const withRoutes = (expr: string): string =>
  `label_replace(${expr}, "http_route", "no route", "http_route", "")`;

/** The plugin's own panels above those of the host; each is as it would be in a dashboard. */
export const topPanels: readonly PanelDefinition[] = [
  {
    title: 'Key figures',
    area: 'cards',
    plugin: kpi,
    targets: live(
      [`kymo:requests:rate${totals}`, 'Requests'],
      [`kymo:latency_seconds:p99${totals}`, 'Latency p99'],
      [`kymo:latency_seconds:p50${totals}`, 'p50'],
      [`kymo:latency_seconds:p95${totals}`, 'p95'],
      [`kymo:errors:ratio${totals}`, 'Error ratio'],
      [
        `(sum(rate(${exchanges}{http_response_status_code=~"4..",protocol=~"$protocol.*"}[10s])) or vector(0)) / sum(rate(${exchanges}${some}[10s]))`,
        '4xx',
      ],
      [`kymo:connections:active${totals}`, 'Active connections'],
      [`sum(kymo_connections{state="idle",protocol=~"$protocol.*"})`, 'idle'],
      [`sum(rate(kymo_connections_opened_total${some}[10s]))`, 'opened'],
      ['1 - avg(rate(node_cpu_seconds_total{mode="idle"}[5s]))', 'CPU'],
      ['avg(rate(node_cpu_seconds_total{mode="user"}[5s]))', 'user'],
      ['avg(rate(node_cpu_seconds_total{mode="system"}[5s]))', 'sys'],
      ['node_load1', 'load'],
      ['node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes', 'Memory'],
      ['node_memory_Cached_bytes', 'cached'],
      ['node_memory_SwapTotal_bytes - node_memory_SwapFree_bytes', 'swap'],
      // Bands of a watch that has seen little are so wide that nothing else can be seen.
      [`{__name__=~"${TOLD}",watch=~"request.*|error.*",protocol="$protocol"} and ${SURE}`, ''],
      [`{__name__=~"${TOLD}",watch="cpu_busy"} and ${SURE}`, ''],
    ),
    options: { compareTo: 60_000, curve: true, figures: ['peak', 'average'] },
    fieldConfig: {
      defaults: {},
      overrides: [
        named('Requests', { unit: 'reqps', 'custom.watch': 'request_rate' }),
        named('Latency p99', {
          unit: 's',
          'custom.watch': 'request_latency_p99',
          ...steps(0.25, 1),
        }),
        ...['p50', 'p95'].map((name) => named(name, { unit: 's', 'custom.of': 'Latency p99' })),
        named('Error ratio', {
          unit: 'percentunit',
          'custom.watch': 'error_ratio',
          'custom.target': 0.01,
          ...steps(0.01, 0.05),
        }),
        named('4xx', { unit: 'percentunit', 'custom.of': 'Error ratio' }),
        named('Active connections', { unit: 'short' }),
        named('idle', { unit: 'short', 'custom.of': 'Active connections' }),
        named('opened', { unit: 'cps', 'custom.of': 'Active connections' }),
        named('CPU', {
          unit: 'percentunit',
          decimals: 0,
          'custom.watch': 'cpu_busy',
          ...steps(0.8, 0.95),
        }),
        ...['user', 'sys'].map((name) =>
          named(name, { unit: 'percentunit', decimals: 0, 'custom.of': 'CPU' }),
        ),
        named('load', { 'custom.of': 'CPU' }),
        named('Memory', { unit: 'bytes' }),
        ...['cached', 'swap'].map((name) => named(name, { unit: 'bytes', 'custom.of': 'Memory' })),
      ],
    },
  },
  {
    title: 'Latency by time',
    area: 'heatmap',
    plugin: heatmap,
    targets: live(
      [`sum by (le) (rate(http_server_request_duration_seconds_bucket${some}[10s]))`, '{{le}}'],
      [withRoutes(`sum by (http_route) (rate(${exchanges}${some}[10s]))`), '{{http_route}}'],
      [`kymo:errors:ratio${each}`, '{{protocol}}'],
    ),
  },
  {
    title: 'Protocols',
    area: 'protocols',
    plugin: protocols,
    targets: live(
      [`kymo:requests:rate${each}`, '{{protocol}}'],
      [`kymo:latency_seconds:p95${each}`, '{{protocol}}'],
      [`kymo:errors:ratio${each}`, '{{protocol}}'],
      [`sum by (protocol, state) (kymo_connections${some})`, '{{protocol}} {{state}}'],
      [`sum by (protocol, health) (kymo_connection_health${some})`, '{{protocol}} {{health}}'],
      [`sum by (protocol) (rate(kymo_connections_opened_total${some}[10s]))`, '{{protocol}}'],
      [
        `sum by (protocol, reason) (rate(kymo_connection_errors_total${some}[1m]))`,
        '{{protocol}} {{reason}}',
      ],
    ),
  },
];

/** The plugin's own panels below those of the host. */
export const bottomPanels: readonly PanelDefinition[] = [
  {
    title: 'Latency p95, and what stands out',
    area: 'analysis',
    plugin: analysis,
    targets: live([`kymo:latency_seconds:p95${totals}`, 'Latency p95']).map((query) => ({
      ...query,
      kind: 'analysis',
    })),
    fieldConfig: { defaults: { unit: 's', ...steps(0.1, 0.25) }, overrides: [] },
  },
  {
    title: 'Alerts',
    area: 'alerts',
    plugin: alerts,
    targets: live(['', '']).map((query) => ({ ...query, kind: 'alerts' })),
  },
];
