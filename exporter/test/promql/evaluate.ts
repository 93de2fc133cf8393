import { evaluateInstant, evaluateRange, type EngineOptions } from '../../src/promql/engine.js';
import { histogramText } from '../../src/promql/histogram/text.js';
import type { QueryResult } from '../../src/promql/result.js';
import { LabelSet } from '../../src/series/labels.js';
import type { SeriesReader } from '../../src/series/reader.js';
import type { RandomSeries } from './expressions.js';
import { MemoryReader } from './memory-reader.js';

/** Samples as plain values: `{ 'name{label="value"}': value }`, histograms as text. */
export type Plain = Record<string, number | string>;

export function plain(result: QueryResult): Plain {
  switch (result.type) {
    case 'scalar':
    case 'string':
      return { '': result.value };
    case 'vector':
      return Object.fromEntries(
        result.samples.map(({ labels, value, histogram }) => [
          labels.toString(),
          histogram === undefined ? value : histogramText(histogram),
        ]),
      );
    case 'matrix':
      throw new TypeError('a matrix is not plain');
  }
}

/** The samples of an instant. */
export function instant(
  query: string,
  reader: SeriesReader,
  time: number,
  options: EngineOptions = {},
): Plain {
  return plain(evaluateInstant(query, reader, { ...options, time }).result);
}

/** For each series `[time, value]` pairs; histograms as text. */
export function range(
  query: string,
  reader: SeriesReader,
  times: { start: number; end: number; step: number },
  options: EngineOptions = {},
): Record<string, [time: number, value: number | string][]> {
  const { result } = evaluateRange(query, reader, { ...options, ...times });
  return columns(result);
}

export function columns(
  result: QueryResult,
): Record<string, [time: number, value: number | string][]> {
  if (result.type !== 'matrix') throw new TypeError(`a ${result.type} is no matrix`);
  return Object.fromEntries(
    result.series.map(({ labels, times, values, histogramTimes, histograms }) => [
      labels.toString(),
      [
        ...Array.from(times, (time, i): [number, number] => [time, values[i]]),
        ...histogramTimes.map((time, i): [number, string] => [time, histogramText(histograms[i])]),
      ].sort(([a], [b]) => a - b),
    ]),
  );
}

export function readerOf(all: readonly RandomSeries[]): MemoryReader {
  const reader = new MemoryReader();
  for (const { labels, samples } of all) {
    reader.add(
      LabelSet.from(labels),
      samples.map(([time, value]) => [time, value ?? 'stale']),
    );
  }
  return reader;
}
