import type { BucketRun } from '../../series/histogram.js';
import {
  coarserIndex,
  customBound,
  exponentialBound,
  hasCustomBounds,
  sameBounds,
  type FloatHistogram,
} from './float-histogram.js';
import { zeroBucketAt } from './histogram-sum.js';

/** Count of each bucket at a coarser schema, without those up to a threshold. */
function countsAt(
  { offset, counts }: BucketRun,
  from: number,
  to: number,
  threshold: number,
): Map<number, number> {
  const merged = new Map<number, number>();
  for (let k = 0; k < counts.length; k++) {
    if (counts[k] === 0) continue;
    const index = coarserIndex(offset + k, from, to);
    if (exponentialBound(index, to) <= threshold) continue;
    merged.set(index, (merged.get(index) ?? 0) + counts[k]);
  }
  return merged;
}

function anyDecreased(current: BucketRun, previous: ReadonlyMap<number, number>): boolean {
  for (const [index, count] of previous) {
    const k = index - current.offset;
    const now = k < 0 || k >= current.counts.length ? 0 : current.counts[k];
    if (now < count) return true;
  }
  return false;
}

function customDecreased(current: FloatHistogram, previous: FloatHistogram): boolean {
  const ours = current.customBounds ?? [];
  const theirs = previous.customBounds ?? [];
  const common = sameBounds(ours, theirs) ? ours : ours.filter((bound) => theirs.includes(bound));
  const rolledUp = ({ positive }: FloatHistogram, bounds: readonly number[]): Float64Array => {
    const totals = new Float64Array(common.length + 1);
    for (let k = 0; k < positive.counts.length; k++) {
      const bound = customBound(positive.offset + k, bounds);
      const index = common.findIndex((candidate) => candidate >= bound);
      totals[index < 0 ? common.length : index] += positive.counts[k];
    }
    return totals;
  };
  const before = rolledUp(previous, theirs);
  return rolledUp(current, ours).some((count, i) => count < before[i]);
}

/**
 * Whether a counter was reset between two histogram samples: a count became less, a bucket vanished,
 * or the resolution grew, which only a restart does. The hint of `current` decides where it has one.
 * Source: Prometheus model/histogram/float_histogram.go (DetectReset).
 */
export function isReset(current: FloatHistogram, previous: FloatHistogram): boolean {
  if (current.resetHint === 'reset') return true;
  if (current.resetHint === 'not_reset') return false;
  if (current.count < previous.count) return true;
  if (hasCustomBounds(current)) {
    return !hasCustomBounds(previous) || customDecreased(current, previous);
  }
  if (hasCustomBounds(previous)) return true;
  if (current.schema > previous.schema) return true;
  const { zeroThreshold, schema } = current;
  if (zeroThreshold < previous.zeroThreshold) return true;
  const zero = zeroBucketAt(previous, zeroThreshold);
  if (zero.threshold !== zeroThreshold || current.zeroCount < zero.count) return true;
  const at = (run: BucketRun): Map<number, number> =>
    countsAt(run, previous.schema, schema, zeroThreshold);
  return (
    anyDecreased(current.positive, at(previous.positive)) ||
    anyDecreased(current.negative, at(previous.negative))
  );
}
