import { ThresholdsMode, type Field } from '@grafana/data';
import type { Subject } from './model.js';

/** A value that a field should not cross. */
export interface Threshold {
  readonly value: number;
  /** As the option has it, a name or a colour. */
  readonly color: string;
}

/** The thresholds that are set of a field; none of percentages, which are of a range that a curve has not. */
export function thresholdsOf({ config }: Pick<Field, 'config'>): Threshold[] {
  const { thresholds } = config;
  if (thresholds?.mode !== ThresholdsMode.Absolute) return [];
  // Below the first step is everything else.
  return thresholds.steps.filter(({ value }) => Number.isFinite(value));
}

/** When a forecast crosses a threshold. */
interface Crossing {
  readonly threshold: number;
  /** Milliseconds from the last known value on. */
  readonly after: number;
}

/** The first threshold that the forecast crosses, upwards or downwards; `undefined` where it crosses none. */
export function crossingOf({ field, forecast }: Subject): Crossing | undefined {
  if (forecast === undefined) return undefined;
  const { times, values } = forecast;
  const [first] = values;
  if (typeof first !== 'number') return undefined;
  const crossings = thresholdsOf(field).flatMap(({ value: threshold }) => {
    const side = Math.sign(first - threshold);
    if (side === 0) return [];
    const row = values.findIndex((value) => value !== null && (value - threshold) * side <= 0);
    if (row < 1) return [];
    const before = values[row - 1] ?? first;
    const share = (threshold - before) / ((values[row] ?? threshold) - before);
    const time = times[row - 1] + share * (times[row] - times[row - 1]);
    return [{ threshold, after: time - times[0] }];
  });
  return crossings.sort((a, b) => a.after - b.after).at(0);
}
