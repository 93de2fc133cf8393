import { dateTimeFormat } from '@grafana/data';
import { show } from './figures.js';
import { outliersOf, type Column, type Curve, type Subject } from './model.js';
import { nearestRow } from './plot.js';

/** A time in a sentence: without the day where it is that of `end`, without seconds where these are 0. */
export function momentIn(timeZone: string, time: number, end: number): string {
  const clock = time % 60_000 === 0 ? 'HH:mm' : 'HH:mm:ss';
  const day = (of: number): string => dateTimeFormat(of, { format: 'YYYY-MM-DD', timeZone });
  const format = day(time) === day(end) ? clock : `MMM D, ${clock}`;
  return dateTimeFormat(time, { format, timeZone });
}

/** What a curve shows, in words for those who do not see it. */
export function summaryInWords(subject: Subject, timeZone: string): string {
  const { name, curve, field, expected, forecast } = subject;
  const parts = [name];
  const last = lastOf(curve);
  const clock = (time: number): string => dateTimeFormat(time, { format: 'HH:mm:ss', timeZone });
  if (last !== undefined) parts.push(`${show(field, last.value)} at ${clock(last.time)}`);
  if (expected !== undefined) {
    const outliers = outliersOf(expected);
    const latest = outliers.at(-1);
    parts.push(
      latest === undefined
        ? 'no anomalies'
        : `${outliers.length} anomalous points, the latest at ${clock(latest.time)}`,
    );
  }
  const end = forecast === undefined ? undefined : lastOf(forecast);
  if (end !== undefined) parts.push(`forecast ${show(field, end.value)} at ${clock(end.time)}`);
  return `${parts.join(', ')}.`;
}

function lastOf({ times, values }: Curve): { time: number; value: number } | undefined {
  for (let row = values.length - 1; row >= 0; row -= 1) {
    const value = values[row];
    if (typeof value === 'number') return { time: times[row], value };
  }
  return undefined;
}

/** What is known of one time, each with what it is called. */
export interface PointLine {
  readonly label: string;
  readonly text: string;
}

/** What is known of a subject at a time. */
export function pointAt(subject: Subject, time: number): readonly PointLine[] {
  const { curve, previous, forecast, expected, field } = subject;
  const lines: PointLine[] = [];
  const add = (label: string, value: number | null | undefined): void => {
    if (typeof value === 'number') lines.push({ label, text: show(field, value) });
  };
  const end = curve.times.at(-1) ?? 0;
  if (time > end && forecast !== undefined) {
    const row = nearestRow(forecast, time);
    add('forecast', forecast.values[row]);
    addRange(lines, 'interval', subject, forecast.lower[row], forecast.upper[row]);
    return lines;
  }
  add('value', at(curve, curve.values, time));
  if (expected !== undefined) {
    const row = nearestRow(expected, time);
    addRange(lines, 'expected', subject, expected.lower[row], expected.upper[row]);
    const score = expected.scores[row];
    if (typeof score === 'number') lines.push({ label: 'score', text: score.toFixed(2) });
  }
  if (previous !== undefined) add('period before', at(previous, previous.values, time));
  return lines;
}

const at = (curve: Curve, values: Column, time: number): number | null | undefined =>
  values[nearestRow(curve, time)];

function addRange(
  lines: PointLine[],
  label: string,
  { field }: Subject,
  lower: number | null | undefined,
  upper: number | null | undefined,
): void {
  if (typeof lower !== 'number' || typeof upper !== 'number') return;
  lines.push({ label, text: `${show(field, lower)} – ${show(field, upper)}` });
}
