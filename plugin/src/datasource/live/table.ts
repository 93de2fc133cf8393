import type { LiveColumn, LiveValue } from '@kymo/contract';
import { bucketsOf, type Bucket } from './histogram.js';
import { numberOf } from './wire.js';

/** Samples of one series, as `query_range` answers them. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Unix milliseconds and value, by time. */
  readonly samples: readonly (readonly [time: number, value: number])[];
  /** Unix milliseconds and buckets, by time; of exponential histograms only. */
  readonly histograms?: readonly (readonly [time: number, buckets: readonly Bucket[]])[];
}

/** One series of a table; `null` where it has no sample. */
export interface Column {
  readonly labels: Readonly<Record<string, string>>;
  /** Base unit, `''` where none is known. */
  unit: string;
  values: (number | null)[];
  /** Exponential histograms, by Unix milliseconds. */
  readonly histograms: Map<number, readonly Bucket[]>;
}

/** Trims after which columns are looked through for holes that have gone. */
const UNBOX_EVERY = 600;

/**
 * Rows by time, columns by labels: where the past and the stream meet. A row is there once, whoever
 * brought it first; what comes later fills only what was missing.
 */
export class SeriesTable {
  readonly #times: number[] = [];
  readonly #columns = new Map<string, Column>();
  #trims = 0;
  /** In the order of their labels, whoever brings them first: colours go by it. */
  #sorted: readonly Column[] | undefined;
  /** Of the newest frame. */
  #known: { readonly schema: readonly LiveColumn[]; readonly columns: Column[] } | undefined;
  #rewrites = 0;

  /** Grows whenever rows that had others after them may have changed. */
  get rewrites(): number {
    return this.#rewrites;
  }

  get times(): readonly number[] {
    return this.#times;
  }

  get columns(): readonly Column[] {
    this.#sorted ??= [...this.#columns]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, column]) => column);
    return this.#sorted;
  }

  /** Unix milliseconds of the newest row. */
  get last(): number | undefined {
    return this.#times.at(-1);
  }

  /** Adds a frame of the stream. */
  addFrame(time: number, columns: readonly LiveColumn[], values: readonly LiveValue[]): void {
    const known = this.#columnsOf(columns);
    const isNewest = time > (this.last ?? -Infinity);
    if (isNewest) this.#times.push(time);
    const row = isNewest ? this.#times.length - 1 : this.#row(time);
    columns.forEach(({ unit }, index) => {
      const column = known[index];
      if (unit !== '') column.unit = unit;
      const value = values[index];
      const isNumber = typeof value !== 'object' || value === null;
      const number = isNumber ? numberOf(value) : null;
      if (!isNumber) keep(column, time, bucketsOf(value));
      // Not first as a hole: see #unbox.
      if (column.values.length === row) column.values.push(number);
      else column.values[row] ??= number;
    });
    if (isNewest) this.#fill();
  }

  /** Adds what `query_range` answered. */
  addSeries(series: readonly Series[]): void {
    const times = new Set<number>();
    for (const { samples, histograms = [] } of series) {
      for (const [time] of samples) times.add(time);
      for (const [time] of histograms) times.add(time);
    }
    // In order, so that all rows but those before the stream are appended.
    for (const time of [...times].sort((a, b) => a - b)) this.#row(time);
    for (const { labels, samples, histograms = [] } of series) {
      const column = this.#column(labels);
      const { values } = column;
      for (const [time, buckets] of histograms) keep(column, time, buckets);
      let row = 0;
      for (const [time, value] of samples) {
        while (this.#times[row] < time) row += 1;
        values[row] ??= value;
      }
    }
    this.#unbox();
  }

  /** Makes sure that there is a row, without values where there is none, which ends a line drawn. */
  addHole(time: number): void {
    this.#row(time);
  }

  /** Removes rows before `time`, and the columns that are then empty. */
  trim(time: number): void {
    const count = this.#indexOf(time);
    if (count === 0) return;
    this.#times.splice(0, count);
    this.#trims += 1;
    if (this.#trims % UNBOX_EVERY === 0) this.#unbox();
    for (const [key, { values, histograms }] of this.#columns) {
      values.splice(0, count);
      if (histograms.size > 0) forget(histograms, time);
      if (histograms.size === 0 && values.every((value) => value === null)) {
        this.#columns.delete(key);
        this.#sorted = undefined;
        this.#known = undefined;
      }
    }
  }

  /** Ends columns that have nothing in the newest row with a hole. */
  #fill(): void {
    const { length } = this.#times;
    for (const { values } of this.#columns.values()) if (values.length < length) values.push(null);
  }

  /**
   * An array that has once had a hole keeps its numbers as objects in V8, which everybody who draws it reads
   * more slowly: columns that have none any more become arrays of numbers again.
   */
  #unbox(): void {
    for (const column of this.#columns.values()) {
      const numbers: (number | null)[] = [];
      for (const value of column.values) numbers.push(value);
      column.values = numbers;
    }
  }

  /** Frames come often, and go by the same schema mostly. */
  #columnsOf(schema: readonly LiveColumn[]): readonly Column[] {
    if (this.#known?.schema !== schema) {
      this.#known = { schema, columns: schema.map(({ labels }) => this.#column(labels)) };
    }
    return this.#known.columns;
  }

  #column(labels: Readonly<Record<string, string>>): Column {
    const key = keyOf(labels);
    let column = this.#columns.get(key);
    if (column === undefined) {
      const values = this.#times.map(() => null);
      column = { labels, unit: '', values, histograms: new Map() };
      this.#columns.set(key, column);
      this.#sorted = undefined;
    }
    return column;
  }

  /** The index of the row at a time, which is made where there is none. */
  #row(time: number): number {
    const index = this.#indexOf(time);
    if (index < this.#times.length) this.#rewrites += 1;
    if (this.#times[index] === time) return index;
    this.#times.splice(index, 0, time);
    for (const { values } of this.#columns.values()) values.splice(index, 0, null);
    return index;
  }

  /** The number of rows before a time. */
  #indexOf(time: number): number {
    const { length } = this.#times;
    if (length === 0 || this.#times[length - 1] < time) return length;
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#times[middle] < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function keep({ histograms }: Column, time: number, buckets: readonly Bucket[]): void {
  if (!histograms.has(time)) histograms.set(time, buckets);
}

function forget(histograms: Map<number, unknown>, before: number): void {
  for (const at of histograms.keys()) if (at < before) histograms.delete(at);
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
