/**
 * The q-quantile of values, interpolated between the two nearest ranks; NaN counts as the smallest.
 * @param sorted ascending, NaN at the end (as typed arrays sort)
 */
export function quantileOf(q: number, sorted: Float64Array): number {
  const { length } = sorted;
  if (length === 0 || Number.isNaN(q)) return NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  let numbers = length;
  while (numbers > 0 && Number.isNaN(sorted[numbers - 1])) numbers--;
  const at = (index: number): number => {
    const shifted = index - (length - numbers);
    return shifted < 0 ? NaN : sorted[shifted];
  };
  const rank = q * (length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return at(lower) * (1 - weight) + at(upper) * weight;
}
