import { getFieldDisplayName, type DataFrame, type Field } from '@grafana/data';
import { partOf } from '../../shared/analysis-frames.js';
import type { Curve } from '../../shared/curve.js';
import { isNumber, isTime } from '../../shared/fields.js';
import type { KpiFieldConfig } from './options.js';

/** A number field with its times. */
export interface Part {
  /** The same from frame to frame. */
  readonly key: string;
  readonly title: string;
  readonly field: Field;
  readonly curve: Curve;
}

const ROLES = ['score', 'expected', 'lower', 'upper'] as const;

/** What a watch says of a value, as curves beside it. */
export type Expectation = Readonly<Partial<Record<(typeof ROLES)[number], Curve>>>;

/** What one card is made of. */
export interface CardParts {
  readonly main: Part;
  /** Sub-metrics, in the order of their queries. */
  readonly figures: readonly Part[];
  readonly expectation: Expectation;
}

/** Series of watches, by what they say. */
const TOLD: Readonly<Record<string, keyof Expectation>> = {
  kymo_anomaly_score: 'score',
  kymo_expected: 'expected',
  kymo_expected_lower: 'lower',
  kymo_expected_upper: 'upper',
};

/**
 * Sorts the fields of all queries by card. Most are cards themselves. A field that is set to be a
 * sub-metric goes to the card of that title, of several to the one whose labels agree best; where there is
 * none, it is a card as well. Of what a watch says, a card that names it takes what agrees with it best, and
 * the rest is left out; of a watch that no card names, each field is a card.
 */
export function partsOf(frames: DataFrame[]): CardParts[] {
  const all = frames.flatMap((frame) => (isAnalysed(frame) ? [] : fieldsOf(frame, frames)));
  const watches = new Set(all.flatMap(({ field }) => configOf(field).watch ?? []));
  const isTold = (part: Part): boolean =>
    roleOf(part) !== undefined && watches.has(watchOf(part) ?? '') && isSet(watchOf(part));
  const told = all.filter(isTold);
  const rest = all.filter((part) => !isTold(part));
  const tops = rest.filter(({ field }) => !isSet(configOf(field).of));
  const figures = new Map<Part, Part[]>(tops.map((top) => [top, []]));
  const mains = rest.filter((part) => {
    const home = isSet(configOf(part.field).of) ? homeOf(part, tops) : undefined;
    if (home !== undefined) figures.get(home)?.push(part);
    return home === undefined;
  });
  const cards = mains.map((main) => ({
    main,
    figures: figures.get(main) ?? [],
    expectation: expectationOf(main, told),
  }));
  return [...cards, ...frames.filter(isAnalysed).flatMap((frame) => analysedCard(frame, frames))];
}

/** The card that a sub-metric belongs to. */
function homeOf(part: Part, tops: readonly Part[]): Part | undefined {
  const named = tops.filter(({ title }) => title === configOf(part.field).of);
  return best(named, part);
}

/** What the watch of a card says of it. */
function expectationOf(main: Part, told: readonly Part[]): Expectation {
  const { watch } = configOf(main.field);
  const found = ROLES.map((role) => {
    const parts = told.filter((part) => watchOf(part) === watch && roleOf(part) === role);
    return [role, best(parts, main)?.curve] as const;
  });
  return Object.fromEntries(found.filter(([, curve]) => curve !== undefined));
}

export const configOf = ({ config }: Field): KpiFieldConfig =>
  (config.custom ?? {}) as KpiFieldConfig;

const isSet = (text: string | undefined): boolean => text !== undefined && text !== '';
const roleOf = ({ field }: Part): keyof Expectation | undefined =>
  TOLD[field.labels?.__name__ ?? ''];
const watchOf = ({ field }: Part): string | undefined => field.labels?.watch;

const isAnalysed = (frame: DataFrame): boolean => partOf(frame)?.part === 'anomalies';

function fieldsOf(frame: DataFrame, frames: DataFrame[]): Part[] {
  const times = (frame.fields.find(isTime)?.values ?? []) as number[];
  return frame.fields.filter(isNumber).map((field, index) => {
    const title = getFieldDisplayName(field, frame, frames);
    const curve = { times, values: field.values as (number | null)[] };
    return { key: `${frame.refId ?? ''}/${index}/${title}`, title, field, curve };
  });
}

/** A frame of our query of anomalies has all that a card needs. */
function analysedCard(frame: DataFrame, frames: DataFrame[]): CardParts[] {
  const parts = fieldsOf(frame, frames);
  const named = (name: string): Part | undefined => parts.find(({ field }) => field.name === name);
  const main = named('value');
  if (main === undefined) return [];
  const found = ROLES.map((role) => [role, named(role)?.curve] as const);
  const expectation = Object.fromEntries(found.filter(([, curve]) => curve !== undefined));
  return [{ main, figures: [], expectation }];
}

/**
 * The part whose labels agree with another's most, of equals the one with the fewest: a total has not the
 * labels of its parts. None where all contradict.
 */
function best(parts: readonly Part[], { field: { labels = {} } }: Part): Part | undefined {
  const ranked = parts
    .map((part) => {
      const own = part.field.labels ?? {};
      return { part, shared: agreement(own, labels), count: Object.keys(own).length };
    })
    .filter(({ shared }) => shared >= 0)
    .sort((a, b) => b.shared - a.shared || a.count - b.count);
  return ranked[0]?.part;
}

/** How many labels two series share; -1 where they contradict each other. */
function agreement(one: Record<string, string>, other: Record<string, string>): number {
  let shared = 0;
  for (const [name, value] of Object.entries(one)) {
    if (name === '__name__' || other[name] === undefined) continue;
    if (other[name] !== value) return -1;
    shared += 1;
  }
  return shared;
}
