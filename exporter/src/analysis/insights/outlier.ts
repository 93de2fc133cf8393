import type { Finder } from './insight.js';
import { over, timeOf } from './period.js';
import { its } from './sentence.js';
import { worded } from './wording.js';

/** Robust standard deviations from the median. */
const FAR = 8;
/** Outliers that are not rare are usual. */
const MOST_SHARE = 0.02;

/** The value farthest from the median, if hardly any other is far. */
export const outlier: Finder = {
  kind: 'outlier',
  find(subject) {
    const { description } = subject.statistics;
    const median = description.percentiles.p50;
    const spread = description.robustDeviation;
    if (!(spread > 0)) return [];
    let at = -1;
    let far = 0;
    subject.values.forEach((value, i) => {
      const distance = Math.abs(value - median);
      if (!(distance >= FAR * spread) || !Number.isFinite(value)) return;
      far++;
      if (at < 0 || distance > Math.abs(subject.values[at] - median)) at = i;
    });
    if (at < 0 || far > MOST_SHARE * description.count) return [];
    const value = subject.values[at];
    const time = timeOf(subject, at);
    return [
      {
        severity: Math.abs(value - median) >= 3 * FAR * spread ? 'warning' : 'info',
        parts: [
          its(subject),
          ` ${value > median ? 'jumped' : 'dropped'} to ${worded(value, subject.unit)} at `,
          { time },
          `; usual is ${worded(median, subject.unit)}.`,
        ],
        value,
        unit: subject.unit,
        start: time,
        end: time,
        expression:
          value > median
            ? `max_over_time(${over(subject, 2)})`
            : `min_over_time(${over(subject, 2)})`,
      },
    ];
  },
};
