/**
 * Probability that a standard normal number is farther from 0 than `z`, on either side: by the series
 * of Abramowitz and Stegun 7.1.26, off by 1.5e-7 at most.
 */
export function twoSided(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const factors = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  return factors.reduce((sum, factor) => (sum + factor) * t, 0) * Math.exp(-x * x);
}
