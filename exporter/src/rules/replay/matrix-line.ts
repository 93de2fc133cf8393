import { KymoError } from '../../lib/errors.js';
import { parseNumber } from '../../promql/literals.js';
import type { Labels } from '../../series/labels.js';

/** Samples of a series as they stand in an answer of Prometheus's API. */
export interface MatrixSeries {
  readonly labels: Labels;
  /** Unix seconds and value. */
  readonly samples: readonly (readonly [number, number])[];
  /** Native histograms among the samples; they are not read. */
  readonly histograms: number;
}

/**
 * The series of one line of JSON: `{"metric":{…},"values":[…]}`, or a whole answer to a range query.
 * @throws Error that says what is wrong with the line
 */
export function readMatrixLine(text: string): MatrixSeries[] {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch (thrown) {
    throw new Error('no JSON object; one a line is expected', { cause: thrown });
  }
  if (!isObject(line)) throw new Error('a JSON object is expected');
  if (!('status' in line)) return [readSeries(line)];
  const { data } = line;
  if (!isObject(data) || data.resultType !== 'matrix' || !Array.isArray(data.result)) {
    throw new Error('the answer is no matrix; ask for a range, such as up[10m]');
  }
  return data.result.map(readSeries);
}

function readSeries(series: unknown): MatrixSeries {
  if (!isObject(series) || !isObject(series.metric)) throw new Error('"metric" is to be an object');
  const { metric, values = [], histograms = [] } = series;
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(metric)) {
    if (typeof value !== 'string') throw new Error(`the label ${name} is to be a string`);
    labels[name] = value;
  }
  if (!Array.isArray(values) || !Array.isArray(histograms)) {
    throw new Error('"values" is to be a list of [time, "value"]');
  }
  if (series.values === undefined && histograms.length === 0)
    throw new Error('"values" is missing');
  return { labels, samples: values.map(readSample), histograms: histograms.length };
}

function readSample(sample: unknown): readonly [number, number] {
  const [time, value] = Array.isArray(sample) ? (sample as readonly unknown[]) : [];
  if (typeof time === 'number' && typeof value === 'number') return [time, value];
  if (typeof time === 'number' && typeof value === 'string') {
    try {
      return [time, parseNumber(value)];
    } catch (thrown) {
      if (!(thrown instanceof KymoError)) throw thrown;
    }
  }
  throw new Error(`${JSON.stringify(sample)} is no sample; [time, "value"] is expected`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
