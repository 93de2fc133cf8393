import type { Datasource, Target } from './model.js';

/** The exporter that the variable `datasource` names. */
export const kymo: Datasource = { type: 'kymo-live-datasource', uid: '${datasource}' };

/** Selects what the variables `job` and `instance` name. */
export const SELECTED = 'job=~"$job", instance=~"$instance"';

export interface Query {
  /** PromQL, with variables; of alerts there is none. */
  readonly expr?: string;
  /** Template of series names, such as `{{protocol}}`. */
  readonly legend?: string;
  /** `live` by default: the past up to now, going on as it happens. */
  readonly kind?:
    'live' | 'history' | 'anomalies' | 'forecast' | 'analysis' | 'alerts' | 'alert_history';
  /** Of the kind `history`: the length of a bucket, and what is told of it. */
  readonly granularity?: 'minute' | 'hour' | 'day';
  readonly statistic?: 'avg' | 'min' | 'max' | 'p95';
  /** Of the kind `forecast`: how far, such as `6h`. */
  readonly horizon?: string;
  /** Of alerts, separated by commas; all by default. */
  readonly severities?: string;
  /** Least time between values. */
  readonly interval?: string;
}

/** Queries of a panel, with the letters that Grafana gives them. */
export function targets(queries: readonly Query[]): Target[] {
  return queries.map((query, index) => targetOf(query, String.fromCharCode(65 + index)));
}

/** A query as Grafana saves it, under a name. */
export function targetOf({ kind = 'live', expr = '', ...query }: Query, refId: string): Target {
  return { refId, datasource: kymo, version: 2, kind, expr, ...query };
}

/** The label that tells the figures of {@link asFigures} apart. */
export const FIGURE = 'figure';

/** Several expressions as one, whose series say in a label which of them they are of. */
export function asFigures(expressions: Readonly<Record<string, string>>): string {
  return Object.entries(expressions)
    .map(([name, expr]) => `label_replace(${expr}, "${FIGURE}", "${name}", "", "")`)
    .join('\n  or\n');
}
