import type { LabelSet } from '../labels.js';
import type { FamilyMetadata } from '../metadata.js';
import type { SeriesId, SeriesReader } from '../reader.js';
import { newCarry, type BucketKind, type Carry } from './bucket.js';
import type { Catalog, SeriesRef } from './catalog.js';
import { kindOf } from './kind.js';

/** Where a series stood when the store was opened. */
export interface Standing {
  readonly carry: Carry;
  /** Time of the newest sample that is in a bucket, and of the newest that is kept raw; Unix ms. */
  readonly sealed: number;
  readonly raw: number;
}

/** A series of the head, and how far it was read. */
export interface Followed {
  readonly id: SeriesId;
  labels: LabelSet;
  readonly ref: SeriesRef;
  metadata: FamilyMetadata | undefined;
  kind: BucketKind;
  readonly carry: Carry;
  /** Time of the newest sample that is in a bucket, that is held, that is logged; Unix ms. */
  sealed: number;
  held: number;
  raw: number;
  /** The pass in which it was there last. */
  pass: number;
  /** The version of the index at which the id was this series. */
  version: number;
}

export interface FollowingOptions {
  readonly reader: SeriesReader;
  readonly catalog: Catalog;
  /** What the store knows of a series that is seen for the first time. */
  readonly standing: (key: string) => Standing | undefined;
}

/** The series of the head that are followed. An id may become another series's. */
export class Following {
  readonly #options: FollowingOptions;
  /** By id: they are dense, and a map of so many is as slow as the reading itself. */
  readonly #series: (Followed | undefined)[] = [];
  readonly #ids = new Map<SeriesRef, SeriesId>();

  /** The number of the pass in which a series is seen that is new. */
  pass = 0;

  constructor(options: FollowingOptions) {
    this.#options = options;
  }

  /** The series of an id; `undefined` where the id is no series any more. */
  get(id: SeriesId): Followed | undefined {
    const known = this.#series[id];
    const { indexVersion } = this.#options.reader;
    if (known?.version === indexVersion) return known;
    const labels = this.#labelsOf(id);
    if (known !== undefined && labels !== undefined && isSame(known.labels, labels)) {
      known.labels = labels;
      known.version = indexVersion;
      return known;
    }
    if (known !== undefined) this.forget(known);
    return labels && this.#begin(id, labels);
  }

  /** The series with a key; `undefined` where it is not followed. */
  find(key: string): Followed | undefined {
    const ref = this.#options.catalog.find(key);
    const id = ref === undefined ? undefined : this.#ids.get(ref);
    const followed = id === undefined ? undefined : this.get(id);
    return followed?.ref === ref ? followed : undefined;
  }

  /** All that were followed when it was called; some may be no series any more. */
  all(): Followed[] {
    return this.#series.filter((followed) => followed !== undefined);
  }

  forget({ id, ref }: Followed): void {
    this.#series[id] = undefined;
    if (this.#ids.get(ref) === id) this.#ids.delete(ref);
    this.#options.catalog.release(ref);
  }

  #labelsOf(id: SeriesId): LabelSet | undefined {
    try {
      return this.#options.reader.labels(id);
    } catch (thrown) {
      if (thrown instanceof RangeError) return undefined;
      throw thrown;
    }
  }

  #begin(id: SeriesId, labels: LabelSet): Followed {
    const { reader, catalog } = this.#options;
    const ref = catalog.acquire(labels.key);
    const standing = this.#options.standing(labels.key);
    const metadata = reader.metadata(id);
    const followed: Followed = {
      id,
      labels,
      ref,
      metadata,
      kind: kindOf(labels, metadata),
      carry: standing?.carry ?? newCarry(),
      sealed: standing?.sealed ?? -Infinity,
      held: standing?.raw ?? -Infinity,
      raw: standing?.raw ?? -Infinity,
      pass: this.pass,
      version: reader.indexVersion,
    };
    while (this.#series.length < id) this.#series.push(undefined);
    this.#series[id] = followed;
    this.#ids.set(ref, id);
    return followed;
  }
}

const isSame = (a: LabelSet, b: LabelSet): boolean => a === b || a.key === b.key;
