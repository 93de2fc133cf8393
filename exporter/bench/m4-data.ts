import { readFileSync } from 'node:fs';
import path from 'node:path';

/** One series of the M4 competition: what was known, and what came. */
export interface M4Series {
  readonly name: string;
  readonly train: Float64Array;
  readonly test: Float64Array;
}

/** Reads the hourly series of the M4 competition: `Hourly-train.csv` and `Hourly-test.csv`. */
export function readHourly(folder: string): M4Series[] {
  const tests = readRows(path.join(folder, 'Hourly-test.csv'));
  const series: M4Series[] = [];
  for (const [name, train] of readRows(path.join(folder, 'Hourly-train.csv'))) {
    const test = tests.get(name);
    if (test === undefined) throw new RangeError(`${name} has no test values`);
    series.push({ name, train, test });
  }
  return series;
}

/** The values of each row by its name; cells that are empty end it. */
function readRows(file: string): Map<string, Float64Array> {
  const rows = new Map<string, Float64Array>();
  for (const line of readFileSync(file, 'utf8').split('\n').slice(1)) {
    const [name, ...cells] = line.split(',').map((cell) => cell.replaceAll('"', '').trim());
    if (name !== '') rows.set(name, Float64Array.from(cells.filter(Boolean), Number));
  }
  return rows;
}
