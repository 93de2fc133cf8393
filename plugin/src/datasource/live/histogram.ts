import { fieldsOf, listOf } from '../../shared/json.js';
import { parsePrometheusNumber } from './wire.js';

/** What an exponential histogram has between two bounds. */
export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  /** Or their rate: not always a whole number. */
  readonly count: number;
}

/** The buckets of an exponential histogram in Prometheus's JSON; those that cannot be read are left out. */
export function bucketsOf(histogram: unknown): readonly Bucket[] {
  return listOf(fieldsOf(histogram).buckets).flatMap((bucket) => {
    const [, lower, upper, count] = listOf(bucket).map((part) =>
      parsePrometheusNumber(String(part)),
    );
    const isWhole = lower <= upper && Number.isFinite(count);
    return isWhole ? [{ lower, upper, count }] : [];
  });
}
