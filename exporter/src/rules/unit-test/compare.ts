import {
  hasCustomBounds,
  sameBounds,
  trimRun,
  type FloatHistogram,
} from '../../promql/histogram/float-histogram.js';
import { histogramText } from '../../promql/histogram/text.js';
import { formatGeneral } from '../../promql/number-format.js';
import type { QueryResult } from '../../promql/result.js';
import { parseSeriesLine } from '../../promql/series-notation.js';
import { LabelSet, type Labels } from '../../series/labels.js';
import type { ExpectedSample } from './unit-test-file.js';

export interface ActualAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
}

/** Lines that say what lacks (`-`) and what should not be there (`+`); none where all is as expected. */
export function compareAlerts(
  expected: readonly ActualAlert[],
  actual: readonly ActualAlert[],
): string[] {
  return difference(expected.map(alertText), actual.map(alertText));
}

function alertText({ labels, annotations }: ActualAlert): string {
  const entries = Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : 1));
  const pairs = entries.map(([name, text]) => `${name}=${JSON.stringify(text)}`);
  const end = pairs.length === 0 ? '' : ` annotations {${pairs.join(', ')}}`;
  return `labels ${LabelSet.from(labels).toString()}${end}`;
}

/** As {@link compareAlerts}, for the result of an expression. */
export function compareSamples(
  expected: readonly ExpectedSample[],
  result: QueryResult,
  fuzzy: boolean,
): string[] {
  const actual = samplesOf(result);
  const rest = [...actual];
  const lacking = expected.filter((sample) => {
    const at = rest.findIndex((other) => isSame(sample, other, fuzzy));
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return [
    ...lacking.map(
      ({ labels, value, histogram }) =>
        `- ${labels.toString()} ${histogram ?? formatGeneral(value)}`,
    ),
    ...rest.map(({ labels, value, histogram }) => {
      const text = histogram === undefined ? formatGeneral(value) : histogramText(histogram);
      return `+ ${labels.toString()} ${text}`;
    }),
  ];
}

interface ActualSample {
  readonly labels: LabelSet;
  readonly value: number;
  readonly histogram: FloatHistogram | undefined;
}

function samplesOf(result: QueryResult): readonly ActualSample[] {
  switch (result.type) {
    case 'vector':
      return result.samples;
    case 'scalar':
      return [{ labels: LabelSet.EMPTY, value: result.value, histogram: undefined }];
    default:
      throw new Error('rule result is not a vector or scalar');
  }
}

function isSame(expected: ExpectedSample, actual: ActualSample, fuzzy: boolean): boolean {
  if (expected.labels.key !== actual.labels.key) return false;
  if (expected.histogram === undefined) {
    if (actual.histogram !== undefined) return false;
    // As in promtool, NaN is not what is expected, whatever is.
    return expected.value === actual.value || (fuzzy && isNeighbour(expected.value, actual.value));
  }
  if (actual.histogram === undefined) return false;
  const [wanted] = parseSeriesLine(`x ${expected.histogram}`).values;
  return wanted?.kind === 'histogram' && sameHistogram(wanted.histogram, actual.histogram);
}

/** Whether there is no number between two. */
function isNeighbour(a: number, b: number): boolean {
  const distance = bitsOf(a) - bitsOf(b);
  return distance >= -1n && distance <= 1n;
}

function bitsOf(value: number): bigint {
  const bits = new BigInt64Array(new Float64Array([value]).buffer)[0];
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
}

function sameHistogram(a: FloatHistogram, b: FloatHistogram): boolean {
  const sameRun = (
    left: FloatHistogram['positive'],
    right: FloatHistogram['positive'],
  ): boolean => {
    const [x, y] = [trimRun(left), trimRun(right)];
    return (
      x.counts.length === y.counts.length &&
      (x.counts.length === 0 || x.offset === y.offset) &&
      [...x.counts].every((count, i) => count === y.counts[i])
    );
  };
  return (
    a.schema === b.schema &&
    a.count === b.count &&
    a.sum === b.sum &&
    a.zeroCount === b.zeroCount &&
    a.zeroThreshold === b.zeroThreshold &&
    (!hasCustomBounds(a) || sameBounds(a.customBounds, b.customBounds)) &&
    sameRun(a.positive, b.positive) &&
    sameRun(a.negative, b.negative)
  );
}

function difference(expected: readonly string[], actual: readonly string[]): string[] {
  const rest = [...actual];
  const lacking = expected.filter((text) => {
    const at = rest.indexOf(text);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return [...lacking.map((text) => `- ${text}`), ...rest.map((text) => `+ ${text}`)];
}
