/**
 * Centred moving average over one period; at the ends over what there is, which is at least half of it.
 */
export function movingMean(values: Float64Array, period: number): Float64Array {
  const half = Math.floor(period / 2);
  const even = period % 2 === 0;
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i] + values[i];
  const trend = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const from = Math.max(0, i - half);
    const to = Math.min(values.length, i + half + 1);
    const whole = i - half >= 0 && i + half < values.length;
    // An even period counts each of its ends by half.
    trend[i] =
      even && whole
        ? (sums[to] - sums[from] - 0.5 * (values[from] + values[to - 1])) / period
        : (sums[to] - sums[from]) / (to - from);
  }
  return trend;
}

/**
 * Seasonal figures by classical decomposition: the mean of what the moving average leaves, one a point of
 * the season, adding up to 0 (averaging 1 where it is a ratio). Figure i is that of values[i].
 * @param ratio Whether values are divided by the moving average; they must be positive then.
 */
export function seasonalFigures(
  values: Float64Array,
  period: number,
  ratio: boolean,
): Float64Array {
  const half = Math.floor(period / 2);
  const trend = movingMean(values, period);
  const figures = new Float64Array(period);
  const counts = new Uint32Array(period);
  for (let i = half; i < values.length - half; i++) {
    figures[i % period] += ratio ? values[i] / trend[i] : values[i] - trend[i];
    counts[i % period]++;
  }
  let mean = 0;
  for (let i = 0; i < period; i++) {
    figures[i] = counts[i] > 0 ? figures[i] / counts[i] : ratio ? 1 : 0;
    mean += figures[i] / period;
  }
  return figures.map((figure) => (ratio ? figure / mean : figure - mean));
}

/** What is left of values once the season is taken out, and how to put it back in. */
export interface Deseasonalised {
  readonly values: Float64Array;
  /** `at` counts from the first value; it may lie after the last. */
  readonly restore: (value: number, at: number) => number;
}

/** Takes one season out, as a ratio where all values are positive, otherwise as a difference. */
export function deseasonalise(values: Float64Array, period: number): Deseasonalised {
  const ratio = values.every((value) => value > 0);
  const figures = seasonalFigures(values, period, ratio);
  const usable = !ratio || figures.every((figure) => figure > 1e-6);
  if (!usable) return { values, restore: (value) => value };
  return {
    values: values.map((value, i) =>
      ratio ? value / figures[i % period] : value - figures[i % period],
    ),
    restore: (value, at) => (ratio ? value * figures[at % period] : value + figures[at % period]),
  };
}
