export interface LruCacheOptions {
  /** Entries kept at most, at least 1. */
  readonly capacity: number;
  /** Called at each look-up. */
  readonly onLookup?: (result: 'hit' | 'miss') => void;
  /** Called when an entry makes room for a newer one. */
  readonly onEvict?: () => void;
}

/** Keeps the entries that were used last. */
export class LruCache<K, V> {
  /** Least recently used first: a Map iterates in order of insertion. */
  readonly #entries = new Map<K, V>();
  readonly #options: LruCacheOptions;

  constructor(options: LruCacheOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    this.#options.onLookup?.(value === undefined ? 'miss' : 'hit');
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#options.capacity) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      this.#options.onEvict?.();
      break;
    }
  }

  /** From least to most recently used. */
  values(): IterableIterator<V> {
    return this.#entries.values();
  }
}
