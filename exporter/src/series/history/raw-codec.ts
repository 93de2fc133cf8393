import type { ExponentialHistogram } from '../histogram.js';
import { decodeHistogram, HistogramEncoder } from '../histogram-codec.js';
import { isStale, SampleBuffer, writeStale } from '../samples.js';
import type { Extent, ItemCodec } from './bucket-codec.js';
import { ByteReader, type ByteWriter } from './bytes.js';
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

/*
 * A run of samples is a byte of flags, their number, and then, unless PLAIN is set: the column of times,
 * a byte for each that says whether it is a stale marker (WITH_STALE), the column of values, and
 * histograms with their lengths, 0 for none (WITH_HISTOGRAMS). Without TIMES, which version 1 does not
 * know, the column is of what steps differ by. A PLAIN run is what is quickest to write: the first time
 * as 64 bits, then the step (STEADY) or all other times, and the bits of the values.
 */
const WITH_STALE = 1;
const WITH_HISTOGRAMS = 2;
const TIMES = 4;
const PLAIN = 8;
const STEADY = 16;
const encoder = new HistogramEncoder();

/** Samples as the head gives them. */
export interface SampleColumns {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** The same memory as `values`. */
  readonly words: Uint32Array;
  readonly histograms: readonly (ExponentialHistogram | undefined)[] | undefined;
}

/** Samples `from` to `to`, the last left out. */
export interface SampleRange {
  readonly from: number;
  readonly to: number;
}

let [instants, numbers] = [new Float64Array(128), new Float64Array(128)];

/** Writes a range of columns as one run that is small. */
export function encodeSamples(
  columns: SampleColumns,
  { from, to }: SampleRange,
  into: ByteWriter,
): void {
  const { times, values, words, histograms } = columns;
  const count = to - from;
  if (count > numbers.length) {
    instants = new Float64Array(2 * count);
    numbers = new Float64Array(2 * count);
  }
  let hasStale = false;
  let hasHistograms = false;
  for (let i = 0; i < count; i++) {
    instants[i] = times[from + i];
    const value = values[from + i];
    const isStaleMarker = value !== value && isStale(words, from + i);
    const isHistogram = histograms?.[from + i] !== undefined;
    hasStale ||= isStaleMarker;
    hasHistograms ||= isHistogram;
    // What has no number repeats the one before it, so as not to spoil a column of integers.
    numbers[i] = isStaleMarker || isHistogram ? (i === 0 ? 0 : numbers[i - 1]) : value;
  }
  into.byte(TIMES | (hasStale ? WITH_STALE : 0) | (hasHistograms ? WITH_HISTOGRAMS : 0));
  into.unsigned(count);
  writeNumbers(into, instants, count);
  if (hasStale) {
    for (let i = from; i < to; i++) {
      into.byte(values[i] !== values[i] && isStale(words, i) ? 1 : 0);
    }
  }
  writeNumbers(into, numbers, count);
  if (hasHistograms) for (let i = from; i < to; i++) writeHistogram(histograms?.[i], into);
}

/** Writes a range of columns as one run, in the least time. */
export function copySamples(columns: SampleColumns, range: SampleRange, into: ByteWriter): void {
  const { times, words, histograms } = columns;
  const { from, to } = range;
  if (histograms !== undefined) {
    encodeSamples(columns, range, into);
    return;
  }
  const step = to - from > 1 ? times[from + 1] - times[from] : 0;
  let isSteady = Number.isInteger(times[from]) && Number.isInteger(step);
  for (let i = from + 2; i < to; i++) isSteady &&= times[i] - times[i - 1] === step;
  into.byte(PLAIN | (isSteady ? STEADY : 0));
  into.unsigned(to - from);
  into.float(times[from]);
  if (isSteady) into.unsigned(step);
  else for (let i = from + 1; i < to; i++) into.float(times[i]);
  // As bits, since a number may lose that it is a stale marker.
  into.words(words, { from: 2 * from, to: 2 * to });
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
  decoded.clear();
  decodeRun(from, decoded);
  for (const sample of samplesOf(decoded)) into.push(sample);
}

const decoded = new SampleBuffer();

/** Appends the samples of one run. */
function decodeRun(from: ByteReader, into: SampleBuffer): void {
  const flags = from.byte();
  const count = from.unsigned();
  if (flags & PLAIN) {
    decodePlain(from, { count, isSteady: (flags & STEADY) !== 0 }, into);
    return;
  }
  const times = readNumbers(from, count);
  if (!(flags & TIMES)) sumSteps(times);
  const stale = flags & WITH_STALE ? from.raw(count) : undefined;
  const values = readNumbers(from, count);
  const first = into.length;
  into.reserve(first + count);
  into.times.set(times, first);
  into.values.set(values, first);
  into.length += count;
  for (let i = 0; stale !== undefined && i < count; i++) {
    if (stale[i] === 1) writeStale(into.words, first + i);
  }
  for (let i = 0; flags & WITH_HISTOGRAMS && i < count; i++) {
    const histogram = readHistogram(from);
    if (histogram === undefined) continue;
    into.values[first + i] = NaN;
    into.histograms ??= [];
    into.histograms[first + i] = histogram;
  }
}

function sumSteps(times: Float64Array): void {
  let [time, step] = [0, 0];
  for (let i = 0; i < times.length; i++) {
    const difference = i === 0 ? times[i] : times[i] + step;
    step = i === 0 ? 0 : difference;
    time += difference;
    times[i] = time;
  }
}

function decodePlain(
  from: ByteReader,
  { count, isSteady }: { count: number; isSteady: boolean },
  into: SampleBuffer,
): void {
  // As many bytes there are at least.
  if (8 * count > from.left) throw new RangeError('the samples end early');
  into.reserve(into.length + count);
  const { times, words, length } = into;
  times[length] = from.float();
  const step = isSteady ? from.unsigned() : 0;
  for (let i = 1; i < count; i++) {
    times[length + i] = isSteady ? times[length + i - 1] + step : from.float();
  }
  for (let i = 2 * length; i < 2 * (length + count); i++) words[i] = from.word();
  into.length += count;
}

/** Writes runs as one; without an object for each sample where they are in order, as most are. */
function recode(runs: Uint8Array, into: ByteWriter): Extent {
  decoded.clear();
  const from = new ByteReader(runs);
  while (from.left > 0) decodeRun(from, decoded);
  const samples = isInOrder(decoded) ? decoded : bufferOf(tidy(samplesOf(decoded)));
  const { times, length } = samples;
  encodeSamples(samples, { from: 0, to: length }, into);
  return { from: times[0], to: times[length - 1], items: length };
}

function isInOrder({ times, length }: SampleBuffer): boolean {
  for (let i = 1; i < length; i++) if (!(times[i - 1] < times[i])) return false;
  return true;
}

function readHistogram(from: ByteReader): ExponentialHistogram | undefined {
  const length = from.unsigned();
  return length === 0 ? undefined : decodeHistogram(from.raw(length), length);
}

function tidy(samples: RawSample[]): RawSample[] {
  samples.sort((a, b) => a.time - b.time);
  return samples.filter(({ time }, i) => i === 0 || time !== samples[i - 1].time);
}

export const rawCodec: ItemCodec<RawSample> = {
  encode,
  decode,
  recode,
  timeOf: ({ time }) => time,
  tidy,
};

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
