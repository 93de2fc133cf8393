import type { AlertRow } from '../../shared/alert-frames.js';
import type { KymoQuery } from '../query.js';

const wordsOf = (text: string | undefined): readonly string[] =>
  (text ?? '').split(',').flatMap((word) => word.trim().toLowerCase() || []);

/** The alerts that a query is about: of some states and severities, with a text in name, labels or summary. */
export function filterAlerts(
  rows: readonly AlertRow[],
  { states, severities, search }: Pick<KymoQuery, 'states' | 'severities' | 'search'>,
): readonly AlertRow[] {
  const [inStates, inSeverities] = [wordsOf(states), wordsOf(severities)];
  const text = (search ?? '').trim().toLowerCase();
  if (inStates.length + inSeverities.length + text.length === 0) return rows;
  return rows.filter(
    (row) =>
      (inStates.length === 0 || inStates.includes(row.state)) &&
      (inSeverities.length === 0 || inSeverities.includes((row.severity ?? '').toLowerCase())) &&
      (text === '' || textOf(row).includes(text)),
  );
}

const textOf = ({ name, labels, summary }: AlertRow): string =>
  [name, summary ?? '', ...Object.entries(labels).map((pair) => pair.join('='))]
    .join('\n')
    .toLowerCase();
