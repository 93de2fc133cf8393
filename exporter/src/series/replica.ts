import { Slabs } from './chunks.js';
import { ColumnReader, type TableMemory } from './columns.js';
import { findDescribed } from './described.js';
import type { HeadChange } from './head.js';
import { LabelIndex } from './label-index.js';
import { LabelSet } from './labels.js';
import type { Matcher } from './matcher.js';
import type { FamilyMetadata } from './metadata.js';
import { PublishedTimes } from './published-times.js';
import type { SeriesId, SeriesReader } from './reader.js';
import type { SampleBuffer } from './samples.js';
import { GENERATION, NEWEST, SHARED_WORDS } from './series-table.js';
import { SymbolTable } from './symbols.js';

/**
 * The head as another thread sees it: the same samples in the same memory, and an index of its own
 * that the head's changes keep up to date.
 */
export class HeadReplica implements SeriesReader {
  readonly #index = new LabelIndex();
  readonly #symbols = new SymbolTable();
  readonly #reader: ColumnReader;
  readonly #series: Int32Array;
  readonly #times: PublishedTimes;
  readonly #generations: number[] = [];
  readonly #familyOf: number[] = [];
  readonly #families = new Map<number, FamilyMetadata>();
  readonly #described = new Map<string, FamilyMetadata>();

  constructor({ samples, series, times }: TableMemory) {
    this.#reader = new ColumnReader(new Slabs(samples), { validates: true });
    this.#series = new Int32Array(series);
    this.#times = new PublishedTimes(times);
  }

  /** Takes up what the head has told; changes come in order. */
  apply(changes: readonly HeadChange[]): void {
    for (const change of changes) {
      switch (change.kind) {
        case 'add':
          this.#generations[change.id] = change.generation;
          this.#familyOf[change.id] = change.family;
          this.#index.add(change.id, this.#symbols.acquire(labelsOf(change.labels)));
          break;
        case 'remove':
          this.#remove(change.id);
          break;
        case 'family':
          this.#families.set(change.family, change.metadata);
          break;
        case 'described':
          this.#described.set(change.metadata.name, change.metadata);
          break;
      }
    }
  }

  get indexVersion(): number {
    return this.#index.version;
  }

  get maxTime(): number {
    return this.#times.newest;
  }

  select(matchers: readonly Matcher[]): SeriesId[] {
    return this.#index.select(matchers);
  }

  labels(id: SeriesId): LabelSet {
    const labels = this.#index.labels(id);
    if (labels === undefined) throw new RangeError(`${id} is not a series`);
    return labels;
  }

  metadata(id: SeriesId): FamilyMetadata | undefined {
    const family = this.#families.get(this.#familyOf[id]);
    if (family !== undefined) return family;
    return this.#described.size === 0 ? undefined : findDescribed(this.#described, this.labels(id));
  }

  read(id: SeriesId, from: number, to: number, into: SampleBuffer): void {
    const at = SHARED_WORDS * id;
    const newest = Atomics.load(this.#series, at + NEWEST) - 1;
    // Looked at after the chunk: where the id has not passed to another series by now, the chunk is
    // this one's.
    const generation = Atomics.load(this.#series, at + GENERATION);
    if (newest < 0 || generation !== this.#generations[id]) return;
    this.#reader.read({ id, newest, from, to, lastTick: this.#times.lastTick }, into);
  }

  labelNames(matchers?: readonly Matcher[]): string[] {
    return this.#index.names(matchers);
  }

  labelValues(name: string, matchers?: readonly Matcher[]): string[] {
    return this.#index.values(name, matchers);
  }

  #remove(id: SeriesId): void {
    const labels = this.#index.labels(id);
    if (labels === undefined) return;
    this.#index.remove(id);
    this.#symbols.release(labels);
  }
}

function labelsOf(text: string): LabelSet {
  const parts = text.split('\uffff');
  const names: string[] = [];
  const values: string[] = [];
  for (let i = 0; i + 1 < parts.length; i += 2) {
    names.push(parts[i]);
    values.push(parts[i + 1]);
  }
  return LabelSet.fromSorted(names, values);
}
