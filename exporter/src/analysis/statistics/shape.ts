import { movingMean } from '../forecast/decompose.js';
import { quantile, sortedFinite } from './descriptive.js';

/** Fewest values whose shape can be told. */
const FEWEST = 20;
const MOST_BINS = 64;
/** A valley between two peaks must be this much lower than the lower one, */
const VALLEY = 0.5;
/** and each side must hold this share of the values. */
const SIDE = 0.1;

/** How values are spread. */
export interface Shape {
  /** 0 if even on both sides, positive with a long tail of high values (adjusted, G1); NaN if constant. */
  readonly skewness: number;
  /** Weight of the tails beyond that of the normal distribution, 0 for it (adjusted, G2); NaN if constant. */
  readonly excessKurtosis: number;
  /** Tops of the distribution, the highest first; one for a constant, none for too few values. */
  readonly modes: readonly number[];
  /** In a word; `unknown` below 20 values. */
  readonly word:
    | 'unknown'
    | 'constant'
    | 'several modes'
    | 'long tail of high values'
    | 'long tail of low values'
    | 'heavy tails'
    | 'even';
}

/** The shape of the finite values. Moments as in Joanes and Gill 1998. */
export function shapeOf(values: Float64Array): Shape {
  const sorted = sortedFinite(values);
  const { skewness, excessKurtosis } = moments(sorted);
  const modes = sorted.length < FEWEST ? [] : modesOf(sorted);
  return {
    skewness,
    excessKurtosis,
    modes,
    word: wordFor(sorted, modes, { skewness, excessKurtosis }),
  };
}

function wordFor(
  sorted: Float64Array,
  modes: readonly number[],
  { skewness, excessKurtosis }: { skewness: number; excessKurtosis: number },
): Shape['word'] {
  if (sorted.length < FEWEST) return 'unknown';
  if (sorted[0] === sorted[sorted.length - 1]) return 'constant';
  if (modes.length > 1) return 'several modes';
  if (skewness > 1) return 'long tail of high values';
  if (skewness < -1) return 'long tail of low values';
  return excessKurtosis > 2 ? 'heavy tails' : 'even';
}

function moments(values: Float64Array): { skewness: number; excessKurtosis: number } {
  const n = values.length;
  const scale = Math.max(Math.abs(values[0]), Math.abs(values[n - 1]));
  const mean = values.reduce((sum, value) => sum + value / scale / n, 0);
  let [second, third, fourth] = [0, 0, 0];
  for (const value of values) {
    const distance = value / scale - mean;
    second += distance ** 2 / n;
    third += distance ** 3 / n;
    fourth += distance ** 4 / n;
  }
  // What is left of rounding is not a spread.
  if (n === 0 || !(second > 1e-28)) return { skewness: NaN, excessKurtosis: NaN };
  const skewness = third / second ** 1.5;
  const kurtosis = fourth / second ** 2 - 3;
  return {
    skewness: n > 2 ? (skewness * Math.sqrt(n * (n - 1))) / (n - 2) : NaN,
    excessKurtosis: n > 3 ? ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * kurtosis + 6) : NaN,
  };
}

/** Peaks of a smoothed histogram that are parted by deep valleys. */
function modesOf(sorted: Float64Array): number[] {
  // Outliers would squeeze everything else into one bin.
  const low = quantile(sorted, 0.01);
  const high = quantile(sorted, 0.99);
  if (!(high > low)) return [low];
  const bins = Math.min(MOST_BINS, Math.max(8, Math.round(2 * Math.cbrt(sorted.length))));
  const counts = new Float64Array(bins);
  for (const value of sorted) {
    if (value >= low && value <= high) {
      counts[Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins))]++;
    }
  }
  const density = movingMean(counts, 3);
  return parted(density, counts)
    .sort((a, b) => density[b] - density[a])
    .map((bin) => low + ((bin + 0.5) / bins) * (high - low));
}

/** Bins of the peaks: the highest bin of each stretch between valleys that are deep enough. */
function parted(density: Float64Array, counts: Float64Array): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const peaks: number[] = [];
  let peak = 0;
  let valley = 0;
  let held = 0;
  let beyond = 0;
  for (let bin = 0; bin < density.length; bin++) {
    held += counts[bin];
    beyond += counts[bin];
    if (density[bin] < density[valley] || bin === 0) {
      valley = bin;
      beyond = 0;
    }
    const climbs = density[valley] < VALLEY * Math.min(density[peak], density[bin]);
    if (climbs && held - beyond >= SIDE * total && total - (held - beyond) >= SIDE * total) {
      peaks.push(peak);
      peak = valley = bin;
      held = beyond;
      continue;
    }
    if (density[bin] > density[peak]) peak = valley = bin;
  }
  return [...peaks, peak];
}
