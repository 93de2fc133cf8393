import type { LabelSet } from './labels.js';
import type { Matcher } from './matcher.js';
import type { SeriesId } from './reader.js';

/** The series that have one value of one label. */
class Posting {
  readonly name: string;
  readonly value: string;
  /** Ascending unless `isDirty`; may hold series that are gone while `isDirty`. */
  ids: SeriesId[] = [];
  /** Series that have the value now. */
  count = 0;
  isDirty = false;

  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
  }
}

type Values = Map<string, Posting>;

/** Beyond this ratio of lengths, searching the longer list is cheaper than walking it. */
const SEARCH_RATIO = 16;

/** From one id in so many on, marking them is cheaper than sorting them. */
const MARK_RATIO = 32;

/** Ids of series that are gone which a list may hold beside as many as live. */
const SLACK = 64;

/**
 * The inverted index: which series have which label. Adding and removing are cheap; lists that lost
 * their order by that are put right when they are asked for.
 */
export class LabelIndex {
  readonly #names = new Map<string, Values>();
  readonly #labels: (LabelSet | undefined)[] = [];
  readonly #all = new Posting('', '');
  #version = 0;

  /** Changes whenever a series is added or removed. */
  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#all.count;
  }

  /** The labels of a series that is in the index. */
  labels(id: SeriesId): LabelSet | undefined {
    return this.#labels[id];
  }

  add(id: SeriesId, labels: LabelSet): void {
    this.#version++;
    this.#labels[id] = labels;
    this.#append(this.#all, id);
    const { names, values } = labels;
    for (let i = 0; i < names.length; i++) {
      let byValue = this.#names.get(names[i]);
      if (byValue === undefined) {
        byValue = new Map();
        this.#names.set(names[i], byValue);
      }
      let posting = byValue.get(values[i]);
      if (posting === undefined) {
        posting = new Posting(names[i], values[i]);
        byValue.set(values[i], posting);
      }
      this.#append(posting, id);
    }
  }

  remove(id: SeriesId): void {
    const labels = this.#labels[id];
    if (labels === undefined) return;
    this.#version++;
    this.#labels[id] = undefined;
    drop(this.#all);
    const { names, values } = labels;
    for (let i = 0; i < names.length; i++) {
      const byValue = this.#names.get(names[i]);
      const posting = byValue?.get(values[i]);
      if (byValue === undefined || posting === undefined) continue;
      drop(posting);
      if (posting.count > 0) continue;
      byValue.delete(values[i]);
      if (byValue.size === 0) this.#names.delete(names[i]);
    }
  }

  /** Series that match all matchers, ascending. */
  select(matchers: readonly Matcher[]): SeriesId[] {
    // A matcher that takes '' takes series without the label, which no list has: those are tested
    // one by one at the end. Lists are cut with each other, the shortest first.
    const tested: Matcher[] = [];
    const patterns: Matcher[] = [];
    const lists: SeriesId[][] = [];
    for (const matcher of matchers) {
      if (matcher.matches('')) tested.push(matcher);
      else if (isPositive(matcher) && matcher.literals !== undefined) {
        lists.push(this.#union(matcher.name, matcher.literals));
      } else patterns.push(matcher);
    }
    lists.sort((a, b) => a.length - b.length);
    let selected: SeriesId[] | undefined;
    for (const list of lists) {
      selected = selected === undefined ? list : intersect(selected, list);
      if (selected.length === 0) return [];
    }
    for (const matcher of patterns) {
      const values = this.#names.get(matcher.name);
      if (values === undefined) return [];
      if (selected !== undefined && selected.length < values.size) {
        tested.push(matcher);
        continue;
      }
      const matching: string[] = [];
      for (const value of values.keys()) if (matcher.matches(value)) matching.push(value);
      const list = this.#union(matcher.name, matching);
      selected = selected === undefined ? list : intersect(selected, list);
      if (selected.length === 0) return [];
    }
    selected ??= this.#read(this.#all);
    for (const matcher of tested) selected = this.#filter(selected, matcher);
    // The lists of the index are never handed out.
    return selected.slice();
  }

  /** Names of the labels that the series have, sorted. */
  names(matchers: readonly Matcher[] = []): string[] {
    if (matchers.length === 0) return [...this.#names.keys()].sort();
    const found = new Set<string>();
    for (const id of this.select(matchers)) {
      for (const name of this.#labels[id]?.names ?? []) found.add(name);
    }
    return [...found].sort();
  }

  /** Values that a label has in the series, sorted. */
  values(name: string, matchers: readonly Matcher[] = []): string[] {
    const values = this.#names.get(name);
    if (values === undefined) return [];
    if (matchers.length === 0) return [...values.keys()].sort();
    const found = new Set<string>();
    for (const id of this.select(matchers)) {
      const value = this.#labels[id]?.get(name) ?? '';
      if (value !== '') found.add(value);
    }
    return [...found].sort();
  }

  #filter(ids: readonly SeriesId[], matcher: Matcher): SeriesId[] {
    const verdicts = new Map<string, boolean>();
    return ids.filter((id) => {
      const value = this.#labels[id]?.get(matcher.name) ?? '';
      let verdict = verdicts.get(value);
      if (verdict === undefined) {
        verdict = matcher.matches(value);
        verdicts.set(value, verdict);
      }
      return verdict;
    });
  }

  /** Series whose label has one of the values, ascending. */
  #union(name: string, values: readonly string[]): SeriesId[] {
    const byValue = this.#names.get(name);
    const lists: SeriesId[][] = [];
    let total = 0;
    for (const value of new Set(values)) {
      const posting = byValue?.get(value);
      if (posting === undefined) continue;
      const list = this.#read(posting);
      lists.push(list);
      total += list.length;
    }
    if (lists.length === 0) return [];
    if (lists.length === 1) return lists[0];
    // A series has one value of a label, so no id is in two lists.
    if (total === this.#all.count) return this.#read(this.#all);
    return merge(lists, { total, end: this.#labels.length });
  }

  #append(posting: Posting, id: SeriesId): void {
    // Series that come and go must not pile up in a list that nobody asks for.
    if (posting.isDirty && posting.ids.length > 2 * posting.count + SLACK) this.#read(posting);
    const { ids } = posting;
    if (ids.length === 0) {
      // Most values are those of one series; pushing to an empty list would make room for 17.
      posting.ids = [id];
    } else {
      if (ids[ids.length - 1] >= id) posting.isDirty = true;
      ids.push(id);
    }
    posting.count++;
  }

  #isMember(id: SeriesId, { name, value }: Posting): boolean {
    const labels = this.#labels[id];
    return labels !== undefined && (name === '' || labels.get(name) === value);
  }

  #read(posting: Posting): SeriesId[] {
    if (!posting.isDirty) return posting.ids;
    const sorted = Int32Array.from(posting.ids).sort();
    const ids: SeriesId[] = [];
    for (let i = 0; i < sorted.length; i++) {
      // One that was removed and came back stands there twice.
      if (i > 0 && sorted[i] === sorted[i - 1]) continue;
      if (this.#isMember(sorted[i], posting)) ids.push(sorted[i]);
    }
    posting.ids = ids;
    posting.isDirty = false;
    return ids;
  }
}

function isPositive({ operator }: Matcher): boolean {
  return operator === '=' || operator === '=~';
}

function drop(posting: Posting): void {
  posting.count--;
  posting.isDirty = true;
}

/**
 * One ascending list of several that have no id in common.
 * @param total ids in all lists
 * @param end what all ids are below
 */
function merge(
  lists: readonly (readonly SeriesId[])[],
  { total, end }: { total: number; end: number },
): SeriesId[] {
  const merged = new Array<SeriesId>(total);
  let at = 0;
  if (total * MARK_RATIO > end) {
    const marks = new Uint8Array(end);
    for (const list of lists) for (let i = 0; i < list.length; i++) marks[list[i]] = 1;
    for (let id = 0; id < end; id++) if (marks[id] === 1) merged[at++] = id;
    return merged;
  }
  const sorted = new Int32Array(total);
  for (const list of lists) for (let i = 0; i < list.length; i++) sorted[at++] = list[i];
  sorted.sort();
  for (let i = 0; i < total; i++) merged[i] = sorted[i];
  return merged;
}

function intersect(a: readonly SeriesId[], b: readonly SeriesId[]): SeriesId[] {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const common: SeriesId[] = [];
  if (short.length * SEARCH_RATIO < long.length) {
    let from = 0;
    for (const id of short) {
      from = search(long, id, from);
      if (long[from] === id) common.push(id);
    }
    return common;
  }
  let j = 0;
  for (let i = 0; i < short.length; i++) {
    const id = short[i];
    while (j < long.length && long[j] < id) j++;
    if (j === long.length) break;
    if (long[j] === id) common.push(id);
  }
  return common;
}

/** Index of the first element that is not below `id`, from `from` on. */
function search(ids: readonly SeriesId[], id: SeriesId, from: number): number {
  let low = from;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids[middle] < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
