import { messageOf } from '../lib/errors.js';
import { formatDuration, parseDuration } from '../lib/duration.js';
import { formatRate, parseRate } from '../lib/rate.js';
import { formatSize, parseSize } from '../lib/size.js';
import type { RawValue } from './raw-value.js';
import { describeRaw, type Refuse, type ValueType } from './value-type.js';

export interface Range {
  readonly min?: number;
  readonly max?: number;
}

/** Milliseconds, written with units: `100ms`, `1h30m`. */
export function duration(range: Range = {}): ValueType<number> {
  return withUnit({ name: 'duration', range, parse: parseDuration, format: formatDuration });
}

/** Bytes, written with units: `16MiB`, `1GB`. */
export function size(range: Range = {}): ValueType<number> {
  return withUnit({ name: 'size', range, parse: parseSize, format: formatSize });
}

/** Times a second, written with a period: `100/s`. */
export function rate(range: Range = {}): ValueType<number> {
  return withUnit({ name: 'rate', range, parse: parseRate, format: formatRate });
}

/** A whole number. */
export function integer(range: Range = {}): ValueType<number> {
  return plainNumber({ name: 'integer', range, whole: true });
}

/** Any finite number. */
export function number(range: Range = {}): ValueType<number> {
  return plainNumber({ name: 'number', range, whole: false });
}

/** A TCP port; 0 picks a free one. */
export function port(): ValueType<number> {
  return plainNumber({ name: 'port', range: { min: 0, max: 65_535 }, whole: true });
}

interface UnitOptions {
  readonly name: string;
  readonly range: Range;
  readonly parse: (text: string) => number;
  readonly format: (value: number) => string;
}

function withUnit({ name, range, parse, format }: UnitOptions): ValueType<number> {
  return {
    name,
    allowed: describeRange(range, format),
    read(raw, refuse) {
      const text = raw.kind === 'text' ? raw.text.trim() : scalarSource(raw);
      if (text === undefined) {
        refuse(`a ${name} is expected, not ${describeRaw(raw)}`);
        return undefined;
      }
      try {
        return parse(text);
      } catch (thrown) {
        refuse(messageOf(thrown));
        return undefined;
      }
    },
    check: (value, refuse) => checkRange({ value, range: { min: 0, ...range }, format, refuse }),
    plain: format,
  };
}

function scalarSource(raw: RawValue): string | undefined {
  if (raw.kind !== 'scalar') return undefined;
  if (typeof raw.value === 'string') return raw.value.trim();
  // A bare number is refused by the parser, with the remedy.
  return typeof raw.value === 'number' ? raw.source : undefined;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function plainNumber(options: {
  readonly name: string;
  readonly range: Range;
  readonly whole: boolean;
}): ValueType<number> {
  const { name, range, whole } = options;
  const expected = `${whole ? 'a whole number' : 'a number'}${between(range, String)} is expected`;
  return {
    name,
    allowed: describeRange(range, String),
    read(raw, refuse) {
      let value = NaN;
      if (raw.kind === 'text' && NUMBER.test(raw.text.trim())) value = Number(raw.text);
      if (raw.kind === 'scalar' && typeof raw.value === 'number') value = raw.value;
      if (Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
      const quoted =
        raw.kind === 'scalar' && typeof raw.value === 'string' && NUMBER.test(raw.value);
      refuse(`${expected}, not ${describeRaw(raw)}${quoted ? ': take the quotes away' : ''}`);
      return undefined;
    },
    check(value, refuse) {
      if (Number.isFinite(value) && (!whole || Number.isInteger(value))) {
        checkRange({ value, range, format: String, refuse });
      } else refuse(`${expected}, not ${String(value)}`);
    },
    plain: (value) => value,
  };
}

function checkRange(options: {
  readonly value: number;
  readonly range: Range;
  readonly format: (value: number) => string;
  readonly refuse: Refuse;
}): void {
  const { value, range, format, refuse } = options;
  const { min = -Infinity, max = Infinity } = range;
  if (typeof value !== 'number' || Number.isNaN(value)) {
    refuse(`${String(value)} is not a number`);
  } else if (value < min) {
    refuse(
      `${describeNumber(value, format)} is too little; choose ${describeRange(range, format)}`,
    );
  } else if (value > max) {
    refuse(`${describeNumber(value, format)} is too much; choose ${describeRange(range, format)}`);
  }
}

/** A negative number has no form with a unit. */
function describeNumber(value: number, format: (value: number) => string): string {
  return value >= 0 && Number.isFinite(value) ? format(value) : String(value);
}

function describeRange({ min, max }: Range, format: (value: number) => string): string {
  if (min !== undefined && max !== undefined) return `${format(min)} to ${format(max)}`;
  if (min !== undefined) return `${format(min)} or more`;
  if (max !== undefined) return `${format(max)} or less`;
  return '';
}

function between(range: Range, format: (value: number) => string): string {
  const { min, max } = range;
  if (min !== undefined && max !== undefined) return ` from ${format(min)} to ${format(max)}`;
  return '';
}
