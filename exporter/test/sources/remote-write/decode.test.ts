import fc from 'fast-check';
import protobuf from 'protobufjs';
import { uncompress } from 'snappyjs';
import { describe, expect, test } from 'vitest';
import { writeRequest } from '../../../bench/differential/remote-write.js';
import { KymoError } from '../../../src/lib/errors.js';
import { decodeWriteRequest } from '../../../src/sources/remote-write/decode.js';

/** The messages of prometheus/prompb that a write request is made of, for an encoder that is not ours. */
const schema = protobuf
  .parse(
    `
  syntax = "proto3";
  message WriteRequest { repeated TimeSeries timeseries = 1; repeated Metadata metadata = 3; }
  message Metadata { int32 type = 1; string name = 2; string help = 4; string unit = 5; }
  message TimeSeries {
    repeated Label labels = 1; repeated Sample samples = 2; repeated Exemplar exemplars = 3;
    repeated Histogram histograms = 4;
  }
  message Label { string name = 1; string value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; }
  message Exemplar { repeated Label labels = 1; double value = 2; int64 timestamp = 3; }
  message Span { sint32 offset = 1; uint32 length = 2; }
  message Histogram {
    uint64 count_int = 1; double count_float = 2; double sum = 3; sint32 schema = 4;
    double zero_threshold = 5; uint64 zero_count_int = 6; double zero_count_float = 7;
    repeated Span negative_spans = 8; repeated sint64 negative_deltas = 9;
    repeated double negative_counts = 10; repeated Span positive_spans = 11;
    repeated sint64 positive_deltas = 12; repeated double positive_counts = 13;
    int32 reset_hint = 14; int64 timestamp = 15; repeated double custom_values = 16;
  }
`,
    { keepCase: true },
  )
  .root.lookupType('WriteRequest');

const encode = (message: object): Uint8Array => schema.encode(schema.fromObject(message)).finish();

const TIME = 1_700_000_000_123;

describe('decodeWriteRequest', () => {
  test('reads labels, samples, time stamps before 1970 and metadata', () => {
    const request = decodeWriteRequest(
      encode({
        timeseries: [
          {
            labels: [
              { name: '__name__', value: 'häufig_total' },
              { name: 'job', value: '' },
            ],
            samples: [
              { value: 1.5, timestamp: TIME },
              { value: -Infinity, timestamp: -5 },
            ],
            exemplars: [{ labels: [], value: 3, timestamp: TIME }],
          },
        ],
        metadata: [{ type: 1, name: 'häufig_total', help: 'Often.', unit: 'things' }],
      }),
    );
    expect(request).toEqual({
      series: [
        {
          labels: ['__name__', 'häufig_total', 'job', ''],
          samples: [
            { time: TIME, value: 1.5, stale: false },
            { time: -5, value: -Infinity, stale: false },
          ],
          histograms: [],
        },
      ],
      metadata: [{ type: 'counter', name: 'häufig_total', help: 'Often.', unit: 'things' }],
    });
  });

  test('tells a stale marker from an ordinary NaN', () => {
    const labels = { __name__: 'a' };
    const body = writeRequest([
      {
        labels,
        samples: [
          [TIME, 'stale'],
          [TIME + 1, NaN],
        ],
      },
    ]);
    const [{ samples }] = decodeWriteRequest(new Uint8Array(uncompress(body))).series;
    expect(samples.map(({ stale }) => stale)).toEqual([true, false]);
    expect(samples[1].value).toBeNaN();
  });

  test('lays out integer and float histograms with gaps between spans', () => {
    const spans = [
      { offset: -2, length: 2 },
      { offset: 3, length: 1 },
    ];
    const { series } = decodeWriteRequest(
      encode({
        timeseries: [
          {
            histograms: [
              {
                count_int: 7,
                sum: 9.5,
                schema: -1,
                zero_threshold: 0.001,
                zero_count_int: 1,
                positive_spans: spans,
                positive_deltas: [2, -1, 2],
                timestamp: TIME,
              },
              {
                count_float: 2.5,
                sum: 1,
                schema: 3,
                negative_spans: spans,
                negative_counts: [0.5, 1, 1],
                timestamp: TIME + 1,
              },
            ],
          },
        ],
      }),
    );
    expect(series[0].histograms).toEqual([
      {
        time: TIME,
        stale: false,
        histogram: {
          schema: -1,
          count: 7,
          sum: 9.5,
          zeroThreshold: 0.001,
          zeroCount: 1,
          positive: { offset: -2, counts: [2, 1, 0, 0, 0, 3] },
          negative: { offset: 0, counts: [] },
        },
      },
      {
        time: TIME + 1,
        stale: false,
        histogram: {
          schema: 3,
          count: 2.5,
          sum: 1,
          zeroThreshold: 0,
          zeroCount: 0,
          positive: { offset: 0, counts: [] },
          negative: { offset: -2, counts: [0.5, 1, 0, 0, 0, 1] },
        },
      },
    ]);
  });

  test('reads any samples as another encoder wrote them', () => {
    const sample = fc.record({
      value: fc.double(),
      timestamp: fc.integer({ min: -(2 ** 40), max: 2 ** 45 }),
    });
    fc.assert(
      fc.property(fc.array(sample), fc.string(), (samples, value) => {
        const [series] = decodeWriteRequest(
          encode({ timeseries: [{ labels: [{ name: 'l', value }], samples }] }),
        ).series;
        expect(series.labels).toEqual(['l', Buffer.from(value).toString()]);
        expect(series.samples.map((read) => [read.time, read.value])).toEqual(
          samples.map((written) => [written.timestamp, written.value]),
        );
      }),
    );
  });

  test('refuses a message that is cut short at any byte, or reads what came before', () => {
    const body = encode({
      timeseries: [
        { labels: [{ name: 'a', value: 'b' }], samples: [{ value: 1, timestamp: TIME }] },
      ],
    });
    for (let length = 1; length < body.length; length++) {
      expect(() => decodeWriteRequest(body.subarray(0, length)), `${length} bytes`).toThrow(
        KymoError,
      );
    }
  });

  test('answers any bytes with a message or with bad_protobuf', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeWriteRequest(bytes);
        } catch (thrown) {
          expect((thrown as KymoError).code).toBe('bad_protobuf');
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('refuses a histogram that spans more buckets than memory allows', () => {
    const histogram = { positive_spans: [{ offset: 0, length: 4_000_000_000 }] };
    expect(() => decodeWriteRequest(encode({ timeseries: [{ histograms: [histogram] }] }))).toThrow(
      'spans more than 65536 buckets',
    );
  });
});
