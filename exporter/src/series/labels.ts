/** Label names and values of a series as plain data. An empty value means the label is absent. */
export type Labels = Readonly<Record<string, string>>;

export const METRIC_NAME = '__name__';

/** Lists of names that were made last: series mostly come in rows of the same. */
const RECENT: (readonly string[])[] = [];
const MOST_RECENT = 4;
let nextRecent = 0;

/** The same list, in one piece of memory for all label sets that have it. */
function sharedNames(names: readonly string[]): readonly string[] {
  for (const recent of RECENT) {
    if (recent.length !== names.length) continue;
    let i = 0;
    while (i < names.length && recent[i] === names[i]) i++;
    if (i === names.length) return recent;
  }
  RECENT[nextRecent] = names;
  nextRecent = (nextRecent + 1) % MOST_RECENT;
  return names;
}

/**
 * An immutable set of labels, sorted by name (UTF-16 code units), with no empty values.
 * `__name__` is a label like any other.
 */
export class LabelSet {
  static readonly EMPTY = new LabelSet([], []);

  /** Sorted, unique. */
  readonly names: readonly string[];
  /** `values[i]` belongs to `names[i]`. */
  readonly values: readonly string[];
  #key: string | undefined;
  #nameless: LabelSet | undefined;

  private constructor(names: readonly string[], values: readonly string[]) {
    this.names = sharedNames(names);
    this.values = values;
  }

  static from(labels: Labels): LabelSet {
    return LabelSet.#of(Object.keys(labels), labels);
  }

  /** Labels with the name of a metric. */
  static named(metric: string, labels: Labels): LabelSet {
    const names = Object.keys(labels);
    if (!names.includes(METRIC_NAME)) names.push(METRIC_NAME);
    return LabelSet.#of(names, labels, metric);
  }

  /** @param names changed */
  static #of(names: string[], labels: Labels, metric?: string): LabelSet {
    const valueOf = (name: string): string =>
      metric !== undefined && name === METRIC_NAME ? metric : labels[name];
    let count = 0;
    for (const name of names) if (valueOf(name) !== '') names[count++] = name;
    names.length = count;
    if (count === 0) return LabelSet.EMPTY;
    names.sort();
    const values = new Array<string>(count);
    for (let i = 0; i < count; i++) values[i] = valueOf(names[i]);
    return new LabelSet(names, values);
  }

  /**
   * For callers that hold sorted, unique names and no empty values; nothing is checked.
   */
  static fromSorted(names: readonly string[], values: readonly string[]): LabelSet {
    return names.length === 0 ? LabelSet.EMPTY : new LabelSet(names, values);
  }

  get length(): number {
    return this.names.length;
  }

  /** The value of a label, `''` where the set does not have it. */
  get(name: string): string {
    const index = this.names.indexOf(name);
    return index < 0 ? '' : this.values[index];
  }

  get metricName(): string {
    return this.get(METRIC_NAME);
  }

  /** The labels without `__name__`; the same object each time, since most results are named so. */
  get nameless(): LabelSet {
    if (this.#nameless === undefined) {
      const at = this.names.indexOf(METRIC_NAME);
      this.#nameless =
        at < 0
          ? this
          : LabelSet.fromSorted(this.names.toSpliced(at, 1), this.values.toSpliced(at, 1));
    }
    return this.#nameless;
  }

  /** Equal for equal sets, and for those only. Cheap after the first call. */
  get key(): string {
    if (this.#key === undefined) {
      let key = '';
      // U+FFFF is no character, so it cannot stand in a name or value that came as UTF-8.
      for (let i = 0; i < this.names.length; i++) {
        key += this.names[i] + '\uffff' + this.values[i] + '\uffff';
      }
      this.#key = key;
    }
    return this.#key;
  }

  toObject(): Record<string, string> {
    const object: Record<string, string> = {};
    for (let i = 0; i < this.names.length; i++) object[this.names[i]] = this.values[i];
    return object;
  }

  /** As PromQL writes it: `name{label="value"}`. */
  toString(): string {
    const pairs: string[] = [];
    for (let i = 0; i < this.names.length; i++) {
      if (this.names[i] === METRIC_NAME) continue;
      pairs.push(`${this.names[i]}=${JSON.stringify(this.values[i])}`);
    }
    const name = this.metricName;
    return pairs.length === 0 && name !== '' ? name : `${name}{${pairs.join(', ')}}`;
  }
}
