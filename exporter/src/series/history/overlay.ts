import type { LabelSet } from '../labels.js';
import type { Matcher } from '../matcher.js';
import type { FamilyMetadata } from '../metadata.js';
import type { SeriesId, SeriesReader } from '../reader.js';
import { SampleBuffer } from '../samples.js';
import { BucketBuilder, newCarry, type Bucket, type Carry } from './bucket.js';
import { labelsOfKey } from './catalog.js';
import {
  BUCKET_SIZES,
  type HistoryExcerpt,
  type HistoryReader,
  type HistoryResolution,
} from './door.js';
import { histogramOf } from './histogram-of.js';
import { kindOf } from './kind.js';
import { Pieces } from './pieces.js';
import { bufferOf, samplesOf, type RawSample } from './raw-codec.js';
import { bucketsOf } from './rollups.js';

/** Beyond all ids of a head. */
const FIRST_ID = 2 ** 30;

/**
 * An excerpt of history and the head behind it as one reader: what history has of a series, then what
 * the head has after that. Series that are in history alone have ids beyond the head's.
 */
export class HistoryOverlay implements HistoryReader {
  readonly resolution: HistoryResolution;
  readonly bucketSize: number;
  readonly #head: SeriesReader;
  readonly #pieces: Pieces;
  readonly #labels: readonly LabelSet[];
  readonly #byKey: ReadonlyMap<string, number>;
  readonly #builder = new BucketBuilder();
  readonly #buffer = new SampleBuffer();
  /** What was decoded last: a selector may read a series in parts. */
  #samples: { series: number; list: RawSample[] } | undefined;
  #buckets: { id: SeriesId; to: number; list: Bucket[] } | undefined;

  constructor(head: SeriesReader, excerpt: HistoryExcerpt) {
    this.#head = head;
    this.resolution = excerpt.resolution;
    this.bucketSize = BUCKET_SIZES[excerpt.resolution];
    this.#pieces = new Pieces(excerpt);
    this.#labels = excerpt.keys.map(labelsOfKey);
    this.#byKey = new Map(excerpt.keys.map((key, i) => [key, i]));
  }

  get indexVersion(): number {
    return this.#head.indexVersion;
  }

  get maxTime(): number {
    return this.#head.maxTime;
  }

  select(matchers: readonly Matcher[]): SeriesId[] {
    const ids = this.#head.select(matchers);
    const known = new Set(ids.map((id) => this.#head.labels(id).key));
    this.#labels.forEach((labels, i) => {
      if (known.has(labels.key)) return;
      if (matchers.every((matcher) => matcher.matches(labels.get(matcher.name)))) {
        ids.push(FIRST_ID + i);
      }
    });
    return ids;
  }

  labels(id: SeriesId): LabelSet {
    if (id < FIRST_ID) return this.#head.labels(id);
    const labels = this.#labels.at(id - FIRST_ID);
    if (labels === undefined) throw new RangeError(`${id} is not a series`);
    return labels;
  }

  metadata(id: SeriesId): FamilyMetadata | undefined {
    return id < FIRST_ID ? this.#head.metadata(id) : undefined;
  }

  /** Whether history has the series. */
  has(id: SeriesId): boolean {
    return this.#seriesOf(id) !== undefined;
  }

  read(id: SeriesId, from: number, to: number, into: SampleBuffer): void {
    if (this.resolution === 'raw') this.#readSamples(id, { from, to }, into);
    else this.#readBuckets(id, { from, to }, into);
  }

  labelNames(matchers: readonly Matcher[] = []): string[] {
    const names = new Set(this.select(matchers).flatMap((id) => this.labels(id).names));
    return [...names].sort();
  }

  labelValues(name: string, matchers: readonly Matcher[] = []): string[] {
    const values = new Set(this.select(matchers).map((id) => this.labels(id).get(name)));
    values.delete('');
    return [...values].sort();
  }

  #seriesOf(id: SeriesId): number | undefined {
    return id >= FIRST_ID ? id - FIRST_ID : this.#byKey.get(this.#head.labels(id).key);
  }

  #readSamples(id: SeriesId, range: { from: number; to: number }, into: SampleBuffer): void {
    const samples = this.#samplesOf(this.#seriesOf(id));
    let { from } = range;
    for (const { time, value, stale, histogram } of samples) {
      if (time < range.from || time > range.to) continue;
      if (histogram !== undefined) into.pushHistogram(time, histogram);
      else if (stale) into.pushStale(time);
      else into.push(time, value);
    }
    const last = samples.at(-1)?.time;
    // Times may have fractions, so the sample after the last is not one millisecond later.
    if (last !== undefined && last >= from) from = nextAfter(last);
    if (id < FIRST_ID && from <= range.to) this.#head.read(id, from, range.to, into);
  }

  #samplesOf(series: number | undefined): RawSample[] {
    if (series === undefined) return [];
    if (this.#samples?.series !== series) {
      this.#samples = { series, list: this.#pieces.samples(series) };
    }
    return this.#samples.list;
  }

  #readBuckets(id: SeriesId, range: { from: number; to: number }, into: SampleBuffer): void {
    const found: Bucket[] = [];
    for (const bucket of this.#bucketsOf(id, range.to)) {
      const { kind, lastTime, sum, count } = bucket;
      if (lastTime < range.from || lastTime > range.to) continue;
      if (kind === 'histogram') {
        const histogram = { ...histogramOf(bucket), resetHint: 'gauge' };
        into.pushHistogram(lastTime, histogram);
      } else if (kind === 'counter') into.push(lastTime, bucket.last);
      else if (count > 0) into.push(lastTime, sum / count);
      else continue;
      found.push(bucket);
    }
    into.buckets = found;
  }

  #bucketsOf(id: SeriesId, to: number): readonly Bucket[] {
    const known = this.#buckets;
    if (known?.id === id && known.to >= to) return known.list;
    const series = this.#seriesOf(id);
    const list = series === undefined ? [] : this.#pieces.buckets(series);
    const last = list.at(-1);
    if (id < FIRST_ID && (last === undefined || last.lastTime < to)) {
      list.push(...this.#bucketsOfHead(id, last));
    }
    this.#buckets = { id, to, list };
    return list;
  }

  /** Minutes of what the head has after a bucket. */
  #bucketsOfHead(id: SeriesId, last: Bucket | undefined): Bucket[] {
    const buffer = this.#buffer;
    buffer.clear();
    const after = last?.lastTime ?? -Infinity;
    this.#head.read(id, after, Infinity, buffer);
    const samples = samplesOf(buffer);
    const kind = last?.kind ?? kindOf(this.labels(id), this.metadata(id));
    const carry: Carry = newCarry();
    if (last !== undefined) {
      carry.time = last.lastTime;
      carry.value = last.last;
      carry.histogram = samples.find(({ time }) => time === after)?.histogram;
    }
    const later = samples.filter(({ time }) => time > after);
    return bucketsOf(bufferOf(later), { kind, carry }, this.#builder);
  }
}

const float = new Float64Array(1);
const bits = new BigUint64Array(float.buffer);

/** The smallest number above a positive one. */
function nextAfter(value: number): number {
  float[0] = value;
  bits[0]++;
  return float[0];
}
