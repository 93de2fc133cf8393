import { quantile, robustDeviation } from './descriptive.js';

/** Most points looked at one by one; longer series are looked at in means of neighbours. */
const POINTS = 2048;
const MOST = 20;
/** Fewest points between two changes. */
const SHORTEST = 5;
/** How much a change must explain, in units of noise variance times ln(n); 2 is usual (BIC). */
const PENALTY = 6;

/** A place at which the level of a series changes for good. */
export interface ChangePoint {
  /** First point of the new level, counted from 0. */
  readonly index: number;
  /** Means until the change before, and until the next one. */
  readonly before: number;
  readonly after: number;
}

interface Sums {
  readonly values: Float64Array;
  /** Sum of the first i values. */
  readonly sums: Float64Array;
}

/**
 * Where the level changes, oldest first: by binary segmentation (Scott and Knott 1974) with a penalty that
 * grows with the noise. Points that are not finite take the value before them. At most 20, none below ten
 * points or in a constant. In series above 2,048 points a change is located to the nearest group.
 */
export function changePoints(values: Float64Array): readonly ChangePoint[] {
  const size = Math.ceil(values.length / POINTS);
  const grouped = groupMeans(values, Math.max(1, size));
  const known = grouped.findIndex(Number.isFinite);
  if (known < 0) return [];
  const filled = carried(grouped, known);
  const cuts = segment(filled);
  const sums = sumsOf(filled);
  const limits = [0, ...cuts, filled.length];
  return cuts.map((cut, i) => ({
    index: cut * Math.max(1, size),
    before: mean(sums, limits[i], cut),
    after: mean(sums, cut, limits[i + 2]),
  }));
}

function groupMeans(values: Float64Array, size: number): Float64Array {
  return new Float64Array(Math.ceil(values.length / size)).map((_, group) => {
    const known = values.subarray(group * size, (group + 1) * size).filter(Number.isFinite);
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}

function carried(values: Float64Array, known: number): Float64Array {
  let last = values[known];
  return values.map((value) => (last = Number.isFinite(value) ? value : last));
}

function sumsOf(values: Float64Array): Sums {
  const sums = new Float64Array(values.length + 1);
  values.forEach((value, i) => (sums[i + 1] = sums[i] + value));
  return { values, sums };
}

const mean = ({ sums }: Sums, from: number, to: number): number =>
  (sums[to] - sums[from]) / (to - from);

/** Cuts where it explains most, until no cut explains enough. */
function segment(values: Float64Array): number[] {
  const centre = quantile(values.slice().sort(), 0.5);
  const centred = sumsOf(values.map((value) => value - centre));
  const limit = PENALTY * noise(values) * Math.log(Math.max(2, values.length));
  const cuts: number[] = [];
  let open = [bestCut(centred, 0, values.length)];
  while (cuts.length < MOST) {
    const best = open.reduce((most, cut) => (cut.gain > most.gain ? cut : most), NO_CUT);
    if (!(best.gain > limit)) break;
    cuts.push(best.at);
    open = open.filter((cut) => cut !== best);
    open.push(bestCut(centred, best.from, best.at), bestCut(centred, best.at, best.to));
  }
  return cuts.sort((a, b) => a - b);
}

interface Cut {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  /** By how much it lowers the sum of squared distances from the means. */
  readonly gain: number;
}

const NO_CUT: Cut = { at: 0, from: 0, to: 0, gain: 0 };

function bestCut(series: Sums, from: number, to: number): Cut {
  let best: Cut = NO_CUT;
  for (let at = from + SHORTEST; at <= to - SHORTEST; at++) {
    const step = mean(series, from, at) - mean(series, at, to);
    const gain = (((at - from) * (to - at)) / (to - from)) * step * step;
    if (gain > best.gain) best = { at, from, to, gain };
  }
  return best;
}

/**
 * Variance of the noise by differences of neighbours, which a few steps hardly change; more where neighbours
 * are alike, since slow waves are no steps. Never below what rounding makes.
 */
function noise(values: Float64Array): number {
  const differences = values.subarray(1).map((value, i) => value - values[i]);
  const short = robustDeviation(differences.slice().sort()) / Math.SQRT2;
  const usual =
    differences.reduce((sum, value) => sum + value * value, 0) / (2 * differences.length);
  const rest = alike(values);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Math.max(Math.max(short * short, 0.1 * usual) * rest, (1e-9 * largest) ** 2);
}

/** (1 + r)/(1 − r) by the autocorrelation r of what local medians leave; never below 1. */
function alike(values: Float64Array): number {
  const rest = values.map((value, i) => {
    const near = values.slice(Math.max(0, i - SHORTEST), i + SHORTEST + 1).sort();
    return value - quantile(near, 0.5);
  });
  let squares = 0;
  let products = 0;
  for (let i = 1; i < rest.length; i++) {
    squares += rest[i] * rest[i];
    products += rest[i] * rest[i - 1];
  }
  const r = squares > 0 ? Math.min(0.9, Math.max(0, products / squares)) : 0;
  return (1 + r) / (1 - r);
}
