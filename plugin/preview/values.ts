import { FieldType, formattedValueToString, getValueFormat, type DataFrame } from '@grafana/data';

/** The newest value of a series. */
export interface Newest {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The newest values of a query's series. */
export function newestOf(frames: readonly DataFrame[], refId: string): Newest[] {
  return frames
    .filter((frame) => frame.refId === refId)
    .flatMap(({ fields, length }) =>
      fields
        .filter(({ type }) => type === FieldType.number)
        .flatMap(({ labels = {}, values }) => {
          const value = (values as (number | null)[])[length - 1];
          return typeof value === 'number' ? [{ labels, value }] : [];
        }),
    );
}

/** A value with its unit, as Grafana writes it: `3.67 GiB`, `4.1%`. */
export function written(value: number | undefined, unit: string, decimals?: number): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  return formattedValueToString(getValueFormat(unit)(value, decimals));
}
