import { absolute, ofFrames, PROTOCOLS, rising } from './fields.js';
import type { Panel } from './model.js';
import { protocols } from './kymo-panels.js';
import { SELECTED } from './query.js';

/** Selects the protocols that are chosen, without the totals of all, which have none. */
export const EACH = `protocol=~"$protocol", ${SELECTED}`;

/** Selects the totals of all protocols. */
export const TOTAL = `protocol="", ${SELECTED}`;

/** A percentile of the latency of all protocols together. */
export const quantileOfAll = (q: number): string =>
  `histogram_quantile(${q}, sum by (le) (kymo:latency_seconds:buckets{${TOTAL}}))`;

/** The share of all requests that failed. */
export const ERRORS_OF_ALL = `sum(kymo:errors:rate{${TOTAL}}) / sum(kymo:exchanges:rate{${TOTAL}})`;

/** A percentile of the latency of each protocol. */
export const quantileOfEach = (q: number): string =>
  `histogram_quantile(${q}, sum by (protocol, le) (kymo:latency_seconds:buckets{${EACH}})) >= 0`;

/** The share of requests that failed, of each protocol that has any. */
export const ERRORS_OF_EACH = `sum by (protocol) (kymo:errors:rate{${EACH}}) / (sum by (protocol) (kymo:exchanges:rate{${EACH}}) > 0)`;

/** The table of protocols with all of its columns. */
export function traffic(size: { readonly w: number; readonly h: number }): Panel {
  return protocols({
    title: 'Protocols',
    description:
      'Share, rate, latency (p95), errors and connections of each protocol; a selected row chooses it in all panels.',
    ...size,
    queries: [
      { expr: `sum by (protocol) (kymo:requests:rate{${EACH}})`, legend: '{{protocol}}' },
      { expr: quantileOfEach(0.95), legend: '{{protocol}}' },
      { expr: ERRORS_OF_EACH, legend: '{{protocol}}' },
      { expr: `sum by (protocol, state) (kymo_connections{${EACH}})` },
      { expr: `sum by (protocol, health) (kymo_connection_health{${EACH}})` },
      {
        expr: `sum by (protocol) (rate(kymo_connections_opened_total{${EACH}}[10s]))`,
        legend: '{{protocol}}',
      },
      {
        expr: `sum by (protocol, reason) (rate(kymo_connection_errors_total{${EACH}}[1m]))`,
      },
    ],
    overrides: [
      ...PROTOCOLS,
      ofFrames('A', { unit: 'reqps' }),
      ofFrames('B', { unit: 's', thresholds: absolute(rising(0.1, 0.25)) }),
      ofFrames('C', { unit: 'percentunit', thresholds: absolute(rising(0.01, 0.05)) }),
    ],
  });
}
