/** Times in Unix milliseconds beside values; `null` where there is none. */
export interface Curve {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

/** The newest value of a curve with its index; `undefined` where it has none. */
export function newest({ values }: Curve): { index: number; value: number } | undefined {
  for (let index = values.length - 1; index >= 0; index -= 1) {
    const value = values[index];
    if (isValue(value)) return { index, value };
  }
  return undefined;
}

export function isValue(value: number | null | undefined): value is number {
  return typeof value === 'number' && !Number.isNaN(value);
}

/** Several curves as one: the sum of those that have a value at a time; `null` where none has. */
export function sumOf(curves: readonly Curve[]): Curve | undefined {
  const [first, ...others] = curves;
  if (first === undefined || others.length === 0) return first;
  const sums = new Map<number, number | null>();
  for (const { times, values } of curves) {
    times.forEach((time, at) => {
      const [sum, value] = [sums.get(time) ?? null, values[at]];
      sums.set(time, isValue(value) ? (sum ?? 0) + value : sum);
    });
  }
  const sorted = [...sums].sort(([a], [b]) => a - b);
  return { times: sorted.map(([time]) => time), values: sorted.map(([, sum]) => sum) };
}
