import type { ExposedSeriesReader } from '../series/exposed.js';
import type { SeriesId } from '../series/reader.js';
import { formatExemplar } from './exemplar.js';
import type { Section } from './layout.js';
import type { Lines } from './lines.js';
import { ROLE_BOUND, ROLE_COUNT, ROLE_SUM } from './order.js';
import type { Page } from './page.js';

/** A section that is being written. */
export interface Writing {
  readonly page: Page;
  readonly section: Section;
  readonly lines: Lines;
  readonly reader: ExposedSeriesReader;
}

/**
 * Writes the live samples of a section as OpenMetrics wants them, with exemplars and `_created`. The
 * page must have room for the lines.
 *
 * OpenMetrics forbids some values that text 0.0.4 does not, and a strict parser refuses the whole
 * page for one of them, so they are left out: a counter or count that is NaN or negative, an info
 * other than 1, a state other than 0 or 1, a negative quantile, and a histogram whose buckets do not
 * ascend in whole numbers up to +Inf. Of a histogram only `_sum` and `_count` are left out where the
 * sum is NaN or negative or the count is not that of +Inf.
 * @returns how many samples were left out
 */
export function writeOpenMetrics(writing: Writing): number {
  switch (writing.section.shape.type) {
    case 'counter':
      return writeCounters(writing);
    case 'histogram':
    case 'gaugehistogram':
      return writeGroups(writing, writeHistogram);
    case 'summary':
      return writeGroups(writing, writeSummary);
    case 'info':
      return writeWhere(writing, (value) => value === 1);
    case 'stateset':
      return writeWhere(writing, (value) => value === 0 || value === 1);
    default: {
      const { page, lines, reader } = writing;
      lines.writeLive(page, reader.latestValues, reader.latestLive);
      return 0;
    }
  }
}

function writeWhere(
  { page, lines, reader }: Writing,
  isAllowed: (value: number) => boolean,
): number {
  const { latestValues, latestLive } = reader;
  let omitted = 0;
  for (let i = 0; i < lines.length; i++) {
    const id = lines.ids[i];
    if (latestLive[id] !== 1) continue;
    if (isAllowed(latestValues[id])) lines.write(page, i, latestValues[id]);
    else omitted++;
  }
  return omitted;
}

function writeCounters(writing: Writing): number {
  const { page, lines, reader } = writing;
  const { latestValues, latestLive } = reader;
  let omitted = 0;
  for (let i = 0; i < lines.length; i++) {
    const id = lines.ids[i];
    if (latestLive[id] !== 1) continue;
    const value = latestValues[id];
    if (isCount(value)) {
      lines.write(page, i, value);
      writeExemplar(writing, i, id);
      writeCreated(writing, i, i);
    } else {
      omitted++;
    }
  }
  return omitted;
}

type GroupWriter = (writing: Writing, first: number, end: number) => number;

function writeGroups(writing: Writing, write: GroupWriter): number {
  let omitted = 0;
  let first = 0;
  for (const end of writing.lines.groupEnds) {
    omitted += write(writing, first, end);
    first = end;
  }
  return omitted;
}

/** Writes one histogram, or nothing of it. */
function writeHistogram(writing: Writing, first: number, end: number): number {
  const { page, lines, reader, section } = writing;
  const { latestValues, latestLive } = reader;
  const { ids, roles, bounds } = lines;
  const start = page.length;
  let live = 0;
  let previous = 0;
  let lastBound = NaN;
  let isValid = true;
  let hasNegative = false;
  let sum = -1;
  let count = -1;
  for (let i = first; i < end; i++) {
    const id = ids[i];
    if (latestLive[id] !== 1) continue;
    live++;
    if (roles[i] === ROLE_SUM) {
      sum = i;
    } else if (roles[i] === ROLE_COUNT) {
      count = i;
    } else {
      const value = latestValues[id];
      if (!(value >= previous) || !Number.isInteger(value)) isValid = false;
      previous = value;
      lastBound = bounds[i];
      if (lastBound < 0) hasNegative = true;
      lines.write(page, i, value);
      writeExemplar(writing, i, id);
    }
  }
  if (!isValid || lastBound !== Infinity) {
    page.length = start;
    return live;
  }
  const isGauge = section.shape.type === 'gaugehistogram';
  const total = sum < 0 ? NaN : latestValues[ids[sum]];
  const hasSum = isGauge ? total >= 0 || (total < 0 && hasNegative) : total >= 0 && !hasNegative;
  const hasCount = count >= 0 && latestValues[ids[count]] === previous;
  if (hasSum && hasCount) {
    lines.write(page, sum, total);
    lines.write(page, count, previous);
  }
  const label = count >= 0 ? count : sum;
  if (!isGauge && label >= 0) writeCreated(writing, label, end - 1);
  return hasSum && hasCount ? 0 : (sum >= 0 ? 1 : 0) + (count >= 0 ? 1 : 0);
}

function writeSummary(writing: Writing, first: number, end: number): number {
  const { page, lines, reader } = writing;
  const { latestValues, latestLive } = reader;
  let omitted = 0;
  let total = -1;
  for (let i = first; i < end; i++) {
    const id = lines.ids[i];
    if (latestLive[id] !== 1) continue;
    const value = latestValues[id];
    const role = lines.roles[i];
    const isAllowed =
      role === ROLE_BOUND
        ? !(value < 0)
        : isCount(value) && (role === ROLE_SUM || Number.isInteger(value));
    if (isAllowed) {
      lines.write(page, i, value);
      if (role !== ROLE_BOUND) total = i;
    } else {
      omitted++;
    }
  }
  if (total >= 0) writeCreated(writing, total, end - 1);
  return omitted;
}

/** "A Total is a non-NaN" number that is not negative. */
function isCount(value: number): boolean {
  return value >= 0;
}

function writeExemplar({ page, lines, reader }: Writing, line: number, id: SeriesId): void {
  const exemplar = reader.exemplar(id);
  if (exemplar === undefined) return;
  const text = formatExemplar(exemplar);
  if (text === '') return;
  // In the place of the newline.
  page.length--;
  page.writeText(`${text}\n`, lines.roomAfter(line));
}

/** Writes when line `line` began to count; `last` is the last line of its group. */
function writeCreated({ page, lines, reader, section }: Writing, line: number, last: number): void {
  const created = reader.created(lines.ids[line]);
  if (created === undefined) return;
  const name = `${section.name}_created`;
  lines.writeBeside(page, { name, index: line, value: created / 1000, last });
}
