import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { families, toSeries, type SetFamily } from './arbitrarySeries.js';
import { compareWithSet } from './expected.js';
import { InMemorySeries } from './inMemorySeries.js';
import { render } from './page.js';
import { readWithPython, samplesOf } from './pythonReader.js';

const SEED = Date.now() % 2 ** 31;
const CASES = fc.sample(families, { numRuns: 400, seed: SEED });

/** Puts a number before each name, so that cases on one page do not touch each other. */
function numbered(cases: readonly (readonly SetFamily[])[]): SetFamily[] {
  return cases.flatMap((set, i) =>
    set.map(({ metadata, samples }) => {
      const name = `c${i}_${metadata.name}`;
      const rename = (labels: Readonly<Record<string, string>>): Record<string, string> =>
        metadata.type === 'stateset' ? { [name]: labels[metadata.name] } : labels;
      return {
        metadata: { ...metadata, name },
        samples: samples.map((sample) => ({ ...sample, labels: rename(sample.labels) })),
      };
    }),
  );
}

describe(`real parsers (cases of seed ${SEED})`, () => {
  test('promtool takes the text', () => {
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: render(toSeries(numbered(CASES)), 'text'),
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    });
    expect(stderr).not.toMatch(/error while linting/);
    // 3: parsed, with remarks on the names.
    expect([0, 3]).toContain(status);
  });

  test('promtool takes an empty page', () => {
    const { status } = spawnSync('promtool', ['check', 'metrics'], {
      input: render(new InMemorySeries(), 'text'),
    });
    expect(status).toBe(0);
  });

  test.each(['text', 'openmetrics'] as const)(
    'the Python client reads from %s what was set',
    (format) => {
      const pages = CASES.map((set) => render(toSeries(set), format));
      readWithPython(pages, format).forEach((result, i) => {
        expect({ result, page: pages[i] }).not.toHaveProperty('result.error');
        // It names counters as OpenMetrics does, whatever it reads.
        const difference = compareWithSet(samplesOf(result), CASES[i], 'openmetrics');
        expect({ ...difference, page: pages[i] }).toEqual({
          missing: [],
          extra: [],
          page: pages[i],
        });
      });
    },
  );

  test('the Python client reads types, units, exemplars and creation from OpenMetrics', () => {
    const created = 1_700_000_000_123;
    const exemplar = { labels: { trace_id: 'a"\\\n' }, value: 0.25, time: 1_700_000_001_500 };
    const series = new InMemorySeries()
      .family({ name: 'sent_bytes_total', type: 'counter', help: 'A "b"\\\n', unit: 'bytes' })
      .set('sent_bytes_total', { n: '1' }, 5, { created, exemplar })
      .set('sent_bytes_total', { n: '2' }, 6, { created, exemplar: { labels: {}, value: 1 } })
      .family({ name: 'latency_seconds', type: 'histogram', help: '', unit: 'seconds' })
      .histogram('latency_seconds', {}, { buckets: { '1': 1, '+Inf': 2 }, sum: 3, count: 2 })
      .set('latency_seconds', { le: '1' }, 1, { suffix: '_bucket', exemplar })
      .set('latency_seconds', {}, 2, { suffix: '_count', created })
      .family({ name: 'wait', type: 'summary', help: '' })
      .set('wait', { quantile: '0.5' }, 1)
      .set('wait', {}, 2, { suffix: '_count', created });
    const empty = render(new InMemorySeries(), 'openmetrics');
    const results = readWithPython([render(series, 'openmetrics'), empty], 'openmetrics');
    const read = { labels: { trace_id: 'a"\\\n' }, value: 0.25, time: 1_700_000_001.5 };
    const began = { value: '1700000000.123', exemplar: null };
    expect(results).toEqual([
      {
        families: [
          {
            name: 'latency_seconds',
            type: 'histogram',
            help: '',
            unit: 'seconds',
            samples: [
              {
                name: 'latency_seconds_bucket',
                labels: { le: '1.0' },
                value: '1.0',
                exemplar: read,
              },
              {
                name: 'latency_seconds_bucket',
                labels: { le: '+Inf' },
                value: '2.0',
                exemplar: null,
              },
              { name: 'latency_seconds_sum', labels: {}, value: '3.0', exemplar: null },
              { name: 'latency_seconds_count', labels: {}, value: '2.0', exemplar: null },
              { name: 'latency_seconds_created', labels: {}, ...began },
            ],
          },
          {
            name: 'sent_bytes',
            type: 'counter',
            help: 'A "b"\\\n',
            unit: 'bytes',
            samples: [
              { name: 'sent_bytes_total', labels: { n: '1' }, value: '5.0', exemplar: read },
              { name: 'sent_bytes_created', labels: { n: '1' }, ...began },
              {
                name: 'sent_bytes_total',
                labels: { n: '2' },
                value: '6.0',
                exemplar: { labels: {}, value: 1, time: null },
              },
              { name: 'sent_bytes_created', labels: { n: '2' }, ...began },
            ],
          },
          {
            name: 'wait',
            type: 'summary',
            help: '',
            unit: '',
            samples: [
              { name: 'wait', labels: { quantile: '0.5' }, value: '1.0', exemplar: null },
              { name: 'wait_count', labels: {}, value: '2.0', exemplar: null },
              { name: 'wait_created', labels: {}, ...began },
            ],
          },
        ],
      },
      { families: [] },
    ]);
  });
});
