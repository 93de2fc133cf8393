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
