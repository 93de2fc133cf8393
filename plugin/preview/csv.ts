import { FieldType, getFieldDisplayName, type DataFrame } from '@grafana/data';

/** Frames as CSV: a row a time, a column a series; times in ISO 8601. */
export function csvOf(frames: readonly DataFrame[]): string {
  const columns = frames.flatMap((frame) => {
    const times = (frame.fields.find(({ type }) => type === FieldType.time)?.values ??
      []) as number[];
    return frame.fields
      .filter(({ type }) => type === FieldType.number)
      .map((field) => ({
        name: getFieldDisplayName(field, frame, [...frames]),
        at: new Map(times.map((time, index) => [time, (field.values as (number | null)[])[index]])),
      }));
  });
  const times = [...new Set(columns.flatMap(({ at }) => [...at.keys()]))].sort((a, b) => a - b);
  const rows = times.map((time) => [
    new Date(time).toISOString(),
    ...columns.map(({ at }) => String(at.get(time) ?? '')),
  ]);
  const all = [['time', ...columns.map(({ name }) => name)], ...rows];
  return all.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

/** A leading sign would make a formula of it in a spreadsheet. */
function quoted(text: string): string {
  const safe = /^[=+@\t\r]|^-\D/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
