import type { Detector } from './detector.js';

/** Distance from what the profile of the day or week expects, or from the long mean before it does. */
export const seasonal: Detector = {
  name: 'seasonal',
  finds: 'unlike this time of the day or week',
  weight: 1,
  momentary: true,
  cells: 0,
  measure: ({ residual }) => Math.abs(residual),
  learn() {},
};
