import type { ComparisonAnswer, Metric } from '@kymo/contract';
import { metricKey, onGrid, readMatrix } from './matrix.js';
import type { Grid } from './task.js';

/** An earlier range of the same length, as the query thread answered it. */
export interface EarlierRange {
  readonly with: ComparisonAnswer['with'];
  /** Milliseconds by which it comes before. */
  readonly offset: number;
  /** Absent where the query failed. */
  readonly body?: Uint8Array;
  /** Why it failed. */
  readonly problem?: string;
}

/** What sentences call an earlier range. */
export const EARLIER_NAMES: Readonly<Record<ComparisonAnswer['with'], string>> = {
  period_before: 'in the period before',
  yesterday: 'at the same time yesterday',
  last_week: 'at the same time last week',
};

/** The values of an earlier range, by series. */
export interface EarlierValues {
  readonly range: EarlierRange;
  /** `undefined` where the series had no value then. */
  readonly of: (metric: Metric) => Float64Array | undefined;
}

export function earlierValues(range: EarlierRange, grid: Grid): EarlierValues {
  const shifted = { ...grid, start: grid.start - range.offset };
  const { series } = range.body === undefined ? { series: [] } : readMatrix(range.body);
  const byKey = new Map(series.map((one) => [metricKey(one.metric), one]));
  return {
    range,
    of(metric) {
      const found = byKey.get(metricKey(metric));
      return found && onGrid(found, shifted);
    },
  };
}
