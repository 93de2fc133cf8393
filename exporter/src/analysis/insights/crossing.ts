import { timeUntil } from '../forecast/time-until.js';
import type { Finder } from './insight.js';
import { timeOf, wholePeriod } from './period.js';
import { its } from './sentence.js';
import { span, worded } from './wording.js';

/** A threshold that the forecast reaches; critical within the first quarter of its horizon. */
export const crossing: Finder = {
  kind: 'threshold',
  find(subject) {
    const { forecast, threshold, values } = subject;
    const at = values.findLastIndex(Number.isFinite);
    if (!forecast || threshold === undefined || !Number.isFinite(threshold) || at < 0) return [];
    const { expected, latest } = timeUntil(threshold, values[at], forecast);
    if (expected === null || expected === 0) return [];
    const { end } = wholePeriod(subject);
    const milliseconds = expected * subject.step;
    const likely =
      latest === null ? 'may take longer' : `at the latest in ${span(latest * subject.step)}`;
    return [
      {
        severity:
          expected <= forecast.values.length / 4 && latest !== null ? 'critical' : 'warning',
        parts: [
          its(subject),
          ` is expected to reach ${worded(threshold, subject.unit)} in ${span(milliseconds)} (${likely}); it is ${worded(values[at], subject.unit)} now.`,
        ],
        value: milliseconds / 1000,
        unit: 'seconds',
        start: timeOf(subject, at),
        end,
        expression: subject.expression,
      },
    ];
  },
};
