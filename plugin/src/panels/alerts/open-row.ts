import type { AlertRow } from '../../shared/alert-frames.js';
import type { Filter } from './filter.js';

/** The row that is open, as it was seen last. */
export interface Held {
  readonly row: AlertRow;
  /** Its place in the list. */
  readonly index: number;
  /** What was asked for then. */
  readonly filter: Filter;
}

interface Shown {
  /** What is asked for. */
  readonly rows: readonly AlertRow[];
  /** All that there is. */
  readonly all: readonly AlertRow[];
  /** Fingerprint. */
  readonly open: string | undefined;
  readonly filter: Filter;
  readonly held: Held | undefined;
}

interface Kept {
  readonly rows: readonly AlertRow[];
  readonly held: Held | undefined;
  /** Whether the row that is open is not among all that there is. */
  readonly isGone: boolean;
}

/**
 * Keeps the row that is open where it is, whatever becomes of its alert, for as long as nothing else is asked
 * for: who reads it wants to see how it ends.
 */
export function keepOpen({ rows, all, open, filter, held: before }: Shown): Kept {
  if (open === undefined) return { rows, held: undefined, isGone: false };
  const held = before?.row.fingerprint === open && before.filter === filter ? before : undefined;
  const index = rows.findIndex(({ fingerprint }) => fingerprint === open);
  const row = rows[index];
  // Those that are over come last in the list: one that is read must not go there.
  const moves = row?.state === 'inactive' && held !== undefined;
  if (row !== undefined && !moves) return { rows, held: { row, index, filter }, isGone: false };
  if (held === undefined) return { rows, held, isGone: false };
  const found = row ?? all.find(({ fingerprint }) => fingerprint === open);
  const now = found ?? held.row;
  const kept = rows.filter((one) => one !== row);
  kept.splice(held.index, 0, now);
  return { rows: kept, held: { ...held, row: now }, isGone: found === undefined };
}
