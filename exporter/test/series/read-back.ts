import { Matcher } from '../../src/series/matcher.js';
import type { SeriesId, SeriesReader } from '../../src/series/reader.js';
import { SampleBuffer } from '../../src/series/samples.js';

export type ReadValue = number | 'stale' | 'histogram';

/** Time and value of each sample of a series, oldest first. */
export function samplesOf(
  reader: SeriesReader,
  id: SeriesId,
  from = -Infinity,
  to = Infinity,
): [time: number, value: ReadValue][] {
  const buffer = new SampleBuffer();
  reader.read(id, from, to, buffer);
  const samples: [number, ReadValue][] = [];
  for (let i = 0; i < buffer.length; i++) {
    const value = buffer.isStale(i)
      ? 'stale'
      : buffer.histograms?.[i] !== undefined
        ? 'histogram'
        : buffer.values[i];
    samples.push([buffer.times[i], value]);
  }
  return samples;
}

/** Ids of the series with this name and, where given, this label. */
export function idsOf(reader: SeriesReader, name: string, label?: [string, string]): SeriesId[] {
  const matchers = [new Matcher('__name__', '=', name)];
  if (label !== undefined) matchers.push(new Matcher(label[0], '=', label[1]));
  return reader.select(matchers);
}
