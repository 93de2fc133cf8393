import type { AlertRow } from '../../shared/alert-frames.js';
import { STANDINGS } from '../../shared/alert-standing.js';
import type { AlertsOptions } from './options.js';

/** What alerts may be asked for by, in the order in which they are offered. */
export const SHOWN = ['current', 'open', 'firing', 'pending', 'acknowledged', 'resolved'] as const;
export type Show = (typeof SHOWN)[number];

/** What of the alerts is asked for. */
export interface Filter {
  /** Words that all have to be in an alert. */
  readonly search: string;
  readonly show: Show;
  /** In small letters; `''` for any. */
  readonly severity: string;
}

export const NO_FILTER: Filter = { search: '', show: 'current', severity: '' };

/** Whether not all that the panel lists is asked for. */
export const isFiltering = ({ search, show, severity }: Filter): boolean =>
  search.trim() !== '' || show !== NO_FILTER.show || severity !== '';

/** Whether an alert is of the asked state; `current` is what the panel is set to list. */
const TESTS: Readonly<Record<Show, (row: AlertRow, options: AlertsOptions) => boolean>> = {
  current: ({ state }, { pending, resolved }) =>
    (pending || state !== 'pending') && (resolved || state !== 'inactive'),
  open: (row, { pending }) =>
    row.acknowledgedBy === null && TESTS.current(row, { pending, resolved: false }),
  firing: ({ state }) => state === 'firing' || state === 'recovering',
  pending: ({ state }) => state === 'pending',
  acknowledged: ({ state, acknowledgedBy }) => acknowledgedBy !== null && state !== 'inactive',
  resolved: ({ state }) => state === 'inactive',
};

/** The alerts that are asked for. */
export function found(
  rows: readonly AlertRow[],
  { search, show, severity }: Filter,
  options: AlertsOptions,
): readonly AlertRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const isShown = TESTS[show];
  return rows.filter((row) => {
    if (!isShown(row, options)) return false;
    if (severity !== '' && severityOf(row) !== severity) return false;
    if (words.length === 0) return true;
    const text = textOf(row);
    return words.every((word) => text.includes(word));
  });
}

/** The alerts that the panel is set to list. */
export function listed(rows: readonly AlertRow[], options: AlertsOptions): readonly AlertRow[] {
  return found(rows, NO_FILTER, options);
}

const KNOWN = STANDINGS.slice(0, 5);

/** Severities to choose from: the known ones, the worst first, then what alerts have besides. */
export function severitiesOf(rows: readonly AlertRow[]): readonly string[] {
  const others = new Set(rows.map(severityOf));
  for (const severity of ['', ...KNOWN]) others.delete(severity);
  return [...KNOWN, ...[...others].sort()];
}

const severityOf = ({ severity }: AlertRow): string => (severity ?? '').toLowerCase();

function textOf(row: AlertRow): string {
  const { name, severity, state, summary, explanation, labels, acknowledgedBy, comment } = row;
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  const texts = [name, severity, state, summary, explanation, acknowledgedBy, comment, ...pairs];
  return texts.join('\n').toLowerCase();
}
