import { compare } from '../statistics/comparison.js';
import type { Earlier, Finder, Subject } from './insight.js';
import { over, wholePeriod } from './period.js';
import { its } from './sentence.js';
import { changed, promqlSpan, span, worded } from './wording.js';

const LEAST_RATIO = 0.1;
const LARGE_RATIO = 0.5;
const LARGE = 3;

/** Means that differ from those of an earlier stretch by a tenth, by more than its noise and not by chance. */
export const compared: Finder = {
  kind: 'comparison',
  find: (subject) => (subject.earlier ?? []).flatMap((earlier) => insight(subject, earlier)),
};

function insight(subject: Subject, earlier: Earlier) {
  const found = compare(subject.values, earlier.values);
  // A change of what was constant has no measure of noise: it counts.
  const beyondNoise = found !== null && !(Math.abs(found.deviations) < 1);
  if (!beyondNoise || found.p >= 0.01 || !(Math.abs(found.ratio) >= LEAST_RATIO)) return [];
  const large = Math.abs(found.ratio) >= LARGE_RATIO && !(Math.abs(found.deviations) < LARGE);
  const mean = `avg_over_time(${over(subject, subject.values.length)}`;
  const length = span(subject.values.length * subject.step);
  return [
    {
      severity: large ? ('warning' as const) : ('info' as const),
      parts: [
        its(subject),
        ` ${changed(found.ratio)}: ${worded(found.now, subject.unit)} on average over ${length}, ${worded(found.before, subject.unit)} ${earlier.name}.`,
      ],
      value: found.now,
      unit: subject.unit,
      ...wholePeriod(subject),
      expression: `${mean}) / ${mean} offset ${promqlSpan(earlier.offset)})`,
    },
  ];
}
