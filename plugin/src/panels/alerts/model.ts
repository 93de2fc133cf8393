import type { AlertRow } from '../../shared/alert-frames.js';
import type { AlertsOptions } from './options.js';

/** What is shown of the list. */
export type Show = 'open' | 'acknowledged' | 'all';

/** What an alert asks of people, the most urgent first. */
export const STANDINGS = [
  'emergency',
  'critical',
  'error',
  'warning',
  'info',
  'pending',
  'acknowledged',
  'resolved',
] as const;
export type Standing = (typeof STANDINGS)[number];

const SEVERITIES: ReadonlySet<string> = new Set(STANDINGS.slice(0, 5));

/** How urgent an alert is: by its severity while it fires and nobody has taken it on. */
export function standingOf({ state, severity, acknowledgedBy }: AlertRow): Standing {
  if (state === 'inactive') return 'resolved';
  if (acknowledgedBy !== null) return 'acknowledged';
  if (state === 'pending') return 'pending';
  const known = (severity ?? '').toLowerCase();
  // One without a severity of ours may be anything: a warning is the middle.
  return SEVERITIES.has(known) ? (known as Standing) : 'warning';
}

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

/** The alerts that the panel is set to list. */
export function listed(
  rows: readonly AlertRow[],
  { pending, resolved }: AlertsOptions,
): readonly AlertRow[] {
  return rows.filter(
    ({ state }) => (pending || state !== 'pending') && (resolved || state !== 'inactive'),
  );
}

/** Those that are shown, with every word of the search in name, labels, summary or comment. */
export function found(rows: readonly AlertRow[], search: string, show: Show): readonly AlertRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const acknowledged = row.acknowledgedBy !== null;
    if (show === 'open' && acknowledged) return false;
    if (show === 'acknowledged' && !acknowledged) return false;
    if (words.length === 0) return true;
    const text = textOf(row);
    return words.every((word) => text.includes(word));
  });
}

function textOf({ name, severity, state, summary, labels, acknowledgedBy, comment }: AlertRow) {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  const texts = [name, severity, state, summary, acknowledgedBy, comment, ...pairs];
  return texts.join('\n').toLowerCase();
}

/** How many there are of each standing, the most urgent first; none of those that there are not. */
export function countsOf(
  rows: readonly AlertRow[],
): readonly { readonly standing: Standing; readonly count: number }[] {
  const counts = new Map<Standing, number>();
  for (const row of rows) {
    const standing = standingOf(row);
    counts.set(standing, (counts.get(standing) ?? 0) + 1);
  }
  return STANDINGS.flatMap((standing) => {
    const count = counts.get(standing);
    return count === undefined ? [] : [{ standing, count }];
  });
}

/** A number with at most three significant digits. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-3)) return value.toExponential(2);
  return Number(value.toPrecision(3)).toLocaleString(undefined, { maximumFractionDigits: 6 });
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
