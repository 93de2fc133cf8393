import { describe, expect, test } from 'vitest';
import { Exposition } from '../../src/exposition/exposition.js';
import { InMemorySeries } from './inMemorySeries.js';
import { page, render } from './page.js';

describe('OpenMetrics 1.0', () => {
  test('renders nothing as a page of its end only', () => {
    expect(render(new InMemorySeries(), 'openmetrics')).toBe('# EOF\n');
  });

  test('names a counter without _total and its sample with it', () => {
    const series = new InMemorySeries()
      .family({ name: 'jobs_total', type: 'counter', help: 'Jobs "done".' })
      .set('jobs_total', { queue: 'mail' }, 3)
      .family({ name: 'retries', type: 'counter', help: '' })
      .set('retries', {}, 1.5);
    expect(render(series, 'openmetrics')).toBe(
      page(
        '# HELP jobs Jobs \\"done\\".',
        '# TYPE jobs counter',
        'jobs_total{queue="mail"} 3',
        '# TYPE retries counter',
        'retries_total 1.5',
        '# EOF',
      ),
    );
  });

  test('says the unit where the name ends in it', () => {
    const series = new InMemorySeries()
      .family({ name: 'heap_bytes', type: 'gauge', help: '', unit: 'bytes' })
      .set('heap_bytes', {}, 1)
      .family({ name: 'queue', type: 'gauge', help: '', unit: 'jobs' })
      .set('queue', {}, 2)
      .family({ name: 'cpu_seconds_total', type: 'counter', help: '', unit: 'seconds' })
      .set('cpu_seconds_total', {}, 3)
      .family({ name: 'seconds', type: 'gauge', help: '', unit: 'seconds' })
      .set('seconds', {}, 4)
      .family({ name: 'of_info', type: 'info', help: '', unit: 'of' })
      .set('of_info', {}, 1);
    expect(render(series, 'openmetrics')).toBe(
      page(
        '# TYPE cpu_seconds counter',
        '# UNIT cpu_seconds seconds',
        'cpu_seconds_total 3',
        '# TYPE heap_bytes gauge',
        '# UNIT heap_bytes bytes',
        'heap_bytes 1',
        '# TYPE of info',
        'of_info 1',
        '# TYPE queue gauge',
        'queue 2',
        '# TYPE seconds gauge',
        'seconds 4',
        '# EOF',
      ),
    );
  });

  test('writes when a counter, histogram or summary began, in seconds', () => {
    const created = 1_700_000_000_123;
    const series = new InMemorySeries()
      .family({ name: 'a_total', type: 'counter', help: '' })
      .set('a_total', { n: '1' }, 1, { created })
      .set('a_total', { n: '2' }, 2)
      .set('a_total', {}, 3, { created: 0 })
      .family({ name: 'b', type: 'histogram', help: '' })
      .histogram('b', { n: '1' }, { buckets: { '1': 1, '+Inf': 1 }, sum: 0.5, count: 1 })
      .set('b', { n: '1' }, 1, { suffix: '_count', created })
      .family({ name: 'c', type: 'summary', help: '' })
      .set('c', { n: 'a b' }, 0.5, { suffix: '_sum' })
      .set('c', { n: 'a b' }, 1, { suffix: '_count', created })
      .family({ name: 'd', type: 'gauge', help: '' })
      .set('d', {}, 1, { created });
    expect(render(series, 'openmetrics')).toBe(
      page(
        '# TYPE a counter',
        'a_total 3',
        'a_created 0',
        'a_total{n="1"} 1',
        'a_created{n="1"} 1700000000.123',
        'a_total{n="2"} 2',
        '# TYPE b histogram',
        'b_bucket{le="1.0",n="1"} 1',
        'b_bucket{le="+Inf",n="1"} 1',
        'b_sum{n="1"} 0.5',
        'b_count{n="1"} 1',
        'b_created{n="1"} 1700000000.123',
        '# TYPE c summary',
        'c_sum{n="a b"} 0.5',
        'c_count{n="a b"} 1',
        'c_created{n="a b"} 1700000000.123',
        '# TYPE d gauge',
        'd 1',
        '# EOF',
      ),
    );
  });

  test('writes exemplars of counters and buckets', () => {
    const labels = { trace_id: 'a"b', span_id: '7' };
    const series = new InMemorySeries()
      .family({ name: 'a_total', type: 'counter', help: '' })
      .set('a_total', {}, 3, { exemplar: { labels, value: 1, time: 1_700_000_000_500 } })
      .family({ name: 'b', type: 'histogram', help: '' })
      .histogram('b', {}, { buckets: { '1': 1, '+Inf': 1 }, sum: 0.5, count: 1 })
      .set('b', { le: '1' }, 1, {
        suffix: '_bucket',
        exemplar: { labels: {}, value: 0.5 },
      })
      .family({ name: 'c', type: 'gauge', help: '' })
      .set('c', {}, 1, { exemplar: { labels, value: 1 } });
    expect(render(series, 'openmetrics')).toBe(
      page(
        '# TYPE a counter',
        'a_total 3 # {span_id="7",trace_id="a\\"b"} 1 1700000000.5',
        '# TYPE b histogram',
        'b_bucket{le="1.0"} 1 # {} 0.5',
        'b_bucket{le="+Inf"} 1',
        'b_sum 0.5',
        'b_count 1',
        '# TYPE c gauge',
        'c 1',
        '# EOF',
      ),
    );
  });

  test('writes an exemplar of 128 characters and leaves a longer one out', () => {
    const render128 = (length: number): string =>
      render(
        new InMemorySeries().family({ name: 'a_total', type: 'counter', help: '' }).set(
          'a_total',
          {},
          1,
          // Characters, not bytes or UTF-16 code units, count.
          { exemplar: { labels: { name: '𝛥'.repeat(length - 'name'.length) }, value: 1 } },
        ),
        'openmetrics',
      );
    expect(render128(128)).toContain(` # {name="${'𝛥'.repeat(124)}"} 1\n`);
    expect(render128(129)).toBe(page('# TYPE a counter', 'a_total 1', '# EOF'));
  });

  test('leaves out an exemplar with a label name that is none', () => {
    const exemplar = { labels: { 'trace-id': 'a' }, value: 1 };
    const series = new InMemorySeries()
      .family({ name: 'a_total', type: 'counter', help: '' })
      .set('a_total', {}, 1, { exemplar });
    expect(render(series, 'openmetrics')).toBe(page('# TYPE a counter', 'a_total 1', '# EOF'));
  });

  test('has bounds as floats', () => {
    const buckets = { '0.00001': 1, '1': 2, '2.5': 3, '1048576': 4, '+Inf': 5 };
    const series = new InMemorySeries()
      .family({ name: 'a', type: 'histogram', help: '' })
      .histogram('a', {}, { buckets, sum: 1, count: 5 })
      .family({ name: 'b', type: 'summary', help: '' })
      .set('b', { quantile: '1' }, 2)
      .set('b', { quantile: '.5' }, 1);
    expect(render(series, 'openmetrics')).toBe(
      page(
        '# TYPE a histogram',
        'a_bucket{le="1e-05"} 1',
        'a_bucket{le="1.0"} 2',
        'a_bucket{le="2.5"} 3',
        'a_bucket{le="1.048576e+06"} 4',
        'a_bucket{le="+Inf"} 5',
        'a_sum 1',
        'a_count 5',
        '# TYPE b summary',
        'b{quantile="0.5"} 1',
        'b{quantile="1.0"} 2',
        '# EOF',
      ),
    );
  });

  test('has its own names for infos and gauge histograms, and keeps state sets together', () => {
    const series = new InMemorySeries()
      .family({ name: 'build_info', type: 'info', help: '' })
      .set('build_info', { version: '1' }, 1)
      .family({ name: 'host', type: 'info', help: '' })
      .set('host', { os: 'linux' }, 1)
      .family({ name: 'queue', type: 'gaugehistogram', help: '' })
      .histogram('queue', {}, { buckets: { '-1': 1, '+Inf': 2 }, sum: -3, count: 2 })
      .family({ name: 'state', type: 'stateset', help: '' })
      .set('state', { a: '2', state: 'off', z: '1' }, 0)
      .set('state', { a: '1', state: 'on', z: '1' }, 0)
      .set('state', { a: '2', state: 'on', z: '1' }, 1)
      .set('state', { a: '1', state: 'off', z: '1' }, 1)
      .family({ name: 'what', type: 'unknown', help: '' })
      .set('what', {}, -1);
    expect(render(series, 'openmetrics')).toBe(
      page(
        '# TYPE build info',
        'build_info{version="1"} 1',
        '# TYPE host info',
        'host_info{os="linux"} 1',
        '# TYPE queue gaugehistogram',
        'queue_bucket{le="-1.0"} 1',
        'queue_bucket{le="+Inf"} 2',
        'queue_gsum -3',
        'queue_gcount 2',
        '# TYPE state stateset',
        'state{a="1",state="off",z="1"} 1',
        'state{a="1",state="on",z="1"} 0',
        'state{a="2",state="off",z="1"} 0',
        'state{a="2",state="on",z="1"} 1',
        '# TYPE what unknown',
        'what -1',
        '# EOF',
      ),
    );
  });
});

describe('values that OpenMetrics forbids', () => {
  function omit(series: InMemorySeries): { page: string; omitted: number } {
    const exposition = new Exposition(series);
    const text = exposition.render('openmetrics').toString();
    return { page: text, omitted: exposition.omitted };
  }

  test.each([NaN, -1, -Infinity])('leaves out a counter of %d', (value) => {
    const series = new InMemorySeries()
      .family({ name: 'a_total', type: 'counter', help: '' })
      .set('a_total', { n: '1' }, value, {
        created: 1,
        exemplar: { labels: {}, value: 1 },
      })
      .set('a_total', { n: '2' }, 2);
    expect(omit(series)).toEqual({
      page: page('# TYPE a counter', 'a_total{n="2"} 2', '# EOF'),
      omitted: 1,
    });
  });

  test('leaves out a family of which nothing else is left', () => {
    const series = new InMemorySeries()
      .family({ name: 'a_info', type: 'info', help: 'A.' })
      .set('a_info', {}, 0)
      .family({ name: 'b', type: 'stateset', help: 'B.' })
      .set('b', { b: 'on' }, 2)
      .set('b', { b: 'off' }, NaN)
      .family({ name: 'c', type: 'summary', help: '' })
      .set('c', { quantile: '0.5' }, -1);
    expect(omit(series)).toEqual({ page: '# EOF\n', omitted: 4 });
  });

  test('leaves out the sum and count of a summary one by one', () => {
    const series = new InMemorySeries()
      .family({ name: 'a', type: 'summary', help: '' })
      .set('a', { quantile: '0.5' }, NaN)
      .set('a', {}, -2, { suffix: '_sum' })
      .set('a', {}, 2, { suffix: '_count' });
    expect(omit(series)).toEqual({
      page: page('# TYPE a summary', 'a{quantile="0.5"} NaN', 'a_count 2', '# EOF'),
      omitted: 1,
    });
  });

  const good = { buckets: { '1': 1, '+Inf': 2 }, sum: 3, count: 2 };
  const bad = {
    'buckets that descend': { ...good, buckets: { '1': 3, '+Inf': 2 } },
    'a bucket of a fraction': { ...good, buckets: { '1': 1.5, '+Inf': 2 } },
    'a bucket of NaN': { ...good, buckets: { '1': NaN, '+Inf': 2 } },
    'a negative bucket': { ...good, buckets: { '1': -1, '+Inf': 2 } },
    'infinite observations': { ...good, buckets: { '1': 1, '+Inf': Infinity }, count: Infinity },
    'no bucket of +Inf': { ...good, buckets: { '1': 1, '2': 2 } },
  };
  test.each(Object.entries(bad))('leaves out a histogram with %s', (_name, histogram) => {
    const series = new InMemorySeries()
      .family({ name: 'a', type: 'histogram', help: '' })
      .histogram('a', { n: '1' }, histogram)
      .histogram('a', { n: '2' }, good);
    expect(omit(series)).toEqual({
      page: page(
        '# TYPE a histogram',
        'a_bucket{le="1.0",n="2"} 1',
        'a_bucket{le="+Inf",n="2"} 2',
        'a_sum{n="2"} 3',
        'a_count{n="2"} 2',
        '# EOF',
      ),
      omitted: 4,
    });
  });

  const halves = {
    'a negative sum': { ...good, sum: -3 },
    'a sum of NaN': { ...good, sum: NaN },
    'another count than +Inf has': { ...good, count: 3 },
    'a bound below zero': { ...good, buckets: { '-1': 0, '1': 1, '+Inf': 2 } },
  };
  test.each(Object.entries(halves))('leaves out sum and count for %s', (_name, histogram) => {
    const series = new InMemorySeries()
      .family({ name: 'a', type: 'histogram', help: '' })
      .histogram('a', {}, histogram);
    const { page: text, omitted } = omit(series);
    expect(text).toContain('a_bucket{le="+Inf"} 2\n');
    expect(text).not.toMatch(/a_(sum|count)/);
    expect(omitted).toBe(2);
  });

  test('keeps all of them in text', () => {
    const series = new InMemorySeries()
      .family({ name: 'a_total', type: 'counter', help: '' })
      .set('a_total', {}, NaN)
      .family({ name: 'b', type: 'histogram', help: '' })
      .histogram('b', {}, { buckets: { '1': 3, '2': 2.5 }, sum: -1, count: 7 });
    expect(render(series, 'text')).toBe(
      page(
        '# TYPE a_total counter',
        'a_total NaN',
        '# TYPE b histogram',
        'b_bucket{le="1"} 3',
        'b_bucket{le="2"} 2.5',
        'b_sum -1',
        'b_count 7',
      ),
    );
  });
});
