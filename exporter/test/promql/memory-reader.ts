import { LabelSet } from '../../src/series/labels.js';
import type { Matcher } from '../../src/series/matcher.js';
import type { FamilyMetadata } from '../../src/series/metadata.js';
import type { SeriesId, SeriesReader } from '../../src/series/reader.js';
import type { SampleBuffer } from '../../src/series/samples.js';
import type { FloatHistogram } from '../../src/promql/histogram/float-histogram.js';

/** A float, a stale marker, or a histogram. */
export type MemorySample = number | 'stale' | FloatHistogram;

interface MemorySeries {
  readonly labels: LabelSet;
  readonly samples: { readonly time: number; readonly sample: MemorySample }[];
}

/** Series in plain arrays, with the reading side of the head: for tests. */
export class MemoryReader implements SeriesReader {
  indexVersion = 0;
  maxTime = 0;
  /** How often `select` and `read` were asked, to see what is kept. */
  selects = 0;
  reads = 0;
  readonly #series: MemorySeries[] = [];
  readonly #ids = new Map<string, SeriesId>();

  /** Adds samples to a series, which is made when it is new. Times are Unix ms, ascending. */
  add(labels: LabelSet, samples: Iterable<readonly [time: number, sample: MemorySample]>): this {
    let id = this.#ids.get(labels.key);
    if (id === undefined) {
      id = this.#series.length;
      this.#ids.set(labels.key, id);
      this.#series.push({ labels, samples: [] });
      this.indexVersion++;
    }
    for (const [time, sample] of samples) {
      this.#series[id].samples.push({ time, sample });
      this.maxTime = Math.max(this.maxTime, time);
    }
    return this;
  }

  select(matchers: readonly Matcher[]): SeriesId[] {
    this.selects++;
    const ids: SeriesId[] = [];
    this.#series.forEach(({ labels }, id) => {
      if (matchers.every((matcher) => matcher.matches(labels.get(matcher.name)))) ids.push(id);
    });
    return ids;
  }

  labels(id: SeriesId): LabelSet {
    const series = this.#series[id];
    if (series === undefined) throw new RangeError(`${id} is not a series`);
    return series.labels;
  }

  metadata(): FamilyMetadata | undefined {
    return undefined;
  }

  read(id: SeriesId, from: number, to: number, into: SampleBuffer): void {
    this.reads++;
    for (const { time, sample } of this.#series[id].samples) {
      if (time < from || time > to) continue;
      if (sample === 'stale') into.pushStale(time);
      else if (typeof sample === 'number') into.push(time, sample);
      else into.pushHistogram(time, sample);
    }
  }

  labelNames(matchers: readonly Matcher[] = []): string[] {
    return [...new Set(this.select(matchers).flatMap((id) => this.labels(id).names))].sort();
  }

  labelValues(name: string, matchers: readonly Matcher[] = []): string[] {
    const values = this.select(matchers).map((id) => this.labels(id).get(name));
    return [...new Set(values.filter((value) => value !== ''))].sort();
  }
}

/** Labels as `name{label="value"}` would have them. */
export function series(name: string, labels: Record<string, string> = {}): LabelSet {
  return LabelSet.from({ __name__: name, ...labels });
}
