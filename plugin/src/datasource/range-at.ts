import { dateTime, type TimeRange } from '@grafana/data';

/** A time range that ends at a moment, Unix milliseconds; as it is where there is none. */
export function rangeAt(range: TimeRange, at: number | undefined): TimeRange {
  if (at === undefined) return range;
  const from = dateTime(at - (range.to.valueOf() - range.from.valueOf()));
  const to = dateTime(at);
  return { from, to, raw: { from, to } };
}
