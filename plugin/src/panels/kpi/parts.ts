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

/** What a watch says of a value, as curves beside it. */
export type Expectation = Readonly<
  Partial<Record<'score' | 'expected' | 'lower' | 'upper', Curve>>
>;

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
 * sub-metric goes to the card of that title, and what a watch says goes to the cards that name the watch;
 * of several, to the one whose labels agree best. What finds no card becomes one: nothing is lost.
 */
export function partsOf(frames: DataFrame[]): CardParts[] {
  const all = frames.flatMap((frame) => (isAnalysed(frame) ? [] : fieldsOf(frame, frames)));
  const watched = new Set(all.map(({ field }) => configOf(field).watch));
  const told = all.filter((part) => roleOf(part) !== undefined && watched.has(watchOf(part)));
  const rest = all.filter((part) => !told.includes(part));
  const titles = new Set(
    rest.filter(({ field }) => !isSet(configOf(field).of)).map(({ title }) => title),
  );
  const isFigure = ({ field }: Part): boolean => titles.has(configOf(field).of ?? '');
  const mains = rest.filter((part) => !isFigure(part));
  const figures = rest.filter(isFigure);
  const cards = mains.map((main) => ({ main, figures: [] as Part[], expectation: {} }));
  for (const figure of figures) {
    const named = cards.filter(({ main }) => main.title === configOf(figure.field).of);
    best(named, figure)?.figures.push(figure);
  }
  for (const part of told) {
    const named = cards.filter(({ main }) => configOf(main.field).watch === watchOf(part));
    const card = best(named, part);
    if (card !== undefined) Object.assign(card.expectation, { [roleOf(part) ?? '']: part.curve });
  }
  return [...cards, ...frames.filter(isAnalysed).flatMap((frame) => analysedCard(frame, frames))];
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
  const roles = ['score', 'expected', 'lower', 'upper'] as const;
  const found = roles.map((role) => [role, named(role)?.curve] as const);
  const expectation = Object.fromEntries(found.filter(([, curve]) => curve !== undefined));
  return [{ main, figures: [], expectation }];
}

/** The card whose labels agree with a part's most; none where all contradict. */
function best<Card extends { readonly main: Part }>(
  cards: readonly Card[],
  { field: { labels = {} } }: Part,
): Card | undefined {
  let [found, most]: [Card | undefined, number] = [undefined, -1];
  for (const card of cards) {
    const shared = agreement(card.main.field.labels ?? {}, labels);
    if (shared > most) [found, most] = [card, shared];
  }
  return found;
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
