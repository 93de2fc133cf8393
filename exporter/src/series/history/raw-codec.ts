import type { ExponentialHistogram } from '../histogram.js';
import { decodeHistogram, HistogramEncoder } from '../histogram-codec.js';
import { isStale, SampleBuffer } from '../samples.js';
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

/** Samples as the head gives them. */
export interface SampleColumns {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** The same memory as `values`. */
  readonly words: Uint32Array;
  readonly histograms: readonly (ExponentialHistogram | undefined)[] | undefined;
}

let [differences, numbers] = [new Float64Array(128), new Float64Array(128)];

/** Writes samples `from` to `to` of columns, the last left out, as one run. */
export function encodeSamples(
  columns: SampleColumns,
  { from, to }: { readonly from: number; readonly to: number },
  into: ByteWriter,
): void {
  const { times, values, words, histograms } = columns;
  const count = to - from;
  if (count > numbers.length) {
    differences = new Float64Array(2 * count);
    numbers = new Float64Array(2 * count);
  }
  let hasStale = false;
  let hasHistograms = false;
  let time = 0;
  let step = 0;
  for (let i = 0; i < count; i++) {
    // Most samples come at the same pace: their times take one byte each, or less.
    const difference = times[from + i] - time;
    differences[i] = difference - step;
    step = i === 0 ? 0 : difference;
    time = times[from + i];
    const value = values[from + i];
    const isStaleMarker = value !== value && isStale(words, from + i);
    const isHistogram = histograms?.[from + i] !== undefined;
    hasStale ||= isStaleMarker;
    hasHistograms ||= isHistogram;
    // What has no number repeats the one before it, so as not to spoil a column of integers.
    numbers[i] = isStaleMarker || isHistogram ? (i === 0 ? 0 : numbers[i - 1]) : value;
  }
  into.byte(FLOATS | (hasStale ? WITH_STALE : 0) | (hasHistograms ? WITH_HISTOGRAMS : 0));
  into.unsigned(count);
  writeNumbers(into, differences, count);
  if (hasStale) {
    for (let i = from; i < to; i++) {
      into.byte(values[i] !== values[i] && isStale(words, i) ? 1 : 0);
    }
  }
  writeNumbers(into, numbers, count);
  if (hasHistograms) for (let i = from; i < to; i++) writeHistogram(histograms?.[i], into);
}

function writeHistogram(histogram: ExponentialHistogram | undefined, into: ByteWriter): void {
  if (histogram === undefined) {
    into.unsigned(0);
    return;
  }
  encoder.encode(histogram);
  into.unsigned(encoder.length);
  into.raw(encoder.bytes.subarray(0, encoder.length));
}

function encode(samples: readonly RawSample[], into: ByteWriter): void {
  encodeSamples(bufferOf(samples), { from: 0, to: samples.length }, into);
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

/** The columns of samples. */
export function bufferOf(samples: readonly RawSample[]): SampleBuffer {
  const buffer = new SampleBuffer(Math.max(1, samples.length));
  for (const { time, value, stale, histogram } of samples) {
    if (histogram !== undefined) buffer.pushHistogram(time, histogram);
    else if (stale) buffer.pushStale(time);
    else buffer.push(time, value);
  }
  return buffer;
}

/** Samples of the head, as they are kept on disk. */
export function samplesOf(columns: SampleColumns & { readonly length: number }): RawSample[] {
  const samples: RawSample[] = [];
  for (let i = 0; i < columns.length; i++) {
    const histogram = columns.histograms?.[i];
    samples.push({
      time: columns.times[i],
      value: columns.values[i],
      stale: isStale(columns.words, i),
      ...(histogram && { histogram }),
    });
  }
  return samples;
}
