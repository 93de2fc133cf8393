import { FieldType, formattedValueToString, getValueFormat, type DataFrame } from '@grafana/data';

/** The newest value of a series. */
export interface Newest {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Rows that are looked at for the newest value. */
const ROWS = 5;

/** The newest values of a query's series. */
export function newestOf(frames: readonly DataFrame[], refId: string): Newest[] {
  return frames
    .filter((frame) => frame.refId === refId)
    .flatMap(({ fields }) =>
      fields
        .filter(({ type }) => type === FieldType.number)
        .flatMap(({ labels = {}, values }) => {
          // A row is there for every series as soon as one of them has come.
          const last = (values as (number | null)[])
            .slice(-ROWS)
            .reverse()
            .find((one) => one !== null);
          return last === undefined || last === null ? [] : [{ labels, value: last }];
        }),
    );
}

/** A value with its unit, as Grafana writes it: `3.67 GiB`, `4.1%`. */
export function written(value: number | undefined, unit: string, decimals?: number): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  return formattedValueToString(getValueFormat(unit)(value, decimals));
}
