import { BINS, HEADS, SUM, TAIL_BINS, TAIL_HEAD, type SeriesState } from './layout.js';
import { parameters } from './parameters.js';

/**
 * Decayed histograms of the size of non-negative numbers, which answer how rare a number is. Only the
 * upper tail matters, so the bins hang on the largest numbers; whatever is smaller than the lowest
 * bin counts there.
 *
 * Above the numbers that are frequent enough to count, the tail is taken to fall like a power, with
 * the exponent of the largest numbers seen (Hill 1975; the heavy-tailed case of the generalised
 * Pareto tail on which SPOT, Siffer et al. 2017, stands). **Evidence** is −log10 of the probability of
 * a number at least so large. It is read off a table, made anew once in some dozens of points.
 */

/** Head of a histogram: weight of all numbers, … */
const TOTAL = 0;
/** … place of bin 0 on the scale, 0 while only zeros were learnt, … */
const ORIGIN = 1;
/** … weight learnt since the table was made, … */
const PENDING = 2;
/** … bin from which the fitted tail holds (0 for none), evidence there, and how much a bin adds. */
const FIT = 3;
const BASE = 4;
const SLOPE = 5;

/** Where the first number lies, so that there is room both above and below it. */
const FIRST_BIN = 18;
/** A single number moves the bins up by no more than this, so that one glitch does not empty them. */
const MAX_SHIFT = 4;
/** Most points between two tables. */
const TABLE_POINTS = 256;

/** An octave has four bins; that of the detectors' sum, whose range is small, eight. */
const SCALE = 2 ** -18;
const FINE_SCALE = 2 ** -17;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Decimal logarithms of the middles of so many parts of an octave. */
const MANTISSAS = 512;
const LOG_2 = Math.log10(2);
const mantissas = Float64Array.from({ length: MANTISSAS }, (_, i) =>
  Math.log10(1 + (i + 0.5) / MANTISSAS),
);

/**
 * Place on a scale that splits each octave into equal parts: exponent and first bits of the number's
 * own representation, which needs no logarithm.
 */
function placeOf(value: number, scale: number): number {
  double[0] = value;
  return words[HIGH] * scale;
}

/** The number at a place: the inverse of {@link placeOf}. */
function valueAt(place: number, scale: number): number {
  words[HIGH] = place / scale;
  words[1 - HIGH] = 0;
  return double[0];
}

const scaleOf = (k: number): number => (k === SUM ? FINE_SCALE : SCALE);

/** Prepares the histograms of a new series. */
export function beginTails({ floats }: SeriesState): void {
  // The scale of the sum is known: below 2 it says nothing.
  floats[HEADS + SUM * TAIL_HEAD + ORIGIN] = Math.floor(placeOf(2, FINE_SCALE));
}

/** Evidence (decades of rarity) of a number, not negative and finite, by histogram `k`. */
export function tailEvidence({ floats }: SeriesState, k: number, value: number): number {
  if (value === 0) return 0;
  const head = HEADS + k * TAIL_HEAD;
  const fit = floats[head + FIT];
  if (fit === 0) return floats[head + BASE];
  const place = placeOf(value, scaleOf(k)) - floats[head + ORIGIN];
  if (place <= 0) return 0;
  if (place >= fit) return floats[head + BASE] + (place - fit) * floats[head + SLOPE];
  const bin = Math.floor(place);
  const cell = BINS + 2 * (k * TAIL_BINS + bin) + 1;
  return floats[cell] + (place - bin) * (floats[cell + 2] - floats[cell]);
}

/** The number from which on there is at least `evidence`; 0 where none but zeros are known. */
export function tailLimit({ floats }: SeriesState, k: number, evidence: number): number {
  const head = HEADS + k * TAIL_HEAD;
  const fit = floats[head + FIT];
  if (fit === 0) return 0;
  const beyond = Math.max(0, evidence - floats[head + BASE]) / floats[head + SLOPE];
  return valueAt(floats[head + ORIGIN] + fit + beyond, scaleOf(k));
}

/** Counts `value` as if it had come `weight` times. */
export function learnTail(state: SeriesState, k: number, value: number, weight: number): void {
  const { floats } = state;
  const head = HEADS + k * TAIL_HEAD;
  const bin = value > 0 ? binOf(floats, k, value) : 0;
  floats[BINS + 2 * (k * TAIL_BINS + bin)] += weight;
  const total = (floats[head + TOTAL] += weight);
  const pending = (floats[head + PENDING] += weight);
  if (total >= parameters.memory) decay(floats, k);
  if (pending >= Math.min(TABLE_POINTS, total / 4)) fitTail(floats, k, true);
  else if (bin > 0 && bin >= floats[head + FIT]) fitTail(floats, k, false);
}

/** Bin of a positive number; bins move to make room for one that is larger than all before. */
function binOf(floats: Float32Array, k: number, value: number): number {
  const head = HEADS + k * TAIL_HEAD;
  const place = Math.floor(placeOf(value, scaleOf(k)));
  if (floats[head + ORIGIN] === 0) floats[head + ORIGIN] = place - FIRST_BIN;
  const bin = place - floats[head + ORIGIN];
  if (bin < TAIL_BINS) return Math.max(0, bin);
  const most = floats[head + TOTAL] < 100 ? TAIL_BINS - 1 : MAX_SHIFT;
  const shift = Math.min(bin - TAIL_BINS + 1, most);
  const first = BINS + 2 * k * TAIL_BINS;
  for (let i = 1; i <= shift; i++) floats[first] += floats[first + 2 * i];
  const end = first + 2 * TAIL_BINS;
  floats.copyWithin(first + 2, first + 2 * (shift + 1), end);
  floats.fill(0, end - 2 * shift, end);
  floats[head + ORIGIN] += shift;
  fitTail(floats, k, true);
  return TAIL_BINS - 1;
}

function decay(floats: Float32Array, k: number): void {
  floats[HEADS + k * TAIL_HEAD + TOTAL] *= 0.5;
  const first = BINS + 2 * k * TAIL_BINS;
  for (let bin = 0; bin < TAIL_BINS; bin++) floats[first + 2 * bin] *= 0.5;
}

/** Fits the tail to the largest numbers and, where asked, makes the table for those below. */
function fitTail(floats: Float32Array, k: number, tabulates: boolean): void {
  const head = HEADS + k * TAIL_HEAD;
  const first = BINS + 2 * k * TAIL_BINS;
  const total = floats[head + TOTAL];
  const enough = Math.max(parameters.tailPoints, parameters.tailShare * total);
  let above = 0;
  let places = 0;
  let fit = 0;
  for (let bin = TAIL_BINS - 1; bin > 0 && above < enough; bin--) {
    const count = floats[first + 2 * bin];
    if (count === 0) continue;
    above += count;
    places += count * bin;
    fit = bin;
  }
  floats[head + FIT] = fit;
  floats[head + BASE] = decades(above, total);
  if (fit === 0) return;
  // Few numbers but zeros say little of how the tail falls: then it is taken to fall slowly.
  const least = above < enough ? parameters.sparseExcess : parameters.leastExcess;
  floats[head + SLOPE] = Math.LOG10E / Math.max(least, places / above + 0.5 - fit);
  floats[first + 2 * fit + 1] = floats[head + BASE];
  if (!tabulates) return;
  floats[head + PENDING] = 0;
  tabulate(floats, k, above);
}

function tabulate(floats: Float32Array, k: number, above: number): void {
  const head = HEADS + k * TAIL_HEAD;
  const first = BINS + 2 * k * TAIL_BINS;
  const total = floats[head + TOTAL];
  let sum = above;
  let evidence = floats[head + BASE];
  for (let bin = floats[head + FIT] - 1; bin > 0; bin--) {
    const count = floats[first + 2 * bin];
    if (count > 0) {
      sum += count;
      evidence = decades(sum, total);
    }
    floats[first + 2 * bin + 1] = evidence;
  }
  floats[first + 1] = 0;
}

const decades = (count: number, total: number): number =>
  Math.max(0, logarithm(total + 1) - logarithm(count + 0.5));

/** Decimal logarithm plus a constant, to 0.0005; a table takes dozens of them. */
function logarithm(value: number): number {
  double[0] = value;
  const high = words[HIGH];
  return (high >>> 20) * LOG_2 + mantissas[(high >>> 11) & (MANTISSAS - 1)];
}
