import { columnOf, type HeatGrid, type Row } from './grid.js';

/**
 * The value below which a share of a distribution lies, as `histogram_quantile` has it: values lie
 * evenly in a bucket, in exponential ones evenly on a logarithmic scale.
 * @param share 0 to 1
 * @returns NaN where nothing is counted
 */
export function quantileOf(
  rows: readonly Row[],
  counts: ArrayLike<number>,
  share: number,
  within: 'linear' | 'log',
): number {
  let total = 0;
  for (let row = 0; row < rows.length; row += 1) total += counts[row] > 0 ? counts[row] : 0;
  if (total === 0) return NaN;
  let left = share * total;
  for (let row = 0; row < rows.length; row += 1) {
    const count = counts[row] > 0 ? counts[row] : 0;
    if (count > 0 && count >= left) return inside(rows[row], left / count, within);
    left -= count;
  }
  return rows[rows.length - 1].lower;
}

function inside({ lower, upper }: Row, share: number, within: 'linear' | 'log'): number {
  if (upper === Infinity) return lower;
  if (within === 'log' && lower > 0) return lower * (upper / lower) ** share;
  return lower + (upper - lower) * share;
}

/** The curve of a quantile: a value for each column. */
export function quantileLine(grid: HeatGrid, share: number): number[] {
  const { kind, rows, columns } = grid;
  const within = kind === 'log' ? 'log' : 'linear';
  return Array.from({ length: columns.count }, (_, column) =>
    quantileOf(rows, columnOf(grid, column), share, within),
  );
}
