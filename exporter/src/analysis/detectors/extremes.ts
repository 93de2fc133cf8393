import type { Detector } from './detector.js';

const LOWEST = 0;
const HIGHEST = 1;
/** Points before a new extreme says anything. */
const FIRST = 20;

/** How far the value lies outside all that was seen before, as a share of that range. */
export const extremes: Detector = {
  name: 'extremes',
  finds: 'beyond anything seen before',
  weight: 1,
  cells: 2,
  measure({ value, seen }, state, at) {
    if (seen < FIRST) return NaN;
    const lowest = state[at + LOWEST];
    const highest = state[at + HIGHEST];
    const outside = Math.max(value - highest, lowest - value);
    if (outside <= 0) return 0;
    return highest > lowest ? outside / (highest - lowest) : 1;
  },
  learn({ value, seen, weight }, state, at) {
    if (seen === 0) state[at + LOWEST] = state[at + HIGHEST] = value;
    else if (weight < 1) return;
    else if (value < state[at + LOWEST]) state[at + LOWEST] = value;
    else if (value > state[at + HIGHEST]) state[at + HIGHEST] = value;
  },
};
