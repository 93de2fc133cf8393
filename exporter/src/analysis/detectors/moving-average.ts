import { averaging, type Detector } from './detector.js';

const HORIZON = 32;

/** Distance from the expected value: the baseline plus the moving average of what it missed by. */
export const movingAverage: Detector = {
  name: 'moving-average',
  finds: 'away from the moving average',
  weight: 0.75,
  momentary: true,
  cells: 1,
  measure: ({ residual }, state, at) => Math.abs(residual - state[at]),
  learn({ residual, seen, weight }, state, at) {
    state[at] += weight * averaging(HORIZON, seen) * (residual - state[at]);
  },
};
