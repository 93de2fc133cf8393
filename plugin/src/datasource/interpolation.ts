import type { ScopedVars } from '@grafana/data';

/** The variables of a request with `$__rate_interval`, as Grafana's own Prometheus datasource has it. */
export function withRateInterval(
  variables: ScopedVars,
  interval: number,
  scrapeInterval: number,
): ScopedVars {
  const rate = Math.max(interval + scrapeInterval, 4 * scrapeInterval);
  const text = (milliseconds: number): string =>
    milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
  return {
    ...variables,
    __interval: { text: text(interval), value: text(interval) },
    __interval_ms: { text: String(interval), value: interval },
    __rate_interval: { text: text(rate), value: text(rate) },
    __rate_interval_ms: { text: String(rate), value: rate },
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
