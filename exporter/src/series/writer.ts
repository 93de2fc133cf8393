import type { ExponentialHistogram } from './histogram.js';
import type { Labels } from './labels.js';
import type { FamilyMetadata } from './metadata.js';
import type { SeriesId } from './reader.js';

/** Part of a classic histogram or summary that a series is; `''` is the metric itself. */
export type SampleSuffix = '' | '_bucket' | '_sum' | '_count';

export interface Exemplar {
  readonly labels: Labels;
  readonly value: number;
  /** Unix milliseconds; absent where unknown. */
  readonly time?: number;
}

/** A family that this writer may write to. Opaque. */
export interface FamilyHandle {
  readonly metadata: FamilyMetadata;
}

/**
 * Writing side for one source (one collector is one source). Values are staged while the source
 * collects and become samples of one time at `commit`; all its series share one time column.
 *
 * What was written in the commit before and is not staged in this one has vanished: `commit` writes
 * its stale marker. A source that fails is discarded: then all its series become stale.
 */
export interface SourceWriter {
  readonly source: string;
  /**
   * Declares a family; cheap when repeated.
   * @throws KymoError `metric_conflict` where a living family of this name has another type: the
   *   message names both sources.
   * @throws KymoError `bad_name` for a name that is not a metric name.
   */
  family(metadata: FamilyMetadata): FamilyHandle;
  /**
   * The series of a label set, made when new. Ids stay valid while the series is written at least
   * once within the series' time to live; keep them, they spare the look-up.
   *
   * Past the limit of series, of labels or of their lengths this is the family's overflow series
   * (label `kymo_overflow="true"`), whose value is the sum of what is set on it in one commit (of
   * quantiles, the greatest).
   * @throws KymoError `bad_name` for a name that is not a label name.
   * @throws KymoError `duplicate_series` where another source, or another family of this one, has a
   *   living series with the same labels: the message names both.
   */
  series(family: FamilyHandle, labels: Labels, suffix?: SampleSuffix): SeriesId;
  /** Whether an id that was kept is still a series of this writer. */
  has(id: SeriesId): boolean;
  /**
   * Series of this writer that have been removed so far. An id may name another series some time
   * after its own was removed: who keeps ids for longer than the time to live without writing them
   * forgets them when this changes.
   */
  readonly removals: number;
  /** Stages a value; the last one wins (on an overflow series they add up). */
  set(id: SeriesId, value: number): void;
  setHistogram(id: SeriesId, histogram: ExponentialHistogram): void;
  /** The newest exemplar of a counter or bucket series. */
  setExemplar(id: SeriesId, exemplar: Exemplar): void;
  /** When the counter or histogram was made, Unix milliseconds: `_created` in OpenMetrics. */
  setCreated(id: SeriesId, time: number): void;
  /**
   * Turns what is staged into samples at `time` (Unix ms, later than the last commit's) and marks
   * what vanished as stale.
   */
  commit(time: number): void;
  /** Forgets what is staged and marks every living series of this source stale at `time`. */
  fail(time: number): void;
  /** Forgets what is staged: nothing is written, nothing becomes stale. */
  discard(): void;
}
