import type { FamilyDescriptor } from '../family.js';
import type { SeriesId } from '../../series/reader.js';
import type { Labels } from '../../series/labels.js';
import type { SourceWriter } from '../../series/writer.js';
import type { ClassicHistogram } from './classic-histogram.js';
import type { DurationHistogram } from './duration-histogram.js';

interface Ids {
  readonly buckets: readonly SeriesId[];
  readonly sum: SeriesId;
  readonly count: SeriesId;
  exponential: SeriesId | undefined;
}

/** Stages the histograms of one family. */
export class HistogramWriter {
  readonly #family: FamilyDescriptor;
  /** Unix milliseconds. */
  readonly #now: () => number;
  #writer: SourceWriter | undefined;
  #ids = new WeakMap<ClassicHistogram, Ids>();

  constructor(family: FamilyDescriptor, now: () => number) {
    this.#family = family;
    this.#now = now;
  }

  /** Says where to stage from now on. */
  use(writer: SourceWriter): void {
    if (writer === this.#writer) return;
    this.#writer = writer;
    this.#ids = new WeakMap();
  }

  stageDuration(labels: Labels, duration: DurationHistogram): void {
    const ids = this.stage(labels, duration.classic);
    const writer = this.#writer;
    if (ids === undefined || writer === undefined) return;
    ids.exponential ??= writer.series(writer.family(this.#family), labels);
    writer.setHistogram(ids.exponential, duration.exponential());
  }

  /** Stages nothing for a histogram without observations. */
  stage(labels: Labels, histogram: ClassicHistogram): Ids | undefined {
    const writer = this.#writer;
    if (histogram.count === 0 || writer === undefined) return undefined;
    let ids = this.#ids.get(histogram);
    if (ids === undefined || !writer.has(ids.count)) {
      ids = this.#open(writer, { labels, bounds: histogram.bounds });
      this.#ids.set(histogram, ids);
    }
    const { counts } = histogram;
    let cumulative = 0;
    for (let i = 0; i < counts.length; i++) {
      cumulative += counts[i];
      writer.set(ids.buckets[i], cumulative);
    }
    writer.set(ids.sum, histogram.sum);
    writer.set(ids.count, histogram.count);
    return ids;
  }

  #open(writer: SourceWriter, of: { labels: Labels; bounds: readonly number[] }): Ids {
    const { labels, bounds } = of;
    const family = writer.family(this.#family);
    const bucket = (le: string): SeriesId => writer.series(family, { ...labels, le }, '_bucket');
    const ids = {
      buckets: [...bounds.map((bound) => bucket(String(bound))), bucket('+Inf')],
      sum: writer.series(family, labels, '_sum'),
      count: writer.series(family, labels, '_count'),
      exponential: undefined,
    };
    writer.setCreated(ids.count, this.#now());
    return ids;
  }
}
