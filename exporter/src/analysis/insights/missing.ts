import type { Finder } from './insight.js';
import { over, timeOf, wholePeriod } from './period.js';
import { its } from './sentence.js';
import { span } from './wording.js';

const LEAST_SHARE = 0.01;
const LARGE_SHARE = 0.1;
const FEWEST = 3;

/** The longest stretch without values, if it is at least 3 points and 1 % of the period. */
export const missing: Finder = {
  kind: 'missing',
  find(subject) {
    const { from, length } = longestGap(subject.values);
    const all = subject.values.length;
    if (length < FEWEST || length < LEAST_SHARE * all || length === all) return [];
    const start = timeOf(subject, from);
    const open = from + length === all;
    return [
      {
        severity: open || length >= LARGE_SHARE * all ? 'warning' : 'info',
        parts: open
          ? [
              its(subject),
              ' has had no values since ',
              { time: start },
              `, for ${span(length * subject.step)}.`,
            ]
          : [
              its(subject),
              ` had no values for ${span(length * subject.step)} from `,
              { time: start },
              '.',
            ],
        value: (length * subject.step) / 1000,
        unit: 'seconds',
        start,
        end: open ? wholePeriod(subject).end : timeOf(subject, from + length - 1),
        expression: `count_over_time(${over(subject, all)})`,
      },
    ];
  },
};

function longestGap(values: Float64Array): { from: number; length: number } {
  let longest = { from: 0, length: 0 };
  let from = 0;
  values.forEach((value, i) => {
    if (Number.isFinite(value)) from = i + 1;
    else if (i + 1 - from > longest.length) longest = { from, length: i + 1 - from };
  });
  return longest;
}
