import { normal, uniform } from './shapes.js';

/** Seconds from the first to the one after the last. */
export type Span = readonly [start: number, end: number];

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, Infinity];
const REQUESTS = 20;
const WINDOW = 10;

/**
 * The p99 of requests, second by second, as a histogram over 10 s tells it. Faults add 150 ms and a
 * queue that grows, as in the demo.
 */
export function latencySeries(seed: number, seconds: number, faults: readonly Span[]): number[] {
  const random = uniform(seed);
  const noise = normal(random);
  const counts: number[][] = [];
  return Array.from({ length: seconds }, (_, second) => {
    const fault = faults.find(([start, end]) => start <= second && second < end);
    const queue = fault === undefined ? 0 : Math.min(0.6, 0.02 * (second - fault[0]));
    const row = BOUNDS.map(() => 0);
    for (let i = 0; i < REQUESTS; i++) {
      const slow = random() < 0.01 ? 0.03 * random() : 0;
      const extra = fault === undefined ? slow : 0.15 + queue * random();
      const duration = 0.006 * Math.exp(0.5 * noise()) + extra;
      row[BOUNDS.findIndex((bound) => duration <= bound)]++;
    }
    counts.push(row);
    if (counts.length > WINDOW) counts.shift();
    return quantile(BOUNDS.map((_bound, k) => counts.reduce((sum, one) => sum + one[k], 0)));
  });
}

/** The 99th percentile, by a straight line within its bucket. */
function quantile(counts: readonly number[]): number {
  const rank = 0.99 * counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  let k = 0;
  while (below + counts[k] < rank) below += counts[k++];
  const low = k === 0 ? 0 : BOUNDS[k - 1];
  const high = Math.min(BOUNDS[k], 5);
  return low + ((high - low) * (rank - below)) / counts[k];
}
