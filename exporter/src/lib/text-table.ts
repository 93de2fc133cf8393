/** Rows under a head in columns, for people to read; each line ends with a line feed. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const text = lines.map((line) => line.map((cell, i) => cell.padEnd(widths[i])).join('  '));
  return text.map((line) => `${line.trimEnd()}\n`).join('');
}
