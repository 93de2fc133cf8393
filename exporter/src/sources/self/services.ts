import { labelled, type Readings } from './totals.js';

/** Counts since the start. */
export interface RuleReadings {
  readonly groups: number;
  readonly evaluations: number;
  readonly failures: number;
  readonly templateErrors: number;
  /** Whether rule files could not be taken over when they were last read. */
  readonly reloadFailed: boolean;
  /** Tests of rules over the past that a limit refused, by it. */
  readonly refusedTests: Iterable<readonly [limit: string, count: number]>;
  readonly notifications: Iterable<{ receiver: string; outcome: string; count: number }>;
  readonly queues: Iterable<readonly [receiver: string, length: number]>;
}

export interface WatchReadings {
  readonly series: number;
  /** By reason. */
  readonly dropped: Iterable<readonly [reason: string, count: number]>;
}

export interface LiveReadings {
  readonly clients: number;
  readonly topics: number;
  readonly subscriptions: number;
  readonly messages: number;
  readonly bytes: number;
  readonly droppedFrames: number;
  readonly failures: number;
  /** By the code of the error. */
  readonly refused: Iterable<readonly [code: string, count: number]>;
  readonly pushed: Iterable<PushReadings>;
}

/** Samples pushed to one Grafana. */
export interface PushReadings {
  readonly url: string;
  readonly pushed: number;
  readonly failed: number;
  readonly dropped: number;
  readonly failures: number;
  /** Seconds. */
  readonly lag: number | undefined;
}

/** What is kept on disk. */
export interface HistoryReadings {
  readonly bytes: number;
  readonly pendingBytes: number;
  readonly dropped: number;
  readonly problem: string | undefined;
}

export function historyMetrics(readings: Readings, read: () => HistoryReadings): void {
  readings.gauge(
    { name: 'kymo_history_size_bytes', help: 'Size of the files of history.' },
    () => read().bytes,
  );
  readings.gauge(
    {
      name: 'kymo_history_pending_bytes',
      help: 'Memory that history takes until it is written as blocks.',
    },
    () => read().pendingBytes,
  );
  readings.counter(
    {
      name: 'kymo_history_dropped_total',
      help: 'Samples and buckets not kept because the disk took nothing for long.',
    },
    () => read().dropped,
  );
  readings.gauge(
    {
      name: 'kymo_history_writing',
      help: 'Whether history is written: 1 where it is, 0 where the disk refuses.',
    },
    () => (read().problem === undefined ? 1 : 0),
  );
}

export function ruleMetrics(readings: Readings, read: () => RuleReadings): void {
  readings.gauge({ name: 'kymo_rule_groups', help: 'Groups of rules.' }, () => read().groups);
  readings.counter(
    { name: 'kymo_rule_evaluations_total', help: 'Evaluations of rules.' },
    () => read().evaluations,
  );
  readings.counter(
    { name: 'kymo_rule_evaluation_failures_total', help: 'Evaluations of rules that failed.' },
    () => read().failures,
  );
  readings.counter(
    {
      name: 'kymo_rule_template_failures_total',
      help: 'Labels and annotations of alerts whose template could not be expanded.',
    },
    () => read().templateErrors,
  );
  readings.gauge(
    {
      name: 'kymo_rules_last_reload_successful',
      help: 'Whether the rule files were taken over when they were last read.',
    },
    () => (read().reloadFailed ? 0 : 1),
  );
  readings.counters(
    {
      name: 'kymo_rule_tests_refused_total',
      help: 'Tests of rules over the past that a limit refused.',
      labels: ['limit'],
    },
    () => labelled('limit', read().refusedTests),
  );
  readings.counters(
    {
      name: 'kymo_notifications_total',
      help: 'Notifications of alerts by receiver and what became of them.',
      labels: ['receiver', 'outcome'],
    },
    function* () {
      for (const { receiver, outcome, count } of read().notifications) {
        yield [{ receiver, outcome }, count];
      }
    },
  );
  readings.gauges(
    {
      name: 'kymo_notifications_queued',
      help: 'Notifications that wait for their receiver.',
      labels: ['receiver'],
    },
    () => labelled('receiver', read().queues),
  );
}

export function watchMetrics(readings: Readings, read: () => WatchReadings): void {
  readings.gauge(
    { name: 'kymo_watched_series', help: 'Series that are scored.' },
    () => read().series,
  );
  readings.counters(
    {
      name: 'kymo_watch_dropped_samples_total',
      help: 'Samples that were not scored, by reason.',
      labels: ['reason'],
    },
    () => labelled('reason', read().dropped),
  );
}

export function liveMetrics(readings: Readings, read: () => LiveReadings): void {
  const gauge = (name: string, help: string, of: (live: LiveReadings) => number): void =>
    readings.gauge({ name, help }, () => of(read()));
  const counter = (name: string, help: string, of: (live: LiveReadings) => number): void =>
    readings.counter({ name, help }, () => of(read()));
  gauge('kymo_live_connections', 'Clients of live streams.', (live) => live.clients);
  gauge('kymo_live_topics', 'Expressions with clients.', (live) => live.topics);
  gauge('kymo_live_subscriptions', 'Subscriptions of clients.', (live) => live.subscriptions);
  counter('kymo_live_messages_total', 'Messages sent to clients.', (live) => live.messages);
  counter('kymo_live_sent_bytes_total', 'Bytes sent to clients.', (live) => live.bytes);
  counter(
    'kymo_live_dropped_frames_total',
    'Frames that slow clients were not sent.',
    (live) => live.droppedFrames,
  );
  counter(
    'kymo_live_failures_total',
    'Evaluations for clients that failed.',
    (live) => live.failures,
  );
  readings.counters(
    {
      name: 'kymo_live_refused_total',
      help: 'Clients, subscriptions and messages that were refused, by reason.',
      labels: ['reason'],
    },
    () => labelled('reason', read().refused),
  );
  readings.counters(
    {
      name: 'kymo_grafana_push_samples_total',
      help: 'Samples for Grafana Live by what became of them.',
      labels: ['url', 'outcome'],
    },
    function* () {
      for (const { url, pushed, failed, dropped } of read().pushed) {
        yield [{ url, outcome: 'pushed' }, pushed];
        yield [{ url, outcome: 'failed' }, failed];
        yield [{ url, outcome: 'dropped' }, dropped];
      }
    },
  );
  readings.counters(
    {
      name: 'kymo_grafana_push_failures_total',
      help: 'Requests to Grafana Live that failed; what it did not refuse is sent again.',
      labels: ['url'],
    },
    function* () {
      for (const { url, failures } of read().pushed) yield [{ url }, failures];
    },
  );
  readings.gauges(
    {
      name: 'kymo_grafana_push_lag_seconds',
      help: 'Time from a tick to the answer of Grafana Live.',
      labels: ['url'],
    },
    function* () {
      for (const { url, lag } of read().pushed) if (lag !== undefined) yield [{ url }, lag];
    },
  );
}
