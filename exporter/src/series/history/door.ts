import { KymoError } from '../../lib/errors.js';
import type { MatchOperator } from '../matcher.js';
import type { SeriesReader } from '../reader.js';
import type { Resolution } from './calendar.js';
import type { TierName } from './tiers.js';

/** A label matcher as threads send it to each other. */
export interface PlainMatcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

/** What is wanted of history for one selector. Times are in Unix ms, both ends included. */
export interface HistoryRequest {
  /** The series wanted match all matchers of one of the sets. */
  readonly sets: readonly (readonly PlainMatcher[])[];
  readonly from: number;
  readonly to: number;
  /** From here on samples are read from the head. */
  readonly headFrom: number;
  /** Milliseconds: buckets up to this long do as well as samples; 0 where samples are wanted. */
  readonly coarsest: number;
  /** Whether only the series are wanted and not what is in them. */
  readonly namesOnly: boolean;
}

/** The encoded items of one series at one place. */
export interface HistoryPiece {
  /** Index into the keys. */
  readonly series: number;
  readonly tier: TierName;
  /** Index into the buffers, and where in it. */
  readonly buffer: number;
  readonly offset: number;
  readonly length: number;
}

/** Series of history as encoded bytes, which whoever asked decodes. */
export interface HistoryExcerpt {
  /** What the pieces hold. Where coarse buckets are not yet made, there are finer ones. */
  readonly resolution: HistoryResolution;
  /** Where days begin. */
  readonly timeZone: string;
  /** Of label sets. */
  readonly keys: readonly string[];
  readonly pieces: readonly HistoryPiece[];
  readonly buffers: readonly Uint8Array<ArrayBuffer>[];
}

export type HistoryResolution = 'raw' | Resolution;

export interface ExcerptOptions {
  /** Encoded bytes that an excerpt may have; more is refused. */
  readonly maxBytes: number;
  /** Encoded samples up to this are read although buckets would do; 4 MiB by default. */
  readonly cheapBytes?: number;
  /** Called now and then; what it throws ends the reading. */
  readonly check: () => void;
}

/** What queries want of history; all of it is done beside the ticks. */
export interface HistoryDoor {
  /** From when on the head has all samples, as far as its retention reaches; Unix ms. */
  readonly headSince: number;
  /** Time of the oldest samples, about; Unix ms, Infinity where there are none. */
  readonly samplesSince: number;
  /** @throws KymoError `execution` where the excerpt would be too large, and what `check` throws */
  excerpt(request: HistoryRequest, options: ExcerptOptions): Promise<HistoryExcerpt>;
}

/** A reader of history and head together, at one resolution. */
export interface HistoryReader extends SeriesReader {
  readonly resolution: HistoryResolution;
  /** Milliseconds of a bucket; 0 for samples. */
  readonly bucketSize: number;
}

/** Milliseconds; days may be an hour shorter or longer. */
export const BUCKET_SIZES: Readonly<Record<HistoryResolution, number>> = {
  raw: 0,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

export class TooMuchHistoryError extends KymoError {
  constructor() {
    super(
      'execution',
      'query processing would read too much history; narrow the selectors or the range, or ask for a longer step',
    );
  }
}
