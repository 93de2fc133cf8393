import { useRef } from 'react';
import type { ProtocolRow } from './model.js';
import { sorted, type Order } from './table.js';

/** Milliseconds that rows keep their places for while their figures change. */
const CALM = 10_000;

interface Ranks {
  readonly keys: readonly string[];
  readonly order: Order;
  readonly until: number;
}

/**
 * Rows in an order that does not jump: they are sorted when the order or the rows are others, and now
 * and then.
 * @param now Unix milliseconds
 */
export function useRanks(rows: readonly ProtocolRow[], order: Order, now: number): ProtocolRow[] {
  const ranks = useRef<Ranks>();
  const known = ranks.current;
  if (known !== undefined && known.order === order && now < known.until) {
    const kept = known.keys.flatMap((key) => rows.find((row) => row.key === key) ?? []);
    if (kept.length === rows.length && kept.length === known.keys.length) return kept;
  }
  const fresh = sorted(rows, order);
  ranks.current = { keys: fresh.map(({ key }) => key), order, until: now + CALM };
  return fresh;
}
