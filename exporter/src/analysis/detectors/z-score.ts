import { averaging, type Detector } from './detector.js';

const HORIZON = 2048;
const MEAN = 0;
const VARIANCE = 1;

/** Distance from the long mean in standard deviations, both as exponentially weighted averages. */
export const zScore: Detector = {
  name: 'z-score',
  finds: 'far from the long mean',
  weight: 0.75,
  cells: 2,
  measure({ value, seen }, state, at) {
    const variance = state[at + VARIANCE];
    return seen > 1 && variance > 0 ? Math.abs(value - state[at + MEAN]) / Math.sqrt(variance) : 0;
  },
  learn({ value, seen, weight }, state, at) {
    const gain = weight * averaging(HORIZON, seen);
    const distance = value - state[at + MEAN];
    // West 1979: the weighted variance follows from the step of the mean.
    state[at + MEAN] += gain * distance;
    state[at + VARIANCE] = (1 - gain) * (state[at + VARIANCE] + gain * distance * distance);
  },
};
