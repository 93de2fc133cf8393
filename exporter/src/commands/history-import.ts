import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { KymoError, messageOf } from '../lib/errors.js';
import { parseMetric } from '../promql/series-notation.js';
import { readOpenMetricsLine } from '../rules/replay/openmetrics-line.js';
import type { History } from '../series/history/history.js';
import type { HistoryImport } from '../series/history/importing.js';
import type { RawSample } from '../series/history/raw-codec.js';
import type { LabelSet } from '../series/labels.js';

/** Samples that are held before they go into the store. */
const MOST_HELD = 2_000_000;
/** After 1 January 5000, seconds were meant to be milliseconds. */
const LATEST = 95_617_584_000_000;

export interface ImportSummary {
  readonly series: number;
  readonly kept: number;
  readonly present: number;
}

interface Incoming {
  readonly labels: LabelSet;
  readonly samples: RawSample[];
  last: number;
}

/**
 * Reads OpenMetrics text with time stamps into a store.
 * @throws KymoError `bad_samples` with file and line; what was read before stays in the store
 */
export async function importHistory(
  store: History,
  files: readonly string[],
): Promise<ImportSummary> {
  const reading = new Reading(store.import());
  for (const file of files) {
    let line = 0;
    try {
      for await (const text of createInterface({
        input: createReadStream(file),
        crlfDelay: Infinity,
      })) {
        line++;
        if (text.trimEnd() === '# EOF') break;
        if (text.startsWith('#') || text.trim() === '') continue;
        reading.take(text);
        if (reading.held >= MOST_HELD) await reading.flush();
      }
    } catch (thrown) {
      await reading.finish();
      const place = line === 0 ? `${file}: cannot be read` : `${file}:${line}`;
      throw new KymoError('bad_samples', `${place}: ${messageOf(thrown)}`, { cause: thrown });
    }
  }
  return reading.finish();
}

class Reading {
  held = 0;
  readonly #into: HistoryImport;
  readonly #series = new Map<string, Incoming>();
  /** By the text of the metric: most lines name the one before. */
  readonly #byText = new Map<string, Incoming>();
  #kept = 0;
  #present = 0;

  constructor(into: HistoryImport) {
    this.#into = into;
  }

  /** @throws Error that says what is wrong with the line */
  take(text: string): void {
    const { metric, value, seconds } = readOpenMetricsLine(text);
    const time = Math.round(seconds * 1000);
    if (!(time > 0) || time > LATEST) {
      throw new Error(`${seconds} is no time stamp; Unix seconds are expected`);
    }
    const series = this.#find(metric);
    if (time <= series.last) {
      throw new Error(
        `a sample of ${series.labels.toString()} is not after the one before it; a series is to be sorted by time`,
      );
    }
    series.last = time;
    series.samples.push({ time, value, stale: false });
    this.held++;
  }

  async flush(): Promise<void> {
    for (const { labels, samples } of this.#series.values()) {
      if (samples.length === 0) continue;
      const { kept, present } = await this.#into.add(labels, samples);
      this.#kept += kept;
      this.#present += present;
      samples.length = 0;
    }
    this.held = 0;
  }

  async finish(): Promise<ImportSummary> {
    await this.flush();
    await this.#into.finish();
    return { series: this.#series.size, kept: this.#kept, present: this.#present };
  }

  #find(metric: string): Incoming {
    let series = this.#byText.get(metric);
    if (series !== undefined) return series;
    const labels = parseMetric(metric);
    series = this.#series.get(labels.key) ?? { labels, samples: [], last: -Infinity };
    this.#series.set(labels.key, series);
    this.#byText.set(metric, series);
    return series;
  }
}
