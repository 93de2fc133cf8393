/** Points of the horizon on each side whose errors count for a point too. */
const NEAR = 2;
/** Share of the mean over the whole horizon in the spread of each point. */
const SHARED = 0.2;
/** Errors known are too small by about this, over the origins: the future differs more than the past. */
const CAUTION = 1.5;

/**
 * Half the width of the interval at each point of the horizon, from what was missed when forecasting from
 * earlier origins: the quantile of those errors as multiples of the usual error at that distance.
 * @param errors One array an origin, NaN where nothing is known; all of one length.
 * @param level Share of future values that should lie within, such as 0.95.
 * @returns NaN at every point if no error is known.
 */
export function halfWidths(
  errors: readonly Float64Array[],
  { horizon, level, period }: { horizon: number; level: number; period?: number },
): Float64Array {
  const spread = spreads(errors, horizon, period);
  const multiples: number[] = [];
  for (const missed of errors) {
    for (let h = 0; h < horizon; h++) {
      if (!Number.isFinite(missed[h])) continue;
      multiples.push(spread[h] > 0 ? Math.abs(missed[h]) / spread[h] : 0);
    }
  }
  if (multiples.length === 0) return new Float64Array(horizon).fill(NaN);
  multiples.sort((a, b) => a - b);
  const at = Math.min(multiples.length - 1, Math.floor(level * multiples.length));
  const multiple = multiples[at] * (1 + CAUTION / errors.length);
  return spread.map((usual) => usual * multiple);
}

/** Usual absolute error at each point: of it, its neighbours, and (by half) those a season away. */
function spreads(errors: readonly Float64Array[], horizon: number, period?: number): Float64Array {
  const means = meanErrors(errors, horizon);
  const known = means.filter(Number.isFinite);
  const overall = known.reduce((sum, error) => sum + error / known.length, 0);
  const shifts = period === undefined ? [0] : [0, period, -period];
  let farthest = overall;
  return means.map((_, h) => {
    let sum = 0;
    let weights = 0;
    for (const shift of shifts) {
      const weight = shift === 0 ? 1 : 0.5;
      for (let near = h + shift - NEAR; near <= h + shift + NEAR; near++) {
        const error = means[near];
        if (near < 0 || near >= horizon || Number.isNaN(error)) continue;
        sum += weight * error;
        weights += weight;
      }
    }
    // Beyond what was tried, errors are at least those of the farthest point that was.
    if (weights > 0) farthest = sum / weights;
    return (1 - SHARED) * farthest + SHARED * overall;
  });
}

/** Mean absolute error at each distance; NaN where none is known. */
function meanErrors(errors: readonly Float64Array[], horizon: number): Float64Array {
  return new Float64Array(horizon).map((_, h) => {
    const known = errors.map((missed) => Math.abs(missed[h])).filter(Number.isFinite);
    return known.reduce((sum, error) => sum + error, 0) / known.length;
  });
}
