import type { Finder } from './insight.js';
import { over, timeOf, wholePeriod } from './period.js';
import { its } from './sentence.js';
import { span, worded } from './wording.js';

const LEAST_SHARE = 0.1;
const FEWEST = 10;
/** Share of points that changed before, so that not to change is odd. */
const USUAL = 0.5;

/** A value that has not changed up to the end, in a series that usually changes. */
export const stuck: Finder = {
  kind: 'stuck',
  find(subject) {
    const known = subject.values;
    let from = known.length - 1;
    while (from > 0 && known[from - 1] === known[from]) from--;
    const length = known.length - from;
    if (length < FEWEST || length < LEAST_SHARE * known.length) return [];
    let changes = 0;
    for (let i = 1; i < from; i++) if (known[i] !== known[i - 1]) changes++;
    if (from < FEWEST || changes < USUAL * from) return [];
    const start = timeOf(subject, from);
    return [
      {
        severity: 'warning',
        parts: [
          its(subject),
          ` has been exactly ${worded(known[from], subject.unit)} since `,
          { time: start },
          `, for ${span(length * subject.step)}; it used to change all the time.`,
        ],
        value: known[from],
        unit: subject.unit,
        start,
        end: wholePeriod(subject).end,
        expression: `changes(${over(subject, length)})`,
      },
    ];
  },
};
