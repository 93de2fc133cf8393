import { FieldType, type DataFrame, type Field } from '@grafana/data';

/** Curves that stand on one another, the topmost first, as uPlot takes them. */
export interface Stack {
  /** Unix seconds. */
  readonly times: readonly number[];
  readonly layers: readonly Layer[];
}

export interface Layer {
  readonly name: string;
  /** Its own newest value. */
  readonly now: number | null;
  /** Its own values. */
  readonly values: readonly (number | null)[];
  /** With all below it; `null` where it has none. */
  readonly tops: readonly (number | null)[];
}

/** The number fields of a frame, one upon the other. */
export function stackOf(frame: DataFrame | undefined, nameOf: (field: Field) => string): Stack {
  const time = frame?.fields.find(({ type }) => type === FieldType.time);
  if (frame === undefined || time === undefined) return { times: [], layers: [] };
  const times = (time.values as number[]).map((milliseconds) => milliseconds / 1000);
  let below: readonly number[] = times.map(() => 0);
  const layers = frame.fields
    .filter(({ type }) => type === FieldType.number)
    .map((field): Layer => {
      const values = field.values as (number | null)[];
      const tops = values.map((value, index) => (value === null ? null : below[index] + value));
      below = tops.map((top, index) => top ?? below[index]);
      return { name: nameOf(field), now: values[values.length - 1] ?? null, values, tops };
    });
  return { times, layers: layers.reverse() };
}
