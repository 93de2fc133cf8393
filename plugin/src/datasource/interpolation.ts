import type { ScopedVars } from '@grafana/data';

/** Spans of a request, in milliseconds. */
interface Spans {
  /** Between values. */
  readonly interval: number;
  /** Between what the exporter collects. */
  readonly scrapeInterval: number;
  /** From the first value to the last. */
  readonly range: number;
}

/**
 * The variables of a request with `$__interval`, `$__rate_interval` and `$__range`, as Grafana's own
 * Prometheus datasource has them.
 */
export function withIntervals(
  variables: ScopedVars,
  { interval, scrapeInterval, range }: Spans,
): ScopedVars {
  const rate = Math.max(interval + scrapeInterval, 4 * scrapeInterval);
  const all = Math.max(1, Math.round(range / 1000));
  const span = (milliseconds: number): string =>
    milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
  const of = (value: string | number) => ({ text: String(value), value });
  return {
    ...variables,
    __interval: of(span(interval)),
    __interval_ms: of(interval),
    __rate_interval: of(span(rate)),
    __rate_interval_ms: of(rate),
    __range: of(`${all}s`),
    __range_s: of(all),
    __range_ms: of(all * 1000),
  };
}

/** How the value of a variable is written into PromQL: several as alternatives of a pattern. */
export function escapeForRegex(
  value: unknown,
  variable: { multi?: unknown; includeAll?: unknown },
): string {
  const text = (item: unknown): string => (typeof item === 'string' ? item : JSON.stringify(item));
  if (variable.multi !== true && variable.includeAll !== true) {
    return quoted(Array.isArray(value) ? value.map(text).join('|') : text(value));
  }
  const items = (Array.isArray(value) ? value : [value]).map((item) => quoted(pattern(text(item))));
  return items.length === 1 ? items[0] : `(${items.join('|')})`;
}

const pattern = (text: string): string => text.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&');
/** Within a string of PromQL. */
const quoted = (text: string): string => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"');
