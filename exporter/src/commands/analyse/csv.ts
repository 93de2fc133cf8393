import { LabelSet, METRIC_NAME } from '../../series/labels.js';
import { parseMetric } from '../../promql/series-notation.js';
import type { RecordedSeries } from '../../rules/replay/recording.js';
import { parseTime } from './times.js';

/** Something is wrong with a line; `column` counts characters from 1. */
export class CsvError extends Error {
  readonly column: number;

  constructor(column: number, message: string) {
    super(message);
    this.column = column;
  }
}

interface Field {
  readonly text: string;
  /** Where it begins, from 1. */
  readonly column: number;
}

const MISSING = /^(|nan|null|none|na|n\/a|-)$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INFINITE = /^[+-]?inf(inity)?$/i;

/**
 * Reads CSV line by line: a header, the first column the time, every further column a series. Or, as
 * `/api/metrics/export` writes it, a row a value: time, `__name__` and other labels, `value`. Fields are
 * separated by what the header has: commas, semicolons or tabs.
 */
export class CsvReader {
  readonly #series = new Map<string, RecordedSeries>();
  #separator = ',';
  #header: readonly Field[] | undefined;
  /** Of each column, where a row has a value of each. */
  #columns: readonly RecordedSeries[] = [];

  /** Those with values, in order of time. */
  get series(): readonly RecordedSeries[] {
    return [...this.#series.values()].filter(({ times }) => times.length > 0).map(sorted);
  }

  /** @throws CsvError */
  read(line: string): void {
    if (line.trim() === '') return;
    if (this.#header === undefined) {
      this.#readHeader(line.replace(/^\uFEFF/, ''));
      return;
    }
    const fields = fieldsOf(line, this.#separator);
    if (fields.length !== this.#header.length) {
      throw new CsvError(
        1,
        `${count(fields.length, 'field')}, but the header has ${this.#header.length}`,
      );
    }
    const time = timeOf(fields[0]);
    if (this.#columns.length > 0) this.#readRow(time, fields);
    else this.#readValue(time, fields, this.#header);
  }

  #readHeader(line: string): void {
    [this.#separator = ','] = /[,;\t]/.exec(line.replace(/"[^"]*"/g, '')) ?? [];
    const header = fieldsOf(line, this.#separator);
    if (parseTime(header[0].text) !== undefined) {
      throw new CsvError(1, 'a header is needed, such as time,requests,errors');
    }
    if (header.length < 2)
      throw new CsvError(1, 'a column for the time and one for a series are needed');
    for (const { text, column } of header) {
      if (text === '') throw new CsvError(column, 'the column has no name');
      if (header.some((other) => other.column < column && other.text === text)) {
        throw new CsvError(column, `there is a column "${text}" already`);
      }
    }
    this.#header = header;
    const names = header.map(({ text }) => text);
    const byValue = names.includes(METRIC_NAME) && names[names.length - 1] === 'value';
    if (!byValue) this.#columns = header.slice(1).map((field) => this.#find(labelsOf(field)));
  }

  #readRow(time: number, fields: readonly Field[]): void {
    for (let i = 1; i < fields.length; i++) append(this.#columns[i - 1], time, fields[i]);
  }

  #readValue(time: number, fields: readonly Field[], header: readonly Field[]): void {
    const labels = fields
      .slice(1, -1)
      .flatMap(({ text }, i) => (text === '' ? [] : [[header[i + 1].text, text] as const]));
    const series = this.#find(LabelSet.from(Object.fromEntries(labels)));
    append(series, time, fields[fields.length - 1]);
  }

  #find(labels: LabelSet): RecordedSeries {
    let series = this.#series.get(labels.key);
    if (series === undefined) {
      series = { labels, times: [], values: [] };
      this.#series.set(labels.key, series);
    }
    return series;
  }
}

/** A name as it stands, or a metric with labels such as `node_load1{instance="web"}`. */
function labelsOf({ text }: Field): LabelSet {
  if (text.includes('{')) {
    try {
      return parseMetric(text);
    } catch {
      // Then it is a name with a brace in it.
    }
  }
  return LabelSet.from({ [METRIC_NAME]: text });
}

/** Clocks are set back, and files are written with the newest row first. */
function sorted(series: RecordedSeries): RecordedSeries {
  const { labels, times, values } = series;
  if (times.every((time, i) => i === 0 || time >= times[i - 1])) return series;
  const order = times.map((_, i) => i).sort((a, b) => times[a] - times[b]);
  return { labels, times: order.map((i) => times[i]), values: order.map((i) => values[i]) };
}

function timeOf({ text, column }: Field): number {
  const time = parseTime(text);
  if (time !== undefined) return time;
  throw new CsvError(
    column,
    `"${text}" is no time; Unix seconds or milliseconds, or 2026-01-31T09:15:00Z are expected`,
  );
}

function append({ times, values }: RecordedSeries, time: number, { text, column }: Field): void {
  if (MISSING.test(text)) return;
  if (!NUMBER.test(text) && !INFINITE.test(text)) {
    throw new CsvError(column, `"${text}" is no number`);
  }
  times.push(time);
  values.push(NUMBER.test(text) ? Number(text) : text.startsWith('-') ? -Infinity : Infinity);
}

/** The fields of a line as RFC 4180 has them; a quoted one ends on the same line. */
function fieldsOf(line: string, separator: string): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at <= line.length;) {
    const quoted = line[at] === '"';
    const end = quoted ? closing(line, at) : line.indexOf(separator, at);
    const stop = end === -1 ? line.length : end;
    const text = line.slice(at, stop);
    fields.push({
      text: quoted ? text.slice(1, -1).replaceAll('""', '"') : text.trim(),
      column: at + 1,
    });
    if (stop < line.length && line[stop] !== separator) {
      throw new CsvError(stop + 1, `after a closing quote "${separator}" is expected`);
    }
    at = stop + 1;
  }
  return fields;
}

/** Where a field goes on after its closing quote. */
function closing(line: string, from: number): number {
  for (let at = from + 1; at < line.length; at++) {
    if (line[at] !== '"') continue;
    if (line[at + 1] !== '"') return at + 1;
    at++;
  }
  throw new CsvError(from + 1, 'the quote is not closed on this line');
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
