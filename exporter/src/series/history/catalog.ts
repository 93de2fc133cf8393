import { LabelSet } from '../labels.js';

/** A small number for the labels of a series, while something of the store refers to it. */
export type SeriesRef = number;

/** Gives each label set that is referred to one number, so that blocks share its text. */
export class Catalog {
  readonly #refs = new Map<string, SeriesRef>();
  readonly #keys: (string | undefined)[] = [];
  readonly #users: number[] = [];
  readonly #free: SeriesRef[] = [];

  get size(): number {
    return this.#refs.size;
  }

  /** The number of a label set's key, to be released once. */
  acquire(key: string): SeriesRef {
    let ref = this.#refs.get(key);
    if (ref === undefined) {
      ref = this.#free.pop() ?? this.#keys.length;
      this.#refs.set(key, ref);
      this.#keys[ref] = key;
      this.#users[ref] = 0;
    }
    this.#users[ref]++;
    return ref;
  }

  /** Refers once more to what is referred to. */
  retain(ref: SeriesRef): void {
    this.#users[ref]++;
  }

  release(ref: SeriesRef): void {
    if (--this.#users[ref] > 0) return;
    this.#refs.delete(this.key(ref));
    this.#keys[ref] = undefined;
    this.#free.push(ref);
  }

  find(key: string): SeriesRef | undefined {
    return this.#refs.get(key);
  }

  key(ref: SeriesRef): string {
    return this.#keys[ref] ?? '';
  }
}

/** The labels that {@link LabelSet.key} stands for. */
export function labelsOfKey(key: string): LabelSet {
  const parts = key.split('\uffff');
  const names: string[] = [];
  const values: string[] = [];
  for (let i = 0; i + 1 < parts.length; i += 2) {
    names.push(parts[i]);
    values.push(parts[i + 1]);
  }
  return LabelSet.fromSorted(names, values);
}
