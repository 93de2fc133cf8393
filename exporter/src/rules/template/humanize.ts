import { parseNumber } from '../../promql/literals.js';
import { general } from './go-number.js';
import { TimeValue, type TemplateValue } from './values.js';

/** Texts of numbers, as Prometheus's templates have them (template/template.go). */

/** The number of a value; a text is read as one. */
export function toNumber(value: TemplateValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof TimeValue && value.kind === 'span') return value.milliseconds / 1000;
  if (typeof value === 'string') {
    try {
      return parseNumber(value);
    } catch {
      throw new Error(`strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`);
    }
  }
  throw new Error("can't convert to float: unsupported type");
}

const LARGE = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const SMALL = ['', 'm', 'u', 'n', 'p', 'f', 'a', 'z', 'y'];
const BINARY = ['', 'ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];

export function humanize(value: TemplateValue): string {
  let number = toNumber(value);
  if (number === 0 || !Number.isFinite(number)) return general(number, 4);
  let prefix = 0;
  if (Math.abs(number) >= 1) {
    for (; Math.abs(number) >= 1000 && prefix < LARGE.length - 1; prefix++) number /= 1000;
    return general(number, 4) + LARGE[prefix];
  }
  for (; Math.abs(number) < 1 && prefix < SMALL.length - 1; prefix++) number *= 1000;
  return general(number, 4) + SMALL[prefix];
}

export function humanize1024(value: TemplateValue): string {
  let number = toNumber(value);
  if (Math.abs(number) <= 1 || !Number.isFinite(number)) return general(number, 4);
  let prefix = 0;
  for (; Math.abs(number) >= 1024 && prefix < BINARY.length - 1; prefix++) number /= 1024;
  return general(number, 4) + BINARY[prefix];
}

export function humanizePercentage(value: TemplateValue): string {
  return `${general(toNumber(value) * 100, 4)}%`;
}

export function humanizeDuration(value: TemplateValue): string {
  const number = toNumber(value);
  if (!Number.isFinite(number)) return general(number, 4);
  if (number === 0) return `${general(number, 4)}s`;
  if (Math.abs(number) >= 1) {
    const sign = number < 0 ? '-' : '';
    const total = Math.trunc(Math.abs(number));
    const seconds = total % 60;
    const minutes = Math.floor(total / 60) % 60;
    const hours = Math.floor(total / 3600) % 24;
    const days = Math.floor(total / 86_400);
    if (days !== 0) return `${sign}${days}d ${hours}h ${minutes}m ${seconds}s`;
    if (hours !== 0) return `${sign}${hours}h ${minutes}m ${seconds}s`;
    if (minutes !== 0) return `${sign}${minutes}m ${seconds}s`;
    return `${general(number, 4)}s`;
  }
  let small = number;
  let prefix = 0;
  for (; Math.abs(small) < 1 && prefix < SMALL.length - 1; prefix++) small *= 1000;
  return `${general(small, 4)}${SMALL[prefix]}s`;
}

/** The moment of Unix seconds. */
export function toMoment(seconds: number): TimeValue {
  if (!Number.isFinite(seconds)) throw new Error('value is NaN or Inf');
  if (Math.abs(seconds * 1e9) > 2 ** 63) {
    throw new Error(
      `${general(seconds, 17)} cannot be represented as a nanoseconds timestamp since it overflows int64`,
    );
  }
  return new TimeValue(Math.trunc(seconds * 1000), 'moment');
}

export function humanizeTimestamp(value: TemplateValue): TemplateValue {
  const number = toNumber(value);
  if (!Number.isFinite(number)) return general(number, 4);
  return toMoment(number);
}
