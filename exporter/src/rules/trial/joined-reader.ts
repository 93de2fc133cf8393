import type { LabelSet } from '../../series/labels.js';
import type { Matcher } from '../../series/matcher.js';
import type { FamilyMetadata } from '../../series/metadata.js';
import type { SeriesId, SeriesReader } from '../../series/reader.js';
import type { SampleBuffer } from '../../series/samples.js';

/** Where the ids of the second reader begin; no head has as many series. */
const OFFSET = 2 ** 29;

/** Two readers as one. Series of the first that `hides` holds for are left out. */
export class JoinedReader implements SeriesReader {
  readonly #first: SeriesReader;
  readonly #second: SeriesReader;
  readonly #hides: (labels: LabelSet) => boolean;

  constructor(
    first: SeriesReader,
    second: SeriesReader,
    hides: (labels: LabelSet) => boolean = () => false,
  ) {
    this.#first = first;
    this.#second = second;
    this.#hides = hides;
  }

  get indexVersion(): number {
    // Both only grow.
    return this.#first.indexVersion + this.#second.indexVersion;
  }

  get maxTime(): number {
    return Math.max(this.#first.maxTime, this.#second.maxTime);
  }

  select(matchers: readonly Matcher[]): SeriesId[] {
    const first = this.#first.select(matchers).filter((id) => !this.#hides(this.#first.labels(id)));
    return [...first, ...this.#second.select(matchers).map((id) => id + OFFSET)];
  }

  labels(id: SeriesId): LabelSet {
    return id < OFFSET ? this.#first.labels(id) : this.#second.labels(id - OFFSET);
  }

  metadata(id: SeriesId): FamilyMetadata | undefined {
    return id < OFFSET ? this.#first.metadata(id) : this.#second.metadata(id - OFFSET);
  }

  read(id: SeriesId, from: number, to: number, into: SampleBuffer): void {
    if (id < OFFSET) this.#first.read(id, from, to, into);
    else this.#second.read(id - OFFSET, from, to, into);
  }

  labelNames(matchers?: readonly Matcher[]): string[] {
    return merged(this.#first.labelNames(matchers), this.#second.labelNames(matchers));
  }

  labelValues(name: string, matchers?: readonly Matcher[]): string[] {
    const first = this.#first.labelValues(name, matchers);
    return merged(first, this.#second.labelValues(name, matchers));
  }
}

function merged(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}
