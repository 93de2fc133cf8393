import { AdditionWatch } from './additions.js';
import type { Entries, EntryStore, HashMap } from './shapes.js';

/** What is done with the entries of a metric; `Slot` is what is kept for each of them. */
export interface EntryVisitor<Entry, Slot> {
  /** Samples that a visit writes. */
  readonly weight: number;
  open(entry: Entry): Slot;
  visit(slot: Slot, entry: Entry): void;
}

/** Samples that may still be written before others have their turn on the event loop. */
export interface Turn {
  left: number;
}

/** Below this many entries listing the keys is cheap, and the metric is left untouched. */
const WATCH_FROM = 1000;

/**
 * The entries of one metric with a slot for each, found again at each visit by position: as long as
 * no entry comes or goes, a visit neither hashes labels nor allocates.
 */
export class EntryList<Entry extends object, Slot> {
  readonly #visitor: EntryVisitor<Entry, Slot>;
  #keys: string[] = [];
  #held: Entry[] = [];
  #slots: Slot[] = [];
  #hashMap: HashMap<Entry> | undefined;
  #watch: AdditionWatch | undefined;
  /** Where a visit that has used up its turn goes on; 0 when none is under way. */
  #next = 0;
  /** Whether the visit has missed an entry. */
  #removed = false;

  constructor(visitor: EntryVisitor<Entry, Slot>) {
    this.#visitor = visitor;
  }

  get slots(): readonly Slot[] {
    return this.#slots;
  }

  /**
   * Visits entries until the turn is used up. What is added while a visit waits for its next turn
   * comes with the next visit.
   * @returns whether all have been visited; otherwise call it again with the next turn
   */
  visit(entries: Entries<Entry>, turn: Turn): boolean {
    if (entries.store === undefined) return this.#visitHashMap(entries.hashMap, turn);
    this.#visitStore(entries.store, turn);
    return true;
  }

  /** Forgets all slots. */
  clear(): void {
    this.#watch?.close();
    this.#watch = undefined;
    this.#hashMap = undefined;
    this.#keys = [];
    this.#held = [];
    this.#slots = [];
    this.#next = 0;
  }

  #visitHashMap(hashMap: HashMap<Entry>, turn: Turn): boolean {
    if (this.#next === 0) {
      if (this.#isChanged(hashMap)) this.#listKeys(hashMap);
      this.#removed = false;
    } else if (hashMap !== this.#hashMap) {
      // All entries were reset between two turns.
      this.#next = 0;
      return true;
    }
    const { weight } = this.#visitor;
    for (let i = this.#next; i < this.#keys.length; i++) {
      if (turn.left <= 0) {
        this.#next = i;
        return false;
      }
      const entry = hashMap[this.#keys[i]];
      if (entry === undefined) {
        this.#removed = true;
        continue;
      }
      this.#visitor.visit(this.#slots[i], entry);
      turn.left -= weight;
    }
    this.#next = 0;
    if (this.#removed) this.#listKeys(hashMap);
    return true;
  }

  #isChanged(hashMap: HashMap<Entry>): boolean {
    if (hashMap !== this.#hashMap) {
      this.#watch?.close();
      this.#watch = undefined;
      this.#hashMap = hashMap;
      return true;
    }
    return this.#watch === undefined || this.#watch.take();
  }

  #listKeys(hashMap: HashMap<Entry>): void {
    const keys = Object.keys(hashMap);
    this.#slots = this.#align({
      before: this.#keys,
      now: keys,
      entryOf: (key) => hashMap[key] as Entry,
    });
    this.#keys = keys;
    if (this.#watch === undefined && keys.length >= WATCH_FROM && Object.isExtensible(hashMap)) {
      this.#watch = new AdditionWatch(hashMap);
    }
  }

  #visitStore(store: EntryStore<Entry>, turn: Turn): void {
    let i = 0;
    for (const entry of store.values()) {
      if (this.#held[i] !== entry) {
        const held = Array.from(store.values());
        this.#slots = this.#align({ before: this.#held, now: held, entryOf: (opened) => opened });
        this.#held = held;
      }
      this.#visitor.visit(this.#slots[i], entry);
      i++;
    }
    turn.left -= i * this.#visitor.weight;
    this.#held.length = i;
    this.#slots.length = i;
  }

  /** The slots that belong to `now`: kept for what was there before, opened for what is new. */
  #align<Token>(tokens: {
    before: readonly Token[];
    now: readonly Token[];
    entryOf: (token: Token) => Entry;
  }): Slot[] {
    const { before, now, entryOf } = tokens;
    let same = 0;
    while (same < now.length && same < before.length && now[same] === before[same]) same++;
    if (same === now.length && same === before.length) return this.#slots;
    const known = new Map<Token, Slot>();
    for (let i = same; i < before.length; i++) known.set(before[i], this.#slots[i]);
    const slots = this.#slots.slice(0, same);
    for (let i = same; i < now.length; i++) {
      slots.push(known.get(now[i]) ?? this.#visitor.open(entryOf(now[i])));
    }
    return slots;
  }
}
