import { formattedValueToString, getValueFormat, type FormattedValue } from '@grafana/data';
import type { Reading } from './model.js';
import { ROLES, type Role } from './options.js';

/** A reading by its field's unit, decimals and mappings; by the role's unit where it has none. */
function format({ value, field }: Reading, role: Role): FormattedValue {
  if (field.display !== undefined && field.config.unit !== undefined) return field.display(value);
  const unit = ROLES.find((spec) => spec.value === role)?.unit ?? 'short';
  return getValueFormat(unit)(value, field.config.decimals);
}

export function readingText(reading: Reading | undefined, role: Role): string {
  return reading === undefined ? '–' : formattedValueToString(format(reading, role));
}

/** Of a column whose head says the unit: `1.28` and ` K req/s` make `1.28 K`. */
export function withoutUnit(reading: Reading | undefined, role: Role): string {
  if (reading === undefined) return '–';
  const { prefix = '', text, suffix = '' } = format(reading, role);
  const unit = unitOf(reading, role);
  const rest = unit !== '' && suffix.endsWith(unit) ? suffix.slice(0, -unit.length) : suffix;
  return `${prefix}${text}${rest.trimEnd()}`;
}

/** The unit as it is written after values without a prefix of size. */
export function unitOf(reading: Reading | undefined, role: Role): string {
  if (reading === undefined) return '';
  return (format({ ...reading, value: 0 }, role).suffix ?? '').trim();
}

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
/** A number of connections. */
export const countText = (value: number): string => whole.format(value);
