import { dashboard, labelVariable, protocol } from '../dashboard.js';
import { color, named, PROTOCOLS, rising } from '../fields.js';
import { heatmap } from '../kymo-panels.js';
import { greatest, timeSeries } from '../panels.js';
import { table } from '../tables.js';
import { asFigures, FIGURE, SELECTED } from '../query.js';
import { EACH, ERRORS_OF_EACH, quantileOfEach, traffic } from '../traffic.js';

const ROUTES = `${EACH}, http_route=~"$route"`;
const DURATION = 'http_server_request_duration_seconds';
const ROW = 'http_request_method, http_route, protocol';

const byProtocol = (expr: string) => [{ expr, legend: '{{protocol}}' }];
const routeQuantile = (q: number): string =>
  `histogram_quantile(${q}, sum by (${ROW}, le) (rate(${DURATION}_bucket{${ROUTES}}[1m]))) >= 0`;
const routeRate = (selector = ''): string =>
  `sum by (${ROW}) (rate(${DURATION}_count{${ROUTES}${selector}}[1m]))`;

const route = labelVariable({
  name: 'route',
  description: 'Routes that the tables of routes show; those without a name among all of them.',
  query: `label_values(${DURATION}_count{job=~"$job", instance=~"$instance"}, http_route)`,
});

export const http = dashboard({
  uid: 'kymo-http',
  title: 'HTTP and protocols',
  description: 'HTTP/1.1, HTTP/2, WebSocket and gRPC: rate, errors, latency, connections, routes.',
  last: '15m',
  variables: [protocol, route],
  sections: [
    { panels: [traffic({ w: 24, h: 9 })] },
    {
      title: 'Live',
      panels: [
        timeSeries({
          title: 'Requests',
          description: 'Requests a second; of WebSocket the messages received.',
          unit: 'reqps',
          stacked: true,
          queries: byProtocol(`sum by (protocol) (kymo:requests:rate{${EACH}})`),
          overrides: PROTOCOLS,
        }),
        timeSeries({
          title: 'Errors',
          description:
            'Share of the requests that were answered with 5xx or a server error of gRPC.',
          unit: 'percentunit',
          custom: { axisSoftMax: 0.05 },
          queries: byProtocol(ERRORS_OF_EACH),
          overrides: PROTOCOLS,
        }),
        timeSeries({
          title: 'Latency p50',
          description: 'Half of the answers were complete within this time.',
          w: 8,
          unit: 's',
          queries: byProtocol(quantileOfEach(0.5)),
          overrides: PROTOCOLS,
        }),
        timeSeries({
          title: 'Latency p95',
          description: '95 % of the answers were complete within this time.',
          w: 8,
          unit: 's',
          queries: byProtocol(quantileOfEach(0.95)),
          overrides: PROTOCOLS,
        }),
        timeSeries({
          title: 'Latency p99',
          description: '99 % of the answers were complete within this time.',
          w: 8,
          unit: 's',
          queries: byProtocol(quantileOfEach(0.99)),
          overrides: PROTOCOLS,
        }),
      ],
    },
    {
      title: 'Distribution of latency',
      panels: [
        heatmap({
          title: 'Latency by time',
          description:
            'Of the protocols that are chosen, with p50 and p95; throughput and errors by route.',
          w: 24,
          h: 10,
          queries: [
            {
              expr: `sum by (le) (kymo:latency_seconds:buckets{${EACH}})`,
              legend: '{{le}}',
            },
            {
              expr: `sum by (http_route, protocol) (rate(${DURATION}_count{${ROUTES}}[10s]))`,
              legend: '{{protocol}} {{http_route}}',
            },
            {
              expr: `sum by (http_route, protocol) (rate(${DURATION}_count{${ROUTES}, http_response_status_code=~"5.."}[10s])) / sum by (http_route, protocol) (rate(${DURATION}_count{${ROUTES}}[10s])) or 0 * sum by (http_route, protocol) (rate(${DURATION}_count{${ROUTES}}[10s]))`,
              legend: '{{protocol}} {{http_route}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Connections',
      panels: [
        timeSeries({
          title: 'Opened',
          description: 'Connections opened a second.',
          w: 8,
          unit: 'cps',
          queries: byProtocol(
            `sum by (protocol) (rate(kymo_connections_opened_total{${EACH}}[10s]))`,
          ),
          overrides: PROTOCOLS,
        }),
        timeSeries({
          title: 'Active',
          description: 'Connections with a request under way.',
          w: 8,
          unit: 'short',
          stacked: true,
          queries: byProtocol(`sum by (protocol) (kymo_connections{state="active", ${EACH}})`),
          overrides: PROTOCOLS,
        }),
        timeSeries({
          title: 'Idle',
          description: 'Connections that are open without a request under way.',
          w: 8,
          unit: 'short',
          stacked: true,
          queries: byProtocol(`sum by (protocol) (kymo_connections{state="idle", ${EACH}})`),
          overrides: PROTOCOLS,
        }),
        timeSeries({
          title: 'Health',
          description:
            'Connections by health. Error: the last exchange failed or was reset. Warning: it was slow, or the connection is about to time out.',
          unit: 'short',
          stacked: true,
          queries: [
            {
              expr: `sum by (health) (kymo_connection_health{${EACH}})`,
              legend: '{{health}}',
            },
          ],
          overrides: [
            named('healthy', color('green')),
            named('warning', color('orange')),
            named('error', color('red')),
          ],
        }),
        greatest({
          title: 'Failures by reason',
          most: 7,
          description:
            'Connections that failed within the last five minutes, by protocol and reason.',
          unit: 'short',
          decimals: 0,
          min: 0,
          steps: rising(1, 10),
          queries: [
            {
              expr: `topk(7, sum by (protocol, reason) (increase(kymo_connection_errors_total{${EACH}}[5m])))`,
              legend: '{{protocol}} {{reason}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Routes, in the last minute',
      panels: [
        table({
          title: 'Slowest routes',
          description: 'Routes by the 95th percentile of their latency in the last minute.',
          h: 10,
          column: FIGURE,
          rows: { http_request_method: 'Method', http_route: 'Route', protocol: 'Protocol' },
          figures: { p95: 'p95', p50: 'p50', rate: 'Requests' },
          sortBy: 'p95',
          queries: [
            {
              expr: asFigures({
                p95: routeQuantile(0.95),
                p50: routeQuantile(0.5),
                rate: routeRate(),
              }),
            },
          ],
          overrides: [
            named('p95', { unit: 's' }),
            named('p50', { unit: 's' }),
            named('Requests', { unit: 'reqps' }),
          ],
        }),
        table({
          title: 'Most failing routes',
          description: 'Routes by their answers with 4xx and 5xx in the last minute.',
          h: 10,
          column: FIGURE,
          rows: { http_request_method: 'Method', http_route: 'Route', protocol: 'Protocol' },
          figures: { server: '5xx', client: '4xx', rate: 'Requests' },
          sortBy: 'server',
          queries: [
            {
              expr: asFigures({
                server: `(${routeRate(', http_response_status_code=~"5.."')} or 0 * ${routeRate()})`,
                client: `(${routeRate(', http_response_status_code=~"4.."')} or 0 * ${routeRate()})`,
                rate: routeRate(),
              }),
            },
          ],
          overrides: [
            named('5xx', { unit: 'reqps' }),
            named('4xx', { unit: 'reqps' }),
            named('Requests', { unit: 'reqps' }),
          ],
        }),
        timeSeries({
          title: 'Status codes',
          description: 'Answers a second by HTTP status; none where the connection ended before.',
          unit: 'reqps',
          stacked: true,
          queries: [
            {
              expr: `label_replace(sum by (http_response_status_code) (rate(${DURATION}_count{${EACH}}[10s])), "http_response_status_code", "none", "http_response_status_code", "")`,
              legend: '{{http_response_status_code}}',
            },
          ],
        }),
        timeSeries({
          title: 'gRPC calls by status',
          description: 'Calls a second by gRPC status; 0 is OK.',
          unit: 'reqps',
          stacked: true,
          queries: [
            {
              expr: `sum by (rpc_grpc_status_code) (rate(rpc_server_duration_seconds_count{${SELECTED}}[10s]))`,
              legend: '{{rpc_grpc_status_code}}',
            },
          ],
        }),
        timeSeries({
          title: 'WebSocket messages',
          description: 'Messages a second by direction.',
          unit: 'mps',
          queries: [
            {
              expr: `sum by (direction) (rate(kymo_websocket_messages_total{${SELECTED}}[10s]))`,
              legend: '{{direction}}',
            },
          ],
        }),
        timeSeries({
          title: 'Bodies',
          description: 'Bytes a second of the bodies of requests and responses.',
          unit: 'Bps',
          queries: [
            {
              expr: `sum(rate(http_server_request_body_size_bytes_sum{${EACH}}[10s]))`,
              legend: 'requests',
            },
            {
              expr: `sum(rate(http_server_response_body_size_bytes_sum{${EACH}}[10s]))`,
              legend: 'responses',
            },
          ],
        }),
      ],
    },
    {
      title: 'Last 24 hours',
      panels: [
        timeSeries({
          title: 'Requests of a day',
          description: 'Requests a second of the last day.',
          w: 8,
          unit: 'reqps',
          last: '24h',
          stacked: true,
          queries: byProtocol(`sum by (protocol) (kymo:requests:rate{${EACH}})`),
          overrides: PROTOCOLS,
        }),
        timeSeries({
          title: 'Latency p95 of a day',
          description: 'The 95th percentile of the latency of the last day.',
          w: 8,
          unit: 's',
          last: '24h',
          queries: byProtocol(quantileOfEach(0.95)),
          overrides: PROTOCOLS,
        }),
        timeSeries({
          title: 'Errors of a day',
          description: 'Share of the requests that failed, of the last day.',
          w: 8,
          unit: 'percentunit',
          custom: { axisSoftMax: 0.05 },
          last: '24h',
          queries: byProtocol(ERRORS_OF_EACH),
          overrides: PROTOCOLS,
        }),
      ],
    },
  ],
});
