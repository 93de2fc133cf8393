import type { DataSourceJsonData } from '@grafana/data';
import type { DataQuery } from '@grafana/schema';

/** What a query asks for; `fields` says which of its settings fit. */
export const QUERY_KINDS = [
  {
    value: 'live',
    label: 'Live',
    description: 'The past up to now, going on as it happens',
    fields: ['legend', 'interval'],
  },
  {
    value: 'range',
    label: 'Range',
    description: 'The selected time range, as it was',
    fields: ['legend', 'interval'],
  },
  {
    value: 'instant',
    label: 'Instant',
    description: 'The values at the end of the time range',
    fields: ['legend'],
  },
  {
    value: 'history',
    label: 'History',
    description:
      'A statistic of every minute, hour or day; reaches back as far as the exporter keeps',
    fields: ['legend', 'granularity', 'statistic'],
  },
  {
    value: 'anomalies',
    label: 'Anomalies',
    description: 'Values with the band that was expected, and a score: from 1 on it is an anomaly',
    fields: ['legend', 'interval'],
  },
  {
    value: 'forecast',
    label: 'Forecast',
    description: 'Values and how they will probably go on, with an interval',
    fields: ['legend', 'interval', 'horizon'],
  },
  {
    value: 'statistics',
    label: 'Statistics',
    description: 'A row a series: average, peak, percentiles, trend, and the period before',
    fields: ['legend', 'interval'],
  },
  {
    value: 'analysis',
    label: 'Analysis',
    description: 'All that the analysis panel shows: values, anomalies, forecast, insights',
    fields: ['legend', 'interval', 'horizon'],
  },
  {
    value: 'alerts',
    label: 'Alerts',
    description: 'A row an alert: state, value against threshold, labels, who has acknowledged it',
    fields: ['states', 'severities', 'search'],
  },
  {
    value: 'alert_history',
    label: 'Alert history',
    description: 'A row each time that an alert fired in the time range',
    fields: ['severities', 'search'],
  },
] as const;
export type QueryKind = (typeof QUERY_KINDS)[number]['value'];
/** A setting of a query beside its expression. */
export type QueryField = (typeof QUERY_KINDS)[number]['fields'][number];

/** How long the buckets of history are. */
export const GRANULARITIES = [
  { value: 'minute', label: 'Minutes' },
  { value: 'hour', label: 'Hours' },
  { value: 'day', label: 'Days' },
] as const;
export type HistoryGranularity = (typeof GRANULARITIES)[number]['value'];

/** Of the values in a bucket of history. */
export const STATISTICS = [
  { value: 'avg', label: 'Average' },
  { value: 'min', label: 'Low' },
  { value: 'max', label: 'Peak' },
  { value: 'sum', label: 'Sum' },
  { value: 'count', label: 'Count' },
  { value: 'p50', label: 'p50' },
  { value: 'p90', label: 'p90' },
  { value: 'p95', label: 'p95' },
  { value: 'p99', label: 'p99' },
  { value: 'p999', label: 'p99.9' },
] as const;
export type Statistic = (typeof STATISTICS)[number]['value'];

/** A query as it is saved in a dashboard. */
export interface KymoQuery extends DataQuery {
  /** Of this shape; older ones go through {@link migrateQuery}. */
  readonly version: 2;
  readonly kind: QueryKind;
  /** PromQL, with variables. */
  readonly expr: string;
  /** Template of series names, such as `{{protocol}}`; by default their labels. */
  readonly legend?: string;
  /** Least time between values, such as `5s`; by default what fits the panel's width. */
  readonly interval?: string;
  /** Of history; minutes by default. */
  readonly granularity?: HistoryGranularity;
  /** Of history; the average by default. */
  readonly statistic?: Statistic;
  /** How far to forecast, such as `30m`; by default a third of the time range. */
  readonly horizon?: string;
  /** Of alerts, separated by commas: `firing,pending`; all by default. */
  readonly states?: string;
  /** Of alerts, separated by commas: `critical,error`; all by default. */
  readonly severities?: string;
  /** Of alerts: a text in their name, labels or summary. */
  readonly search?: string;
}

/** What is set of a datasource. */
export interface KymoOptions extends DataSourceJsonData {
  /** Least time between values, such as `1s`. */
  readonly timeInterval?: string;
  /** How what goes on comes; `auto` by default. */
  readonly transport?: Transport;
  /** Name of a header that Grafana adds to every request. */
  readonly httpHeaderName1?: string;
}

/** What is set of a datasource and never read back. */
export interface KymoSecrets {
  /** The header's value: what the exporter knows this Grafana by. */
  readonly httpHeaderValue1?: string;
}

export const TRANSPORTS = [
  {
    value: 'auto',
    label: 'Auto',
    description: 'WebSocket; where none passes Grafana Live for channels, and polling otherwise',
  },
  { value: 'websocket', label: 'WebSocket', description: 'WebSocket, polling where none passes' },
  {
    value: 'live',
    label: 'Grafana Live',
    description: 'Channels through Grafana Live, any other expression over WebSocket',
  },
  { value: 'polling', label: 'Polling', description: 'Asks again and again; needs nothing else' },
] as const;
export type Transport = (typeof TRANSPORTS)[number]['value'];

export const DEFAULT_QUERY = { version: 2, kind: 'live', expr: '' } as const;

/** Whether a kind of query is about an expression. */
export function hasExpression(kind: QueryKind): boolean {
  return kind !== 'alerts' && kind !== 'alert_history';
}

/** Whether a setting fits a kind of query. */
export function hasField(kind: QueryKind, field: QueryField): boolean {
  const fields: readonly QueryField[] =
    QUERY_KINDS.find(({ value }) => value === kind)?.fields ?? [];
  return fields.includes(field);
}

/**
 * A query of any origin in today's shape: of the stock Prometheus datasource too. Version 1 had the first
 * three kinds only, each as it is now.
 */
export function migrateQuery(saved: DataQuery & Readonly<Record<string, unknown>>): KymoQuery {
  const { refId, hide, key, queryType, datasource } = saved;
  const kind =
    oneOf(QUERY_KINDS, saved.kind) ??
    (saved.instant === true && saved.range !== true ? 'instant' : 'live');
  return {
    refId,
    hide,
    key,
    queryType,
    datasource,
    version: 2,
    kind,
    expr: text(saved.expr) ?? '',
    legend: legendOf(saved.legend) ?? legendOf(saved.legendFormat),
    interval: text(saved.interval),
    granularity: oneOf(GRANULARITIES, saved.granularity),
    statistic: oneOf(STATISTICS, saved.statistic),
    horizon: text(saved.horizon),
    states: text(saved.states),
    severities: text(saved.severities),
    search: text(saved.search),
  };
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The stock Prometheus datasource saves this where no template was given: names are chosen by itself. */
const AUTOMATIC = '__auto';

function legendOf(value: unknown): string | undefined {
  const template = text(value);
  return template === AUTOMATIC ? undefined : template;
}

function oneOf<Value extends string>(
  choices: readonly { readonly value: Value }[],
  wanted: unknown,
): Value | undefined {
  return choices.find(({ value }) => value === wanted)?.value;
}
