import { badness, type ProtocolRow } from './model.js';

/** A column with what it is sorted by; those that are no longer needed leave in the order of `leaves`. */
interface ColumnSpec {
  readonly id: string;
  readonly label: string;
  /** CSS pixels. */
  readonly width: number;
  /** 1 leaves first; `undefined` never. */
  readonly leaves?: number;
  readonly by?: (row: ProtocolRow) => number | string | undefined;
}

export const COLUMNS = [
  { id: 'name', label: 'Protocol', width: 88, by: ({ name }: ProtocolRow) => name },
  { id: 'share', label: 'Share', width: 40, leaves: 3, by: (row: ProtocolRow) => row.share },
  { id: 'rate', label: 'Rate', width: 50, by: (row: ProtocolRow) => row.rate?.value },
  { id: 'curve', label: 'Trend', width: 60, leaves: 1 },
  { id: 'latency', label: 'Latency', width: 62, by: (row: ProtocolRow) => row.latency?.value },
  { id: 'errors', label: 'Errors', width: 46, by: (row: ProtocolRow) => row.errors?.value },
  {
    id: 'active',
    label: 'Active',
    width: 44,
    leaves: 5,
    by: (row: ProtocolRow) => row.active?.value,
  },
  { id: 'idle', label: 'Idle', width: 38, leaves: 2, by: (row: ProtocolRow) => row.idle?.value },
  { id: 'health', label: 'Health', width: 48, leaves: 4, by: illShare },
  { id: 'status', label: 'Status', width: 76, by: (row: ProtocolRow) => badness(row.status) },
] as const satisfies readonly ColumnSpec[];
export type ColumnId = (typeof COLUMNS)[number]['id'];

function illShare({ health }: ProtocolRow): number | undefined {
  if (health === undefined) return undefined;
  const { healthy, warning, error } = health;
  return (warning + error) / Math.max(1, healthy + warning + error);
}

const specs: readonly (ColumnSpec & { readonly id: ColumnId })[] = COLUMNS;

/** The columns that have values and for which there is room. */
export function shownColumns(
  rows: readonly ProtocolRow[],
  width: number,
  withCurve: boolean,
): ColumnId[] {
  let shown = specs.filter(({ id }) => hasValues(rows, id) && (id !== 'curve' || withCurve));
  const wide = (): number => shown.reduce((sum, column) => sum + column.width, 0);
  for (let turn = 1; turn <= specs.length && wide() > width; turn += 1) {
    shown = shown.filter(({ leaves }) => leaves !== turn);
  }
  return shown.map(({ id }) => id);
}

const hasValues = (rows: readonly ProtocolRow[], id: ColumnId): boolean =>
  id === 'name' || id === 'status' || rows.some((row) => row[id] !== undefined);

export interface Order {
  readonly column: ColumnId;
  readonly descending: boolean;
}

/** The order after a click on a column's head: figures begin with the greatest, names with A. */
export function nextOrder(order: Order, column: ColumnId): Order {
  if (order.column === column) return { column, descending: !order.descending };
  return { column, descending: column !== 'name' };
}

/** Rows in an order; those without a value come last either way. */
export function sorted(rows: readonly ProtocolRow[], { column, descending }: Order): ProtocolRow[] {
  const by = specs.find(({ id }) => id === column)?.by;
  if (by === undefined) return [...rows];
  const compare = (a: ProtocolRow, b: ProtocolRow): number => {
    const [first, second] = [by(a), by(b)];
    if (first === undefined || second === undefined) {
      return Number(first === undefined) - Number(second === undefined);
    }
    const up =
      typeof first === 'string' ? first.localeCompare(String(second)) : first - Number(second);
    return (descending ? -up : up) || a.name.localeCompare(b.name);
  };
  return [...rows].sort(compare);
}

/** Rows whose name or label has a text in it. */
export function filtered(rows: readonly ProtocolRow[], text: string): ProtocolRow[] {
  const wanted = text.trim().toLowerCase();
  return rows.filter(({ name, key }) => `${name} ${key}`.toLowerCase().includes(wanted));
}
