import { describe, expect, test } from 'vitest';
import { seriesName } from '../src/datasource/legend.js';

describe('the name of a series', () => {
  test('is the template with its labels', () => {
    expect(seriesName({ protocol: 'grpc' }, '{{protocol}} {{ zone }}', 'up')).toBe('grpc ');
  });

  test('is the series as PromQL writes it where there is no template', () => {
    expect(seriesName({ __name__: 'up', job: 'a', host: 'b"c' }, undefined, 'up')).toBe(
      'up{host="b\\"c", job="a"}',
    );
    expect(seriesName({ __name__: 'up' }, undefined, 'up')).toBe('up');
  });

  test('is as without a template where that says nothing', () => {
    expect(seriesName({ host: 'a' }, '{{http_route}}', 'up')).toBe('{host="a"}');
    expect(seriesName({}, '{{http_route}}', 'sum(up)')).toBe('sum(up)');
  });

  test('is the expression where there are no labels', () => {
    expect(seriesName({}, undefined, 'sum(up)')).toBe('sum(up)');
  });
});
