import { METRIC_NAME, type LabelSet } from '../series/labels.js';
import type { Binary, VectorMatching } from './ast.js';
import { dropName, keepLabels, withLabel, withoutLabels } from './label-operations.js';
import type { SeriesList } from './rows.js';
import { changesMeaning } from './sample-operations.js';

/** The labels by which two sides of an operator match. */
export function matchLabels({ on, labels }: VectorMatching): (series: LabelSet) => LabelSet {
  const names = new Set(labels);
  if (on) return (series) => keepLabels(series, names);
  names.add(METRIC_NAME);
  return (series) => withoutLabels(series, names);
}

/** Numbers that are equal where series of two sides match. */
export interface Signatures {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly count: number;
}

export function signaturesOf(
  left: SeriesList,
  right: SeriesList,
  labelsOf: (series: LabelSet) => LabelSet,
): Signatures {
  const ordinals = new Map<string, number>();
  const number = (labels: LabelSet): number => {
    const { key } = labelsOf(labels);
    let ordinal = ordinals.get(key);
    if (ordinal === undefined) {
      ordinal = ordinals.size;
      ordinals.set(key, ordinal);
    }
    return ordinal;
  };
  const leftSignatures = Int32Array.from(left.labels, number);
  const rightSignatures = Int32Array.from(right.labels, number);
  return { left: leftSignatures, right: rightSignatures, count: ordinals.size };
}

/**
 * Labels of the result of an operator between two series.
 * @returns a function of the series on the side of the many and the one on the side of the one
 */
export function resultLabels(
  binary: Binary,
  matching: VectorMatching,
  delayedNameRemoval: boolean,
): (many: LabelSet, one: LabelSet) => LabelSet {
  const { cardinality, on, labels, include } = matching;
  const names = new Set(labels);
  const drops = delayedNameRemoval
    ? changesMeaning({ ...binary, bool: false })
    : changesMeaning(binary);
  return (many, one) => {
    let result = drops ? dropName(many) : many;
    if (cardinality === 'one-to-one') {
      result = on ? keepLabels(result, names) : withoutLabels(result, names);
    }
    for (const name of include) result = withLabel(result, name, one.get(name));
    return result;
  };
}

/** Keeps what was made of a pair of series lists, while both stay the same. */
export class KeptPair<V> {
  #left: SeriesList | undefined;
  #right: SeriesList | undefined;
  #value: V | undefined;

  get(left: SeriesList, right: SeriesList, make: () => V): V {
    if (this.#left !== left || this.#right !== right || this.#value === undefined) {
      this.#value = make();
      this.#left = left;
      this.#right = right;
    }
    return this.#value;
  }
}
