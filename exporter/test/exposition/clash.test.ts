import { describe, expect, test } from 'vitest';
import { Exposition } from '../../src/exposition/exposition.js';
import { InMemorySeries } from './inMemorySeries.js';
import { page, render } from './page.js';

const HISTOGRAM = { buckets: { '+Inf': 2 }, sum: 3, count: 2 };

describe('families whose sample names clash', () => {
  test('a counter gives up its type to a gauge of its name without _total', () => {
    const series = new InMemorySeries()
      .family({ name: 'jobs', type: 'gauge', help: 'Waiting.' })
      .set('jobs', {}, 1)
      .family({ name: 'jobs_total', type: 'counter', help: 'Done.' })
      .set('jobs_total', {}, 2, { created: 1 });
    expect(render(series, 'openmetrics')).toBe(
      page(
        '# HELP jobs Waiting.',
        '# TYPE jobs gauge',
        'jobs 1',
        '# HELP jobs_total Done.',
        '# TYPE jobs_total unknown',
        'jobs_total 2',
        '# EOF',
      ),
    );
    expect(render(series, 'text')).toContain('# TYPE jobs_total counter\n');
  });

  test('of two counters that are one in OpenMetrics both keep their names', () => {
    const series = new InMemorySeries()
      .family({ name: 'jobs', type: 'counter', help: '' })
      .set('jobs', {}, 1)
      .family({ name: 'jobs_total', type: 'counter', help: '' })
      .set('jobs_total', {}, 2);
    expect(render(series, 'openmetrics')).toBe(
      page('# TYPE jobs unknown', 'jobs 1', '# TYPE jobs_total unknown', 'jobs_total 2', '# EOF'),
    );
  });

  test.each(['jobs_created', 'jobs'])('a counter gives way to a gauge %s', (name) => {
    const series = new InMemorySeries()
      .family({ name, type: 'gauge', help: '' })
      .set(name, {}, 1)
      .family({ name: 'jobs_total', type: 'counter', help: '' })
      .set('jobs_total', {}, 2);
    expect(render(series, 'openmetrics')).toBe(
      page(
        `# TYPE ${name} gauge`,
        `${name} 1`,
        '# TYPE jobs_total unknown',
        'jobs_total 2',
        '# EOF',
      ),
    );
  });

  test('a counter gives way to a histogram of its name, and the histogram stays whole', () => {
    const series = new InMemorySeries()
      .family({ name: 'jobs', type: 'histogram', help: '' })
      .histogram('jobs', {}, HISTOGRAM)
      .family({ name: 'jobs_total', type: 'counter', help: '' })
      .set('jobs_total', {}, 2);
    expect(render(series, 'openmetrics')).toBe(
      page(
        '# TYPE jobs histogram',
        'jobs_bucket{le="+Inf"} 2',
        'jobs_sum 3',
        'jobs_count 2',
        '# TYPE jobs_total unknown',
        'jobs_total 2',
        '# EOF',
      ),
    );
  });

  test('a histogram comes apart where a gauge has the name of one of its samples', () => {
    const series = new InMemorySeries()
      .family({ name: 'size', type: 'histogram', help: 'Sizes.' })
      .histogram('size', { n: '1' }, HISTOGRAM)
      .family({ name: 'size_count', type: 'gauge', help: 'Another thing.' })
      .set('size_count', { n: '2' }, 7)
      .set('size_count', { n: '1' }, 8);
    // Of the sample that both have, that of the family of this name stays.
    expect(render(series, 'text')).toBe(
      page(
        '# HELP size_bucket Sizes.',
        '# TYPE size_bucket untyped',
        'size_bucket{le="+Inf",n="1"} 2',
        '# HELP size_count Another thing.',
        '# TYPE size_count untyped',
        'size_count{n="1"} 8',
        'size_count{n="2"} 7',
        '# HELP size_sum Sizes.',
        '# TYPE size_sum untyped',
        'size_sum{n="1"} 3',
      ),
    );
  });

  test.each(['size_total', 'size_created', 'size_bucket', 'size_info', 'size_gsum'])(
    'a gauge %s alone stays a gauge',
    (name) => {
      const series = new InMemorySeries()
        .family({ name, type: 'gauge', help: '' })
        .set(name, {}, 1);
      expect(render(series, 'openmetrics')).toBe(
        page(`# TYPE ${name} gauge`, `${name} 1`, '# EOF'),
      );
    },
  );

  test('the type comes back when the clash is gone', () => {
    const series = new InMemorySeries()
      .family({ name: 'jobs_total', type: 'counter', help: '' })
      .set('jobs_total', {}, 2);
    const exposition = new Exposition(series);
    const before = exposition.render('openmetrics').toString();
    expect(before).toContain('# TYPE jobs counter\n');
    series.family({ name: 'jobs', type: 'gauge', help: '' });
    expect(exposition.render('openmetrics').toString()).toContain('# TYPE jobs_total unknown\n');
    series.drop('jobs');
    expect(exposition.render('openmetrics').toString()).toBe(before);
  });
});

describe('families whose series are not what their type demands', () => {
  test('a histogram with a bucket without a bound comes apart', () => {
    const series = new InMemorySeries()
      .family({ name: 'size', type: 'histogram', help: '' })
      .set('size', { le: 'large' }, 1, { suffix: '_bucket' })
      .set('size', {}, 2, { suffix: '_count' });
    const lines = (type: string): string[] => [
      `# TYPE size_bucket ${type}`,
      'size_bucket{le="large"} 1',
      `# TYPE size_count ${type}`,
      'size_count 2',
    ];
    expect(render(series, 'text')).toBe(page(...lines('untyped')));
    expect(render(series, 'openmetrics')).toBe(page(...lines('unknown'), '# EOF'));
  });

  test.each(['2', '-1', 'NaN', 'half'])(
    'a summary with the quantile %s comes apart',
    (quantile) => {
      const series = new InMemorySeries()
        .family({ name: 'wait', type: 'summary', help: '' })
        .set('wait', { quantile }, 1);
      expect(render(series, 'text')).toBe(
        page('# TYPE wait untyped', `wait{quantile="${quantile}"} 1`),
      );
    },
  );

  test('a state set without the label of its name is unknown', () => {
    const series = new InMemorySeries()
      .family({ name: 'state', type: 'stateset', help: '' })
      .set('state', { is: 'on' }, 1);
    expect(render(series, 'openmetrics')).toBe(
      page('# TYPE state unknown', 'state{is="on"} 1', '# EOF'),
    );
  });

  test('a counter called _total has no name without it', () => {
    const series = new InMemorySeries()
      .family({ name: '_total', type: 'counter', help: '' })
      .set('_total', {}, 1);
    expect(render(series, 'openmetrics')).toBe(page('# TYPE _total unknown', '_total 1', '# EOF'));
  });
});
