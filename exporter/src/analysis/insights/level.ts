import type { Finder } from './insight.js';
import { over, timeOf, wholePeriod } from './period.js';
import { moment, worded } from './wording.js';

const LEAST_RATIO = 0.1;

/** The last change of level, if it is by a tenth at least and the level has lasted. */
export const level: Finder = {
  kind: 'level',
  find(subject) {
    const change = subject.statistics.changes.at(-1);
    if (change === undefined) return [];
    const by = change.after - change.before;
    if (Math.abs(by) < LEAST_RATIO * Math.max(Math.abs(change.before), Math.abs(change.after))) {
      return [];
    }
    const start = timeOf(subject, change.index);
    const since = subject.values.length - change.index;
    return [
      {
        severity: Math.abs(by) >= Math.abs(change.before) ? 'warning' : 'info',
        sentence:
          `${subject.name} is at another level since ${moment(start)}: ` +
          `${worded(change.after, subject.unit)}, ${worded(change.before, subject.unit)} before.`,
        value: change.after,
        unit: subject.unit,
        start,
        end: wholePeriod(subject).end,
        expression: `avg_over_time(${over(subject, since)})`,
      },
    ];
  },
};
