import type { RuleTestAnswer, TestedAlert } from '@kymo/contract';
import { spanText } from '../../../shared/span-text.js';

/** A span of time, Unix milliseconds. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** One time that an alert would have fired, or would only have been pending, in words. */
export interface Firing {
  readonly key: string;
  readonly fired: boolean;
  /** Labels that tell series apart. */
  readonly labels: readonly (readonly [string, string])[];
  readonly text: string;
}

interface Words {
  /** A time of day, of Unix milliseconds. */
  readonly clock: (time: number) => string;
  /** A value with its unit. */
  readonly value: (value: number) => string;
}

/** When any alert would have fired, without overlaps. */
export function stretchesOf({ alerts, end }: RuleTestAnswer): Stretch[] {
  const fired = alerts
    .flatMap(({ firingAt, resolvedAt }) =>
      firingAt === null
        ? []
        : [{ start: Date.parse(firingAt), end: Date.parse(resolvedAt ?? end) }],
    )
    .sort((a, b) => a.start - b.start);
  const joined: Stretch[] = [];
  for (const stretch of fired) {
    const last = joined.at(-1);
    if (last === undefined || stretch.start > last.end) joined.push(stretch);
    else joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, stretch.end) };
  }
  return joined;
}

/** The answer of a test in a sentence. */
export function sentenceOf(answer: RuleTestAnswer): string {
  const { alerts, leftOut } = answer;
  const fired = alerts.filter(({ firingAt }) => firingAt !== null);
  if (fired.length === 0) {
    if (alerts.length === 0) return 'It would not have fired.';
    const times = timesText(alerts.length);
    return `It would not have fired: its condition held ${times}, never for long enough.`;
  }
  const series = new Set(fired.map(({ fingerprint }) => fingerprint)).size;
  const long = stretchesOf(answer).reduce((sum, { start, end }) => sum + end - start, 0);
  const where = series === 1 ? '' : `, on ${series} series`;
  const more = leftOut === 0 ? '' : ` ${leftOut} more are not listed.`;
  const still = fired.some(({ resolvedAt }) => resolvedAt === null)
    ? ' It would be firing at the end.'
    : '';
  return (
    `It would have fired ${timesText(fired.length)}${where}, for ${spanText(long)} in all.` +
    still +
    more
  );
}

const timesText = (count: number): string =>
  count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;

/** What would have happened, the newest first. */
export function firingsOf({ alerts }: RuleTestAnswer, words: Words): Firing[] {
  return alerts
    .map((alert, at) => ({
      key: `${alert.fingerprint}/${at}`,
      fired: alert.firingAt !== null,
      labels: Object.entries(alert.labels).filter(([name]) => !KNOWN.has(name)),
      text: textOf(alert, words),
    }))
    .reverse();
}

const KNOWN: ReadonlySet<string> = new Set(['alertname', 'severity']);

function textOf({ pendingAt, firingAt, resolvedAt, value }: TestedAlert, words: Words): string {
  const { clock } = words;
  const begun = Date.parse(pendingAt);
  const over = resolvedAt === null ? undefined : Date.parse(resolvedAt);
  const last = value === null ? '' : `; last value ${words.value(value)}`;
  if (firingAt === null) {
    if (over === undefined)
      return `Pending since ${clock(begun)}, not yet long enough to fire${last}`;
    return `Pending at ${clock(begun)} for ${spanText(over - begun)}, too short to fire${last}`;
  }
  const fired = Date.parse(firingAt);
  const waited = fired > begun ? `, ${spanText(fired - begun)} after its condition held` : '';
  const end =
    over === undefined
      ? ', and would still be firing'
      : `; resolved at ${clock(over)}, after ${spanText(over - fired)}`;
  return `Fired at ${clock(fired)}${waited}${end}${last}`;
}
