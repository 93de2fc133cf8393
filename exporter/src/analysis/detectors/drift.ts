import { averaging, type Detector } from './detector.js';

const HORIZON = 24;

/** Distance from the baseline that lasts: its moving average. */
export const drift: Detector = {
  name: 'drift',
  finds: 'stays away from its baseline',
  weight: 1,
  cells: 1,
  recent: 0,
  measure({ residual, seen }, state, at) {
    state[at] += averaging(HORIZON, seen) * (residual - state[at]);
    return Math.abs(state[at]);
  },
  learn() {},
};
