/** Values without gaps, and how many points at the end were missing. */
export interface Filled {
  /** From the first to the last value that is known; those between by straight lines. Empty if none. */
  readonly values: Float64Array;
  /** Points after the last known value. */
  readonly trailing: number;
}

/** Fills gaps (whatever is not finite) and cuts off those at both ends. */
export function fillGaps(values: Float64Array): Filled {
  const last = values.findLastIndex(Number.isFinite);
  if (last < 0) return { values: new Float64Array(0), trailing: values.length };
  const filled = values.slice(values.findIndex(Number.isFinite), last + 1);
  let known = 0;
  for (let i = 1; i < filled.length; i++) {
    if (!Number.isFinite(filled[i])) continue;
    // Divided first, since the difference of large values may be infinite.
    const step = filled[i] / (i - known) - filled[known] / (i - known);
    for (let gap = known + 1; gap < i; gap++) filled[gap] = filled[known] + step * (gap - known);
    known = i;
  }
  return { values: filled, trailing: values.length - 1 - last };
}
