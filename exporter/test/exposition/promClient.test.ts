import {
  Counter,
  Gauge,
  Histogram,
  Registry,
  Summary,
  type OpenMetricsContentType,
} from 'prom-client';
import { expect, test } from 'vitest';
import type { ExpositionFormat } from '../../src/exposition/negotiate.js';
import type { MetricType } from '../../src/series/metadata.js';
import type { SampleSuffix } from '../../src/series/writer.js';
import { keyOf } from './expected.js';
import { InMemorySeries } from './inMemorySeries.js';
import { render } from './page.js';
import { readWithPython, samplesOf } from './pythonReader.js';

function fill(registry: Registry | Registry<OpenMetricsContentType>): void {
  const registers = [registry as Registry];
  const labelNames = ['path', 'method'];
  const labels = [
    { path: '/', method: 'GET' },
    { path: 'C:\\"new"\n', method: 'POST' },
    { path: 'größe 𝛥 #{}', method: '' },
  ];
  const counter = new Counter({ name: 'requests_total', help: 'Requests.', labelNames, registers });
  const bare = new Counter({ name: 'retries', help: 'Back\\slash.', registers });
  const gauge = new Gauge({ name: 'temperature', help: 'Two\nlines.', labelNames, registers });
  const histogram = new Histogram({
    name: 'latency_seconds',
    help: 'Time.',
    labelNames,
    registers,
  });
  const buckets = [0, 0.00001, 1e6, 2 ** 30];
  const wide = new Histogram({ name: 'size_bytes', help: 'Sizes.', buckets, registers });
  const summary = new Summary({ name: 'wait_seconds', help: 'Waiting.', labelNames, registers });
  labels.forEach((set, i) => {
    counter.inc(set, i + 0.5);
    gauge.set(set, [-1 / 3, 1e21, 17_179_869_184][i]);
    for (const value of [0.004, 0.3, i * 7]) {
      histogram.observe(set, value);
      summary.observe(set, value);
    }
  });
  bare.inc(3);
  for (const value of [0, 0.00001, 5e5, 1e12]) wide.observe(value);
}

async function toSeries(registry: Registry): Promise<InMemorySeries> {
  const series = new InMemorySeries();
  for (const { name, help, type, values } of await registry.getMetricsAsJSON()) {
    series.family({ name, help, type: type as unknown as MetricType });
    for (const value of values as { value: number; labels: object; metricName?: string }[]) {
      const labels = Object.entries(value.labels).map(([label, text]) => [label, String(text)]);
      const suffix = (value.metricName ?? name).slice(name.length) as SampleSuffix;
      const set = Object.fromEntries(labels) as Record<string, string>;
      series.set(name, set, value.value, { suffix });
    }
  }
  return series;
}

test.each(['text', 'openmetrics'] as const)(
  'a registry has the same samples in %s from us and from prom-client',
  async (format: ExpositionFormat) => {
    const registry = new Registry();
    fill(registry);
    const ours = render(await toSeries(registry), format);

    const other = new Registry<OpenMetricsContentType>();
    if (format === 'openmetrics') other.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    fill(other);
    const theirs = await other.metrics();

    const [read, expected] = readWithPython([ours, theirs], format).map((result) => {
      expect(result).not.toHaveProperty('error');
      // An empty label value and an absent label are the same.
      return samplesOf(result).map(({ labels, ...rest }) => {
        const present = Object.entries(labels).filter(([, value]) => value !== '');
        return keyOf({ ...rest, labels: Object.fromEntries(present) });
      });
    });
    expect(read.sort()).toEqual(expected.sort());
    expect(read.length).toBeGreaterThan(60);
  },
);
