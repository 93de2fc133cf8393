import { annotation, dashboard, protocol } from '../dashboard.js';
import { ALERT_STATES, band, color, named, rising } from '../fields.js';
import { alertList } from '../kymo-panels.js';
import { figures, greatest, stateTimeline, timeSeries } from '../panels.js';
import { firings } from '../tables.js';
import { SELECTED, type Query } from '../query.js';

/** Watches that see every protocol score the total as well, which has none. */
const SCORED = `protocol=~"$protocol|", ${SELECTED}`;
const FIRING = `ALERTS{alertstate="firing", ${SELECTED}}`;

/** Pixels for names of alerts beside states; by itself Grafana cuts long ones. */
const NAMES = { axisWidth: 220 };

/** A value with what was expected of it. */
function expected(watch: string, value: string): Query[] {
  const selector = `{watch="${watch}", protocol="", ${SELECTED}}`;
  // Bands of a watch that has seen little are so wide that nothing else can be seen.
  const sure = (metric: string): string =>
    `max(${metric}${selector} and kymo_anomaly_confidence${selector} >= 0.2)`;
  return [
    { expr: sure('kymo_expected_lower'), legend: 'lower' },
    { expr: sure('kymo_expected_upper'), legend: 'upper' },
    { expr: sure('kymo_expected'), legend: 'expected' },
    { expr: value, legend: 'value' },
  ];
}

const bands = [
  {
    title: 'Request rate',
    watch: 'request_rate',
    unit: 'reqps',
    value: `max(kymo:requests:rate{protocol="", ${SELECTED}})`,
  },
  {
    title: 'Latency p99',
    watch: 'request_latency_p99',
    unit: 's',
    value: `max(kymo:latency_seconds:p99{protocol="", ${SELECTED}})`,
  },
  {
    title: 'CPU',
    watch: 'cpu_busy',
    unit: 'percentunit',
    value: `max(1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle", ${SELECTED}}[5s])))`,
  },
  {
    title: 'Memory in use',
    watch: 'memory_used',
    unit: 'percentunit',
    value: `max(1 - node_memory_MemAvailable_bytes{${SELECTED}} / node_memory_MemTotal_bytes{${SELECTED}})`,
  },
];

export const alerts = dashboard({
  uid: 'kymo-alerts',
  title: 'Alerts and anomalies',
  description: 'Alerts and how they came about; which series are unlike their past.',
  last: '15m',
  variables: [protocol],
  annotations: [
    annotation('Anomalies of the latency', 'orange', {
      kind: 'anomalies',
      expr: `max(kymo:latency_seconds:p99{protocol="", ${SELECTED}})`,
      legend: 'latency p99',
    }),
  ],
  sections: [
    {
      panels: [
        alertList({
          title: 'Alerts',
          description:
            'Alerts that fire or are about to, the most urgent first. Editors acknowledge them here.',
          w: 18,
          h: 14,
        }),
        figures({
          title: 'Firing now, by severity',
          description: 'Alerts that fire, with the Watchdog, which always does and is an info.',
          w: 6,
          h: 8,
          unit: 'short',
          colored: true,
          queries: [{ expr: `count by (severity) (${FIRING})`, legend: '{{severity}}' }],
          overrides: [
            named('info', color('blue')),
            named('warning', color('orange')),
            named('error', color('red')),
            named('critical', color('red')),
            named('emergency', color('dark-red')),
          ],
        }),
        figures({
          title: 'Acknowledged',
          description: 'Alerts that somebody has acknowledged.',
          w: 6,
          h: 6,
          unit: 'short',
          queries: [
            { expr: `sum(kymo_alert_acknowledged{${SELECTED}}) or vector(0)`, legend: 'alerts' },
          ],
        }),
        stateTimeline({
          title: 'Transitions',
          description:
            'States of alerts over time. What is inactive is not shown; Watchdog always fires.',
          w: 24,
          h: 12,
          queries: [
            {
              expr: `max by (alertname, protocol, device) (kymo_alert_state{${SELECTED}} > 0)`,
              legend: '{{alertname}} {{protocol}} {{device}}',
            },
          ],
          mappings: ALERT_STATES,
          custom: NAMES,
        }),
      ],
    },
    {
      title: 'Anomaly scores',
      panels: [
        timeSeries({
          title: 'Scores',
          description:
            'The greatest score of each watch: 0 is normal, 1 is the boundary. A score says that a value is unlike the past, not that it is bad.',
          w: 14,
          h: 9,
          steps: [
            { color: 'transparent', value: null },
            { color: 'red', value: 1 },
          ],
          showSteps: true,
          queries: [
            {
              expr: `max by (watch) (kymo_anomaly_score{${SCORED}})`,
              legend: '{{watch}}',
            },
          ],
          custom: { axisSoftMax: 1.5 },
        }),
        greatest({
          title: 'Most anomalous series',
          most: 8,
          description: 'Series by their greatest score in the last minute.',
          w: 10,
          h: 9,
          decimals: 2,
          min: 0,
          max: 2,
          steps: rising(0.7, 1),
          queries: [
            {
              expr: `topk(8, max_over_time(kymo_anomaly_score{${SCORED}}[1m]))`,
              legend: '{{watch}} {{protocol}} {{device}}',
            },
          ],
        }),
        timeSeries({
          title: 'Confidence',
          description: 'How sure a watch is of its scores, 0 to 1: low while it has seen little.',
          w: 14,
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: `min by (watch) (kymo_anomaly_confidence{${SCORED}})`,
              legend: '{{watch}}',
            },
          ],
        }),
        figures({
          title: 'Watched',
          description:
            'Series that are watched, and those above the boundary within the last 30 s.',
          w: 10,
          unit: 'short',
          queries: [
            { expr: `count(kymo_anomaly_score{${SELECTED}})`, legend: 'watched' },
            {
              expr: `count(max_over_time(kymo_anomaly_score{${SELECTED}}[30s]) > 1) or vector(0)`,
              legend: 'unusual',
            },
          ],
        }),
      ],
    },
    {
      title: 'Expected bands',
      panels: bands.map(({ title, watch, unit, value }) =>
        timeSeries({
          title,
          description: `The value inside of what the watch ${watch} expects.`,
          unit,
          queries: expected(watch, value),
          overrides: band('lower', 'upper', 'expected'),
        }),
      ),
    },
    {
      title: 'Last 24 hours',
      panels: [
        stateTimeline({
          title: 'Transitions of a day',
          description: 'States of alert rules over the last day.',
          w: 24,
          last: '24h',
          custom: NAMES,
          queries: [
            {
              expr: `max by (alertname) (kymo_alert_state{${SELECTED}} > 0)`,
              legend: '{{alertname}}',
            },
          ],
          mappings: ALERT_STATES,
        }),
        firings({
          title: 'What has fired',
          description: 'Each time that an alert fired within the last day.',
          w: 24,
          last: '24h',
        }),
        timeSeries({
          title: 'Latency p95 of a day',
          description:
            'What was expected by the values before, and what was not: from a score of 1 on.',
          unit: 's',
          last: '24h',
          queries: [
            {
              kind: 'anomalies',
              expr: `max(kymo:latency_seconds:p95{protocol="", ${SELECTED}})`,
              legend: 'p95',
              interval: '2m',
            },
          ],
        }),
        timeSeries({
          title: 'Scores of a day',
          description: 'The greatest score of each watch within five minutes, over the last day.',
          last: '24h',
          queries: [
            {
              expr: `max by (watch) (max_over_time(kymo_anomaly_score{${SCORED}}[5m]))`,
              legend: '{{watch}}',
            },
          ],
          custom: { axisSoftMax: 1.5 },
        }),
      ],
    },
  ],
});
