import { KymoError } from '../../lib/errors.js';
import type { BucketRun, ExponentialHistogram } from '../../series/histogram.js';
import type { MetricType } from '../../series/metadata.js';
import { BYTES, FIXED64, ProtobufReader, VARINT } from './protobuf.js';

/** A series of a write request; `samples` and `histograms` are oldest first. */
export interface WrittenSeries {
  /** Names and values in turn, as they stand in the request. */
  readonly labels: readonly string[];
  readonly samples: readonly WrittenSample[];
  readonly histograms: readonly WrittenHistogram[];
}

export interface WrittenSample {
  /** Unix milliseconds. */
  readonly time: number;
  readonly value: number;
  /** Whether the value is Prometheus's stale marker. */
  readonly stale: boolean;
}

export interface WrittenHistogram {
  readonly time: number;
  readonly histogram: ExponentialHistogram;
  readonly stale: boolean;
}

export interface WrittenMetadata {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit: string;
}

export interface WriteRequest {
  readonly series: readonly WrittenSeries[];
  readonly metadata: readonly WrittenMetadata[];
}

// prometheus.MetricMetadata.MetricType, in the order of its numbers.
const metricTypes: readonly MetricType[] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

/**
 * Decodes prometheus.WriteRequest of remote write 1.0.
 * Source: https://prometheus.io/docs/specs/prw/remote_write_spec/ and prompb/types.proto.
 * @throws KymoError `bad_protobuf`
 */
export function decodeWriteRequest(body: Uint8Array): WriteRequest {
  const reader = new ProtobufReader(body);
  const series: WrittenSeries[] = [];
  const metadata: WrittenMetadata[] = [];
  while (reader.next()) {
    if (reader.field === 1) series.push(message(reader, decodeSeries));
    else if (reader.field === 3) metadata.push(message(reader, decodeMetadata));
    else reader.skip();
  }
  return { series, metadata };
}

function message<T>(reader: ProtobufReader, decode: (reader: ProtobufReader) => T): T {
  reader.expect(BYTES);
  const outer = reader.enter();
  const value = decode(reader);
  reader.leave(outer);
  return value;
}

function decodeSeries(reader: ProtobufReader): WrittenSeries {
  const labels: string[] = [];
  const samples: WrittenSample[] = [];
  const histograms: WrittenHistogram[] = [];
  while (reader.next()) {
    if (reader.field === 1) {
      reader.expect(BYTES);
      const outer = reader.enter();
      let name = '';
      let value = '';
      while (reader.next()) {
        if (reader.field === 1) name = reader.string();
        else if (reader.field === 2) value = reader.string();
        else reader.skip();
      }
      labels.push(name, value);
      reader.leave(outer);
    } else if (reader.field === 2) samples.push(message(reader, decodeSample));
    else if (reader.field === 4) histograms.push(message(reader, decodeHistogram));
    else reader.skip();
  }
  return { labels, samples, histograms };
}

const isStaleBits = ({ high, low }: { high: number; low: number }): boolean =>
  high === 0x7ff00000 && low === 2;

function decodeSample(reader: ProtobufReader): WrittenSample {
  let time = 0;
  let value = 0;
  let stale = false;
  while (reader.next()) {
    if (reader.field === 1) {
      reader.expect(FIXED64);
      stale = isStaleBits(reader.peekDoubleBits());
      value = reader.double();
    } else if (reader.field === 2) {
      reader.expect(VARINT);
      time = reader.int64();
    } else reader.skip();
  }
  return { time, value, stale };
}

function decodeMetadata(reader: ProtobufReader): WrittenMetadata {
  const metadata = { name: '', type: 'unknown' as MetricType, help: '', unit: '' };
  while (reader.next()) {
    if (reader.field === 1) metadata.type = metricTypes[reader.varint()] ?? 'unknown';
    else if (reader.field === 2) metadata.name = reader.string();
    else if (reader.field === 4) metadata.help = reader.string();
    else if (reader.field === 5) metadata.unit = reader.string();
    else reader.skip();
  }
  return metadata;
}

interface Span {
  readonly offset: number;
  readonly length: number;
}

function decodeSpan(reader: ProtobufReader): Span {
  let offset = 0;
  let length = 0;
  while (reader.next()) {
    if (reader.field === 1) offset = reader.signed();
    else if (reader.field === 2) length = reader.varint();
    else reader.skip();
  }
  return { offset, length };
}

/** Reads a repeated number, packed (as proto3 has it) or not. */
function numbers(reader: ProtobufReader, into: number[], read: () => number): void {
  if (reader.wireType !== BYTES) {
    into.push(read());
    return;
  }
  const outer = reader.enter();
  while (reader.position < reader.end) into.push(read());
  reader.leave(outer);
}

interface Side {
  readonly spans: Span[];
  readonly deltas: number[];
  readonly counts: number[];
}

function decodeHistogram(reader: ProtobufReader): WrittenHistogram {
  let time = 0;
  let stale = false;
  let count = 0;
  let sum = 0;
  let schema = 0;
  let zeroThreshold = 0;
  let zeroCount = 0;
  const negative: Side = { spans: [], deltas: [], counts: [] };
  const positive: Side = { spans: [], deltas: [], counts: [] };
  const customBounds: number[] = [];
  const varint = (): number => reader.varint();
  const signed = (): number => reader.signed();
  const double = (): number => reader.double();
  while (reader.next()) {
    const side = reader.field >= 11 ? positive : negative;
    switch (reader.field) {
      case 1:
        count = varint();
        break;
      case 2:
        count = double();
        break;
      case 3:
        stale = isStaleBits(reader.peekDoubleBits());
        sum = double();
        break;
      case 4:
        schema = signed();
        break;
      case 5:
        zeroThreshold = double();
        break;
      case 6:
        zeroCount = varint();
        break;
      case 7:
        zeroCount = double();
        break;
      case 8:
      case 11:
        side.spans.push(message(reader, decodeSpan));
        break;
      case 9:
      case 12:
        numbers(reader, side.deltas, signed);
        break;
      case 10:
      case 13:
        numbers(reader, side.counts, double);
        break;
      case 15:
        time = reader.int64();
        break;
      case 16:
        numbers(reader, customBounds, double);
        break;
      default:
        reader.skip();
    }
  }
  const histogram = {
    schema,
    count,
    sum,
    zeroThreshold,
    zeroCount,
    positive: bucketRun(positive),
    negative: bucketRun(negative),
    ...(customBounds.length > 0 ? { customBounds } : {}),
  };
  return { time, histogram, stale };
}

// More buckets than any sane histogram spans; a hostile span must not allocate gigabytes.
const MAX_BUCKETS = 65_536;

/** Lays spans out as one run, with zeros in the gaps. */
function bucketRun({ spans, deltas, counts }: Side): BucketRun {
  if (spans.length === 0) return { offset: 0, counts: [] };
  const run: number[] = [];
  let previous = 0;
  let next = 0;
  spans.forEach((span, index) => {
    const gap = index === 0 ? 0 : span.offset;
    if (run.length + Math.max(0, gap) + span.length > MAX_BUCKETS) {
      throw new KymoError('bad_protobuf', `a histogram spans more than ${MAX_BUCKETS} buckets`);
    }
    for (let i = 0; i < gap; i++) run.push(0);
    for (let i = 0; i < span.length; i++, next++) {
      if (counts.length > 0) run.push(counts[next] ?? 0);
      else {
        previous += deltas[next] ?? 0;
        run.push(previous);
      }
    }
  });
  return { offset: spans[0].offset, counts: run };
}
