import type { ExposedSeries } from '../series/exposed.js';
import { formatBound } from './bounds.js';
import { formatLabels } from './escape.js';
import type { Section } from './layout.js';
import type { ExpositionFormat } from './negotiate.js';
import { MAX_NUMBER_LENGTH, writeNumber } from './number.js';
import { compareLabels, mergeLines, ROLE_BOUND, type Line, type OrderedLines } from './order.js';
import { copyBytes, viewOf, type Page } from './page.js';
import { boundLabelOf, type BoundLabel } from './shape.js';

const NEWLINE = 10;

/** The part of a line that does not change. */
interface Prefix {
  readonly line: Line;
  readonly name: string;
  readonly labels: string;
  /** Bytes that the line may take with its value, as a multiple of eight. */
  readonly slot: number;
}

/**
 * The lines of a section in their order (see {@link mergeLines}), each kept as the bytes that it was
 * last written as. To write it again is to copy them, after formatting the value in its place where
 * that has changed.
 */
export class Lines implements OrderedLines {
  static readonly NONE = new Lines([], 0, []);

  readonly length: number;
  readonly series: readonly ExposedSeries[];
  readonly ids: Uint32Array;
  readonly roles: Uint8Array;
  /** `le` or `quantile` as a number; 0 where the line has none. */
  readonly bounds: Float64Array;
  /**
   * Where each group ends: lines that differ in nothing but the bound and the suffix. Only where the
   * shape of the section has groups.
   */
  readonly groupEnds: Uint32Array;
  /** Room that all lines take at most. */
  readonly size: number;

  readonly #bytes: Buffer;
  readonly #view: DataView;
  /** Line i begins at `starts[i]`, its labels at `labels[i]`, its value at `values[i]`. */
  readonly #starts: Uint32Array;
  readonly #labels: Uint32Array;
  readonly #values: Uint32Array;
  /** Past the newline of line i. */
  readonly #ends: Uint32Array;
  /** The value that line i is spelt with; NaN, which equals nothing, where it has none yet. */
  readonly #last: Float64Array;

  private constructor(
    series: readonly ExposedSeries[],
    size: number,
    groupEnds: readonly number[],
  ) {
    const { length } = series;
    this.series = series;
    this.length = length;
    this.size = size;
    this.groupEnds = Uint32Array.from(groupEnds);
    this.ids = new Uint32Array(length);
    this.roles = new Uint8Array(length);
    this.bounds = new Float64Array(length);
    this.#bytes = Buffer.alloc(size);
    this.#view = viewOf(this.#bytes);
    this.#starts = new Uint32Array(length);
    this.#labels = new Uint32Array(length);
    this.#values = new Uint32Array(length);
    this.#ends = new Uint32Array(length);
    this.#last = new Float64Array(length).fill(NaN);
  }

  /**
   * @param before the lines of this section before a change; those of series that are there still
   *   are taken over as bytes
   */
  static build(section: Section, format: ExpositionFormat, before = Lines.NONE): Lines {
    const label = boundLabelOf(section.shape, section.name);
    const { order, added } = mergeLines(section, before);
    const prefixes = added.map((line) => prefixOf(line, { section, label, format }));

    let size = 0;
    const series: ExposedSeries[] = [];
    for (const from of order) {
      series.push(from < 0 ? added[~from].series : before.series[from]);
      size += from < 0 ? prefixes[~from].slot : before.#slot(from);
    }

    const lines = new Lines(series, size, label === undefined ? [] : findGroupEnds(series, label));
    let start = 0;
    for (let i = 0; i < order.length; i++) {
      const from = order[i];
      start =
        from < 0
          ? lines.#spell(i, start, prefixes[~from])
          : lines.#adopt(i, start, { before, from });
    }
    return lines;
  }

  at(index: number): Line {
    return { series: this.series[index], role: this.roles[index], bound: this.bounds[index] };
  }

  /** Writes every line whose series is live. The page must have room for `size` bytes. */
  writeLive(page: Page, values: Float64Array, live: Uint8Array): void {
    const { ids, length } = this;
    const starts = this.#starts;
    const ends = this.#ends;
    const last = this.#last;
    const source = this.#view;
    const target = page.view;
    let position = page.length;
    for (let i = 0; i < length; i++) {
      const id = ids[i];
      if (live[id] !== 1) continue;
      const value = values[id];
      if (value !== last[i]) this.#setValue(i, value);
      const start = starts[i];
      const end = ends[i];
      copyBytes(source, start, end, target, position);
      position += end - start;
    }
    page.length = position;
  }

  /** Writes line `index` with this value. The page must have room for it. */
  write(page: Page, index: number, value: number): void {
    if (value !== this.#last[index]) this.#setValue(index, value);
    this.#copy(page, this.#starts[index], this.#ends[index]);
  }

  /**
   * Writes a sample of the name `name` with the labels of line `index`, and keeps room for the lines
   * after `last`.
   */
  writeBeside(
    page: Page,
    sample: { name: string; index: number; value: number; last: number },
  ): void {
    const { name, index, value, last } = sample;
    page.writeText(name, this.#slot(index) + this.roomAfter(last));
    this.#copy(page, this.#labels[index], this.#values[index]);
    page.length = writeNumber(page.bytes, page.length, value);
    page.bytes[page.length++] = NEWLINE;
  }

  /** Room that the lines after line `index` take at most. */
  roomAfter(index: number): number {
    return this.size - this.#starts[index] - this.#slot(index);
  }

  #copy(page: Page, from: number, to: number): void {
    copyBytes(this.#view, from, to, page.view, page.length);
    page.length += to - from;
  }

  #setValue(i: number, value: number): void {
    const end = writeNumber(this.#bytes, this.#values[i], value);
    this.#bytes[end] = NEWLINE;
    this.#ends[i] = end + 1;
    this.#last[i] = value;
  }

  /** Bytes that line i may take, and so where the next one begins. */
  #slot(i: number): number {
    return slotSize(this.#values[i] - this.#starts[i]);
  }

  /** Makes line i at `start` and returns where the next one starts. */
  #spell(i: number, start: number, { line, name, labels, slot }: Prefix): number {
    this.ids[i] = line.series.id;
    this.roles[i] = line.role;
    this.bounds[i] = line.bound;
    this.#starts[i] = start;
    this.#labels[i] = start + this.#bytes.write(name, start);
    this.#values[i] = this.#labels[i] + this.#bytes.write(`${labels} `, this.#labels[i]);
    return start + slot;
  }

  /** As `#spell`, from a line that is there. */
  #adopt(i: number, start: number, { before, from }: { before: Lines; from: number }): number {
    const first = before.#starts[from];
    const slot = before.#slot(from);
    copyBytes(before.#view, first, first + slot, this.#view, start);
    this.ids[i] = before.ids[from];
    this.roles[i] = before.roles[from];
    this.bounds[i] = before.bounds[from];
    this.#starts[i] = start;
    this.#labels[i] = start + before.#labels[from] - first;
    this.#values[i] = start + before.#values[from] - first;
    this.#ends[i] = start + before.#ends[from] - first;
    this.#last[i] = before.#last[from];
    return start + slot;
  }
}

function prefixOf(
  line: Line,
  options: { section: Section; label: BoundLabel | undefined; format: ExpositionFormat },
): Prefix {
  const { section, label, format } = options;
  const { series, role, bound } = line;
  const name = section.sampleName(series) ?? '';
  const replace =
    label?.isNumber && role === ROLE_BOUND
      ? { name: label.name, value: formatBound(bound, format) }
      : undefined;
  const labels = formatLabels(series.labels, replace);
  const slot = slotSize(Buffer.byteLength(name) + Buffer.byteLength(labels) + 1);
  return { line, name, labels, slot };
}

/** Multiples of eight, so that what {@link copyBytes} overruns is room of the line's own. */
function slotSize(prefix: number): number {
  return (prefix + MAX_NUMBER_LENGTH + 1 + 7) & ~7;
}

function findGroupEnds(series: readonly ExposedSeries[], { name }: BoundLabel): number[] {
  const ends: number[] = [];
  for (let i = 1; i < series.length; i++) {
    if (compareLabels(series[i - 1].labels, series[i].labels, name) !== 0) ends.push(i);
  }
  if (series.length > 0) ends.push(series.length);
  return ends;
}
