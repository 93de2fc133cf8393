import { LabelSet } from '../series/labels.js';

/** With the name, labels that say what a series is and no longer hold once it was computed with. */
const METADATA: ReadonlySet<string> = new Set(['__type__', '__unit__']);

function filter(labels: LabelSet, keep: (name: string) => boolean): LabelSet {
  const { names, values } = labels;
  if (names.every(keep)) return labels;
  const keptNames: string[] = [];
  const keptValues: string[] = [];
  for (let i = 0; i < names.length; i++) {
    if (!keep(names[i])) continue;
    keptNames.push(names[i]);
    keptValues.push(values[i]);
  }
  return LabelSet.fromSorted(keptNames, keptValues);
}

/** Without the metric name, and without type and unit where they are labels. */
export function dropName(labels: LabelSet): LabelSet {
  return filter(labels.nameless, (name) => !METADATA.has(name));
}

/** The labels whose names are in `names`. */
export function keepLabels(labels: LabelSet, names: ReadonlySet<string>): LabelSet {
  return filter(labels, (name) => names.has(name));
}

/** The labels whose names are not in `names`. */
export function withoutLabels(labels: LabelSet, names: ReadonlySet<string>): LabelSet {
  return filter(labels, (name) => !names.has(name));
}

/** With one label set, or taken off where `value` is empty. */
export function withLabel(labels: LabelSet, name: string, value: string): LabelSet {
  const { names, values } = labels;
  const at = names.indexOf(name);
  if (at >= 0) {
    if (values[at] === value) return labels;
    if (value === '') return filter(labels, (other) => other !== name);
    const replaced = values.slice();
    replaced[at] = value;
    return LabelSet.fromSorted(names, replaced);
  }
  if (value === '') return labels;
  let position = 0;
  while (position < names.length && names[position] < name) position++;
  return LabelSet.fromSorted(
    names.toSpliced(position, 0, name),
    values.toSpliced(position, 0, value),
  );
}

/** Orders label sets as Prometheus sorts results: name by name, a missing label first. */
export function compareLabels(a: LabelSet, b: LabelSet): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a.names[i] !== b.names[i]) return a.names[i] < b.names[i] ? -1 : 1;
    if (a.values[i] !== b.values[i]) return a.values[i] < b.values[i] ? -1 : 1;
  }
  return a.length - b.length;
}
