import { describe, expect, test } from 'vitest';
import { grafanaUnit, unitOfExpression } from '../src/datasource/units.js';

describe('the unit of an expression', () => {
  test.each([
    ['node_memory_MemFree_bytes', 'bytes'],
    ['sum by (device) (rate(node_network_receive_bytes_total[5s]))', 'bytes_per_second'],
    [
      'histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket[10s])))',
      'seconds',
    ],
    ['kymo:latency_seconds:p95', 'seconds'],
    ['kymo:errors:ratio', 'ratio'],
    ['1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes', 'ratio'],
    ['topk(3, max_over_time((a_seconds)[5m:1s] offset 1m))', 'seconds'],
    ['a_bytes - b_bytes', 'bytes'],
    ['-a_bytes', 'bytes'],
    ['told', 'celsius'],
    ['label_replace(a_bytes, "b", "$1", "c", "(.*)")', 'bytes'],
    ['a_seconds{x="1"} or on (job) b_seconds', 'seconds'],
    ['a_seconds or b_bytes', undefined],
    ['a_bytes and on (job) b_seconds', 'bytes'],
    ['a_bytes unless b_seconds', 'bytes'],
    ['(a_bytes > 0) / b_bytes', 'ratio'],
    ['a_bytes == b_bytes', 'bytes'],
    ['a_bytes > bool 0', undefined],
    ['a_bytes atan2 b_bytes', undefined],
    ['rate(node_cpu_seconds_total[5s])', undefined],
    ['a_bytes * 8', undefined],
    ['a_bytes - b_seconds', undefined],
    ['count(a_bytes)', undefined],
    ['a_seconds_count', undefined],
    ['rate(', undefined],
    ['', undefined],
  ])('of %s is known where it is sure', (expr, unit) => {
    expect(unitOfExpression(expr, { told: 'celsius', a_bytes: '' })).toBe(unit);
  });

  test('is one of Grafana’s', () => {
    expect(grafanaUnit('seconds')).toBe('s');
    expect(grafanaUnit('parsecs')).toBeUndefined();
  });
});
