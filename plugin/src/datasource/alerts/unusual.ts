import type { Unusual } from '../../shared/alerts-door.js';
import { fieldsOf, listOf } from '../../shared/json.js';

type Labels = Readonly<Record<string, string>>;

/** Whether a series is the one that an alert is of: the alert has all its labels, and some of its own. */
export function isOf(series: Labels, alert: Labels): boolean {
  return Object.entries(series).every(
    ([name, value]) => name === '__name__' || alert[name] === value,
  );
}

/**
 * What is unusual of the series that an alert is about; `undefined` where nobody can say.
 * @param answer of `/api/watches/<name>`
 * @param alert its labels
 */
export function unusualOf(
  answer: unknown,
  alert: Labels,
  unit: string | undefined,
): Unusual | undefined {
  const series = listOf(fieldsOf(answer).series)
    .map(fieldsOf)
    .find(({ labels }) => isOf(fieldsOf(labels) as Labels, alert));
  const { value, lower, upper, votes } = series ?? {};
  if (typeof value !== 'number' || typeof lower !== 'number' || typeof upper !== 'number') {
    return undefined;
  }
  const { finds } = fieldsOf(listOf(votes)[0]);
  return {
    value,
    lower,
    upper,
    unit: unit ?? null,
    finds: typeof finds === 'string' ? finds : null,
  };
}
