import { dashboard, linkTo, protocol } from '../dashboard.js';
import { absolute, named, PROTOCOLS, rising } from '../fields.js';
import { alertList, analysis, heatmap, keyFigures } from '../kymo-panels.js';
import { timeSeries } from '../panels.js';
import { SELECTED } from '../query.js';
import { EACH, ERRORS_OF_EACH, traffic } from '../traffic.js';

const TOTAL = `protocol="", ${SELECTED}`;

const quantile = (q: number): string =>
  `histogram_quantile(${q}, sum by (le) (kymo:latency_seconds:buckets{${TOTAL}}))`;

const http = linkTo('kymo-http', 'HTTP and protocols');
const host = linkTo('kymo-host', 'Host');

export const liveOverview = dashboard({
  uid: 'kymo-live-overview',
  title: 'Live overview',
  description: 'What goes on at this moment: traffic, latency, errors, the machine and alerts.',
  last: '5m',
  variables: [protocol],
  sections: [
    {
      panels: [
        keyFigures({
          title: '',
          description: 'Key figures of all protocols together, and of the machine.',
          w: 24,
          h: 6,
          compareTo: 60_000,
          queries: [
            { expr: `sum(kymo:requests:rate{${TOTAL}})`, legend: 'Requests' },
            { expr: quantile(0.95), legend: 'Latency p95' },
            {
              expr: `sum(kymo:errors:rate{${TOTAL}}) / sum(kymo:exchanges:rate{${TOTAL}})`,
              legend: 'Error ratio',
            },
            { expr: `sum(kymo:connections:active{${TOTAL}})`, legend: 'Active connections' },
            {
              expr: `1 - avg(rate(node_cpu_seconds_total{mode="idle", ${SELECTED}}[5s]))`,
              legend: 'CPU',
            },
            {
              expr: `sum(node_memory_MemTotal_bytes{${SELECTED}} - node_memory_MemAvailable_bytes{${SELECTED}})`,
              legend: 'Memory',
            },
          ],
          overrides: [
            named('Requests', { unit: 'reqps', links: [http] }),
            named('Latency p95', {
              unit: 's',
              thresholds: absolute(rising(0.1, 0.25)),
              links: [http],
            }),
            named('Error ratio', {
              unit: 'percentunit',
              thresholds: absolute(rising(0.01, 0.05)),
              links: [http],
            }),
            named('Active connections', { unit: 'short', links: [http] }),
            named('CPU', {
              unit: 'percentunit',
              decimals: 0,
              thresholds: absolute(rising(0.8, 0.95)),
              links: [host],
            }),
            named('Memory', { unit: 'bytes', links: [host] }),
          ],
        }),
      ],
    },
    {
      panels: [
        heatmap({
          title: 'Latency by time',
          description:
            'How the time to the end of an answer is distributed, with p50 and p95; throughput and errors by protocol.',
          w: 15,
          h: 9,
          queries: [
            { expr: `sum by (le) (kymo:latency_seconds:buckets{${TOTAL}})`, legend: '{{le}}' },
            { expr: `sum by (protocol) (kymo:requests:rate{${EACH}})`, legend: '{{protocol}}' },
            { expr: ERRORS_OF_EACH, legend: '{{protocol}}' },
          ],
        }),
        traffic({ w: 9, h: 9 }),
        analysis({
          title: 'Latency p95',
          description:
            'The 95th percentile in its expected band, with what stands out, the same time before, and a forecast.',
          w: 15,
          h: 10,
          unit: 's',
          query: { expr: quantile(0.95), legend: 'Latency p95' },
        }),
        alertList({
          title: 'Alerts',
          description: 'Alerts that fire or are about to, the most urgent first.',
          w: 9,
          h: 10,
        }),
        timeSeries({
          title: 'Requests by protocol',
          description: 'Requests a second; of WebSocket the messages received.',
          unit: 'reqps',
          stacked: true,
          queries: [
            { expr: `sum by (protocol) (kymo:requests:rate{${EACH}})`, legend: '{{protocol}}' },
          ],
          overrides: PROTOCOLS,
        }),
        timeSeries({
          title: 'CPU by mode',
          description: 'Share of the CPU time, on average over the CPUs, without idle.',
          unit: 'percentunit',
          max: 1,
          stacked: true,
          queries: [
            {
              expr: `avg by (mode) (rate(node_cpu_seconds_total{mode!="idle", ${SELECTED}}[5s]))`,
              legend: '{{mode}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Last 24 hours',
      panels: [
        timeSeries({
          title: 'Requests',
          description: 'Requests a second of the last day.',
          unit: 'reqps',
          last: '24h',
          stacked: true,
          queries: [
            { expr: `sum by (protocol) (kymo:requests:rate{${EACH}})`, legend: '{{protocol}}' },
          ],
          overrides: PROTOCOLS,
        }),
        timeSeries({
          title: 'Latency p95 and errors',
          description:
            'The 95th percentile of the latency to the left, the share of errors to the right.',
          unit: 's',
          last: '24h',
          queries: [
            { expr: quantile(0.95), legend: 'p95' },
            {
              expr: `sum(kymo:errors:rate{${TOTAL}}) / sum(kymo:exchanges:rate{${TOTAL}})`,
              legend: 'errors',
            },
          ],
          overrides: [
            named('errors', {
              unit: 'percentunit',
              'custom.axisPlacement': 'right',
              'custom.axisSoftMax': 0.05,
            }),
          ],
        }),
      ],
    },
  ],
});
