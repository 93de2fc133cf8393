type Labels = Readonly<Record<string, string>>;

/**
 * The name of a series: the template with its labels in place of `{{label}}`; where that says nothing,
 * the series as PromQL writes it; the expression where there are no labels at all.
 */
export function seriesName(labels: Labels, template: string | undefined, expr: string): string {
  if (template !== undefined) {
    const filled = template.replace(
      /\{\{\s*([\w.]+)\s*\}\}/g,
      (_, label: string) => labels[label] ?? '',
    );
    if (filled.trim() !== '') return filled;
  }
  const { __name__: name = '', ...rest } = labels;
  const pairs = Object.entries(rest)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  if (pairs.length === 0) return name === '' ? expr : name;
  return `${name}{${pairs.join(', ')}}`;
}
