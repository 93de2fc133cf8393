/** The value that a share of some values is at or below; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const rising = [...values].sort((a, b) => a - b);
  return rising[Math.max(0, Math.ceil(share * rising.length) - 1)] ?? NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** A number with a digit after its point. */
export const one = (value: number): string => value.toFixed(1);

/** A table of columns as wide as their content; all but the first to the right. */
export function printTable(title: string, rows: readonly (readonly string[])[]): void {
  console.log(`\n${title}`);
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  for (const row of rows) {
    const cells = row.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]),
    );
    console.log(`  ${cells.join('  ').trimEnd()}`);
  }
}
