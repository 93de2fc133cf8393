import type { Datasource, Target } from './model.js';

/** The exporter that the variable `datasource` names. */
export const kymo: Datasource = { type: 'kymo-live-datasource', uid: '${datasource}' };

/** Selects what the variables `job` and `instance` name. */
export const SELECTED = 'job=~"$job", instance=~"$instance"';

export interface Query {
  /** PromQL, with variables. */
  readonly expr: string;
  /** Template of series names, such as `{{protocol}}`. */
  readonly legend?: string;
  /** `live` by default: the past up to now, going on as it happens. */
  readonly kind?: 'live' | 'history';
  /** Of the kind `history`: the length of a bucket, and what is told of it. */
  readonly granularity?: 'minute' | 'hour' | 'day';
  readonly statistic?: 'avg' | 'min' | 'max' | 'p95';
  /** Least time between values. */
  readonly interval?: string;
}

/** Queries of a panel, with the letters that Grafana gives them. */
export function targets(queries: readonly Query[]): Target[] {
  return queries.map(({ kind = 'live', ...query }, index) => ({
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
    datasource: kymo,
    version: 2,
    kind,
    ...query,
  }));
}

/** The label that tells the figures of {@link asFigures} apart. */
export const FIGURE = 'figure';

/** Several expressions as one, whose series say in a label which of them they are of. */
export function asFigures(expressions: Readonly<Record<string, string>>): string {
  return Object.entries(expressions)
    .map(([name, expr]) => `label_replace(${expr}, "${FIGURE}", "${name}", "", "")`)
    .join('\n  or\n');
}
