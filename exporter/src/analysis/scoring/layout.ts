import { detectors } from '../detectors/index.js';
import type { Detector } from '../detectors/detector.js';

/**
 * Where things are in the state of a series. It is one piece of memory, and the code that works on it
 * has none of its own: with ten thousand series it is memory, not arithmetic, that takes time.
 */
export interface SeriesState {
  /** Numbers that need all their digits, in the order below. */
  readonly numbers: Float64Array;
  /** Levels of the seasonal profile, then the histograms. */
  readonly floats: Float32Array;
}

const list: readonly Detector[] = detectors;
const sumOf = (parts: readonly Detector[]): number => parts.reduce((sum, d) => sum + d.cells, 0);

/** Cells of `numbers` before those of the detectors. */
export const SEEN = 0;
export const TIME = 1;
export const PREVIOUS = 2;
export const INTERVAL = 3;
export const REQUIRED = 4;
export const ALARM = 5;
export const ALARM_CELLS = 4;
export const PROFILE = ALARM + ALARM_CELLS;
export const PROFILE_CELLS = 13;
export const EPISODE = PROFILE + PROFILE_CELLS;
/** Three numbers, then what is kept of the detectors' short averages. */
const EPISODE_CELLS = 3 + list.filter(({ recent }) => recent !== undefined).length;
const DETECTORS = EPISODE + EPISODE_CELLS;
const NUMBERS = DETECTORS + sumOf(list);

/** Bins of the seasonal profile: half hours of a day, hours of a week. */
export const DAY_BINS = 48;
export const WEEK_BINS = 168;

/** Which histogram tells how rare a detector's numbers are; -1 for one that knows by itself. */
export const tailOf: readonly number[] = list.map((detector, k) =>
  detector.calibrated === true ? -1 : list.slice(0, k).filter((d) => d.calibrated !== true).length,
);
/** The histogram of the detectors' sum, the last. Each has a head and bins of two cells. */
export const SUM = list.filter((detector) => detector.calibrated !== true).length;
export const TAIL_HEAD = 6;
export const TAIL_BINS = 32;
export const HEADS = DAY_BINS + WEEK_BINS;
export const BINS = HEADS + (SUM + 1) * TAIL_HEAD;
const FLOATS = BINS + (SUM + 1) * TAIL_BINS * 2;

/** Bytes of state of a series. */
export const STATE_BYTES = 8 * NUMBERS + 4 * FLOATS;

/** Where the cells of each detector begin. */
export const detectorCells: readonly number[] = list.map(
  (_, k) => DETECTORS + sumOf(list.slice(0, k)),
);

/** Memory for a new series: zeros. */
export function allocateState(): SeriesState {
  const memory = new ArrayBuffer(STATE_BYTES);
  return {
    numbers: new Float64Array(memory, 0, NUMBERS),
    floats: new Float32Array(memory, 8 * NUMBERS, FLOATS),
  };
}

/** Numbers of 4 bytes in a cache line. */
const LINE = 16;
let touched = 0.5;

/**
 * Reads one number of each cache line that scoring will need. One after the other, with work between,
 * each would wait for memory; at once they do not: that nearly halves the time a point takes where
 * there are thousands of series.
 */
export function touch({ numbers, floats }: SeriesState): void {
  let sum = touched;
  for (let i = LINE / 2; i < numbers.length; i += LINE / 2) sum += numbers[i];
  for (let i = HEADS; i < floats.length; i += LINE) sum += floats[i];
  // So that the compiler does not leave out what has no effect.
  touched = sum > 0 ? 0.5 : 0.25;
}
