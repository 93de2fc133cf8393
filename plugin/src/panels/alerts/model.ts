import type { AlertRow } from '../../shared/alert-frames.js';
import { STANDINGS, standingOf } from '../../shared/alert-standing.js';

/** The most urgent first, then the newest; what never changes comes last, so that nothing jumps. */
export function sortAlerts(rows: readonly AlertRow[]): AlertRow[] {
  const ranked = rows.map((row) => ({ row, rank: STANDINGS.indexOf(standingOf(row)) }));
  ranked.sort(
    (a, b) =>
      a.rank - b.rank ||
      (b.row.since ?? 0) - (a.row.since ?? 0) ||
      (a.row.fingerprint < b.row.fingerprint ? -1 : 1),
  );
  return ranked.map(({ row }) => row);
}

/** Labels that tell alerts apart: all but the name and the severity, which are shown anyway. */
export function chipsOf({
  labels,
}: Pick<AlertRow, 'labels'>): readonly (readonly [string, string])[] {
  return Object.entries(labels).filter(
    ([label]) => label !== 'alertname' && label !== 'severity' && !label.startsWith('kymo_'),
  );
}

/** What has changed since, in a sentence for screen readers; empty where nothing that matters has. */
export function newsOf(before: readonly AlertRow[], after: readonly AlertRow[]): string {
  const firing = ({ state }: AlertRow): boolean => state === 'firing' || state === 'recovering';
  const known = new Map(before.map((row) => [row.fingerprint, row]));
  const begun = after.filter((row) => {
    const old = known.get(row.fingerprint);
    return firing(row) && (old === undefined || !firing(old));
  });
  const now = new Map(after.map((row) => [row.fingerprint, row]));
  const over = before.filter((row) => {
    const current = now.get(row.fingerprint);
    return firing(row) && (current === undefined || !firing(current));
  });
  const parts: string[] = [];
  if (begun.length > 0) parts.push(`${say(begun)} ${begun.length === 1 ? 'fires' : 'fire'}.`);
  if (over.length > 0) parts.push(`${say(over)} resolved.`);
  if (parts.length === 0) return '';
  return `${parts.join(' ')} ${after.filter(firing).length} firing in all.`;
}

/** A few by name, more by number. */
const say = (rows: readonly AlertRow[]): string =>
  rows.length > 3
    ? `${rows.length} alerts`
    : rows
        .map(({ name, severity }) => `${name}${severity === null ? '' : `, ${severity},`}`)
        .join(' and ');
