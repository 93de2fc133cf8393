import { Matcher } from '../matcher.js';
import { labelsOfKey } from './catalog.js';
import type { PlainMatcher } from './door.js';

type KeyFilter = (key: string) => boolean;

/** Whether the labels that a key stands for match one of the sets; each key is worked out once. */
export function keyFilter(sets: readonly (readonly PlainMatcher[])[]): KeyFilter {
  const filters = sets.map(filterOf);
  const known = new Map<string, boolean>();
  return (key) => {
    let keeps = known.get(key);
    if (keeps === undefined) {
      keeps = filters.some((filter) => filter(key));
      known.set(key, keeps);
    }
    return keeps;
  };
}

function filterOf(plain: readonly PlainMatcher[]): KeyFilter {
  const matchers = plain.map(({ name, operator, value }) => new Matcher(name, operator, value));
  // Most keys are ruled out by a text that they do not contain, before their labels are parsed.
  const texts = matchers
    .filter(({ operator, value }) => operator === '=' && value !== '')
    .map(({ name, value }) => `${name}\uffff${value}\uffff`);
  return (key) => {
    if (!texts.every((text) => key.includes(text))) return false;
    const labels = labelsOfKey(key);
    return matchers.every((matcher) => matcher.matches(labels.get(matcher.name)));
  };
}
