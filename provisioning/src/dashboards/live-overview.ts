import { dashboard, protocol } from '../dashboard.js';
import { named, PROTOCOLS } from '../fields.js';
import { alertList, analysis, heatmap } from '../kymo-panels.js';
import { timeSeries } from '../panels.js';
import { cards } from '../cards.js';
import { SELECTED } from '../query.js';
import { EACH, ERRORS_OF_EACH, ERRORS_OF_ALL, quantileOfAll, TOTAL, traffic } from '../traffic.js';

export const liveOverview = dashboard({
  uid: 'kymo-live-overview',
  title: 'Live overview',
  description: 'What goes on at this moment: traffic, latency, errors, the machine and alerts.',
  last: '5m',
  variables: [protocol],
  sections: [
    {
      panels: [cards],
    },
    {
      panels: [
        heatmap({
          title: 'Latency by time',
          description:
            'How the time to the end of an answer is distributed, with p50 and p95; throughput and errors by protocol.',
          w: 14,
          h: 9,
          queries: [
            { expr: `sum by (le) (kymo:latency_seconds:buckets{${TOTAL}})`, legend: '{{le}}' },
            { expr: `sum by (protocol) (kymo:requests:rate{${EACH}})`, legend: '{{protocol}}' },
            { expr: ERRORS_OF_EACH, legend: '{{protocol}}' },
          ],
        }),
        traffic({ w: 10, h: 9 }),
        analysis({
          title: 'Latency p95',
          description:
            'The 95th percentile in its expected band, with what stands out, the same time before, and a forecast.',
          w: 14,
          h: 10,
          unit: 's',
          query: { expr: quantileOfAll(0.95), legend: 'Latency p95' },
        }),
        alertList({
          title: 'Alerts',
          description: 'Alerts that fire or are about to, the most urgent first.',
          w: 10,
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
            { expr: quantileOfAll(0.95), legend: 'p95' },
            {
              expr: ERRORS_OF_ALL,
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
