import type {
  ExposedFamily,
  ExposedSeries,
  ExposedSeriesReader,
} from '../../src/series/exposed.js';
import { LabelSet, METRIC_NAME, type Labels } from '../../src/series/labels.js';
import type { FamilyMetadata } from '../../src/series/metadata.js';
import type { SeriesId } from '../../src/series/reader.js';
import type { Exemplar, SampleSuffix } from '../../src/series/writer.js';

export interface SampleOptions {
  readonly suffix?: SampleSuffix;
  readonly exemplar?: Exemplar;
  readonly created?: number;
}

interface MutableFamily extends ExposedFamily {
  version: number;
  series: ExposedSeries[];
}

/**
 * What `/metrics` renders from, as plain arrays. `family(…)` declares, `set(…)` adds a series or
 * changes its value, `stale`, `remove` and `drop` end one; ids that are free are given out again.
 */
export class InMemorySeries implements ExposedSeriesReader {
  exposedVersion = 0;
  latestValues = new Float64Array(1);
  latestLive = new Uint8Array(1);
  readonly #families = new Map<string, MutableFamily>();
  readonly #ids = new Map<string, SeriesId>();
  readonly #exemplars = new Map<SeriesId, Exemplar>();
  readonly #created = new Map<SeriesId, number>();
  readonly #free: SeriesId[] = [];
  #nextId = 0;

  family(metadata: FamilyMetadata): this {
    this.#families.set(metadata.name, { metadata, version: ++this.exposedVersion, series: [] });
    return this;
  }

  set(name: string, labels: Labels, value: number, options: SampleOptions = {}): this {
    const { suffix = '', exemplar, created } = options;
    const family = this.#families.get(name);
    if (family === undefined) throw new Error(`family ${name} is not declared`);
    const set = LabelSet.from({ ...labels, [METRIC_NAME]: name + suffix });
    const key = keyIn(name, set);
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#free.pop() ?? this.#nextId++;
      this.#ids.set(key, id);
      // As a reader may do it, the list is another one after a change.
      family.series = [...family.series, { id, labels: set, suffix }];
      family.version = ++this.exposedVersion;
      this.#grow(id + 1);
    }
    this.latestValues[id] = value;
    this.latestLive[id] = 1;
    if (exemplar !== undefined) this.#exemplars.set(id, exemplar);
    if (created !== undefined) this.#created.set(id, created);
    return this;
  }

  /** A classic histogram with one label set. */
  histogram(
    name: string,
    labels: Labels,
    { buckets, sum, count }: { buckets: Record<string, number>; sum: number; count: number },
  ): this {
    for (const [le, value] of Object.entries(buckets)) {
      this.set(name, { ...labels, le }, value, { suffix: '_bucket' });
    }
    this.set(name, labels, sum, { suffix: '_sum' });
    return this.set(name, labels, count, { suffix: '_count' });
  }

  stale(name: string, labels: Labels, suffix: SampleSuffix = ''): this {
    const set = LabelSet.from({ ...labels, [METRIC_NAME]: name + suffix });
    const id = this.#ids.get(keyIn(name, set));
    if (id !== undefined) this.latestLive[id] = 0;
    return this;
  }

  remove(name: string, labels: Labels, suffix: SampleSuffix = ''): this {
    const key = keyIn(name, LabelSet.from({ ...labels, [METRIC_NAME]: name + suffix }));
    const id = this.#ids.get(key);
    const family = this.#families.get(name);
    if (id === undefined || family === undefined) return this;
    this.#ids.delete(key);
    this.#exemplars.delete(id);
    this.#created.delete(id);
    this.latestLive[id] = 0;
    this.#free.push(id);
    family.series = family.series.filter((series) => series.id !== id);
    family.version = ++this.exposedVersion;
    return this;
  }

  drop(name: string): this {
    for (const { labels, suffix } of this.#families.get(name)?.series ?? []) {
      this.remove(name, labels.toObject(), suffix);
    }
    this.#families.delete(name);
    this.exposedVersion++;
    return this;
  }

  exposedFamilies(): readonly ExposedFamily[] {
    return Array.from(this.#families.values()).sort((a, b) =>
      a.metadata.name < b.metadata.name ? -1 : 1,
    );
  }

  exemplar(id: SeriesId): Exemplar | undefined {
    return this.#exemplars.get(id);
  }

  created(id: SeriesId): number | undefined {
    return this.#created.get(id);
  }

  #grow(length: number): void {
    if (length <= this.latestValues.length) return;
    const values = new Float64Array(2 * length);
    values.set(this.latestValues);
    this.latestValues = values;
    const live = new Uint8Array(2 * length);
    live.set(this.latestLive);
    this.latestLive = live;
  }
}

/** Two families may have a series of the same labels: a gauge `a_sum` and a histogram `a`. */
function keyIn(family: string, labels: LabelSet): string {
  return `${family}\n${labels.key}`;
}
