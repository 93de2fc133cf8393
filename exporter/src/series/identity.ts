import type { LabelSet } from './labels.js';
import type { SeriesId } from './reader.js';
import type { SeriesTable } from './series-table.js';

/** Hash of a label set (FNV-1a over UTF-16, with separators). */
export function hashLabels({ names, values }: LabelSet): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const value = values[i];
    for (let k = 0; k < name.length; k++) hash = Math.imul(hash ^ name.charCodeAt(k), 0x01000193);
    hash = Math.imul(hash ^ 0xffff, 0x01000193);
    for (let k = 0; k < value.length; k++) hash = Math.imul(hash ^ value.charCodeAt(k), 0x01000193);
    hash = Math.imul(hash ^ 0xffff, 0x01000193);
  }
  // The low bits choose the place in the table; FNV's are the weak ones.
  return hash ^ (hash >>> 15);
}

/** Finds series by their labels without a text for each: open addressing with linear probing. */
export class SeriesIdentity {
  readonly #table: SeriesTable;
  /** Ids; 0 is an empty place (no series has that id). */
  #places = new Int32Array(256);
  #used = 0;

  constructor(table: SeriesTable) {
    this.#table = table;
  }

  /** The series with these labels, −1 for none. */
  find(labels: LabelSet, hash: number): SeriesId {
    const mask = this.#places.length - 1;
    const hashes = this.#table.hash;
    for (let at = hash & mask; this.#places[at] !== 0; at = (at + 1) & mask) {
      const id = this.#places[at];
      if (hashes[id] === hash && isEqual(this.#table.labels[id], labels)) return id;
    }
    return -1;
  }

  /** Adds a series whose labels and hash are in the table. */
  add(id: SeriesId): void {
    if (2 * this.#used >= this.#places.length) this.#grow();
    this.#place(id);
    this.#used++;
  }

  remove(id: SeriesId): void {
    const places = this.#places;
    const mask = places.length - 1;
    const hashes = this.#table.hash;
    let gap = hashes[id] & mask;
    while (places[gap] !== id) {
      if (places[gap] === 0) return;
      gap = (gap + 1) & mask;
    }
    // What follows moves up where the gap lies between its own place and where it stands.
    for (let at = (gap + 1) & mask; places[at] !== 0; at = (at + 1) & mask) {
      const home = hashes[places[at]] & mask;
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        places[gap] = places[at];
        gap = at;
      }
    }
    places[gap] = 0;
    this.#used--;
  }

  #place(id: SeriesId): void {
    const mask = this.#places.length - 1;
    let at = this.#table.hash[id] & mask;
    while (this.#places[at] !== 0) at = (at + 1) & mask;
    this.#places[at] = id;
  }

  #grow(): void {
    const old = this.#places;
    this.#places = new Int32Array(2 * old.length);
    for (const id of old) if (id !== 0) this.#place(id);
  }
}

function isEqual(a: LabelSet, b: LabelSet): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a.values[i] !== b.values[i] || a.names[i] !== b.names[i]) return false;
  }
  return true;
}
