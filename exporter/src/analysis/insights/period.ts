import type { Subject } from './insight.js';
import { promqlSpan } from './wording.js';

/** Unix milliseconds of a point. */
export function timeOf({ start, step }: Subject, index: number): number {
  return start + step * index;
}

/** First and last point of the whole period. */
export function wholePeriod(subject: Subject): { start: number; end: number } {
  return { start: subject.start, end: timeOf(subject, subject.values.length - 1) };
}

/** The expression as a subquery over as many points, at the step of the values, as PromQL takes it. */
export function over({ expression, step }: Subject, points: number): string {
  return `(${expression})[${promqlSpan(points * step)}:${promqlSpan(step)}]`;
}
