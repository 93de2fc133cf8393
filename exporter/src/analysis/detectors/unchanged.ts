import type { Detector } from './detector.js';

const RUN = 0;
const UNCHANGED = 1;
const HORIZON = 4096;
/** Natural logarithm of the odds against a run that is still nothing special. */
const TOLERATED = 40;

/**
 * How unlikely it is that the value has stayed exactly the same for so long, by how often it usually
 * does from one point to the next: the run's probability is that share to the power of its length.
 */
export const unchanged: Detector = {
  name: 'unchanged',
  finds: 'stuck at one value',
  weight: 0.5,
  cells: 2,
  measure({ value, previous, seen }, state, at) {
    state[at + RUN] = value === previous ? state[at + RUN] + 1 : 0;
    const steps = Math.min(seen, HORIZON);
    if (steps === 0) return 0;
    const share = (state[at + UNCHANGED] + 1 / steps) / (1 + 2 / steps);
    return Math.max(0, -state[at + RUN] * Math.log(share) - TOLERATED);
  },
  learn({ value, previous, seen, weight }, state, at) {
    if (Number.isNaN(previous)) return;
    const unchanged = value === previous ? 1 : 0;
    state[at + UNCHANGED] +=
      (weight / Math.min(seen, HORIZON)) * (unchanged - state[at + UNCHANGED]);
  },
};
