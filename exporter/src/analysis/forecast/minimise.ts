const SMALLEST_STEP = 0.01;

/**
 * Pattern search (Hooke and Jeeves 1961) within the unit cube: from `start`, each coordinate is moved by a
 * step that is halved once no move helps.
 * @param cost Must be finite somewhere; what is not finite counts as worse than anything.
 * @param evaluations Calls of `cost` at most; 80 by default.
 */
export function minimise(
  cost: (at: readonly number[]) => number,
  start: readonly number[],
  evaluations = 80,
): number[] {
  const best = [...start];
  let lowest = cost(best);
  let left = evaluations - 1;
  for (let step = 0.3; step > SMALLEST_STEP && left > 0; step /= 2) {
    for (let moved = true; moved && left > 0;) {
      moved = false;
      for (let i = 0; i < best.length; i++) {
        const from = best[i];
        for (const to of [from + step, from - step]) {
          best[i] = Math.min(0.999, Math.max(0.001, to));
          const found = best[i] === from || left-- <= 0 ? Infinity : cost(best);
          if (found < lowest || (Number.isNaN(lowest) && Number.isFinite(found))) {
            lowest = found;
            moved = true;
            break;
          }
          best[i] = from;
        }
      }
    }
  }
  return best;
}
