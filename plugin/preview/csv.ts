import { FieldType, getFieldDisplayName, type DataFrame } from '@grafana/data';
import { partOf } from '../src/shared/analysis-frames.js';

/**
 * What panels show as CSV: a row a time, a column a series under the panel's title; times in ISO 8601. What
 * is no series over time, such as figures and findings, is left out.
 * @param shown frames by the title of their panel
 */
export function csvOf(shown: ReadonlyMap<string, readonly DataFrame[]>): string {
  const columns = [...shown].flatMap(([title, frames]) => columnsOf(title, frames));
  const times = [...new Set(columns.flatMap(({ at }) => [...at.keys()]))].sort((a, b) => a - b);
  const rows = times.map((time) => [
    new Date(time).toISOString(),
    ...columns.map(({ at }) => String(at.get(time) ?? '')),
  ]);
  const all = [['time', ...columns.map(({ name }) => name)], ...rows];
  return all.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

interface Column {
  readonly name: string;
  /** Values by their time in Unix milliseconds. */
  readonly at: ReadonlyMap<number, number | null>;
}

function columnsOf(title: string, frames: readonly DataFrame[]): Column[] {
  const found = frames.filter(isCurve).flatMap((frame) => {
    const times = (frame.fields.find(isTime)?.values ?? []) as number[];
    return frame.fields
      .filter(({ type }) => type === FieldType.number)
      .map((field) => ({
        name: getFieldDisplayName(field, frame, [...frames]),
        of: frame.meta?.executedQueryString ?? frame.refId ?? '',
        at: new Map(times.map((time, index) => [time, (field.values as (number | null)[])[index]])),
      }));
  });
  const often = (name: string): boolean => found.filter((one) => one.name === name).length > 1;
  // Several queries of a panel may call their series by the same names.
  return found.map(({ name, of, at }) => ({
    name: often(name) ? `${title}: ${name} of ${of}` : `${title}: ${name}`,
    at,
  }));
}

const isTime = ({ type }: DataFrame['fields'][number]): boolean => type === FieldType.time;

const CURVES: readonly unknown[] = [undefined, 'value', 'previous', 'anomalies', 'forecast'];
const isCurve = (frame: DataFrame): boolean =>
  frame.fields.some(isTime) && CURVES.includes(partOf(frame)?.part);

/** A leading sign would make a formula of it in a spreadsheet. */
function quoted(text: string): string {
  const safe = /^[=+@\t\r]|^-\D/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
