import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** First and last row of a labelled window, both within it. */
export interface Window {
  readonly first: number;
  readonly last: number;
}

export interface NabFile {
  /** As the labels name it: `realKnownCause/nyc_taxi.csv`. */
  readonly name: string;
  /** As the file writes them. */
  readonly stamps: readonly string[];
  /** Unix milliseconds; the file's times are taken as UTC. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly windows: readonly Window[];
}

/** Reads a checkout of the Numenta Anomaly Benchmark: `data/` and `labels/combined_windows.json`. */
export function readCorpus(folder: string): NabFile[] {
  const labels: unknown = JSON.parse(
    readFileSync(path.join(folder, 'labels', 'combined_windows.json'), 'utf8'),
  );
  if (typeof labels !== 'object' || labels === null) throw new TypeError('labels are no object');
  const data = path.join(folder, 'data');
  const files: NabFile[] = [];
  for (const kind of readdirSync(data, { withFileTypes: true })) {
    if (!kind.isDirectory()) continue;
    for (const file of readdirSync(path.join(data, kind.name))) {
      if (!file.endsWith('.csv')) continue;
      const name = `${kind.name}/${file}`;
      const limits = (labels as Record<string, [string, string][]>)[name] ?? [];
      files.push(readFile(name, readFileSync(path.join(data, name), 'utf8'), limits));
    }
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readFile(name: string, text: string, limits: readonly [string, string][]): NabFile {
  const rows = text.split('\n').slice(1).filter(Boolean);
  const stamps = rows.map((row) => row.slice(0, row.indexOf(',')));
  const times = Float64Array.from(stamps, timeOf);
  const rowOf = (stamp: string): number => {
    const row = times.indexOf(timeOf(stamp));
    if (row < 0) throw new RangeError(`${name} has no row ${stamp}`);
    return row;
  };
  return {
    name,
    stamps,
    times,
    values: Float64Array.from(rows, (row) => Number(row.slice(row.indexOf(',') + 1))),
    windows: limits.map(([first, last]) => ({ first: rowOf(first), last: rowOf(last) })),
  };
}

const timeOf = (stamp: string): number => Date.parse(`${stamp.replace(' ', 'T')}Z`);
