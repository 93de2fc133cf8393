import { Counter, Gauge, Histogram, Registry } from 'prom-client';

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
}

export interface SelfMetrics {
  readonly registry: Registry;
  /** Notes the seconds from a tick's start to its publication. */
  observeTick(seconds: number): void;
  /** Counts an error that was caught and reported. */
  countError(component: string): void;
}

/** Kymo's own metrics, `kymo_*`, as a registry that is sampled like any other. */
export function selfMetrics(readings: SelfReadings): SelfMetrics {
  const registry = new Registry();
  const registers = [registry];
  /** A counter whose totals are kept elsewhere. */
  const totals = (
    name: string,
    help: string,
    label: string,
    read: () => Iterable<readonly [string, number]>,
  ): void => {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset();
        for (const [value, count] of read()) this.inc({ [label]: value }, count);
      },
    });
  };
  const count = (name: string, help: string, read: () => number): void => {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  };
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };

  new Gauge({
    name: 'kymo_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'nodeversion'],
    registers,
  }).set({ version: readings.version, nodeversion: process.version }, 1);
  gauge('kymo_series', 'Living series in the head.', readings.series);
  gauge('kymo_series_limit', 'Series that there may be in the head.', readings.seriesLimit);
  totals('kymo_samples_total', 'Samples appended to the head.', 'source', readings.samples);
  totals(
    'kymo_dropped_samples_total',
    'Samples that were not kept, or not where they belong, by reason.',
    'reason',
    readings.dropped,
  );
  gauge(
    'kymo_series_memory_bytes',
    'Memory that the samples in the head take.',
    () => readings.memory().used,
  );
  gauge(
    'kymo_series_memory_limit_bytes',
    'Memory that the samples in the head may take.',
    () => readings.memory().budget,
  );
  count(
    'kymo_ticks_late_total',
    'Grid times that passed without a tick of their own.',
    readings.lateTicks,
  );
  count(
    'kymo_clock_set_back_total',
    'Times the wall clock was set back behind the last tick.',
    readings.clockSetBack,
  );
  totals(
    'kymo_http_refused_requests_total',
    "Requests to the exporter's own server that a limit refused.",
    'limit',
    readings.refused,
  );
  const tickDuration = new Histogram({
    name: 'kymo_tick_duration_seconds',
    help: 'Time from the start of a tick to its publication.',
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
    countError: (component) => errors.inc({ component }),
  };
}
