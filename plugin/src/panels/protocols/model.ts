import type { DataFrame, Field } from '@grafana/data';
import { PROTOCOLS } from '@kymo/contract/protocols';
import { isValue, sumOf, type Curve } from '../../shared/curve.js';
import { isNumber, isTime } from '../../shared/fields.js';
import { statusOf, stepsOf, type Status } from '../../shared/status.js';
import type { ProtocolsOptions, Role } from './options.js';

/** A figure of now, and the field by whose unit and mappings it is shown. */
export interface Reading {
  readonly value: number;
  readonly field: Field;
  /** By the field's thresholds; `undefined` where it has none. */
  readonly status: Status | undefined;
}

/** Connections by what they are like. */
export interface Health {
  readonly healthy: number;
  readonly warning: number;
  readonly error: number;
}

/** Connections that failed for a reason. */
export interface Problem {
  readonly reason: string;
  readonly reading: Reading;
}

/** What is known of a protocol, or of any other value of the label. */
export interface ProtocolRow {
  /** The value of the label. */
  readonly key: string;
  readonly name: string;
  readonly rate: Reading | undefined;
  /** Of the rates of all rows, 0 to 1. */
  readonly share: number | undefined;
  /** Of the rate. */
  readonly curve: Curve | undefined;
  readonly latency: Reading | undefined;
  readonly errors: Reading | undefined;
  readonly active: Reading | undefined;
  readonly idle: Reading | undefined;
  readonly opened: Reading | undefined;
  readonly health: Health | undefined;
  /** What went wrong with connections, a second; the most frequent first. */
  readonly problems: readonly Problem[];
  /** The worst of latency, errors and health. */
  readonly status: Status;
}

/** Of errors where no thresholds are set: 1 % and 5 % of requests. */
const ERROR_STEPS = [-Infinity, 0.01, 0.05];

/** One series with the labels that tell what it is of. */
interface Line {
  readonly role: Role;
  readonly labels: Readonly<Record<string, string>>;
  readonly field: Field;
  readonly curve: Curve;
  readonly value: number | undefined;
}

/** A row for each value of the label, in the order in which they come. */
export function rowsOf(
  frames: readonly DataFrame[],
  options: Pick<ProtocolsOptions, 'label' | 'queries'>,
): ProtocolRow[] {
  const lines = frames.flatMap((frame) => linesOf(frame, options.queries));
  const byKey = new Map<string, Line[]>();
  for (const line of lines) {
    const key = line.labels[options.label];
    // The series without the label is the total of the others.
    if (key === undefined || key === '') continue;
    const others = byKey.get(key);
    if (others === undefined) byKey.set(key, [line]);
    else others.push(line);
  }
  const rows = [...byKey].map(([key, parts]) => rowOf(key, parts));
  const total = rows.reduce((sum, { rate }) => sum + (rate?.value ?? 0), 0);
  return rows.map((row) => ({
    ...row,
    share: row.rate === undefined || total === 0 ? undefined : row.rate.value / total,
  }));
}

function linesOf(frame: DataFrame, queries: ProtocolsOptions['queries']): Line[] {
  const role = (Object.keys(queries) as Role[]).find((name) => queries[name] === frame.refId);
  const time = frame.fields.find(isTime);
  if (role === undefined) return [];
  return frame.fields.filter(isNumber).map((field) => {
    const values = field.values as (number | null)[];
    const curve = { times: (time?.values ?? []) as number[], values };
    return { role, labels: field.labels ?? {}, field, curve, value: nowOf(values) };
  });
}

/** Rows at the end that may lack a value which is still of now. */
const LAG = 3;

/** The newest value; of a series that has ended there is none. */
function nowOf(values: readonly (number | null)[]): number | undefined {
  const oldest = Math.max(0, values.length - LAG);
  for (let index = values.length - 1; index >= oldest; index -= 1) {
    const value = values[index];
    if (isValue(value)) return value;
  }
  return undefined;
}

function rowOf(key: string, lines: readonly Line[]): Omit<ProtocolRow, 'share'> {
  const of = (role: Role, matching: Readonly<Record<string, string>> = {}): Line[] =>
    lines.filter((line) => line.role === role && fits(line.labels, matching));
  const latency = readingOf(of('latency'), 'greatest');
  const errors = readingOf(of('errors'), 'greatest', ERROR_STEPS);
  const health = healthOf(of('health'));
  const rates = of('rate');
  return {
    key,
    name: PROTOCOLS.get(key)?.name ?? key,
    rate: readingOf(rates, 'sum'),
    curve: sumOf(rates.map(({ curve }) => curve)),
    latency,
    errors,
    active: readingOf(of('connections', { state: 'active' }), 'sum'),
    idle: readingOf(of('connections', { state: 'idle' }), 'sum'),
    opened: readingOf(of('opened'), 'sum'),
    health,
    problems: problemsOf(of('problems')),
    status: worst([latency?.status, errors?.status, health && statusOfHealth(health)]),
  };
}

const fits = (
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): boolean => Object.entries(wanted).every(([name, value]) => labels[name] === value);

/** Several series of a protocol, as of several instances, are taken together. */
function readingOf(
  lines: readonly Line[],
  together: 'sum' | 'greatest',
  steps: readonly number[] = [],
): Reading | undefined {
  const values = lines.flatMap(({ value }) => value ?? []);
  if (values.length === 0) return undefined;
  const value =
    together === 'sum'
      ? values.reduce((a, b) => a + b, 0)
      : values.reduce((a, b) => Math.max(a, b));
  const { field } = lines[0];
  const set = stepsOf(field);
  return { value, field, status: statusOf(value, set.length > 1 ? set : steps, 'lower') };
}

function healthOf(lines: readonly Line[]): Health | undefined {
  if (lines.every(({ value }) => value === undefined)) return undefined;
  const sum = (health: string): number =>
    lines
      .filter(({ labels }) => labels.health === health)
      .reduce((total, { value = 0 }) => total + value, 0);
  return { healthy: sum('healthy'), warning: sum('warning'), error: sum('error') };
}

/** By the label `reason`; those that do not happen at the moment are left out. */
function problemsOf(lines: readonly Line[]): Problem[] {
  const reasons = [...new Set(lines.map(({ labels }) => labels.reason ?? ''))];
  return reasons
    .flatMap((reason) => {
      const reading = readingOf(
        lines.filter(({ labels }) => (labels.reason ?? '') === reason),
        'sum',
      );
      return reason === '' || reading === undefined || reading.value <= 0
        ? []
        : [{ reason, reading }];
    })
    .sort((a, b) => b.reading.value - a.reading.value);
}

/** Shares of connections from which on their health is a warning, and critical. */
const ILL = { warning: 0.05, critical: 0.2 };

/** A few connections are always ill; many are a reason to look. */
export function statusOfHealth({ healthy, warning, error }: Health): Status {
  const total = healthy + warning + error;
  if (total === 0) return 'ok';
  if (error / total >= ILL.critical) return 'critical';
  return (warning + error) / total >= ILL.warning ? 'warning' : 'ok';
}

const fromBest: readonly Status[] = ['ok', 'warning', 'critical'];

export function worst(statuses: readonly (Status | undefined)[]): Status {
  const ranks = statuses.map((status) => fromBest.indexOf(status ?? 'ok'));
  return fromBest[Math.max(0, ...ranks)];
}

/** How bad a status is, 0 for fine. */
export const badness = (status: Status): number => fromBest.indexOf(status);
