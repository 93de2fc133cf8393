import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import {
  historyMetrics,
  liveMetrics,
  ruleMetrics,
  watchMetrics,
  type HistoryReadings,
  type LiveReadings,
  type RuleReadings,
  type WatchReadings,
} from './services.js';
import { labelled, Readings } from './totals.js';

/** What Kymo's own metrics are read from, on each tick. */
export interface SelfReadings {
  readonly version: string;
  /** Living series. */
  readonly series: () => number;
  /** Series that there may be. */
  readonly seriesLimit: () => number;
  /** Samples appended since the start, by source. */
  readonly samples: () => Iterable<readonly [source: string, count: number]>;
  /** Samples not kept or taken elsewhere since the start, by reason. */
  readonly dropped: () => Iterable<readonly [reason: string, count: number]>;
  /** Bytes that samples take, and may take. */
  readonly memory: () => { readonly used: number; readonly budget: number };
  readonly lateTicks: () => number;
  readonly clockSetBack: () => number;
  /** Requests refused since the start, by limit. */
  readonly refused: () => Iterable<readonly [limit: string, count: number]>;
  /** Analyses since the start, by what became of them. */
  readonly analyses: () => Iterable<readonly [outcome: string, count: number]>;
  readonly rules: () => RuleReadings;
  readonly watches: () => WatchReadings;
  readonly live: () => LiveReadings;
  /** Left out where no history is kept. */
  readonly history?: () => HistoryReadings;
}

export interface SelfMetrics {
  readonly registry: Registry;
  /** Notes the seconds from a tick's start to its publication. */
  observeTick(seconds: number): void;
  /** Notes the seconds that the evaluation of a rule took. */
  observeRule(seconds: number): void;
  /** Notes the seconds from a tick's grid time to when its frames were handed to all clients. */
  observeLive(seconds: number): void;
  /** Counts an error that was caught and reported. */
  countError(component: string): void;
}

/** Kymo's own metrics, `kymo_*`, as a registry that is sampled like any other. */
export function selfMetrics(readings: SelfReadings): SelfMetrics {
  const registry = new Registry();
  const kept = new Readings(registry);
  const { registers } = kept;
  new Gauge({
    name: 'kymo_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'nodeversion'],
    registers,
  }).set({ version: readings.version, nodeversion: process.version }, 1);
  kept.gauge({ name: 'kymo_series', help: 'Living series in the head.' }, readings.series);
  kept.gauge(
    { name: 'kymo_series_limit', help: 'Series that there may be in the head.' },
    readings.seriesLimit,
  );
  kept.counters(
    { name: 'kymo_samples_total', help: 'Samples appended to the head.', labels: ['source'] },
    () => labelled('source', readings.samples()),
  );
  kept.counters(
    {
      name: 'kymo_dropped_samples_total',
      help: 'Samples that were not kept, or not where they belong, by reason.',
      labels: ['reason'],
    },
    () => labelled('reason', readings.dropped()),
  );
  kept.gauge(
    { name: 'kymo_series_memory_bytes', help: 'Memory that the samples in the head take.' },
    () => readings.memory().used,
  );
  kept.gauge(
    {
      name: 'kymo_series_memory_limit_bytes',
      help: 'Memory that the samples in the head may take.',
    },
    () => readings.memory().budget,
  );
  kept.counter(
    { name: 'kymo_ticks_late_total', help: 'Grid times that passed without a tick of their own.' },
    readings.lateTicks,
  );
  kept.counter(
    {
      name: 'kymo_clock_set_back_total',
      help: 'Times the wall clock was set back behind the last tick.',
    },
    readings.clockSetBack,
  );
  kept.counters(
    {
      name: 'kymo_http_refused_requests_total',
      help: "Requests to the exporter's own server that a limit refused.",
      labels: ['limit'],
    },
    () => labelled('limit', readings.refused()),
  );
  kept.counters(
    {
      name: 'kymo_analyses_total',
      help: 'Analyses by what became of them; `refused` where too many were waiting.',
      labels: ['outcome'],
    },
    () => labelled('outcome', readings.analyses()),
  );
  const tickDuration = new Histogram({
    name: 'kymo_tick_duration_seconds',
    help: 'Time from the start of a tick to its publication.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers,
  });
  ruleMetrics(kept, readings.rules);
  watchMetrics(kept, readings.watches);
  liveMetrics(kept, readings.live);
  if (readings.history !== undefined) historyMetrics(kept, readings.history);
  const ruleDuration = new Histogram({
    name: 'kymo_rule_evaluation_duration_seconds',
    help: 'Time that the evaluation of a rule took.',
    buckets: [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.025, 0.1],
    registers,
  });
  const liveLatency = new Histogram({
    name: 'kymo_live_latency_seconds',
    help: 'Time from the grid time of a tick to when its frames were handed to all clients.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers,
  });
  const errors = new Counter({
    name: 'kymo_errors_total',
    help: 'Errors that were caught and reported.',
    labelNames: ['component'],
    registers,
  });
  return {
    registry,
    observeTick: (seconds) => tickDuration.observe(seconds),
    observeRule: (seconds) => ruleDuration.observe(seconds),
    observeLive: (seconds) => liveLatency.observe(seconds),
    countError: (component) => errors.inc({ component }),
  };
}
