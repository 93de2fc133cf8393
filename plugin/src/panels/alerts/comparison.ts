import { formattedValueToString, getValueFormat } from '@grafana/data';
import type { AlertRow } from '../../shared/alert-frames.js';
import type { Unusual } from '../../shared/alerts-door.js';

/** Writes a value by its unit, as Grafana does: with about three significant digits by default. */
export function valueText(value: number, unit: string | null, decimals?: number): string {
  const text = formattedValueToString(getValueFormat(unit ?? 'short')(value, decimals));
  return text.replaceAll(' ', '\u00a0');
}

type Compared = Pick<AlertRow, 'value' | 'operator' | 'threshold' | 'unit'>;

/** The value of an alert against its threshold, as `33.5% > 10%`; `undefined` where there is no value. */
export function comparisonText({ value, operator, threshold, unit }: Compared): string | undefined {
  if (value === null) return undefined;
  if (threshold === null) return valueText(value, unit);
  const texts = (decimals?: number): string[] =>
    [value, threshold].map((one) => valueText(one, unit, decimals));
  // Rounded, what has passed its threshold must not look as if it were the same.
  const enough = [undefined, 1, 2, 3, 4, 5, 6].find(
    (decimals) => new Set(texts(decimals).map(withoutZeros)).size > 1,
  );
  return texts(enough).join(` ${operator ?? ''} `);
}

/** The same without rounding, in base units. */
export function exactText({ value, operator, threshold }: Compared): string | undefined {
  if (value === null) return undefined;
  return threshold === null ? `${value}` : `${value} ${operator ?? ''} ${threshold}`;
}

/** `90.0%` is no more than `90%`. */
const withoutZeros = (text: string): string =>
  text.replace(/(\.\d*?)0+(?!\d)/, '$1').replace(/\.(?!\d)/, '');

/** What was expected of a series, and what of it is not. */
export function unusualText({ value, lower, upper, unit, finds }: Unusual): string {
  const [from, to, seen] = [lower, upper, value].map((one) => valueText(one, unit));
  return `expected ${from} to ${to}, seen ${seen}${finds === null ? '' : `: ${finds}`}`;
}
