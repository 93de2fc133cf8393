import {
  dateTimeFormat,
  formattedValueToString,
  getValueFormat,
  systemDateFormats,
  type Field,
  type TimeZone,
} from '@grafana/data';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** A time as Grafana's axes write it, where marks are `step` milliseconds apart. */
export function timeText(time: number, step: number, timeZone: TimeZone): string {
  const { interval } = systemDateFormats;
  const format =
    step >= DAY
      ? interval.day
      : step >= MINUTE
        ? interval.minute
        : step >= SECOND
          ? interval.second
          : interval.millisecond;
  return dateTimeFormat(time, { timeZone, format });
}

/** Values by the field's unit, decimals and mappings; by `fallback` where the field has no unit. */
export function valueTexts(field: Field | undefined, fallback: string): (value: number) => string {
  const { unit, decimals } = field?.config ?? {};
  if (field?.display !== undefined && unit !== undefined) {
    const { display } = field;
    return (value) => formattedValueToString(display(value));
  }
  const format = getValueFormat(fallback);
  return (value) => formattedValueToString(format(value, decimals));
}

/** Bounds are round; what lies between them has three digits. */
export function boundTexts(unit: string): (value: number) => string {
  const format = getValueFormat(unit);
  return (value) => {
    if (!Number.isFinite(value)) return value > 0 ? '∞' : '–';
    const { text, suffix = '', prefix = '' } = format(value, 3);
    const number = Number(text);
    const short = Number.isNaN(number) ? text : `${Number(number.toPrecision(3))}`;
    return `${prefix}${short}${suffix}`;
  };
}
