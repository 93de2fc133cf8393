import { describe, expect, test, vi } from 'vitest';
import { complaintOf } from '../src/shared/promql/complaint.js';
import { placeAt, suggest } from '../src/shared/promql/completion.js';

describe('the place of the cursor', () => {
  test.each([
    ['', { kind: 'expression' }],
    ['sum(ra', { kind: 'expression' }],
    ['up{', { kind: 'label', metric: 'up' }],
    ['up{a="}", b', { kind: 'label', metric: 'up' }],
    ['{job=~"', { kind: 'value', metric: undefined, label: 'job' }],
    ['rate(up{a="1", job="x', { kind: 'value', metric: 'up', label: 'job' }],
    ['sum by (', { kind: 'label', metric: undefined }],
    ['sum(rate(up{a="1"}[5m])) by (mo', { kind: 'label', metric: 'up' }],
    ['rate(up[', { kind: 'duration' }],
    ['up{a="1"} + ', { kind: 'expression' }],
  ])('after %s', (before, place) => {
    expect(placeAt(before)).toEqual(place);
  });
});

describe('suggestions', () => {
  const names = {
    labels: vi.fn(async () => ['__name__', 'job']),
    labelValues: vi.fn(async () => ['x']),
  };

  test('are names of the exporter and of the language', async () => {
    expect(await suggest({ kind: 'label', metric: 'up' }, names)).toEqual([
      { text: 'job', kind: 'label' },
    ]);
    expect(names.labels).toHaveBeenCalledWith('up');
    expect(await suggest({ kind: 'value', metric: 'up', label: 'job' }, names)).toEqual([
      { text: 'x', kind: 'value' },
    ]);
    const some = await suggest({ kind: 'expression' }, names);
    expect(some).toContainEqual({ text: 'x', kind: 'metric' });
    expect(some).toContainEqual({ text: 'rate', kind: 'function' });
    expect(await suggest({ kind: 'duration' }, names)).toContainEqual({
      text: '$__rate_interval',
      kind: 'duration',
    });
  });
});

test('a complaint has the place that the message tells', () => {
  expect(complaintOf('invalid parameter "query": 2:5: parse error: unexpected )')).toEqual({
    line: 2,
    column: 5,
    message: 'unexpected )',
  });
  expect(complaintOf('no')).toEqual({ line: 1, column: 1, message: 'no' });
});
