import { parseBound } from '../../src/exposition/bounds.js';
import type { ExpositionFormat } from '../../src/exposition/negotiate.js';
import type { MetricType } from '../../src/series/metadata.js';
import type { SampleSuffix } from '../../src/series/writer.js';
import type { SetFamily } from './arbitrarySeries.js';

/** A sample of a page, however it was read. */
export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Equal for samples of the same name, labels (bounds by their number) and value. */
export function keyOf({ name, labels, value }: ReadSample): string {
  return `${seriesKey({ name, labels })} ${Object.is(value, -0) ? 0 : value}`;
}

export function seriesKey({ name, labels }: Omit<ReadSample, 'value'>): string {
  const pairs = Object.entries(labels).map(([label, text]): [string, string | number] => [
    label,
    label === 'le' || label === 'quantile' ? String(parseBound(text)) : text,
  ]);
  return JSON.stringify([name, pairs.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function openMetricsName(name: string, type: MetricType, suffix: SampleSuffix): string {
  if (type === 'counter') return name.endsWith('_total') ? name : `${name}_total`;
  if (type === 'info') return name.endsWith('_info') ? name : `${name}_info`;
  if (type === 'gaugehistogram' && suffix !== '_bucket') return name + suffix.replace('_', '_g');
  return name + suffix;
}

/**
 * Compares a page with what was set: each sample is there once, under its name in this format, or in
 * OpenMetrics also under its own where its family gave up its type. Where two families have one
 * sample, one of them is enough.
 * @returns what is missing, and what is there for no reason
 */
export function compareWithSet(
  read: readonly ReadSample[],
  set: readonly SetFamily[],
  format: ExpositionFormat,
): { missing: readonly string[]; extra: readonly string[] } {
  const rest = new Map<string, number>();
  for (const sample of read) {
    const key = keyOf(sample);
    rest.set(key, (rest.get(key) ?? 0) + 1);
  }
  const taken = new Set<string>();
  const missing: string[][] = [];
  for (const { metadata, samples } of set) {
    for (const { labels, suffix, value } of samples) {
      const names = [metadata.name + suffix];
      if (format === 'openmetrics') {
        names.push(openMetricsName(metadata.name, metadata.type, suffix));
      }
      const found = names.find((name) => (rest.get(keyOf({ name, labels, value })) ?? 0) > 0);
      if (found !== undefined) {
        const key = keyOf({ name: found, labels, value });
        rest.set(key, (rest.get(key) ?? 0) - 1);
        taken.add(seriesKey({ name: found, labels }));
      } else {
        missing.push(names.map((name) => keyOf({ name, labels, value })));
      }
    }
  }
  const isDuplicate = (key: string): boolean => taken.has(key.slice(0, key.lastIndexOf(' ')));
  return {
    missing: missing.filter((keys) => !keys.some(isDuplicate)).flat(),
    extra: Array.from(rest).flatMap(([key, times]) => (times > 0 ? [key] : [])),
  };
}
