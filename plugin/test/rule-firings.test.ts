import type { RuleTestAnswer, TestedAlert } from '@kymo/contract';
import { expect, test } from 'vitest';
import { firingsOf, sentenceOf, stretchesOf } from '../src/pages/rules/backtest/firings.js';

const at = (second: number): string => new Date(second * 1000).toISOString();

/** An alert by the seconds at which it is pending, firing and resolved. */
function alert(
  [pending, firing, resolved]: [number, number | null, number | null],
  id = 'a',
): TestedAlert {
  return {
    fingerprint: id,
    labels: { alertname: 'High', severity: 'warning', id },
    annotations: {},
    value: 9,
    pendingAt: at(pending),
    firingAt: firing === null ? null : at(firing),
    resolvedAt: resolved === null ? null : at(resolved),
  };
}

const answer = (...alerts: TestedAlert[]): RuleTestAnswer => ({
  promql: 'a > 5',
  rule: {},
  start: at(0),
  end: at(900),
  since: at(0),
  step: 1,
  evaluations: 901,
  alerts,
  leftOut: 0,
  failures: 0,
  lastError: null,
});

const long = answer(
  alert([20, 25, 40]),
  alert([30, 35, 60], 'b'),
  alert([70, null, 73]),
  alert([880, 885, null]),
);

test('stretches in which anything fired do not overlap', () => {
  expect(stretchesOf(long)).toEqual([
    { start: 25_000, end: 60_000 },
    { start: 885_000, end: 900_000 },
  ]);
});

test.each([
  [
    long,
    'It would have fired 3 times, on 2 series, for 50 s in all. It would be firing at the end.',
  ],
  [answer(alert([20, 25, 40])), 'It would have fired once, for 15 s in all.'],
  [answer(), 'It would not have fired.'],
  [
    answer(alert([20, null, 23]), alert([30, null, 33])),
    'It would not have fired: its condition held twice, never for long enough.',
  ],
  [
    { ...answer(alert([20, 20, 40])), leftOut: 7 },
    'It would have fired once, for 20 s in all. 7 more are not listed.',
  ],
])('an answer in a sentence', (one, sentence) => {
  expect(sentenceOf(one)).toBe(sentence);
});

test('firings in words, the newest first', () => {
  const words = {
    clock: (time: number) => `${time / 1000} s`,
    value: (value: number) => `${value} ms`,
  };
  const firings = firingsOf(answer(...long.alerts, alert([899, null, null])), words);
  expect(firings.map(({ text }) => text)).toEqual([
    'Pending since 899 s, not yet long enough to fire; last value 9 ms',
    'Fired at 885 s, 5 s after its condition held, and would still be firing; last value 9 ms',
    'Pending at 70 s for 3 s, too short to fire; last value 9 ms',
    'Fired at 35 s, 5 s after its condition held; resolved at 60 s, after 25 s; last value 9 ms',
    'Fired at 25 s, 5 s after its condition held; resolved at 40 s, after 15 s; last value 9 ms',
  ]);
  expect(firings.map(({ fired }) => fired)).toEqual([false, true, false, true, true]);
  expect(firings[3]?.labels).toEqual([['id', 'b']]);
});
