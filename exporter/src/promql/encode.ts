import type { LabelSet } from '../series/labels.js';
import { bucketsOf, hasCustomBounds, type FloatHistogram } from './histogram/float-histogram.js';
import { formatSampleValue } from './number-format.js';
import type { MatrixSeries, QueryResult, VectorSample } from './result.js';

/**
 * Encodes results as Prometheus's HTTP API does (web/api/v1/json_codec.go): values as strings, times
 * in seconds with at most three decimals, histograms with their buckets. Label sets and time columns
 * are encoded once each, as many results share them.
 */
export class ResultEncoder {
  readonly #labels = new WeakMap<LabelSet, string>();
  #times: Float64Array | undefined;
  #timeTexts: string[] = [];

  /** `{"resultType":…,"result":…}`: the `data` of an answer. */
  encode(result: QueryResult): string {
    switch (result.type) {
      case 'scalar':
        return `{"resultType":"scalar","result":[${formatTime(result.time)},"${formatSampleValue(result.value)}"]}`;
      case 'string':
        return `{"resultType":"string","result":[${formatTime(result.time)},${JSON.stringify(result.value)}]}`;
      case 'vector':
        return `{"resultType":"vector","result":[${this.#vector(result.time, result.samples)}]}`;
      case 'matrix':
        return `{"resultType":"matrix","result":[${this.#matrix(result.series)}]}`;
    }
  }

  /** A label set as an object. */
  labels(labels: LabelSet): string {
    let text = this.#labels.get(labels);
    if (text === undefined) {
      const { names, values } = labels;
      const parts: string[] = [];
      for (let i = 0; i < names.length; i++) {
        parts.push(`${JSON.stringify(names[i])}:${JSON.stringify(values[i])}`);
      }
      text = `{${parts.join(',')}}`;
      this.#labels.set(labels, text);
    }
    return text;
  }

  #vector(time: number, samples: readonly VectorSample[]): string {
    const at = formatTime(time);
    let text = '';
    for (const { labels, value, histogram } of samples) {
      if (text !== '') text += ',';
      text +=
        histogram === undefined
          ? `{"metric":${this.labels(labels)},"value":[${at},"${formatSampleValue(value)}"]}`
          : `{"metric":${this.labels(labels)},"histogram":[${at},${encodeHistogram(histogram)}]}`;
    }
    return text;
  }

  #matrix(series: readonly MatrixSeries[]): string {
    let text = '';
    for (const column of series) {
      if (text !== '') text += ',';
      text += `{"metric":${this.labels(column.labels)}${this.#floats(column)}${histograms(column)}}`;
    }
    return text;
  }

  #floats({ times, values }: MatrixSeries): string {
    if (times.length === 0) return '';
    if (this.#times !== times) {
      this.#times = times;
      this.#timeTexts = Array.from(times, (time) => `[${formatTime(time)},"`);
    }
    const texts = this.#timeTexts;
    let text = `,"values":[${texts[0]}${formatSampleValue(values[0])}"]`;
    for (let i = 1; i < values.length; i++) {
      text += `,${texts[i]}${formatSampleValue(values[i])}"]`;
    }
    return `${text}]`;
  }
}

/** Unix seconds, with three decimals where there are milliseconds. */
function formatTime(milliseconds: number): string {
  const whole = Math.abs(milliseconds);
  const fraction = whole % 1000;
  const seconds = `${milliseconds < 0 ? '-' : ''}${(whole - fraction) / 1000}`;
  return fraction === 0 ? seconds : `${seconds}.${String(fraction).padStart(3, '0')}`;
}

function histograms({ histogramTimes, histograms: own }: MatrixSeries): string {
  if (own.length === 0) return '';
  const points = own.map(
    (histogram, i) => `[${formatTime(histogramTimes[i])},${encodeHistogram(histogram)}]`,
  );
  return `,"histograms":[${points.join(',')}]`;
}

/** How the bounds of a bucket are meant: 0 (a, b], 1 [a, b), 2 (a, b), 3 [a, b]. */
function boundaryRule(lowerInclusive: boolean, upperInclusive: boolean): number {
  if (upperInclusive) return lowerInclusive ? 3 : 0;
  return lowerInclusive ? 1 : 2;
}

/** A histogram with its buckets: `{"count":…,"sum":…,"buckets":[…]}`. */
export function encodeHistogram(histogram: FloatHistogram): string {
  const count = formatSampleValue(histogram.count);
  const sum = formatSampleValue(histogram.sum);
  const custom = hasCustomBounds(histogram);
  const buckets = bucketsOf(histogram).map(({ lower, upper, count: own }) => {
    const rule = custom
      ? boundaryRule(lower === -Infinity, true)
      : boundaryRule(lower < 0, upper > 0);
    const values = [lower, upper, own].map((value) => `"${formatSampleValue(value)}"`);
    return `[${rule},${values.join(',')}]`;
  });
  const list = buckets.length === 0 ? '' : `,"buckets":[${buckets.join(',')}]`;
  return `{"count":"${count}","sum":"${sum}"${list}}`;
}
