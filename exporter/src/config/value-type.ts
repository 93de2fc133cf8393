import type { RawValue } from './raw-value.js';

/** Data that YAML can carry. */
export type Plain =
  string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain };

/** Reports a problem: of the value that is being read, or of a part of it. */
export type Refuse = (
  message: string,
  part?: { readonly at: RawValue; readonly key: string },
) => void;

/** How the value of a setting is written, read and checked. */
export interface ValueType<T> {
  /** As the documentation calls it. */
  readonly name: string;
  /** What is allowed, for the documentation; `''` where there is nothing to add. */
  readonly allowed: string;
  /** Whether it can be given in the file only, not as a variable or flag. */
  readonly fileOnly?: boolean;
  /** The value, or `undefined` once a problem has been reported. Does not check the range. */
  read(raw: RawValue, refuse: Refuse): T | undefined;
  /** Reports what is wrong with a value that has the right type. */
  check(value: T, refuse: Refuse): void;
  /** The value as YAML, so that `read` gives it back; a secret only as its mask. */
  plain(value: T): Plain;
}

/** Names what a raw value is, for an error that expected something else. */
export function describeRaw(raw: RawValue): string {
  switch (raw.kind) {
    case 'text':
      return `"${raw.text}"`;
    case 'scalar':
      return raw.value === null ? 'no value' : `"${shorten(raw.source)}"`;
    case 'list':
      return 'a list';
    case 'map':
      return 'a section';
  }
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
