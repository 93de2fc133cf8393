import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { KymoError, messageOf } from '../../lib/errors.js';
import { parseMetric } from '../../promql/series-notation.js';
import { LabelSet } from '../../series/labels.js';
import { readMatrixLine } from './matrix-line.js';
import { readOpenMetricsLine } from './openmetrics-line.js';

/** One recorded series. `times` are Unix milliseconds, rising; `values[i]` is the value at `times[i]`. */
export interface RecordedSeries {
  readonly labels: LabelSet;
  readonly times: number[];
  readonly values: number[];
}

export interface Recording {
  readonly series: readonly RecordedSeries[];
  readonly samples: number;
  /** Native histograms, which are not read. */
  readonly histograms: number;
  /** Unix milliseconds of the first and the last sample. */
  readonly start: number;
  readonly end: number;
}

/** A samples file cannot be used; the message begins with file and line. Code `bad_recording`. */
export class RecordingError extends KymoError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('bad_recording', message, options);
  }
}

/** After 1 January 5000, seconds were meant to be milliseconds. */
const LATEST = 95_617_584_000_000;

/**
 * Reads a samples file: OpenMetrics text with time stamps, or one JSON object a line as Prometheus's
 * API answers range queries (`{"metric":{…},"values":[[t,"v"],…]}`, or whole answers). The first line
 * that is not empty tells which.
 * @throws RecordingError at the first thing that is wrong
 */
export async function readRecording(file: string): Promise<Recording> {
  const reader = new RecordingReader();
  let line = 0;
  try {
    for await (const text of createInterface({
      input: createReadStream(file),
      crlfDelay: Infinity,
    })) {
      line++;
      reader.read(text);
      if (reader.ended) break;
    }
  } catch (thrown) {
    const place = line === 0 ? `${file}: cannot be read` : `${file}:${line}`;
    throw new RecordingError(`${place}: ${messageOf(thrown)}`, { cause: thrown });
  }
  if (reader.samples === 0) throw new RecordingError(`${file}: has no samples`);
  return reader.recording();
}

class RecordingReader {
  samples = 0;
  /** Whether the mark of the end was read. */
  ended = false;
  #histograms = 0;
  #format: 'json' | 'openmetrics' | undefined;
  readonly #series = new Map<string, RecordedSeries>();
  /** By the text of the metric: most lines name one that was there before. */
  readonly #byText = new Map<string, RecordedSeries>();

  read(text: string): void {
    if (text.trim() === '') return;
    this.#format ??= text.trimStart().startsWith('{') ? 'json' : 'openmetrics';
    if (this.#format === 'json') this.#readJson(text);
    else this.#readOpenMetrics(text);
  }

  recording(): Recording {
    const series = [...this.#series.values()].filter(({ times }) => times.length > 0);
    let [start, end] = [Infinity, -Infinity];
    for (const { times } of series) {
      start = Math.min(start, times[0]);
      end = Math.max(end, times[times.length - 1]);
    }
    return { series, samples: this.samples, histograms: this.#histograms, start, end };
  }

  #readJson(text: string): void {
    for (const { labels, samples, histograms } of readMatrixLine(text)) {
      this.#histograms += histograms;
      const series = this.#find(LabelSet.from(labels));
      for (const [seconds, value] of samples) this.#append(series, seconds, value);
    }
  }

  #readOpenMetrics(text: string): void {
    if (text.startsWith('#')) {
      this.ended = text.trimEnd() === '# EOF';
      return;
    }
    const { metric, value, seconds } = readOpenMetricsLine(text);
    let series = this.#byText.get(metric);
    if (series === undefined) {
      series = this.#find(parseMetric(metric));
      this.#byText.set(metric, series);
    }
    this.#append(series, seconds, value);
  }

  #find(labels: LabelSet): RecordedSeries {
    let series = this.#series.get(labels.key);
    if (series === undefined) {
      series = { labels, times: [], values: [] };
      this.#series.set(labels.key, series);
    }
    return series;
  }

  #append({ labels, times, values }: RecordedSeries, seconds: number, value: number): void {
    const time = Math.round(seconds * 1000);
    if (!(time > 0)) throw new Error(`${seconds} is no time stamp; Unix seconds are expected`);
    if (time > LATEST) {
      throw new Error(
        `the time stamp ${seconds} is far in the future; write seconds, not milliseconds`,
      );
    }
    const last = times.length === 0 ? -Infinity : times[times.length - 1];
    if (time <= last) {
      const when = time === last ? 'at the time of' : 'before';
      throw new Error(
        `a sample of ${labels.toString()} is ${when} the one that precedes it; a series is to be sorted by time`,
      );
    }
    times.push(time);
    values.push(value);
    this.samples++;
  }
}
