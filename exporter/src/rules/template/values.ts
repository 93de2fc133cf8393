import type { FloatHistogram } from '../../promql/histogram/float-histogram.js';
import { histogramText } from '../../promql/histogram/text.js';
import { formatGeneral } from '../../promql/number-format.js';

/** One sample of what `query` yields. */
export class TemplateSample {
  readonly Labels: ReadonlyMap<string, string>;
  readonly Value: number | FloatHistogram;

  constructor(labels: ReadonlyMap<string, string>, value: number | FloatHistogram) {
    this.Labels = labels;
    this.Value = value;
  }
}

/** Labels or annotations as Alertmanager's templates see them: a map that also lists its pairs. */
export class KeyValues extends Map<string, string> {
  /** `SortedPairs` (each with `Name` and `Value`), `Names` and `Values`, sorted by name. */
  get lists(): Readonly<Record<string, readonly TemplateValue[]>> {
    const pairs = [...this].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      SortedPairs: pairs.map(([Name, Value]) => new DataRecord({ Name, Value })),
      Names: pairs.map(([name]) => name),
      Values: pairs.map(([, value]) => value),
    };
  }
}

/** A list that has fields too, such as `.Alerts.Firing`. */
export class FieldList extends Array<TemplateValue> {
  fields: Readonly<Record<string, TemplateValue>> = {};
}

/** What alert templates see as `.`. */
export interface TemplateData {
  readonly Labels: ReadonlyMap<string, string>;
  readonly ExternalLabels: ReadonlyMap<string, string>;
  readonly ExternalURL: string;
  readonly Value: number | FloatHistogram;
}

/** The data as a value with fields. */
export class DataRecord {
  readonly fields: Readonly<Record<string, TemplateValue>>;

  constructor(fields: Readonly<Record<string, TemplateValue>>) {
    this.fields = fields;
  }
}

/** A moment (Unix ms), or a span of time (ms), which print in their own ways. */
export class TimeValue {
  readonly milliseconds: number;
  readonly kind: 'moment' | 'span';

  constructor(milliseconds: number, kind: 'moment' | 'span') {
    this.milliseconds = milliseconds;
    this.kind = kind;
  }
}

/** Numbers are Go's float64, bigints are its int. */
export type TemplateValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | TimeValue
  | TemplateSample
  | DataRecord
  | FloatHistogram
  | readonly TemplateValue[]
  | ReadonlyMap<string, TemplateValue>;

export function isList(value: TemplateValue): value is readonly TemplateValue[] {
  return Array.isArray(value);
}

export function isMap(value: TemplateValue): value is ReadonlyMap<string, TemplateValue> {
  return value instanceof Map;
}

export function isHistogram(value: TemplateValue): value is FloatHistogram {
  return typeof value === 'object' && value !== null && 'zeroThreshold' in value;
}

/** The value's type as Go names it. */
export function typeName(value: TemplateValue): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'float64';
    case 'bigint':
      return 'int';
    case 'boolean':
      return 'bool';
    default:
      break;
  }
  if (value === null) return '<nil>';
  if (isMap(value)) return 'map[string]string';
  if (value instanceof TemplateSample) return '*template.sample';
  if (isList(value)) return 'template.queryResult';
  if (value instanceof TimeValue) return value.kind === 'moment' ? '*time.Time' : '*time.Duration';
  return isHistogram(value) ? '*histogram.FloatHistogram' : 'struct';
}

/** Whether a condition takes the value for true: not zero, not empty. */
export function truth(value: TemplateValue): boolean {
  if (value === null || value === false || value === 0 || value === 0n || value === '')
    return false;
  if (isList(value)) return value.length > 0;
  return !isMap(value) || value.size > 0;
}

function momentText(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString();
  const fraction = text.slice(19, 23).replace(/\.?0+$/, '');
  return `${text.slice(0, 10)} ${text.slice(11, 19)}${fraction} +0000 UTC`;
}

/** As Go prints a span: `1h2m3.5s`. */
function spanText(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  const sign = milliseconds < 0 ? '-' : '';
  const total = Math.abs(milliseconds) / 1000;
  if (total < 1) return `${sign}${Number((total * 1000).toFixed(6))}ms`;
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  const seconds = Number((total % 60).toFixed(9));
  const head = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : '';
  return `${sign}${head}${seconds}s`;
}

/** The value as an action prints it: Go's `%v`. */
export function valueText(value: TemplateValue): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return formatGeneral(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      break;
  }
  if (value === null) return '<no value>';
  if (isMap(value)) {
    const pairs = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${pairs.map(([key, item]) => `${key}:${valueText(item)}`).join(' ')}]`;
  }
  if (isList(value)) return `[${value.map(valueText).join(' ')}]`;
  if (value instanceof TimeValue) {
    return value.kind === 'moment' ? momentText(value.milliseconds) : spanText(value.milliseconds);
  }
  if (value instanceof TemplateSample)
    return `{${valueText(value.Labels)} ${valueText(value.Value)}}`;
  if (value instanceof DataRecord) {
    return `{${Object.values(value.fields).map(valueText).join(' ')}}`;
  }
  return histogramText(value);
}
