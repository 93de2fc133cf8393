import type { DataFrame, FieldConfig, FieldType } from '@grafana/data';
import type { Trust } from './trust.js';

/** `recovering`: the condition is over, and something still holds the alert. */
export type AlertState = 'inactive' | 'pending' | 'firing' | 'recovering';

/** An alert as panels see it. Times are Unix milliseconds; `null` is for what is not known or not there. */
export interface AlertRow {
  /** When its condition began to hold. */
  readonly since: number | null;
  readonly state: AlertState;
  readonly severity: string | null;
  readonly name: string;
  readonly value: number | null;
  /** What the value is compared with: `>` and so on, and a number. */
  readonly operator: string | null;
  readonly threshold: number | null;
  /** Of both, as Grafana calls it. */
  readonly unit: string | null;
  readonly summary: string | null;
  readonly explanation: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Address of the runbook. */
  readonly runbook: string | null;
  readonly acknowledgedBy: string | null;
  readonly comment: string | null;
  readonly acknowledgedAt: number | null;
  /** When the acknowledgement ends; when the alert resolves, where there is none. */
  readonly until: number | null;
  readonly flapping: boolean;
  readonly firedAt: number | null;
  readonly resolvedAt: number | null;
  readonly group: string | null;
  /** The rule's expression. */
  readonly expr: string | null;
  /** The part of the expression that is compared. */
  readonly compared: string | null;
  readonly annotations: Readonly<Record<string, string>>;
  /** What the alert is known by, also after a restart. */
  readonly fingerprint: string;
}

/** Milliseconds after an alert's start at which the curve around it ends. */
export const CURVE_AFTER = 10 * 60_000;

interface Column {
  readonly type: `${FieldType}`;
  readonly title: string;
  readonly config?: FieldConfig;
}

const COLUMNS: Readonly<Record<keyof AlertRow, Column>> = {
  since: { type: 'time', title: 'Since' },
  state: { type: 'string', title: 'State' },
  severity: { type: 'string', title: 'Severity' },
  name: { type: 'string', title: 'Alert' },
  value: { type: 'number', title: 'Value' },
  operator: { type: 'string', title: 'Against' },
  threshold: { type: 'number', title: 'Threshold' },
  unit: { type: 'string', title: 'Unit' },
  summary: { type: 'string', title: 'Summary' },
  explanation: { type: 'string', title: 'Explanation' },
  labels: { type: 'other', title: 'Labels' },
  runbook: {
    type: 'string',
    title: 'Runbook',
    config: { links: [{ title: 'Runbook', url: '${__value.raw}', targetBlank: true }] },
  },
  acknowledgedBy: { type: 'string', title: 'Acknowledged by' },
  comment: { type: 'string', title: 'Comment' },
  acknowledgedAt: { type: 'time', title: 'Acknowledged' },
  until: { type: 'time', title: 'Until' },
  flapping: { type: 'boolean', title: 'Flapping' },
  firedAt: { type: 'time', title: 'Fired' },
  resolvedAt: { type: 'time', title: 'Resolved' },
  group: { type: 'string', title: 'Group' },
  expr: { type: 'string', title: 'Expression' },
  compared: { type: 'string', title: 'Compared' },
  annotations: { type: 'other', title: 'Annotations' },
  fingerprint: { type: 'string', title: 'Fingerprint' },
};
const NAMES = Object.keys(COLUMNS) as (keyof AlertRow)[];

/** In `meta.custom` of a frame of alerts, beside how much it can be trusted. */
interface AlertsMeta {
  readonly kymo?: Trust;
  /** Of the datasource, which takes acknowledgements. */
  readonly datasource: string;
}

/** Alerts as a frame, one row each. */
export function alertFrame(rows: readonly AlertRow[], refId: string, meta: AlertsMeta): DataFrame {
  return {
    refId,
    name: 'alerts',
    length: rows.length,
    fields: NAMES.map((name) => {
      const { type, title, config } = COLUMNS[name];
      const values = rows.map((row) => row[name]);
      return { name, type: type as FieldType, config: { displayName: title, ...config }, values };
    }),
    meta: { preferredVisualisationType: 'table', custom: { ...meta } },
  };
}

/** The alerts of a frame that has at least a name and a state a row; of any other, `undefined`. */
export function alertRows({ fields, length }: DataFrame): AlertRow[] | undefined {
  const columns = new Map(fields.map(({ name, values }) => [name, values as readonly unknown[]]));
  if (!columns.has('name') || !columns.has('state')) return undefined;
  // There may be thousands.
  const inOrder = NAMES.map((name) => [name, columns.get(name)] as const);
  return Array.from({ length }, (_, index) => {
    const row: Partial<Record<keyof AlertRow, unknown>> = {};
    for (const [name, values] of inOrder) row[name] = values?.[index] ?? null;
    row.labels ??= {};
    row.annotations ??= {};
    row.fingerprint ??= `${index}`;
    return row as unknown as AlertRow;
  });
}

/** The uid of the datasource that alerts come from, if they are ours. */
export function datasourceOf({ meta }: DataFrame): string | undefined {
  return (meta?.custom as Partial<AlertsMeta> | undefined)?.datasource;
}
