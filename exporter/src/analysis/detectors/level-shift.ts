import { averaging, type Detector } from './detector.js';

const RECENT = 64;
const LONG = 512;

/** Difference between a short and a long moving average. */
export const levelShift: Detector = {
  name: 'level-shift',
  finds: 'another level than before',
  weight: 1,
  cells: 2,
  recent: 0,
  measure({ value, seen }, state, at) {
    if (seen === 0) state[at + 1] = value;
    state[at] += averaging(RECENT, seen) * (value - state[at]);
    return seen < RECENT ? 0 : Math.abs(state[at] - state[at + 1]);
  },
  learn({ value, seen, weight }, state, at) {
    state[at + 1] += weight * averaging(LONG, seen) * (value - state[at + 1]);
  },
};
