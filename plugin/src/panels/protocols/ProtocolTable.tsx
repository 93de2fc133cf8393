import { css } from '@emotion/css';
import { memo, useRef, type KeyboardEvent } from 'react';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import { Cell } from './Cell.js';
import type { ProtocolRow } from './model.js';
import { COLUMNS, nextOrder, type ColumnId, type Order } from './table.js';
import { unitOf } from './texts.js';

interface ProtocolTableProps {
  readonly rows: readonly ProtocolRow[];
  readonly columns: readonly ColumnId[];
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
  readonly selected: string | undefined;
  readonly onSelect: (key: string | undefined) => void;
  readonly colorOf: (row: ProtocolRow) => string;
}

/** The table: heads sort, rows are selected by click, Enter or Space, and arrows go from row to row. */
export function ProtocolTable(props: ProtocolTableProps) {
  const { rows, columns, order, onOrder, selected, onSelect, colorOf } = props;
  const styles = useStyles2(stylesOf);
  const body = useRef<HTMLTableSectionElement>(null);
  const unit = unitOf(rows.find(({ rate }) => rate !== undefined)?.rate, 'rate');
  const onKey = (event: KeyboardEvent, index: number): void => {
    const key = rows[index].key;
    const go = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (go !== undefined) {
      (body.current?.children[index + go] as HTMLElement | undefined)?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      onSelect(key === selected ? undefined : key);
    } else if (event.key === 'Escape') {
      onSelect(undefined);
    } else {
      return;
    }
    event.preventDefault();
  };
  const entry = Math.max(
    0,
    rows.findIndex(({ key }) => key === selected),
  );
  return (
    <table className={styles.table} role="grid" data-testid={testIds.protocols}>
      <colgroup>
        {columns.map((id) => (
          <col key={id} style={{ width: specOf(id).width }} />
        ))}
      </colgroup>
      <Heads {...{ columns, order, onOrder, unit }} />
      <tbody ref={body}>
        {rows.map((row, index) => (
          <tr
            key={row.key}
            tabIndex={index === entry ? 0 : -1}
            aria-selected={row.key === selected}
            className={row.key === selected ? styles.selected : undefined}
            onClick={() => onSelect(row.key === selected ? undefined : row.key)}
            onKeyDown={(event) => onKey(event, index)}
            data-testid={testIds.protocolRow}
          >
            {columns.map((id) => (
              <td key={id}>
                <div className={styles.cell}>
                  <Cell row={row} column={id} color={colorOf(row)} />
                </div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface HeadsProps extends Pick<ProtocolTableProps, 'columns' | 'order' | 'onOrder'> {
  /** Of the rate. */
  readonly unit: string;
}

/** Heads stay while figures change. */
const Heads = memo(function Heads({ columns, order, onOrder, unit }: HeadsProps) {
  return (
    <thead>
      <tr>
        {columns.map((id) => (
          <th key={id} aria-sort={order.column === id ? sortOf(order) : undefined}>
            {'by' in specOf(id) ? (
              <button type="button" onClick={() => onOrder(nextOrder(order, id))}>
                {id === 'rate' && unit !== '' ? unit : specOf(id).label}
                {order.column === id && (
                  <Icon name={order.descending ? 'arrow-down' : 'arrow-up'} size="xs" />
                )}
              </button>
            ) : (
              specOf(id).label
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}, isSameHeads);

function isSameHeads(one: HeadsProps, other: HeadsProps): boolean {
  return (
    one.columns.join() === other.columns.join() &&
    one.order === other.order &&
    one.onOrder === other.onOrder &&
    one.unit === other.unit
  );
}

const specOf = (id: ColumnId): (typeof COLUMNS)[number] =>
  COLUMNS.find((column) => column.id === id) ?? COLUMNS[0];

const sortOf = ({ descending }: Order): 'descending' | 'ascending' =>
  descending ? 'descending' : 'ascending';

const stylesOf = (theme: GrafanaTheme2) => ({
  table: css({
    width: '100%',
    tableLayout: 'fixed',
    borderCollapse: 'collapse',
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    whiteSpace: 'nowrap',
    'th, td': {
      height: 28,
      padding: theme.spacing(0, 0.25),
      textAlign: 'right',
      borderBottom: `1px solid ${theme.colors.border.weak}`,
    },
    'th:first-of-type, td:first-of-type': { textAlign: 'left' },
    th: {
      position: 'sticky',
      top: 0,
      zIndex: 1,
      background: theme.colors.background.primary,
      color: theme.colors.text.secondary,
      fontWeight: theme.typography.fontWeightRegular,
    },
    'th button': { padding: 0, border: 0, background: 'none', color: 'inherit', font: 'inherit' },
    'th button:hover': { color: theme.colors.text.primary },
    'tbody tr': { cursor: 'pointer' },
    'tbody tr:hover': { background: theme.colors.action.hover },
    'tbody tr:focus-visible': {
      outline: `2px solid ${theme.colors.primary.main}`,
      outlineOffset: -2,
    },
  }),
  // Of one size whatever it says: a figure that changes is then laid out alone, and not the table.
  cell: css({ height: 20, lineHeight: '20px', contain: 'layout size' }),
  selected: css({ '&&': { background: theme.colors.action.selected } }),
});
