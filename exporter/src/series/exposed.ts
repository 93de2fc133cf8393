import type { LabelSet } from './labels.js';
import type { FamilyMetadata } from './metadata.js';
import type { SeriesId } from './reader.js';
import type { Exemplar, SampleSuffix } from './writer.js';

export interface ExposedSeries {
  readonly id: SeriesId;
  /** With `__name__`, which carries the suffix. */
  readonly labels: LabelSet;
  readonly suffix: SampleSuffix;
}

export interface ExposedFamily {
  readonly metadata: FamilyMetadata;
  /** Changes whenever a series of this family is added or removed. */
  readonly version: number;
  readonly series: readonly ExposedSeries[];
}

/**
 * What `/metrics` renders from: the newest whole commit of every source that is exposed. Everything
 * here is read synchronously on the main thread, so that no tick comes between.
 */
export interface ExposedSeriesReader {
  /** Changes whenever a family is added or removed or the version of one changes. */
  readonly exposedVersion: number;
  /** Families of exposed sources, sorted by name (code units). */
  exposedFamilies(): readonly ExposedFamily[];
  /** `latestValues[id]`: value at the last commit of the series' source. Replaced when it grows. */
  readonly latestValues: Float64Array;
  /** `latestLive[id]`: 1 where the series had a float value then, 0 where it is stale or a histogram. */
  readonly latestLive: Uint8Array;
  exemplar(id: SeriesId): Exemplar | undefined;
  /** When the counter or histogram was made, Unix milliseconds. */
  created(id: SeriesId): number | undefined;
}
