import type { ShownAnswer } from './shown-answers.js';
import { isWhole, type Collected } from './whole-windows.js';

/** What a panel shows and Prometheus says otherwise. */
interface Contradiction {
  readonly panel: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Unix milliseconds, what is shown then, and what each Prometheus says. */
  readonly at: readonly (readonly [time: number, shown: number, ...told: (number | undefined)[]])[];
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: string])[];
}

/**
 * Relative: where a series leaves out a tick, rates are extrapolated by the {@link LATER} more; `time()` is later by
 * it, and sums are of another order.
 */
const TOLERANCE = 1e-3;
const ROUNDING = 1e-9;

/** Values by series and time, Unix milliseconds. */
type Told = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Addresses of two Prometheus servers over the same samples. */
interface Prometheus {
  readonly usual: string;
  /**
   * One for which a sample stands for its series for less than a tick. The text that the samples came in does not
   * say where a series has ended: the usual one sees its last value for five minutes more.
   */
  readonly strict: string;
}

/**
 * Milliseconds after the times of a panel at which Prometheus is asked. Up to 2.x its windows are closed at
 * their left end and those of the exporter, as those of 3.x, are open: a little later both have the same
 * samples, which lie on whole seconds.
 */
const LATER = 1;

export interface Comparison {
  /** How many values of the panel were compared. */
  readonly compared: number;
  readonly contradictions: readonly Contradiction[];
}

/** Asks Prometheus what a panel has asked, at the same times; wherever the panel's figures are others. */
export async function compare(
  { usual, strict }: Prometheus,
  { panel, expr, times, series }: ShownAnswer,
  collected: Collected,
): Promise<Comparison> {
  if (times.length === 0) return { compared: 0, contradictions: [] };
  // Which of equal values are on top is chance.
  const query = expr.replace(/^topk\(\d+, (.*)\)$/s, '$1');
  // Functions take it off, here or there; where it is asked by, it alone tells series apart.
  const hasNames = /\bby\s*\([^)]*\b__name__\b/.test(query);
  const keyOf = (labels: Labels): string => keyWith(labels, hasNames);
  const told = [
    await ask(usual, { query, times, keyOf }),
    await ask(strict, { query, times, keyOf }),
  ];
  let compared = 0;
  const contradictions = series.flatMap(({ labels, values }) => {
    const known = told.map((answer) => answer.get(keyOf(labels)));
    const at = times.flatMap((time, row) => {
      const shown = values[row];
      if (shown === null || !isWhole(collected, expr, time)) return [];
      compared += 1;
      const others = known.map((answer) => answer?.get(time));
      return others.some((other) => isSame(shown, other))
        ? []
        : [[time, shown, ...others] as const];
    });
    return at.length === 0 ? [] : [{ panel, expr, labels, at }];
  });
  return { compared, contradictions };
}

function isSame(shown: number, told: number | undefined): boolean {
  if (told === undefined) return false;
  if (Object.is(shown, told)) return true;
  return Math.abs(shown - told) <= TOLERANCE * Math.abs(told) + ROUNDING;
}

/** @param times Unix milliseconds, with equal steps but for holes */
async function ask(
  prometheus: string,
  {
    query,
    times,
    keyOf,
  }: { query: string; times: readonly number[]; keyOf: (labels: Labels) => string },
): Promise<Told> {
  const steps = times.slice(1).map((time, row) => time - times[row]);
  const step = steps.length === 0 ? 1000 : Math.min(...steps);
  const body = new URLSearchParams({
    query,
    start: String((times[0] + LATER) / 1000),
    end: String((times[times.length - 1] + LATER) / 1000),
    step: String(step / 1000),
  });
  const answer = await fetch(`${prometheus}/api/v1/query_range`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`${query}: ${await answer.text()}`);
  const { data } = (await answer.json()) as { data: { result: Series[] } };
  const told = data.result.map(({ metric, values }) => {
    const known = values.map(([time, value]) => [Math.round(time * 1000) - LATER, numberOf(value)]);
    return [keyOf(metric), new Map(known as [number, number][])] as const;
  });
  return new Map(told);
}

const numberOf = (text: string): number =>
  text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);

type Labels = Readonly<Record<string, string>>;

const keyWith = (labels: Labels, hasNames: boolean): string =>
  JSON.stringify(
    Object.entries(labels)
      .filter(([name]) => hasNames || name !== '__name__')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
