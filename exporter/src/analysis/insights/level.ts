import { describe } from '../statistics/descriptive.js';
import type { Finder } from './insight.js';
import { over, timeOf, wholePeriod } from './period.js';
import { its } from './sentence.js';
import { worded } from './wording.js';

const LEAST_RATIO = 0.1;

/** The last change of level, if it is by a tenth at least and the level has lasted. */
export const level: Finder = {
  kind: 'level',
  find(subject) {
    const change = subject.statistics.changes.at(-1);
    if (change === undefined) return [];
    const from = subject.statistics.changes.at(-2)?.index ?? 0;
    // Changes are of what seasons leave, which is not a level that anybody has seen.
    const before = describe(subject.values.subarray(from, change.index)).mean;
    const after = describe(subject.values.subarray(change.index)).mean;
    const by = after - before;
    if (!(Math.abs(by) >= LEAST_RATIO * Math.max(Math.abs(before), Math.abs(after)))) {
      return [];
    }
    const [now, then] = [worded(after, subject.unit), worded(before, subject.unit)];
    // Next to nothing, and next to nothing before.
    if (now === then) return [];
    const start = timeOf(subject, change.index);
    const since = subject.values.length - change.index;
    return [
      {
        severity: Math.abs(by) >= Math.abs(before) ? 'warning' : 'info',
        parts: [
          its(subject),
          ' is at another level since ',
          { time: start },
          `: ${now}, ${then} before.`,
        ],
        value: after,
        unit: subject.unit,
        start,
        end: wholePeriod(subject).end,
        expression: `avg_over_time(${over(subject, since)})`,
      },
    ];
  },
};
