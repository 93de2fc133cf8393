import type { LabelSet } from '../../src/series/labels.js';
import { almostEqual } from '../../src/promql/histogram/classic.js';
import {
  hasCustomBounds,
  sameBounds,
  trimRun,
  type FloatHistogram,
} from '../../src/promql/histogram/float-histogram.js';
import { histogramText } from '../../src/promql/histogram/text.js';
import { compareLabels } from '../../src/promql/label-operations.js';
import type { MatrixResult, QueryResult, VectorResult } from '../../src/promql/result.js';
import type { SequenceValue } from '../../src/promql/series-notation.js';
import type { EvalCommand } from './script.js';

const EPSILON = 1e-6;

function describe(value: SequenceValue): string {
  if (value.kind === 'float') return String(value.value);
  return value.kind === 'histogram' ? histogramText(value.histogram) : value.kind;
}

function sameRun(a: FloatHistogram['positive'], b: FloatHistogram['positive']): boolean {
  const left = trimRun(a);
  const right = trimRun(b);
  return (
    left.counts.length === right.counts.length &&
    (left.counts.length === 0 || left.offset === right.offset) &&
    [...left.counts].every((count, i) => almostEqual(count, right.counts[i], EPSILON))
  );
}

function sameHistogram(expected: SequenceValue, actual: FloatHistogram): boolean {
  if (expected.kind !== 'histogram') return false;
  const { histogram, hinted, hint } = expected;
  return (
    histogram.schema === actual.schema &&
    almostEqual(histogram.count, actual.count, EPSILON) &&
    almostEqual(histogram.sum, actual.sum, EPSILON) &&
    (!hasCustomBounds(actual) || sameBounds(histogram.customBounds, actual.customBounds)) &&
    histogram.zeroThreshold === actual.zeroThreshold &&
    almostEqual(histogram.zeroCount, actual.zeroCount, EPSILON) &&
    sameRun(histogram.positive, actual.positive) &&
    sameRun(histogram.negative, actual.negative) &&
    (!hinted || hint === (actual.resetHint ?? 'unknown'))
  );
}

function sameSample(
  expected: SequenceValue,
  actual: { value: number; histogram: FloatHistogram | undefined },
): boolean {
  if (actual.histogram !== undefined) return sameHistogram(expected, actual.histogram);
  return expected.kind === 'float' && almostEqual(expected.value, actual.value, EPSILON);
}

function text(actual: { value: number; histogram: FloatHistogram | undefined }): string {
  return actual.histogram === undefined ? String(actual.value) : histogramText(actual.histogram);
}

function compareVector(
  command: EvalCommand,
  { samples }: VectorResult,
  ordered: boolean,
): string | undefined {
  const expected = new Map(command.expected.map((line, i) => [line.labels.key, { line, i }]));
  const seen = new Set<string>();
  for (const [position, sample] of samples.entries()) {
    const found = expected.get(sample.labels.key);
    if (found === undefined) return `unexpected ${sample.labels.toString()} = ${text(sample)}`;
    seen.add(sample.labels.key);
    if (ordered && found.i !== position)
      return `${sample.labels.toString()} at position ${position}`;
    const [value] = found.line.values;
    if (!sameSample(value, sample)) {
      return `${sample.labels.toString()} is ${text(sample)}, expected ${describe(value)}`;
    }
  }
  const missing = command.expected.find(({ labels }) => !seen.has(labels.key));
  return missing === undefined ? undefined : `missing ${missing.labels.toString()}`;
}

/** @param times start and step of the expected values */
function compareMatrix(
  command: EvalCommand,
  { series }: MatrixResult,
  times: { start: number; step: number },
): string | undefined {
  const expected = new Map(command.expected.map((line) => [line.labels.key, line]));
  const seen = new Set<string>();
  let previous: LabelSet | undefined;
  for (const { labels, times: own, values, histogramTimes, histograms } of series) {
    const name = labels.toString();
    if (previous !== undefined && compareLabels(previous, labels) > 0)
      return 'not sorted by labels';
    previous = labels;
    const line = expected.get(labels.key);
    if (line === undefined) return `unexpected ${name} with ${values.join(' ')}`;
    seen.add(labels.key);
    const actual = new Map<number, { value: number; histogram: FloatHistogram | undefined }>();
    own.forEach((time, i) => actual.set(time, { value: values[i], histogram: undefined }));
    histogramTimes.forEach((time, i) => actual.set(time, { value: NaN, histogram: histograms[i] }));
    let count = 0;
    for (const [i, value] of line.values.entries()) {
      if (value.kind === 'omitted') continue;
      count++;
      const sample = actual.get(times.start + i * times.step);
      if (sample === undefined)
        return `${name} has nothing at value ${i}, expected ${describe(value)}`;
      if (!sameSample(value, sample)) {
        return `${name} at value ${i} is ${text(sample)}, expected ${describe(value)}`;
      }
    }
    if (count !== actual.size) return `${name} has ${actual.size} samples, expected ${count}`;
  }
  const missing = command.expected.find(({ labels }) => !seen.has(labels.key));
  return missing === undefined ? undefined : `missing ${missing.labels.toString()}`;
}

/** What is wrong with a result; `undefined` where it is as expected. */
export function compareResult(
  command: EvalCommand,
  result: QueryResult,
  ordered: boolean,
): string | undefined {
  switch (result.type) {
    case 'scalar':
      return command.expectedScalar !== undefined &&
        almostEqual(command.expectedScalar, result.value, EPSILON)
        ? undefined
        : `scalar ${result.value}, expected ${command.expectedScalar ?? 'no scalar'}`;
    case 'string':
      return command.expectedString === result.value ? undefined : `string "${result.value}"`;
    case 'vector':
      if (command.expectedScalar !== undefined) return 'a vector, expected a scalar';
      return compareVector(command, result, ordered);
    case 'matrix':
      if (command.expectedScalar !== undefined) return 'a matrix, expected a scalar';
      return compareMatrix(command, result, command.rangeVector ?? command);
  }
}
