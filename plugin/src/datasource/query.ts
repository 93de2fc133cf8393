import type { DataSourceJsonData } from '@grafana/data';
import type { DataQuery } from '@grafana/schema';

/** What a query asks for. */
export const QUERY_KINDS = [
  { value: 'live', label: 'Live', description: 'The past up to now, going on as it happens' },
  { value: 'range', label: 'Range', description: 'The selected time range, as it was' },
  { value: 'instant', label: 'Instant', description: 'The values at the end of the time range' },
] as const;
export type QueryKind = (typeof QUERY_KINDS)[number]['value'];

/** A query as it is saved in a dashboard. */
export interface KymoQuery extends DataQuery {
  /** Of this shape; older ones go through {@link migrateQuery}. */
  readonly version: 1;
  readonly kind: QueryKind;
  /** PromQL, with variables. */
  readonly expr: string;
  /** Template of series names, such as `{{protocol}}`; by default their labels. */
  readonly legend?: string;
  /** Least time between values, such as `5s`; by default what fits the panel's width. */
  readonly interval?: string;
}

/** What is set of a datasource. */
export interface KymoOptions extends DataSourceJsonData {
  /** Least time between values, such as `1s`. */
  readonly timeInterval?: string;
}

export const DEFAULT_QUERY = { version: 1, kind: 'live', expr: '' } as const;

/** A query of any origin in today's shape: of the stock Prometheus datasource too. */
export function migrateQuery(saved: DataQuery & Readonly<Record<string, unknown>>): KymoQuery {
  const { refId, hide, key, queryType, datasource } = saved;
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' && value !== '' ? value : undefined;
  const known = QUERY_KINDS.find(({ value }) => value === saved.kind)?.value;
  const kind = known ?? (saved.instant === true && saved.range !== true ? 'instant' : 'live');
  return {
    refId,
    hide,
    key,
    queryType,
    datasource,
    version: 1,
    kind,
    expr: text(saved.expr) ?? '',
    legend: text(saved.legend) ?? text(saved.legendFormat),
    interval: text(saved.interval),
  };
}
