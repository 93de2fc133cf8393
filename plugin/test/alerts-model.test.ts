import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { curveShape } from '../src/panels/alerts/curve-shape.js';
import { chipsOf, newsOf, sortAlerts } from '../src/panels/alerts/model.js';
import { countsOf, standingOf } from '../src/shared/alert-standing.js';
import { spanText } from '../src/shared/span-text.js';
import { alertRow } from './alert-row.js';

const names = (rows: readonly { name: string }[]): string[] => rows.map(({ name }) => name);

describe('an alert', () => {
  test.each([
    [{ severity: 'critical' }, 'critical'],
    [{ severity: 'Critical', state: 'recovering' }, 'critical'],
    [{ severity: null }, 'warning'],
    [{ severity: 'page' }, 'warning'],
    [{ severity: 'critical', state: 'pending' }, 'pending'],
    [{ severity: 'critical', acknowledgedBy: 'ada' }, 'acknowledged'],
    [{ state: 'inactive', acknowledgedBy: 'ada' }, 'resolved'],
  ] as const)('%j is %s', (said, standing) => {
    expect(standingOf(alertRow(said))).toBe(standing);
  });

  test('is told apart by its labels but those that stand there anyway', () => {
    const labels = { alertname: 'A', severity: 'info', job: 'x', kymo_flapping: 'true' };
    expect(chipsOf(alertRow({ labels }))).toEqual([['job', 'x']]);
  });
});

describe('alerts', () => {
  const rows = [
    alertRow({ name: 'Old', since: 1 }),
    alertRow({ name: 'Taken', severity: 'critical', acknowledgedBy: 'ada', comment: 'on it' }),
    alertRow({ name: 'New', since: 9 }),
    alertRow({ name: 'Worst', severity: 'emergency' }),
    alertRow({ name: 'Soon', state: 'pending' }),
    alertRow({ name: 'Over', state: 'inactive', resolvedAt: 5 }),
  ];

  test('are sorted by urgency, then the newest first', () => {
    expect(names(sortAlerts(rows))).toEqual(['Worst', 'New', 'Old', 'Soon', 'Taken', 'Over']);
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        expect(sortAlerts(shuffled)).toEqual(sortAlerts(rows));
      }),
    );
  });

  test('are counted, the most urgent first', () => {
    expect(countsOf(rows).map(({ standing, count }) => `${count} ${standing}`)).toEqual([
      '1 emergency',
      '2 warning',
      '1 pending',
      '1 acknowledged',
      '1 resolved',
    ]);
  });
});

describe('news', () => {
  const one = alertRow({ name: 'One', severity: 'critical' });
  const other = alertRow({ name: 'Other', severity: null });

  test('say what begins and what ends', () => {
    expect(newsOf([], [one])).toBe('One, critical, fires. 1 firing in all.');
    expect(newsOf([one], [one, other])).toBe('Other fires. 2 firing in all.');
    expect(newsOf([one, other], [other])).toBe('One, critical, resolved. 1 firing in all.');
    expect(newsOf([one], [{ ...one, state: 'inactive' }])).toContain('resolved');
  });

  test('say numbers where there are many, and nothing of values and acknowledgements', () => {
    const many = Array.from({ length: 9 }, (_, at) => alertRow({ name: `A${at}` }));
    expect(newsOf([], many)).toBe('9 alerts fire. 9 firing in all.');
    expect(newsOf([one], [{ ...one, value: 7, acknowledgedBy: 'ada' }])).toBe('');
    expect(newsOf([], [{ ...one, state: 'pending' }])).toBe('');
  });
});

test.each([
  [0, '0 s'],
  [-5, '0 s'],
  [59_999, '59 s'],
  [192_000, '3 m 12 s'],
  [5 * 3_600_000, '5 h'],
  [90_061_000, '1 d 1 h'],
])('%d ms are %s', (span, text) => {
  expect(spanText(span)).toBe(text);
});

describe('a curve', () => {
  const size = { width: 100, height: 46 };

  test('lies between its lowest and highest value, with threshold and start', () => {
    const curve = { times: [0, 10, 20], values: [0, null, 4] };
    expect(curveShape(curve, { threshold: 2, since: 10 }, size)).toEqual({
      line: 'M0 43M100 3',
      threshold: 23,
      since: 50,
      low: 0,
      high: 4,
    });
  });

  test('leaves out a start that lies elsewhere, and is none without values', () => {
    const marks = { threshold: null, since: 99 };
    expect(curveShape({ times: [0, 1], values: [1, 1] }, marks, size)?.since).toBeUndefined();
    expect(curveShape({ times: [0, 1], values: [null, NaN] }, marks, size)).toBeUndefined();
    expect(curveShape({ times: [], values: [] }, marks, size)).toBeUndefined();
  });
});
