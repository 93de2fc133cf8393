import { METRIC_NAME, type LabelSet } from '../../src/series/labels.js';
import { CUSTOM_BUCKETS_SCHEMA } from '../../src/series/histogram.js';
import { withLabel } from '../../src/promql/label-operations.js';
import {
  NO_BUCKETS,
  withHint,
  type FloatHistogram,
} from '../../src/promql/histogram/float-histogram.js';
import { isReset } from '../../src/promql/histogram/reset.js';
import { parseNumber } from '../../src/promql/literals.js';
import { MemoryReader, type MemorySample } from '../../test/promql/memory-reader.js';
import type { SequenceValue } from '../../src/promql/series-notation.js';
import type { LoadCommand } from './script.js';

/** What a script has loaded. */
export class Store {
  reader = new MemoryReader();
  /** Names of metrics that have histogram samples. */
  histogramMetrics = new Set<string>();
  startTimes = false;
  /** The last histogram of each series, to tell resets as Prometheus's storage does. */
  #last = new Map<string, FloatHistogram | undefined>();

  clear(): void {
    this.reader = new MemoryReader();
    this.histogramMetrics = new Set();
    this.startTimes = false;
    this.#last = new Map();
  }

  load(command: LoadCommand): void {
    this.startTimes ||= command.startTimes;
    for (const { labels, values } of command.series) {
      const samples = values.flatMap((value, i): [number, MemorySample][] => {
        const sample = sampleOf(value);
        return sample === undefined ? [] : [[i * command.step, sample]];
      });
      this.#add(labels, samples);
    }
    if (command.withCustomBuckets) {
      for (const [labels, samples] of customBucketSeries(command)) this.#add(labels, samples);
    }
  }

  #add(labels: LabelSet, samples: readonly (readonly [number, MemorySample])[]): void {
    const stored = samples.map(([time, sample]): [number, MemorySample] => {
      if (typeof sample !== 'object') {
        this.#last.set(labels.key, undefined);
        return [time, sample];
      }
      this.histogramMetrics.add(labels.get(METRIC_NAME));
      const previous = this.#last.get(labels.key);
      this.#last.set(labels.key, sample);
      if (sample.resetHint === 'gauge') return [time, sample];
      const continues =
        previous !== undefined &&
        previous.resetHint !== 'gauge' &&
        sample.resetHint !== 'reset' &&
        !isReset(sample, previous);
      return [time, withHint(sample, continues ? 'not_reset' : undefined)];
    });
    this.reader.add(labels, stored);
  }
}

function sampleOf(value: SequenceValue): MemorySample | undefined {
  switch (value.kind) {
    case 'omitted':
      return undefined;
    case 'stale':
      return 'stale';
    case 'float':
      return value.value;
    case 'histogram':
      return value.histogram;
  }
}

interface Collated {
  readonly buckets: Map<number, number>;
  count: number | undefined;
  sum: number;
}

/** Classic histograms as histograms with custom buckets, under the name without `_bucket`. */
function customBucketSeries(command: LoadCommand): [LabelSet, [number, MemorySample][]][] {
  const found = new Map<string, { labels: LabelSet; times: Map<number, Collated> }>();
  for (const { labels, values } of command.series) {
    const match = /^(.*)_(bucket|count|sum)$/.exec(labels.get(METRIC_NAME));
    if (match === null) continue;
    const [, name, part] = match;
    const base = withLabel(withLabel(labels, METRIC_NAME, name), 'le', '');
    const bound = part === 'bucket' ? boundOf(labels.get('le')) : 0;
    if (bound === undefined) continue;
    let series = found.get(base.key);
    if (series === undefined) {
      series = { labels: base, times: new Map() };
      found.set(base.key, series);
    }
    for (const [i, value] of values.entries()) {
      if (value.kind !== 'float') continue;
      const time = i * command.step;
      let collated = series.times.get(time);
      if (collated === undefined) {
        collated = { buckets: new Map(), count: undefined, sum: 0 };
        series.times.set(time, collated);
      }
      if (part === 'sum') collated.sum = value.value;
      else if (part === 'count') collated.count = value.value;
      else collated.buckets.set(bound, value.value);
    }
  }
  return [...found.values()].map(({ labels, times }) => [
    labels,
    [...times]
      .sort(([a], [b]) => a - b)
      .map(([time, collated]): [number, MemorySample] => [time, customHistogram(collated)]),
  ]);
}

function boundOf(le: string): number | undefined {
  try {
    const bound = parseNumber(le);
    return Number.isNaN(bound) ? undefined : bound;
  } catch {
    return undefined;
  }
}

function customHistogram({ buckets, count, sum }: Collated): FloatHistogram {
  const bounds = [...buckets.keys()].sort((a, b) => a - b);
  const total = count ?? buckets.get(bounds[bounds.length - 1]) ?? 0;
  if (bounds.at(-1) !== Infinity) {
    bounds.push(Infinity);
    buckets.set(Infinity, total);
  }
  let previous = 0;
  const counts = bounds.map((bound) => {
    const cumulative = buckets.get(bound) ?? 0;
    const own = cumulative - previous;
    previous = cumulative;
    return own;
  });
  return {
    schema: CUSTOM_BUCKETS_SCHEMA,
    count: total,
    sum,
    zeroThreshold: 0,
    zeroCount: 0,
    positive: { offset: 0, counts },
    negative: NO_BUCKETS,
    customBounds: bounds.slice(0, -1),
  };
}
