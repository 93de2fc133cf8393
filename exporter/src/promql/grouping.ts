import { METRIC_NAME, type LabelSet } from '../series/labels.js';
import type { Aggregate } from './ast.js';
import { keepLabels, withoutLabels } from './label-operations.js';
import { SeriesList } from './rows.js';

/** Which group each series of an aggregation belongs to. */
export interface Grouping {
  /** One series a group, in the order in which groups first occur. */
  readonly output: SeriesList;
  /** Group of each input series. */
  readonly groups: Int32Array;
}

// No character, so that it stands in no label.
const SEPARATOR = '\uffff';

/** Tells groups apart by the labels of an aggregation's `by` or `without`. */
export class Grouper {
  readonly #names: ReadonlySet<string>;
  readonly #sorted: readonly string[];
  readonly #without: boolean;

  /** @param extra a label that is kept beside those of `by` */
  constructor({ grouping, without }: Pick<Aggregate, 'grouping' | 'without'>, extra?: string) {
    const names = new Set(grouping);
    if (without) names.add(METRIC_NAME);
    else if (extra !== undefined) names.add(extra);
    this.#names = names;
    this.#sorted = [...names].sort();
    this.#without = without;
  }

  /** Labels of the group of a series. */
  labelsOf(labels: LabelSet): LabelSet {
    return this.#without ? withoutLabels(labels, this.#names) : keepLabels(labels, this.#names);
  }

  group(series: SeriesList): Grouping {
    const byKey = new Map<string, number>();
    const groups = new Int32Array(series.length);
    const labels: LabelSet[] = [];
    const dropName: boolean[] = [];
    for (let i = 0; i < series.length; i++) {
      const key = this.#keyOf(series.labels[i]);
      let group = byKey.get(key);
      if (group === undefined) {
        group = labels.length;
        byKey.set(key, group);
        labels.push(this.labelsOf(series.labels[i]));
        dropName.push(false);
      }
      groups[i] = group;
      if (series.dropName?.[i] === true) dropName[group] = true;
    }
    return { output: new SeriesList(labels, { dropName, distinct: true }), groups };
  }

  /** Equal for series of one group; cheaper than the labels themselves. */
  #keyOf(labels: LabelSet): string {
    if (this.#without) return this.labelsOf(labels).key;
    let key = '';
    for (const name of this.#sorted) key += labels.get(name) + SEPARATOR;
    return key;
  }
}
