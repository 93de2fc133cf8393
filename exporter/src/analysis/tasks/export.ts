import { KymoError } from '../../lib/errors.js';
import { metricKey, readMatrix, sampleNumber, type MatrixSeries } from './matrix.js';
import { known, type Check, type TaskAnswer } from './task.js';

export const EXPORT_FORMATS = ['csv', 'json', 'openmetrics'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportTask {
  readonly body: Uint8Array;
  readonly format: ExportFormat;
  /** Name of series that have none, in OpenMetrics. */
  readonly name: string;
}

/** Points of an export, of all series together. */
export const EXPORT_POINTS = 500_000;

/**
 * Values of an expression as CSV, JSON or OpenMetrics with time stamps.
 * @throws KymoError `bad_data` for too many points
 */
export function exportValues({ body, format, name }: ExportTask, check: Check): TaskAnswer {
  const { series, warnings, infos } = readMatrix(body);
  const points = series.reduce((sum, { values }) => sum + (values?.length ?? 0), 0);
  if (points > EXPORT_POINTS) {
    throw new KymoError(
      'bad_data',
      `${points} points are more than the ${EXPORT_POINTS} that are exported at a time; choose fewer series, a shorter range or a longer step`,
    );
  }
  check();
  return { data: writers[format](series, name), warnings, infos };
}

type Writer = (series: readonly MatrixSeries[], name: string) => string;

const writers: Readonly<Record<ExportFormat, Writer>> = { csv, json, openmetrics: openMetrics };

/** One row a value: time (RFC 3339), the labels in alphabetic order, value. */
function csv(series: readonly MatrixSeries[]): string {
  const labels = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const lines = [['time', ...labels, 'value'].map(csvField).join(',')];
  for (const { metric, values = [] } of series) {
    const own = labels.map((label) => csvField(metric[label] ?? '')).join(',');
    for (const [time, value] of values) {
      const at = new Date(Math.round(time * 1000)).toISOString();
      lines.push(labels.length === 0 ? `${at},${value}` : `${at},${own},${value}`);
    }
  }
  return lines.join('\r\n') + '\r\n';
}

/** As RFC 4180 has it; what a spreadsheet would take for a formula is kept a text. */
function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function json(series: readonly MatrixSeries[]): string {
  const columns = series.map(({ metric, values = [] }) => ({
    metric,
    times: values.map(([time]) => time),
    values: values.map(([, value]) => known(sampleNumber(value))),
  }));
  return JSON.stringify({ series: columns }) + '\n';
}

/** Families of unknown type, since an expression does not say what it yields. */
function openMetrics(series: readonly MatrixSeries[], name: string): string {
  const families = new Map<string, Map<string, MatrixSeries>>();
  for (const one of series) {
    const family = plain(one.metric.__name__ ?? name);
    const members = families.get(family) ?? new Map<string, MatrixSeries>();
    families.set(family, members.set(metricKey(one.metric), one));
  }
  let text = '';
  for (const [family, members] of families) {
    text += `# TYPE ${family} unknown\n`;
    for (const { metric, values = [] } of members.values()) {
      const sample = family + labelsOf(metric);
      for (const [time, value] of values) text += `${sample} ${value} ${time}\n`;
    }
  }
  return text + '# EOF\n';
}

/** OpenMetrics 1.0 has ASCII names only. */
const plain = (name: string): string =>
  name.replace(/[^a-zA-Z0-9_:]/g, '_').replace(/^(?=\d)/, '_');

function labelsOf(metric: MatrixSeries['metric']): string {
  const pairs = Object.entries(metric)
    .filter(([label]) => label !== '__name__')
    .map(([label, value]) => `${plain(label).replaceAll(':', '_')}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (value: string): string =>
  value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));
