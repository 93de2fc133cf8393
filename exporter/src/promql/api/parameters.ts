import { KymoError } from '../../lib/errors.js';
import { parseDuration } from '../durations.js';

/**
 * Parameters of the Prometheus HTTP API, from the query string and, for POST, the form in the body.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/ and Prometheus web/api/v1.
 */
export class QueryParameters {
  readonly #values: URLSearchParams;

  constructor(values: URLSearchParams) {
    this.#values = values;
  }

  /** All values of a parameter that may be repeated, such as `match[]`. */
  all(name: string): string[] {
    return this.#values.getAll(name);
  }

  /** `''` where it is absent. */
  text(name: string): string {
    return this.#values.get(name) ?? '';
  }

  has(name: string): boolean {
    return this.text(name) !== '';
  }

  /**
   * A point in time in Unix milliseconds: Unix seconds with fractions, or RFC 3339.
   * @throws KymoError `bad_data` naming the parameter.
   */
  time(name: string, fallback?: number): number {
    const text = this.text(name);
    if (text === '' && fallback !== undefined) return fallback;
    if (text === MIN_TIME) return -MAX_MILLISECONDS;
    if (text === MAX_TIME) return MAX_MILLISECONDS;
    const seconds = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
    if (Number.isFinite(seconds)) return Math.round(seconds * 1000);
    const parsed = RFC3339.test(text) ? Date.parse(text) : NaN;
    if (!Number.isNaN(parsed)) return parsed;
    throw invalid(name, `cannot parse "${text}" to a valid timestamp`);
  }

  /**
   * A length of time in milliseconds: seconds with fractions, or a duration such as `5m`.
   * @throws KymoError `bad_data` naming the parameter.
   */
  duration(name: string): number {
    const text = this.text(name);
    const seconds = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
    if (Number.isFinite(seconds)) {
      const milliseconds = seconds * 1000;
      if (Math.abs(milliseconds) <= MAX_MILLISECONDS) return milliseconds;
      throw invalid(name, `cannot parse "${text}" to a valid duration. It overflows int64`);
    }
    try {
      return parseDuration(text);
    } catch (cause) {
      throw invalid(name, `cannot parse "${text}" to a valid duration`, cause);
    }
  }

  /** A whole number that is not negative; 0, which means no limit, where it is absent. */
  limit(name: string): number {
    const text = this.text(name);
    if (text === '') return 0;
    if (/^\d{1,9}$/.test(text)) return Number(text);
    throw invalid(name, `cannot parse "${text}": a whole number that is not negative is expected`);
  }
}

// What Prometheus's client library sends for "no bound" (web/api/v1 MinTime, MaxTime).
const MIN_TIME = '-292273086-05-16T16:47:06Z';
const MAX_TIME = '292277025-08-18T07:12:54.999999999Z';
const MAX_MILLISECONDS = Number.MAX_SAFE_INTEGER;
const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function invalid(name: string, reason: string, cause?: unknown): KymoError {
  return new KymoError('bad_data', `invalid parameter "${name}": ${reason}`, { cause });
}
