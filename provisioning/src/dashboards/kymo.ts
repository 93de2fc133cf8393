import { dashboard } from '../dashboard.js';
import { color, named, rising } from '../fields.js';
import { figures, greatest, stateTimeline, timeSeries } from '../panels.js';
import { SELECTED } from '../query.js';

const sum = (metric: string): string => `sum(${metric}{${SELECTED}})`;
const rate = (metric: string): string => `sum(rate(${metric}{${SELECTED}}[10s]))`;
const quantile = (q: number, histogram: string): string =>
  `histogram_quantile(${q}, sum by (le) (rate(${histogram}_bucket{${SELECTED}}[1m])))`;
/** Counters that do not exist before they count. */
const orNone = (expr: string): string => `${expr} or vector(0)`;
const limit = (name: string) =>
  named(name, {
    ...color('red'),
    'custom.lineStyle': { fill: 'dash', dash: [6, 6] },
    'custom.fillOpacity': 0,
  });

const summary = figures({
  title: 'At a glance',
  description:
    'Series, ticks that were late, what was dropped and what went wrong since the start.',
  w: 24,
  h: 4,
  unit: 'short',
  queries: [
    { expr: `${sum('kymo_series')}`, legend: 'series' },
    {
      expr: `sum(increase(kymo_ticks_late_total{${SELECTED}}[5m]))`,
      legend: 'late ticks in 5 min',
    },
    { expr: orNone(sum('kymo_dropped_samples_total')), legend: 'samples dropped' },
    { expr: sum('kymo_live_connections'), legend: 'live clients' },
    {
      expr: `count(kymo_collector_success{${SELECTED}} == 0) or vector(0)`,
      legend: 'collectors failing',
    },
    { expr: orNone(sum('kymo_errors_total')), legend: 'errors' },
    { expr: `time() - max(process_start_time_seconds{${SELECTED}})`, legend: 'running for' },
  ],
  overrides: [named('running for', { unit: 's' }), named('late ticks in 5 min', { decimals: 0 })],
});

const ticks = {
  title: 'Ticks',
  panels: [
    timeSeries({
      title: 'Duration of a tick',
      description: 'Time from the begin of a tick to its frames being sent.',
      w: 8,
      unit: 's',
      queries: [
        { expr: quantile(0.5, 'kymo_tick_duration_seconds'), legend: 'p50' },
        { expr: quantile(0.99, 'kymo_tick_duration_seconds'), legend: 'p99' },
      ],
    }),
    timeSeries({
      title: 'Ticks',
      description: 'Ticks a second that ran, and that were late.',
      w: 8,
      decimals: 2,
      queries: [
        { expr: rate('kymo_tick_duration_seconds_count'), legend: 'run' },
        { expr: rate('kymo_ticks_late_total'), legend: 'late' },
      ],
    }),
    timeSeries({
      title: 'Lag of the event loop',
      description: 'How late timers of the process run.',
      w: 8,
      unit: 's',
      queries: [
        { expr: `max(nodejs_eventloop_lag_p50_seconds{${SELECTED}})`, legend: 'p50' },
        { expr: `max(nodejs_eventloop_lag_p99_seconds{${SELECTED}})`, legend: 'p99' },
      ],
    }),
    greatest({
      title: 'Slowest collectors',
      most: 7,
      description: 'Mean time of collectors, of the last minute.',
      unit: 's',
      min: 0,
      queries: [
        {
          expr: `topk(7, avg_over_time(kymo_collector_duration_seconds{${SELECTED}}[1m]))`,
          legend: '{{collector}}',
        },
      ],
    }),
    stateTimeline({
      title: 'Collectors',
      description: 'How many collectors succeeded; a collector that fails has a row of its own.',
      queries: [
        {
          expr: `label_replace(min(kymo_collector_success{${SELECTED}}), "collector", "all", "", "") or (kymo_collector_success{${SELECTED}} == 0)`,
          legend: '{{collector}}',
        },
      ],
      mappings: [
        {
          type: 'value',
          options: {
            '0': { text: 'failing', color: 'red', index: 0 },
            '1': { text: 'fine', color: 'green', index: 1 },
          },
        },
      ],
    }),
  ],
};

const series = {
  title: 'Series',
  panels: [
    timeSeries({
      title: 'Series',
      description: 'Series that are kept, and the limit (series.limit).',
      w: 8,
      unit: 'short',
      logarithmic: true,
      min: 1,
      queries: [
        { expr: sum('kymo_series'), legend: 'series' },
        { expr: sum('kymo_series_limit'), legend: 'limit' },
      ],
      overrides: [limit('limit')],
    }),
    timeSeries({
      title: 'Memory of samples',
      description: 'Memory that samples take, and the limit (series.memory).',
      w: 8,
      unit: 'bytes',
      queries: [
        { expr: sum('kymo_series_memory_bytes'), legend: 'samples' },
        { expr: sum('kymo_series_memory_limit_bytes'), legend: 'limit' },
      ],
      overrides: [limit('limit')],
    }),
    timeSeries({
      title: 'History on disk',
      description: 'Size of the history, and what waits to be written.',
      w: 8,
      unit: 'bytes',
      queries: [
        { expr: sum('kymo_history_size_bytes'), legend: 'history' },
        { expr: sum('kymo_history_pending_bytes'), legend: 'waiting' },
      ],
    }),
    timeSeries({
      title: 'Samples by source',
      description: 'Samples a second that come in, of the ten greatest sources.',
      unit: 'short',
      stacked: true,
      queries: [
        {
          expr: `topk(10, sum by (source) (rate(kymo_samples_total{${SELECTED}}[10s])))`,
          legend: '{{source}}',
        },
      ],
    }),
    timeSeries({
      title: 'Dropped',
      description: 'Samples a second that were not kept, and frames that slow clients did not get.',
      unit: 'short',
      queries: [
        { expr: orNone(rate('kymo_dropped_samples_total')), legend: 'samples' },
        { expr: rate('kymo_live_dropped_frames_total'), legend: 'frames' },
      ],
      custom: { axisSoftMax: 1 },
    }),
  ],
};

const live = {
  title: 'Live clients and pushes',
  panels: [
    timeSeries({
      title: 'Clients',
      description: 'WebSocket clients, their subscriptions, and the topics that those share.',
      w: 8,
      unit: 'short',
      queries: [
        { expr: sum('kymo_live_connections'), legend: 'clients' },
        { expr: sum('kymo_live_subscriptions'), legend: 'subscriptions' },
        { expr: sum('kymo_live_topics'), legend: 'topics' },
      ],
    }),
    timeSeries({
      title: 'Frames',
      description: 'Frames and bytes a second that are sent to live clients.',
      w: 8,
      unit: 'short',
      queries: [
        { expr: rate('kymo_live_messages_total'), legend: 'frames' },
        { expr: rate('kymo_live_sent_bytes_total'), legend: 'bytes' },
      ],
      overrides: [named('bytes', { unit: 'Bps', 'custom.axisPlacement': 'right' })],
    }),
    timeSeries({
      title: 'Latency of frames',
      description: 'Time from the tick to the frame being handed to the socket.',
      w: 8,
      unit: 's',
      queries: [
        { expr: `${quantile(0.5, 'kymo_live_latency_seconds')} >= 0 or vector(0)`, legend: 'p50' },
        { expr: `${quantile(0.99, 'kymo_live_latency_seconds')} >= 0 or vector(0)`, legend: 'p99' },
      ],
    }),
    timeSeries({
      title: 'Pushed to Grafana Live',
      description:
        'Samples a second that are pushed, and pushes that failed; 0 where no Grafana is set.',
      w: 8,
      unit: 'short',
      queries: [
        { expr: orNone(rate('kymo_grafana_push_samples_total')), legend: 'samples' },
        { expr: orNone(rate('kymo_grafana_push_failures_total')), legend: 'failures' },
      ],
      custom: { axisSoftMax: 1 },
    }),
    timeSeries({
      title: 'Requests to the exporter',
      description: 'Requests a second that its HTTP server refused: limits, hosts, methods.',
      w: 8,
      unit: 'reqps',
      queries: [{ expr: orNone(rate('kymo_http_refused_requests_total')), legend: 'refused' }],
      custom: { axisSoftMax: 1 },
    }),
    timeSeries({
      title: 'Notifications',
      description: 'Notifications a second by outcome; 0 where nobody is to be told.',
      w: 8,
      unit: 'short',
      queries: [
        {
          expr: `sum by (outcome) (rate(kymo_notifications_total{${SELECTED}}[1m])) or label_replace(vector(0), "outcome", "none", "", "")`,
          legend: '{{outcome}}',
        },
      ],
      custom: { axisSoftMax: 1 },
    }),
  ],
};

const rules = {
  title: 'Rules and errors',
  panels: [
    timeSeries({
      title: 'Evaluation of rules',
      description: 'Time that the evaluation of one rule takes.',
      w: 8,
      unit: 's',
      queries: [
        { expr: quantile(0.5, 'kymo_rule_evaluation_duration_seconds'), legend: 'p50' },
        { expr: quantile(0.99, 'kymo_rule_evaluation_duration_seconds'), legend: 'p99' },
      ],
    }),
    timeSeries({
      title: 'Rules',
      description: 'Evaluations a second, and those that failed.',
      w: 8,
      unit: 'short',
      queries: [
        { expr: rate('kymo_rule_evaluations_total'), legend: 'evaluations' },
        { expr: rate('kymo_rule_evaluation_failures_total'), legend: 'failures' },
      ],
    }),
    timeSeries({
      title: 'Errors',
      description: 'Errors a second by component.',
      w: 8,
      unit: 'short',
      queries: [
        {
          expr: `sum by (component) (rate(kymo_errors_total{${SELECTED}}[1m])) or label_replace(vector(0), "component", "none", "", "")`,
          legend: '{{component}}',
        },
      ],
      custom: { axisSoftMax: 1 },
    }),
  ],
};

const process = {
  title: 'Process',
  panels: [
    timeSeries({
      title: 'CPU of the exporter',
      description:
        'CPU time a second of the process, by mode; with the demo, its load runs in another.',
      w: 8,
      unit: 'percentunit',
      stacked: true,
      queries: [
        { expr: rate('process_cpu_user_seconds_total'), legend: 'user' },
        { expr: rate('process_cpu_system_seconds_total'), legend: 'system' },
      ],
    }),
    timeSeries({
      title: 'Memory of the exporter',
      description: 'Resident memory, heap in use, and memory outside of the heap.',
      w: 8,
      unit: 'bytes',
      queries: [
        { expr: sum('process_resident_memory_bytes'), legend: 'resident' },
        { expr: sum('nodejs_heap_size_used_bytes'), legend: 'heap in use' },
        { expr: sum('nodejs_external_memory_bytes'), legend: 'external' },
      ],
    }),
    timeSeries({
      title: 'Garbage collection',
      description: 'Share of the time that garbage collection takes, by kind.',
      w: 8,
      unit: 'percentunit',
      steps: rising(0.05, 0.2),
      queries: [
        {
          expr: `sum by (kind) (rate(nodejs_gc_duration_seconds_sum{${SELECTED}}[1m]))`,
          legend: '{{kind}}',
        },
      ],
    }),
  ],
};

export const kymoItself = dashboard({
  uid: 'kymo-itself',
  title: 'Kymo itself',
  description: 'How the exporter does: ticks, series, drops, clients, pushes, rules, errors.',
  last: '15m',
  sections: [{ panels: [summary] }, ticks, series, live, rules, process],
});
