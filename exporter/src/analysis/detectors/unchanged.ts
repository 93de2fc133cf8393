import type { Detector } from './detector.js';

const RUN = 0;
const UNCHANGED = 1;
const LONGEST = 2;
/** 1 while the run is of an episode: a fault's run is not what the series does by itself. */
const ODD = 3;
const HORIZON = 4096;
/** Decades of improbability that are still nothing special: many runs are seen in a long past. */
const TOLERATED = 16;
/** A run has to be so much longer than any before. */
const LONGER = 2;

/**
 * How unlikely it is that the value has stayed exactly the same for so long, by how often it usually
 * does from one point to the next: a run's probability is that share to the power of its length.
 * What is idle now and then is not stuck, so a run must also be longer than those before it.
 */
export const unchanged: Detector = {
  name: 'unchanged',
  finds: 'stuck at one value',
  weight: 3,
  calibrated: true,
  cells: 4,
  measure({ value, previous, seen }, state, at) {
    if (value !== previous) {
      const run = state[at + ODD] === 1 ? 0 : state[at + RUN];
      state[at + LONGEST] = Math.max(run, state[at + LONGEST]);
      state[at + RUN] = state[at + ODD] = 0;
      return 0;
    }
    const run = ++state[at + RUN];
    if (run <= LONGER * state[at + LONGEST]) return 0;
    const steps = Math.min(seen, HORIZON);
    const share = (state[at + UNCHANGED] * steps + 1) / (steps + 2);
    return Math.max(0, -run * Math.log10(share) - TOLERATED);
  },
  learn({ value, previous, seen, weight }, state, at) {
    if (Number.isNaN(previous)) return;
    const unchanged = value === previous ? 1 : 0;
    if (weight === 1) state[at + ODD] = 0;
    else if (unchanged === 1) state[at + ODD] = 1;
    const gain = weight / Math.min(seen, HORIZON);
    state[at + UNCHANGED] += gain * (unchanged - state[at + UNCHANGED]);
  },
};
