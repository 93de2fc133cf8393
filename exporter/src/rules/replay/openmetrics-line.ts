import { parseNumber } from '../../promql/literals.js';

/** A sample line of OpenMetrics, taken apart. */
export interface OpenMetricsLine {
  /** Name and labels as written. */
  readonly metric: string;
  readonly value: number;
  /** Unix seconds. */
  readonly seconds: number;
}

/** Name with labels, value, time stamp; an exemplar may follow. */
const LINE =
  /^([^\s{]*(?:\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?)\s+(\S+)(?:\s+([^\s#]\S*))?\s*(?:#\s.*)?$/;

/** @throws Error that says what is wrong with the line; KymoError `bad_literal` */
export function readOpenMetricsLine(text: string): OpenMetricsLine {
  const match = LINE.exec(text.trim());
  if (match === null) {
    throw new Error('a sample is expected: name{label="value"} value time stamp');
  }
  const [, metric, value, seconds] = match as unknown as [string, string, string, string?];
  if (seconds === undefined) {
    throw new Error('the sample has no time stamp; Unix seconds are expected after the value');
  }
  return { metric, value: parseNumber(value), seconds: parseNumber(seconds) };
}
