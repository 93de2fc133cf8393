import type { ExponentialHistogram } from '../histogram.js';
import { decodeHistogram, HistogramEncoder } from '../histogram-codec.js';
import { isStale } from '../samples.js';
import type { ItemCodec } from './bucket-codec.js';
import type { ByteReader, ByteWriter } from './bytes.js';
import { readNumbers, writeNumbers } from './number-column.js';

/** A sample on disk; `histogram` instead of `value` where the series has histograms. */
export interface RawSample {
  /** Unix milliseconds. */
  readonly time: number;
  /** NaN where it is a histogram or a stale marker. */
  readonly value: number;
  readonly stale: boolean;
  readonly histogram?: ExponentialHistogram;
}

const FLOATS = 0;
const WITH_STALE = 1;
const WITH_HISTOGRAMS = 2;
const encoder = new HistogramEncoder();

/** Most samples come at the same pace: their times take one byte each, or less. */
function secondDifferences(samples: readonly RawSample[]): Float64Array {
  const coded = new Float64Array(samples.length);
  let time = 0;
  let step = 0;
  for (let i = 0; i < samples.length; i++) {
    const difference = samples[i].time - time;
    coded[i] = difference - step;
    step = i === 0 ? 0 : difference;
    time = samples[i].time;
  }
  return coded;
}

function encode(samples: readonly RawSample[], into: ByteWriter): void {
  const hasStale = samples.some(({ stale }) => stale);
  const hasHistograms = samples.some(({ histogram }) => histogram !== undefined);
  into.byte(FLOATS | (hasStale ? WITH_STALE : 0) | (hasHistograms ? WITH_HISTOGRAMS : 0));
  into.unsigned(samples.length);
  writeNumbers(into, secondDifferences(samples));
  if (hasStale) for (const { stale } of samples) into.byte(stale ? 1 : 0);
  // A stale marker repeats the value before it, so as not to spoil a column of integers.
  const values = new Float64Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    const { value, stale, histogram } = samples[i];
    const isNumber = !stale && histogram === undefined;
    values[i] = isNumber ? value : i === 0 ? 0 : values[i - 1];
  }
  writeNumbers(into, values);
  if (!hasHistograms) return;
  for (const { histogram } of samples) {
    if (histogram === undefined) {
      into.unsigned(0);
      continue;
    }
    encoder.encode(histogram);
    into.unsigned(encoder.length);
    into.raw(encoder.bytes.subarray(0, encoder.length));
  }
}

function decode(from: ByteReader, into: RawSample[]): void {
  const flags = from.byte();
  const count = from.unsigned();
  const times = readNumbers(from, count);
  const stale = flags & WITH_STALE ? from.raw(count) : undefined;
  const values = readNumbers(from, count);
  let time = 0;
  let step = 0;
  for (let i = 0; i < count; i++) {
    const difference = i === 0 ? times[i] : times[i] + step;
    step = i === 0 ? 0 : difference;
    time += difference;
    const histogram = flags & WITH_HISTOGRAMS ? readHistogram(from) : undefined;
    const marked = stale?.[i] === 1;
    const value = marked || histogram !== undefined ? NaN : values[i];
    into.push({ time, value, stale: marked, ...(histogram && { histogram }) });
  }
}

function readHistogram(from: ByteReader): ExponentialHistogram | undefined {
  const length = from.unsigned();
  return length === 0 ? undefined : decodeHistogram(from.raw(length), length);
}

function tidy(samples: RawSample[]): RawSample[] {
  samples.sort((a, b) => a.time - b.time);
  return samples.filter(({ time }, i) => i === 0 || time !== samples[i - 1].time);
}

export const rawCodec: ItemCodec<RawSample> = { encode, decode, timeOf: ({ time }) => time, tidy };

/** Samples of the head, as they are kept on disk. */
export function samplesOf(buffer: {
  readonly length: number;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly words: Uint32Array;
  readonly histograms: readonly (ExponentialHistogram | undefined)[] | undefined;
}): RawSample[] {
  const samples: RawSample[] = [];
  for (let i = 0; i < buffer.length; i++) {
    const histogram = buffer.histograms?.[i];
    samples.push({
      time: buffer.times[i],
      value: buffer.values[i],
      stale: isStale(buffer.words, i),
      ...(histogram && { histogram }),
    });
  }
  return samples;
}
