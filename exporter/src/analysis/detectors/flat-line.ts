import { averaging, type Detector } from './detector.js';

const HORIZON = 16;
const USUAL = 4096;
/** Changes smaller than this share of the usual ones are none. */
const FLOOR = 1e-3;

/** How little the value changes from point to point, compared with how much it usually does. */
export const flatLine: Detector = {
  name: 'flat-line',
  finds: 'hardly changes',
  weight: 1,
  cells: 2,
  recent: 0,
  measure({ value, previous, seen }, state, at) {
    if (Number.isNaN(previous)) return NaN;
    state[at] += averaging(HORIZON, seen - 1) * ((value - previous) ** 2 - state[at]);
    const usual =
      state[at + 1] + averaging(USUAL, seen - 1) * ((value - previous) ** 2 - state[at + 1]);
    return usual > 0 && seen > HORIZON
      ? Math.sqrt(usual / (state[at] + FLOOR * FLOOR * usual))
      : NaN;
  },
  learn({ value, previous, seen, weight }, state, at) {
    if (Number.isNaN(previous)) return;
    const gain = weight * averaging(USUAL, seen - 1);
    state[at + 1] += gain * ((value - previous) ** 2 - state[at + 1]);
  },
};
