import { named } from './fields.js';
import type { Panel } from './model.js';
import { NEWEST, panel, type Options, type Spec } from './panel.js';

/** Alerts that fired, one row each time. */
export function firings(spec: Omit<Spec, 'queries'>): Panel {
  const columns = ['Fired', 'Severity', 'Alert', 'Summary', 'Resolved'];
  // Summaries have what the others leave.
  const widths = { Fired: 180, Severity: 110, Alert: 260, Resolved: 180 };
  const overrides = Object.entries(widths).map(([name, width]) =>
    named(name, { 'custom.width': width }),
  );
  const options = {
    cellHeight: 'sm',
    showHeader: true,
    sortBy: [{ displayName: 'Fired', desc: true }],
  };
  return {
    ...panel(
      'table',
      { ...spec, queries: [{ kind: 'alert_history' }], overrides },
      { options, custom: { align: 'auto' } },
    ),
    transformations: [
      { id: 'filterFieldsByName', options: { include: { names: columns } } },
      {
        id: 'organize',
        options: { indexByName: Object.fromEntries(columns.map((name, index) => [name, index])) },
      },
    ],
  };
}

interface TableSpec extends Spec {
  /** The label whose values become columns; the query adds it. */
  readonly column: string;
  /** Labels that make a row, in order, with their headings. */
  readonly rows: Readonly<Record<string, string>>;
  /** Columns of numbers, in order, with their headings. */
  readonly figures: Readonly<Record<string, string>>;
  /** The figure that rows are sorted by, greatest first. */
  readonly sortBy: string;
}

/** The newest values as a table: what has the same labels is one row. */
export function table(spec: TableSpec): Panel {
  const { column, rows, figures: numbers, sortBy } = spec;
  const grouped = Object.keys(rows).map((label): readonly [string, Options] => [
    label,
    { operation: 'groupby', aggregations: [] },
  ]);
  const newest = Object.keys(numbers).map((name): readonly [string, Options] => [
    name,
    { operation: 'aggregate', aggregations: ['lastNotNull'] },
  ]);
  const heading = Object.entries(numbers).map(([name, text]): readonly [string, string] => [
    `${name} (lastNotNull)`,
    text,
  ]);
  const order = [...Object.keys(rows), ...heading.map(([name]) => name)];
  return {
    ...panel('table', spec, {
      options: {
        cellHeight: 'sm',
        showHeader: true,
        sortBy: [{ displayName: numbers[sortBy], desc: true }],
      },
      custom: { align: 'auto', filterable: false, minWidth: 90 },
    }),
    ...NEWEST,
    transformations: [
      // A frame a series, as the next step makes one row of a frame.
      { id: 'prepareTimeSeries', options: { format: 'multi' } },
      { id: 'labelsToFields', options: { mode: 'columns', valueLabel: column } },
      { id: 'merge', options: {} },
      { id: 'groupBy', options: { fields: Object.fromEntries<Options>([...grouped, ...newest]) } },
      {
        id: 'organize',
        options: {
          indexByName: Object.fromEntries(order.map((name, index) => [name, index])),
          renameByName: Object.fromEntries<string>([...Object.entries(rows), ...heading]),
        },
      },
    ],
  };
}
