import { averaging, type Detector } from './detector.js';

const HORIZON = 256;
const LOWER = 0;
const MEDIAN = 1;
const UPPER = 2;
const STEP = 3;

/**
 * Distance outside the quartiles. They are followed by stochastic approximation (Robbins and Monro
 * 1951): up by a step for a value above, down by a third of it (or the reverse) for one below.
 */
export const interquartile: Detector = {
  name: 'iqr',
  finds: 'outside the quartiles',
  weight: 1,
  momentary: true,
  cells: 4,
  measure({ value, seen }, state, at) {
    if (seen === 0) return 0;
    return Math.max(0, value - state[at + UPPER], state[at + LOWER] - value);
  },
  learn({ value, previous, seen, weight }, state, at) {
    if (seen === 0) {
      state[at + LOWER] = state[at + MEDIAN] = state[at + UPPER] = value;
      return;
    }
    const lower = state[at + LOWER];
    const median = state[at + MEDIAN];
    const upper = state[at + UPPER];
    const change = Number.isNaN(previous) ? 0 : Math.abs(value - previous);
    const spread = change + 0.02 * Math.abs(value - median);
    state[at + STEP] += weight * averaging(HORIZON, seen) * (spread - state[at + STEP]);
    const step = weight * state[at + STEP] * Math.max(0.05, 4 / (seen + 4));
    if (value !== lower) state[at + LOWER] += value > lower ? step * 0.25 : step * -0.75;
    if (value !== median) state[at + MEDIAN] += value > median ? step * 0.5 : step * -0.5;
    if (value !== upper) state[at + UPPER] += value > upper ? step * 0.75 : step * -0.25;
  },
};
