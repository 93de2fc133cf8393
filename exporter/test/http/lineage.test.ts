import { describe, expect, test } from 'vitest';
import { lineageOf, type Recorded } from '../../src/http/analysis/lineage.js';
import { parseExpression } from '../../src/promql/parse.js';

const rule = (name: string, expr: string): Recorded => ({
  name,
  expression: parseExpression(expr),
});
const rules = [
  rule('latency:buckets', 'sum by (le, route) (rate(request_seconds_bucket[10s]))'),
  // The total, of what the rule above has made.
  rule('latency:buckets', 'sum by (le) (latency:buckets{route!=""})'),
  rule('latency:p50', 'histogram_quantile(0.5, latency:buckets)'),
  rule('latency:p99', 'histogram_quantile(0.99, latency:buckets)'),
  rule('requests:rate', 'rate(request_seconds_count[10s])'),
  rule('errors:ratio', 'rate(errors_total[10s]) / requests:rate'),
];
const of = (expr: string): string[] => lineageOf(parseExpression(expr), rules).sort();

describe('the lineage of an expression', () => {
  test('is what it selects, and what rules make of that alone', () => {
    expect(of('avg(rate(request_seconds_count{route="/a"}[5m]))')).toEqual([
      'request_seconds_count',
      'requests:rate',
    ]);
    expect(of('{__name__="up"} == 1')).toEqual(['up']);
  });

  test('goes back to what rules are made of, with the sum of a histogram but not its count', () => {
    expect(of('latency:p99')).toEqual([
      'latency:buckets',
      'latency:p50',
      'latency:p99',
      'request_seconds_bucket',
      'request_seconds_sum',
    ]);
  });

  test('has what is made of it and of something else only from that', () => {
    expect(of('errors:ratio')).toEqual([
      'errors:ratio',
      'errors_total',
      'request_seconds_count',
      'requests:rate',
    ]);
    expect(of('requests:rate')).not.toContain('errors:ratio');
  });

  test('is nothing where no metric is named', () => {
    expect(of('vector(1)')).toEqual([]);
    expect(of('{job="a"}')).toEqual([]);
  });
});
