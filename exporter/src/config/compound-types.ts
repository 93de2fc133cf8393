import { nearest } from '../lib/nearest.js';
import type { RawEntry, RawValue } from './raw-value.js';
import { readText } from './text-types.js';
import { describeRaw, type Plain, type Refuse, type ValueType } from './value-type.js';

/** Values of one type: a list in the file, separated by commas in a variable or flag. */
export function listOf<T>(item: ValueType<T>): ValueType<readonly T[]> {
  return {
    name: `list of ${item.name}s`,
    allowed: item.allowed,
    fileOnly: item.fileOnly,
    read(raw, refuse) {
      const items = itemsOf(raw, refuse);
      if (items === undefined) return undefined;
      const values: T[] = [];
      items.forEach((at, i) => {
        const value = item.read(at, partOf(refuse, at, `[${i}]`));
        if (value !== undefined) values.push(value);
      });
      return values.length === items.length ? values : undefined;
    },
    check(values, refuse) {
      if (!Array.isArray(values)) refuse('a list is expected');
      else
        values.forEach((value, i) => item.check(value as T, (text) => refuse(`[${i}]: ${text}`)));
    },
    plain: (values) => values.map((value) => item.plain(value)),
  };
}

function itemsOf(raw: RawValue, refuse: Refuse): readonly RawValue[] | undefined {
  if (raw.kind === 'list') return raw.items;
  if (raw.kind === 'text') {
    const texts = raw.text.split(',').map((text) => text.trim());
    return texts
      .filter((text) => text !== '')
      .map((text) => ({ kind: 'text', text, origin: raw.origin }));
  }
  refuse(`a list is expected, not ${describeRaw(raw)}; write each item as "- …" on its own line`);
  return undefined;
}

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Labels by name: a section in the file, `name=value` separated by commas in a variable or flag. */
export function labelMap(): ValueType<Readonly<Record<string, string>>> {
  return {
    name: 'map of labels',
    allowed: '',
    read(raw, refuse) {
      const entries = labelEntries(raw, refuse);
      if (entries === undefined) return undefined;
      const labels = new Map<string, string>();
      for (const { key, keyOrigin, value } of entries) {
        const problem = labels.has(key) ? 'given twice; keep one of them' : nameProblem(key);
        if (problem !== undefined) {
          refuse(problem, { at: { ...value, origin: keyOrigin }, key: `.${key}` });
        }
        const text = readText(value, partOf(refuse, value, `.${key}`));
        if (text !== undefined) labels.set(key, text);
      }
      return Object.fromEntries(labels);
    },
    check(labels, refuse) {
      if (typeof labels !== 'object' || labels === null) return refuse('labels are expected');
      for (const [name, value] of Object.entries(labels)) {
        const problem = nameProblem(name);
        if (problem !== undefined) refuse(`${name}: ${problem}`);
        if (typeof value !== 'string') refuse(`${name}: a text is expected`);
      }
    },
    plain: (labels) => labels,
  };
}

function labelEntries(raw: RawValue, refuse: Refuse): readonly RawEntry[] | undefined {
  if (raw.kind === 'map') return raw.entries;
  if (raw.kind !== 'text') {
    refuse(`labels are expected, not ${describeRaw(raw)}; write "name: value" on a line each`);
    return undefined;
  }
  const { origin } = raw;
  const pairs = raw.text.split(',').filter((pair) => pair.trim() !== '');
  const bad = pairs.find((pair) => !pair.includes('='));
  if (bad !== undefined) {
    refuse(`"${bad}" is not a label; write name=value, separated by commas`);
    return undefined;
  }
  return pairs.map((pair) => {
    const at = pair.indexOf('=');
    const value: RawValue = { kind: 'text', text: pair.slice(at + 1).trim(), origin };
    return { key: pair.slice(0, at).trim(), keyOrigin: origin, value };
  });
}

function nameProblem(name: string): string | undefined {
  if (!LABEL_NAME.test(name)) {
    return 'not a label name; use letters, digits and underscores, and no digit first';
  }
  return name.startsWith('__')
    ? 'names that begin with __ are reserved; choose another'
    : undefined;
}

/** A field of the objects in a list. */
export interface Field<T> {
  readonly type: ValueType<T>;
  readonly description: string;
  readonly required?: boolean;
}

type Fields = Readonly<Record<string, Field<unknown>>>;

type ValueOf<F> = F extends Field<infer T> ? T : never;

type ObjectOf<F extends Fields> = {
  readonly [K in keyof F as F[K] extends { readonly required: true } ? K : never]: ValueOf<F[K]>;
} & {
  readonly [K in keyof F as F[K] extends { readonly required: true } ? never : K]?:
    ValueOf<F[K]> | undefined;
};

/** A section with fields of its own, as an item of a list; in the file only. */
export function object<const F extends Fields>(fields: F): ValueType<ObjectOf<F>> {
  const names = Object.keys(fields);
  return {
    name: 'object',
    allowed: names.map((name) => `\`${name}\``).join(', '),
    fileOnly: true,
    read(raw, refuse) {
      if (raw.kind !== 'map') {
        refuse(`a section with ${names.join(', ')} is expected, not ${describeRaw(raw)}`);
        return undefined;
      }
      const values = new Map<string, unknown>();
      let sound = true;
      const fail: Refuse = (message, part) => {
        sound = false;
        refuse(message, part);
      };
      for (const { key, keyOrigin, value } of raw.entries) {
        const part = partOf(fail, { ...value, origin: keyOrigin }, `.${key}`);
        if (!Object.hasOwn(fields, key)) part(unknownField(key, names));
        else if (values.has(key)) part('given twice; keep one of them');
        else values.set(key, fields[key].type.read(value, partOf(fail, value, `.${key}`)));
      }
      for (const name of names) {
        if (fields[name].required === true && !values.has(name)) fail(`${name} is missing; add it`);
      }
      return sound ? (Object.fromEntries(values) as ObjectOf<F>) : undefined;
    },
    check(value, refuse) {
      if (typeof value !== 'object' || value === null) return refuse('a section is expected');
      for (const [name, part] of Object.entries(value)) {
        if (!Object.hasOwn(fields, name)) refuse(`${name}: ${unknownField(name, names)}`);
        else if (part !== undefined) {
          fields[name].type.check(part, (text) => refuse(`${name}: ${text}`));
        }
      }
    },
    plain(value) {
      const plain: Record<string, Plain> = {};
      for (const [name, part] of Object.entries(value)) {
        if (part !== undefined) plain[name] = fields[name].type.plain(part);
      }
      return plain;
    },
  };
}

function unknownField(key: string, names: readonly string[]): string {
  const meant = nearest(key, names);
  return meant === undefined
    ? `there is no such field; known are ${names.join(', ')}`
    : `there is no such field; did you mean ${meant}?`;
}

/** Reports problems of one part of a value at its own place. */
function partOf(refuse: Refuse, at: RawValue, key: string): Refuse {
  return (message, part) =>
    refuse(message, part === undefined ? { at, key } : { at: part.at, key: key + part.key });
}
