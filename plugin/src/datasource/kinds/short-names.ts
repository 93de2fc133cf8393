import type { Metric } from '@kymo/contract';

interface Named {
  readonly metric: Metric;
  /** What a series without a name is called. */
  readonly expression: string;
}

/**
 * Names for people: the metric, and behind it the labels that tell one series from the others. Labels that
 * all of several have in common are left out, and those that are as in `beside`, the series they are shown with.
 */
export function shortNames(series: readonly Named[], beside: Metric): string[] {
  const metrics = series.map(({ metric }) => metric);
  const isShared = (label: string): boolean => {
    const values = metrics.map((metric) => metric[label]);
    if (values.length > 1 && values.every((value) => value === values[0])) return true;
    const own = beside[label];
    return own !== undefined && values.every((value) => value === undefined || value === own);
  };
  const named = (write: (label: string, value: string) => string): string[] =>
    series.map(({ metric: { __name__: name, ...labels }, expression }) => {
      if (name === undefined) return expression;
      const telling = Object.entries(labels)
        .filter(([label]) => !isShared(label))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([label, value]) => write(label, value));
      return telling.length === 0 ? name : `${name} (${telling.join(', ')})`;
    });
  const short = named((_, value) => value);
  const full = named((label, value) => `${label}=${value}`);
  // Two labels may have the same value; the same series may be there twice.
  return short.map((name, row) => {
    const isClear = short.every((other, at) => other !== name || full[at] === full[row]);
    return isClear ? name : full[row];
  });
}
