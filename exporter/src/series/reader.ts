import type { LabelSet } from './labels.js';
import type { Matcher } from './matcher.js';
import type { FamilyMetadata } from './metadata.js';
import type { SampleBuffer } from './samples.js';

/** An integer that names a series while it lives. */
export type SeriesId = number;

/**
 * Reading side of the series: the same on the main thread and in the query worker. PromQL, live,
 * rollups, federation and exposition stand on it.
 */
export interface SeriesReader {
  /** Changes whenever a series is added or removed; selector results may be kept while it does not. */
  readonly indexVersion: number;
  /**
   * Time (Unix ms) of the last whole tick or of the newest sample that was written with its own
   * time, whichever is later; 0 before the first.
   */
  readonly maxTime: number;
  /**
   * Series that match all matchers, in ascending order of id. Series whose samples have all left
   * the head are not among them.
   */
  select(matchers: readonly Matcher[]): SeriesId[];
  /** Labels with `__name__`. Throws RangeError for an id that is not a series. */
  labels(id: SeriesId): LabelSet;
  /** Metadata of the family the series belongs to; `undefined` where none was given (remote write). */
  metadata(id: SeriesId): FamilyMetadata | undefined;
  /**
   * Appends the samples with `from <= time <= to` (Unix ms) to `into`, oldest first, stale markers
   * among them. Samples of a tick that is being written are not seen.
   */
  read(id: SeriesId, from: number, to: number, into: SampleBuffer): void;
  /** All label names, or all values of one label, sorted, of series that match (all when empty). */
  labelNames(matchers?: readonly Matcher[]): string[];
  labelValues(name: string, matchers?: readonly Matcher[]): string[];
}
