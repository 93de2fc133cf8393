import type { Detector } from './detector.js';
import { drift } from './drift.js';
import { extremes } from './extremes.js';
import { flatLine } from './flat-line.js';
import { interquartile } from './interquartile.js';
import { levelShift } from './level-shift.js';
import { movingAverage } from './moving-average.js';
import { seasonal } from './seasonal.js';
import { unchanged } from './unchanged.js';
import { zScore } from './z-score.js';

/** Every detector of the ensemble. A new one is a file and a line here. */
export const detectors = [
  zScore,
  interquartile,
  movingAverage,
  seasonal,
  drift,
  levelShift,
  flatLine,
  extremes,
  unchanged,
] as const satisfies readonly Detector[];
