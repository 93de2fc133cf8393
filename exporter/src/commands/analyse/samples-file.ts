import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { KymoError, messageOf } from '../../lib/errors.js';
import { nearest } from '../../lib/nearest.js';
import { readRecording, type RecordedSeries } from '../../rules/replay/recording.js';
import { METRIC_NAME } from '../../series/labels.js';
import { CsvError, CsvReader } from './csv.js';

/** Bytes of a file that is read: all of it is held in memory. */
const MOST_BYTES = 512 * 2 ** 20;

/**
 * Reads a file by its ending: `.csv` and `.tsv` as CSV, any other as `kymo replay` does (OpenMetrics text
 * with time stamps, or the JSON of Prometheus's API).
 * @throws KymoError `bad_samples`, `bad_recording` with file, line and, of CSV, column
 */
export async function readSamplesFile(file: string): Promise<readonly RecordedSeries[]> {
  refuseLarge(file);
  if (!/\.[ct]sv$/i.test(file)) return (await readRecording(file)).series;
  const reader = new CsvReader();
  let line = 0;
  try {
    for await (const text of createInterface({
      input: createReadStream(file),
      crlfDelay: Infinity,
    })) {
      line++;
      reader.read(text);
    }
  } catch (thrown) {
    if (!(thrown instanceof CsvError)) throw unreadable(file, thrown);
    throw bad(`${file}:${line}:${thrown.column}: ${thrown.message}`, thrown);
  }
  if (reader.series.length === 0) throw bad(`${file}: has no values`);
  return reader.series;
}

/**
 * The series that are asked for, by name or by name and labels; all where none is.
 * @throws KymoError `bad_samples` for one that is not there
 */
export function chosenSeries(
  series: readonly RecordedSeries[],
  wanted: readonly string[],
): readonly RecordedSeries[] {
  if (wanted.length === 0) return series;
  const called = (one: RecordedSeries, name: string): boolean =>
    one.labels.get(METRIC_NAME) === name || one.labels.toString() === name;
  for (const name of wanted) {
    if (series.some((one) => called(one, name))) continue;
    const names = [...new Set(series.map(({ labels }) => labels.get(METRIC_NAME)))];
    const meant = nearest(name, names);
    const hint =
      meant === undefined ? `there are ${names.slice(0, 10).join(', ')}` : `did you mean ${meant}?`;
    throw bad(`there is no column "${name}"; ${hint}`);
  }
  return series.filter((one) => wanted.some((name) => called(one, name)));
}

function refuseLarge(file: string): void {
  let size: number;
  try {
    ({ size } = statSync(file));
  } catch (thrown) {
    throw unreadable(file, thrown);
  }
  if (size <= MOST_BYTES) return;
  throw bad(
    `${file}: ${Math.ceil(size / 2 ** 20)} MiB are more than the ${MOST_BYTES / 2 ** 20} MiB that are read; cut the file`,
  );
}

const unreadable = (file: string, thrown: unknown): KymoError =>
  bad(`${file}: cannot be read: ${messageOf(thrown)}`, thrown);

function bad(message: string, cause?: unknown): KymoError {
  return new KymoError('bad_samples', message, { cause });
}
