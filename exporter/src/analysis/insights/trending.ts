import type { Finder } from './insight.js';
import { over, wholePeriod } from './period.js';
import { its } from './sentence.js';
import { span, worded } from './wording.js';

/** A significant trend that over the period changes more than the values usually vary around it. */
export const trending: Finder = {
  kind: 'trend',
  find(subject) {
    const { trend, description, changes } = subject.statistics;
    if (trend === null || trend.direction === 'none' || changes.length > 0) return [];
    const points = subject.values.length;
    const change = trend.slope * (points - 1);
    const { p25, p75 } = description.percentiles;
    // A straight line alone has a change of twice its middle half.
    if (
      Math.abs(change) < 1.2 * (p75 - p25) ||
      Math.abs(change) < 0.05 * Math.abs(description.mean)
    ) {
      return [];
    }
    const verb = change > 0 ? 'rises' : 'falls';
    const rate = Math.abs((trend.slope / subject.step) * 3_600_000);
    return [
      {
        severity: 'info',
        parts: [
          its(subject),
          ` ${verb} steadily by ${worded(rate, subject.unit)} an hour: ${worded(Math.abs(change), subject.unit)} within ${span(points * subject.step)}.`,
        ],
        value: change,
        unit: subject.unit,
        ...wholePeriod(subject),
        expression: `deriv(${over(subject, points)})`,
      },
    ];
  },
};
