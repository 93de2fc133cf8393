import type { ExposedSeries } from '../series/exposed.js';
import { METRIC_NAME, type LabelSet } from '../series/labels.js';
import { parseBound } from './bounds.js';
import type { Section } from './layout.js';
import { boundLabelOf, type BoundLabel } from './shape.js';

/** What a line is within its group; they are written in this order. */
export const ROLE_BOUND = 0;
export const ROLE_SUM = 1;
export const ROLE_COUNT = 2;

/** A series and its place in a section. */
export interface Line {
  readonly series: ExposedSeries;
  readonly role: number;
  /** `le` or `quantile` as a number; 0 where the line has none. */
  readonly bound: number;
}

/** Lines in their order. */
export interface OrderedLines {
  readonly length: number;
  readonly series: readonly ExposedSeries[];
  at(index: number): Line;
}

/** The lines of a section after a change. */
export interface Merged {
  /** In their order: i stands for line i of before, ~k for `added[k]`. */
  readonly order: readonly number[];
  readonly added: readonly Line[];
}

/**
 * Sorts the series of a section: by labels (names and values in code units); in a histogram or
 * summary by the labels that the group has in common, then by role, then by bound. Of lines that
 * would be spelt the same (`le="1"` and `le="1.0"`) one stays.
 *
 * What is there still keeps its order, so that one new series among many costs little.
 */
export function mergeLines(section: Section, before: OrderedLines): Merged {
  const boundLabel = boundLabelOf(section.shape, section.name);
  const { isKept, rest } = findKept(section, before);
  const added = rest
    .map((series) => toLine(series, boundLabel))
    .sort((a, b) => compareLines(a, b, boundLabel));

  // Series of one family differ in their labels; only bounds may be the same, spelt differently.
  const mayRepeat = boundLabel !== undefined || section.families.length > 1;
  const isSame = (a: Line, b: Line): boolean => mayRepeat && compareLines(a, b, boundLabel) === 0;
  const order: number[] = [];
  let next = 0;
  const keepUntil = (end: number): void => {
    for (; next < end; next++) if (isKept[next] === 1) order.push(next);
  };
  added.forEach((line, k) => {
    if (k > 0 && isSame(added[k - 1], line)) return;
    const place = lowerBound(before, next, (other) => compareLines(other, line, boundLabel) < 0);
    keepUntil(place);
    if (isKept[place] !== 1 || !isSame(before.at(place), line)) order.push(~k);
  });
  keepUntil(before.length);
  return { order, added };
}

/** Tells the lines of before that are there still from the rest of the section's series. */
function findKept(
  section: Section,
  before: OrderedLines,
): { isKept: Uint8Array; rest: readonly ExposedSeries[] } {
  const isKept = new Uint8Array(before.length);
  const shown: ExposedSeries[] = [];
  let maxId = -1;
  for (const { series } of section.families) {
    for (const one of series) {
      if (section.sampleName(one) === undefined) continue;
      shown.push(one);
      if (one.id > maxId) maxId = one.id;
    }
  }
  if (before.length === 0) return { isKept, rest: shown };
  const places = new Uint32Array(maxId + 1);
  shown.forEach(({ id }, i) => (places[id] = i + 1));
  const isOld = new Uint8Array(shown.length);
  for (let i = 0; i < before.length; i++) {
    const { id, labels } = before.series[i];
    const place = id > maxId ? 0 : places[id];
    // The id may have gone to another series meanwhile, which has another set of labels.
    if (place === 0 || shown[place - 1].labels !== labels) continue;
    isKept[i] = 1;
    isOld[place - 1] = 1;
  }
  return { isKept, rest: shown.filter((_, i) => isOld[i] === 0) };
}

function toLine(series: ExposedSeries, label: BoundLabel | undefined): Line {
  if (label === undefined) return { series, role: ROLE_BOUND, bound: 0 };
  if (series.suffix === '_sum') return { series, role: ROLE_SUM, bound: 0 };
  if (series.suffix === '_count') return { series, role: ROLE_COUNT, bound: 0 };
  const bound = label.isNumber ? parseBound(series.labels.get(label.name)) : 0;
  return { series, role: ROLE_BOUND, bound };
}

function compareLines(a: Line, b: Line, label: BoundLabel | undefined): number {
  const order = compareLabels(a.series.labels, b.series.labels, label?.name) || a.role - b.role;
  if (order !== 0 || label === undefined) return order;
  if (label.isNumber) return compare(a.bound, b.bound);
  return compare(a.series.labels.get(label.name), b.series.labels.get(label.name));
}

function compare<T extends number | string>(a: T, b: T): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Compares label sets without the metric name and one other label. */
export function compareLabels(a: LabelSet, b: LabelSet, without: string | undefined): number {
  let i = 0;
  let k = 0;
  for (;;) {
    while (i < a.length && (a.names[i] === METRIC_NAME || a.names[i] === without)) i++;
    while (k < b.length && (b.names[k] === METRIC_NAME || b.names[k] === without)) k++;
    if (i === a.length || k === b.length) return a.length - i - (b.length - k);
    if (a.names[i] !== b.names[k]) return compare(a.names[i], b.names[k]);
    if (a.values[i] !== b.values[k]) return compare(a.values[i], b.values[k]);
    i++;
    k++;
  }
}

/** The first index from `from` on where `isBelow` no longer holds. */
function lowerBound(lines: OrderedLines, from: number, isBelow: (line: Line) => boolean): number {
  let low = from;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBelow(lines.at(middle))) low = middle + 1;
    else high = middle;
  }
  return low;
}
