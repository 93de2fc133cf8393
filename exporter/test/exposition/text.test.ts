import { describe, expect, test } from 'vitest';
import { InMemorySeries } from './inMemorySeries.js';
import { page, render } from './page.js';

describe('text 0.0.4', () => {
  test('renders nothing as an empty page', () => {
    expect(render(new InMemorySeries(), 'text')).toBe('');
  });

  test('sorts families by name and series by labels', () => {
    const series = new InMemorySeries()
      .family({ name: 'jobs_total', type: 'counter', help: 'Jobs done.' })
      .set('jobs_total', { queue: 'mail', state: 'done' }, 3)
      .set('jobs_total', { queue: 'export', state: 'done' }, 2)
      .set('jobs_total', { queue: 'mail' }, 1)
      .family({ name: 'heap_bytes', type: 'gauge', help: 'Heap in use.', unit: 'bytes' })
      .set('heap_bytes', {}, 17_179_869_184)
      .family({ name: 'Zone', type: 'gauge', help: '' })
      .set('Zone', {}, -1);
    expect(render(series, 'text')).toBe(
      page(
        '# TYPE Zone gauge',
        'Zone -1',
        '# HELP heap_bytes Heap in use.',
        '# TYPE heap_bytes gauge',
        'heap_bytes 17179869184',
        '# HELP jobs_total Jobs done.',
        '# TYPE jobs_total counter',
        'jobs_total{queue="export",state="done"} 2',
        'jobs_total{queue="mail"} 1',
        'jobs_total{queue="mail",state="done"} 3',
      ),
    );
  });

  test('writes a histogram of each label set in one piece, buckets ascending', () => {
    const buckets = { '+Inf': 9, '10': 8, '2.50': 6, '1e1': 8, '0.1': 3 };
    const series = new InMemorySeries()
      .family({ name: 'latency_seconds', type: 'histogram', help: 'Time taken.', unit: 'seconds' })
      .histogram('latency_seconds', { route: '/b' }, { buckets, sum: 21.5, count: 9 })
      .histogram('latency_seconds', { route: '/a' }, { buckets: { '+Inf': 0 }, sum: 0, count: 0 });
    expect(render(series, 'text')).toBe(
      page(
        '# HELP latency_seconds Time taken.',
        '# TYPE latency_seconds histogram',
        'latency_seconds_bucket{le="+Inf",route="/a"} 0',
        'latency_seconds_sum{route="/a"} 0',
        'latency_seconds_count{route="/a"} 0',
        'latency_seconds_bucket{le="0.1",route="/b"} 3',
        'latency_seconds_bucket{le="2.5",route="/b"} 6',
        'latency_seconds_bucket{le="10",route="/b"} 8',
        'latency_seconds_bucket{le="+Inf",route="/b"} 9',
        'latency_seconds_sum{route="/b"} 21.5',
        'latency_seconds_count{route="/b"} 9',
      ),
    );
  });

  test('writes a summary with its quantiles ascending', () => {
    const series = new InMemorySeries()
      .family({ name: 'wait', type: 'summary', help: 'Waiting.' })
      .set('wait', { quantile: '0.99' }, NaN)
      .set('wait', {}, 4, { suffix: '_count' })
      .set('wait', {}, 2.5, { suffix: '_sum' })
      .set('wait', { quantile: '0.5' }, 0.25);
    expect(render(series, 'text')).toBe(
      page(
        '# HELP wait Waiting.',
        '# TYPE wait summary',
        'wait{quantile="0.5"} 0.25',
        'wait{quantile="0.99"} NaN',
        'wait_sum 2.5',
        'wait_count 4',
      ),
    );
  });

  test('maps the types that it does not know', () => {
    const series = new InMemorySeries()
      .family({ name: 'a', type: 'unknown', help: '' })
      .set('a', {}, 1)
      .family({ name: 'b_info', type: 'info', help: '' })
      .set('b_info', { version: '1.2.3' }, 1)
      .family({ name: 'c', type: 'stateset', help: '' })
      .set('c', { c: 'on' }, 1)
      .set('c', { c: 'off' }, 0)
      .family({ name: 'd', type: 'gaugehistogram', help: '' })
      .histogram('d', {}, { buckets: { '+Inf': 2 }, sum: 3, count: 2 });
    expect(render(series, 'text')).toBe(
      page(
        '# TYPE a untyped',
        'a 1',
        '# TYPE b_info gauge',
        'b_info{version="1.2.3"} 1',
        '# TYPE c gauge',
        'c{c="off"} 0',
        'c{c="on"} 1',
        '# TYPE d histogram',
        'd_bucket{le="+Inf"} 2',
        'd_sum 3',
        'd_count 2',
      ),
    );
  });

  test('escapes backslash and newline in help, and the quote too in label values', () => {
    const series = new InMemorySeries()
      .family({ name: 'files', type: 'gauge', help: 'In "C:\\temp",\nand so on.' })
      .set('files', { path: 'C:\\temp\n"new"', unicode: 'größe 𝛥\r\t' }, 1);
    expect(render(series, 'text')).toBe(
      page(
        '# HELP files In "C:\\\\temp",\\nand so on.',
        '# TYPE files gauge',
        'files{path="C:\\\\temp\\n\\"new\\"",unicode="größe 𝛥\r\t"} 1',
      ),
    );
  });

  test('leaves out series that are stale and families without a live one', () => {
    const series = new InMemorySeries()
      .family({ name: 'a', type: 'gauge', help: 'A.' })
      .set('a', { n: '1' }, 1)
      .set('a', { n: '2' }, 2)
      .family({ name: 'b', type: 'gauge', help: 'B.' })
      .set('b', {}, 1)
      .family({ name: 'c', type: 'gauge', help: 'Never had one.' })
      .stale('a', { n: '1' })
      .stale('b', {});
    expect(render(series, 'text')).toBe(page('# HELP a A.', '# TYPE a gauge', 'a{n="2"} 2'));
  });

  test('leaves out an exponential histogram, which has no sample of a float', () => {
    const series = new InMemorySeries()
      .family({ name: 'size', type: 'histogram', help: '' })
      .histogram('size', {}, { buckets: { '+Inf': 1 }, sum: 1, count: 1 })
      .set('size', {}, NaN)
      .stale('size', {});
    expect(render(series, 'text')).toBe(
      page('# TYPE size histogram', 'size_bucket{le="+Inf"} 1', 'size_sum 1', 'size_count 1'),
    );
  });

  test('says nothing of units, exemplars and creation', () => {
    const exemplar = { labels: { trace_id: 'abc' }, value: 1 };
    const series = new InMemorySeries()
      .family({ name: 'sent_bytes_total', type: 'counter', help: '', unit: 'bytes' })
      .set('sent_bytes_total', {}, 5, { exemplar, created: 1_700_000_000_000 });
    expect(render(series, 'text')).toBe(
      page('# TYPE sent_bytes_total counter', 'sent_bytes_total 5'),
    );
  });
});
