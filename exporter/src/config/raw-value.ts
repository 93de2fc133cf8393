/** Where a value was given. Lines and columns start at 1. */
export type Origin =
  | { readonly kind: 'default' }
  /** A default that another setting has changed. */
  | { readonly kind: 'adjusted'; readonly reason: string }
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string }
  /** Given by the program that embeds Kymo. */
  | { readonly kind: 'option' };

/** A value as it was written, before its setting's type has read it. */
export type RawValue =
  /** Of a variable or flag, where everything is text. */
  | { readonly kind: 'text'; readonly text: string; readonly origin: Origin }
  | {
      readonly kind: 'scalar';
      readonly value: string | number | boolean | null;
      /** As it stands in the file. */
      readonly source: string;
      readonly origin: Origin;
    }
  | { readonly kind: 'list'; readonly items: readonly RawValue[]; readonly origin: Origin }
  | { readonly kind: 'map'; readonly entries: readonly RawEntry[]; readonly origin: Origin };

export interface RawEntry {
  readonly key: string;
  readonly keyOrigin: Origin;
  readonly value: RawValue;
}

/** The origin as errors and `--print-config` name it. */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'adjusted':
      return `default, ${origin.reason}`;
    case 'file':
      return `${origin.file}:${origin.line}:${origin.column}`;
    case 'environment':
      return origin.variable;
    case 'flag':
      return origin.flag;
    case 'option':
      return 'option';
  }
}
