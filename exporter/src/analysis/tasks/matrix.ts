import type { Metric } from '@kymo/contract';
import { KymoError } from '../../lib/errors.js';
import type { Grid } from './task.js';

/** A histogram as `query_range` answers it: its buckets with how their bounds count, and their bounds. */
export interface MatrixHistogram {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly (readonly [rule: number, lower: string, upper: string, n: string])[];
}

/** A series as `query_range` answers it; times are in Unix seconds. */
export interface MatrixSeries {
  readonly metric: Metric;
  readonly values?: readonly (readonly [time: number, value: string])[];
  readonly histograms?: readonly (readonly [time: number, histogram: MatrixHistogram])[];
}

export interface Matrix {
  readonly series: readonly MatrixSeries[];
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** Bytes of an answer of the query thread that are taken apart. */
const MAX_BYTES = 96 * 2 ** 20;

/**
 * Takes an answer of `query_range` apart.
 * @throws KymoError `bad_data` where it is too large
 */
export function readMatrix(body: Uint8Array): Matrix {
  if (body.byteLength > MAX_BYTES) {
    const size = Math.ceil(body.byteLength / 2 ** 20);
    throw new KymoError(
      'bad_data',
      `the values of the expression take ${size} MiB, more than the ${MAX_BYTES / 2 ** 20} MiB that are looked at; choose fewer series, a shorter range or a longer step`,
    );
  }
  const answer = JSON.parse(new TextDecoder().decode(body)) as {
    readonly data: { readonly result: readonly MatrixSeries[] };
    readonly warnings?: readonly string[];
    readonly infos?: readonly string[];
  };
  const { data, warnings = [], infos = [] } = answer;
  return { series: data.result, warnings, infos };
}

/** A number as the Prometheus API writes it. */
export function sampleNumber(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}

/** The values of a series on a grid; NaN where it has none. */
export function onGrid({ values = [] }: MatrixSeries, { start, step, length }: Grid): Float64Array {
  const column = new Float64Array(length).fill(NaN);
  for (const [time, text] of values) {
    const index = Math.round((time * 1000 - start) / step);
    if (index >= 0 && index < length) column[index] = sampleNumber(text);
  }
  return column;
}

/** A text that two series share if and only if they have the same labels. */
export function metricKey(metric: Metric): string {
  return JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The first series, and how many are beyond the limit. */
export function firstSeries(
  series: readonly MatrixSeries[],
  limit: number,
): { kept: readonly MatrixSeries[]; omitted: number } {
  return { kept: series.slice(0, limit), omitted: Math.max(0, series.length - limit) };
}
