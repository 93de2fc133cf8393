/** The share of common values in which copies agree: what came late into one is not in the other. */
const AGREE = 0.95;
const ROUNDING = 1e-9;
/** Values of a copy that differ from each other: states such as 0 and 1 agree without being copies. */
const DISTINCT = 8;

/**
 * Whether one series is another under another name, as a recorded rule is of its expression. That they move
 * together says nothing.
 */
export function isCopy(one: Float64Array, other: Float64Array): boolean {
  const distinct = new Set<number>();
  let common = 0;
  let equal = 0;
  for (let i = 0; i < one.length; i++) {
    const [a, b] = [one[i], other[i]];
    if (!Number.isFinite(a) || !Number.isFinite(b)) continue;
    common++;
    if (Math.abs(a - b) > ROUNDING * Math.max(Math.abs(a), Math.abs(b))) continue;
    equal++;
    if (distinct.size < DISTINCT) distinct.add(a);
  }
  return distinct.size >= DISTINCT && equal >= AGREE * common;
}
