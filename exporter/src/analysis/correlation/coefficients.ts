/** Two series as pairs of which both are known. */
interface Pairs {
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/** Fewest pairs that say anything. */
export const FEWEST_PAIRS = 8;

/** Pearson's correlation of the pairs of which both values are finite; NaN below 8 pairs or if one is constant. */
export function pearson(a: Float64Array, b: Float64Array): number {
  const known = pairsOf(a, b, 0);
  return correlation(known.a, known.b);
}

/** Spearman's: Pearson's of the ranks, equal values sharing their mean rank. */
export function spearman(a: Float64Array, b: Float64Array): number {
  const known = pairsOf(a, b, 0);
  return correlation(ranks(known.a), ranks(known.b));
}

/** Ranks from 1; equal values get the mean of theirs. */
export function ranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((i, j) => values[i] - values[j]);
  const result = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let k = from; k < to; k++) result[order[k]] = (from + to + 1) / 2;
    from = to;
  }
  return result;
}

/** Pairs a[i], b[i − lag] of which both are finite: with a lag above 0, b comes first. */
export function pairsOf(a: Float64Array, b: Float64Array, lag: number): Pairs {
  const first = Math.max(0, lag);
  const end = Math.min(a.length, b.length + lag);
  const pairs = {
    a: new Float64Array(Math.max(0, end - first)),
    b: new Float64Array(Math.max(0, end - first)),
  };
  let count = 0;
  for (let i = first; i < end; i++) {
    if (!Number.isFinite(a[i]) || !Number.isFinite(b[i - lag])) continue;
    pairs.a[count] = a[i];
    pairs.b[count++] = b[i - lag];
  }
  return { a: pairs.a.subarray(0, count), b: pairs.b.subarray(0, count) };
}

/** Pearson's correlation of finite values, of equal length. */
export function correlation(a: Float64Array, b: Float64Array): number {
  const n = a.length;
  if (n < FEWEST_PAIRS) return NaN;
  const [scaleA, scaleB] = [largest(a), largest(b)];
  const meanA = a.reduce((sum, value) => sum + value / scaleA, 0) / n;
  const meanB = b.reduce((sum, value) => sum + value / scaleB, 0) / n;
  let [products, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const x = a[i] / scaleA - meanA;
    const y = b[i] / scaleB - meanB;
    products += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  // What is left of rounding is not a spread.
  if (!(squaresA > 1e-24 * n && squaresB > 1e-24 * n)) return NaN;
  return Math.min(1, Math.max(-1, products / Math.sqrt(squaresA * squaresB)));
}

const largest = (values: Float64Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
