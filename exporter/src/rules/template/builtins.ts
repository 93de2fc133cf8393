import { printf } from './printf.js';
import { isList, isMap, TemplateSample, truth, valueText, type TemplateValue } from './values.js';

export type TemplateFunction = (...args: TemplateValue[]) => TemplateValue;

type Basic = 'bool' | 'int' | 'float' | 'string';

function basicKind(value: TemplateValue): Basic {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'float';
    case 'string':
      return 'string';
    default:
      throw new Error('invalid type for comparison');
  }
}

function same(first: TemplateValue, ...others: TemplateValue[]): boolean {
  if (others.length === 0) throw new Error('missing argument for comparison');
  return others.some((other) => {
    if (first === null || other === null) return first === other;
    if (basicKind(first) !== basicKind(other)) {
      throw new Error('incompatible types for comparison');
    }
    return first === other;
  });
}

function less(a: TemplateValue, b: TemplateValue): boolean {
  const kind = basicKind(a);
  if (kind !== basicKind(b)) throw new Error('incompatible types for comparison');
  if (kind === 'bool') throw new Error('invalid type for comparison');
  return (a as number) < (b as number);
}

function lengthOf(value: TemplateValue): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value));
  if (isList(value)) return BigInt(value.length);
  if (isMap(value)) return BigInt(value.size);
  throw new Error('len of type that has none');
}

function index(value: TemplateValue, ...keys: TemplateValue[]): TemplateValue {
  let found = value;
  for (const key of keys) {
    if (isMap(found)) {
      if (typeof key !== 'string') throw new Error('value has type that is no string');
      found = found.get(key) ?? '';
    } else if (isList(found) || typeof found === 'string') {
      if (typeof key !== 'bigint') throw new Error('cannot index slice/array with this type');
      const list = typeof found === 'string' ? [...Buffer.from(found)].map(BigInt) : found;
      if (key < 0n || key >= BigInt(list.length)) {
        throw new Error(`index out of range: ${key.toString()}`);
      }
      found = list[Number(key)];
    } else throw new Error("can't index item of this type");
  }
  return found;
}

function slice(value: TemplateValue, ...ends: TemplateValue[]): TemplateValue {
  if (typeof value !== 'string' && !isList(value)) throw new Error("can't slice item of this type");
  const list = typeof value === 'string' ? Buffer.from(value) : value;
  const [from = 0, to = list.length] = ends.map(Number);
  if (!(from >= 0 && to >= from && to <= list.length)) throw new Error('slice index out of range');
  const part = list.slice(from, to);
  return Buffer.isBuffer(part) ? part.toString() : part;
}

const HTML: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\ufffd',
};

/** Go's fmt.Sprint: a space between operands where neither is a string. */
function print(...args: TemplateValue[]): string {
  return args.reduce<string>((text, arg, i) => {
    const spaced = i > 0 && typeof arg !== 'string' && typeof args[i - 1] !== 'string';
    return text + (spaced ? ' ' : '') + valueText(arg);
  }, '');
}

const joined = (args: readonly TemplateValue[]): string => args.map(valueText).join('');

/** What every Go template has; `and` and `or` are part of the language. */
export const BUILTINS: Readonly<Record<string, TemplateFunction>> = {
  eq: same,
  ne: (a, b) => !same(a, b),
  lt: less,
  le: (a, b) => less(a, b) || same(a, b),
  gt: (a, b) => !less(a, b) && !same(a, b),
  ge: (a, b) => !less(a, b),
  not: (value) => !truth(value),
  len: lengthOf,
  index,
  slice,
  print,
  println: (...args) => `${args.map(valueText).join(' ')}\n`,
  printf: (format, ...args) => {
    if (typeof format !== 'string') throw new Error('wrong type for value; expected string');
    return printf(format, args);
  },
  html: (...args) => joined(args).replace(/["'&<>\0]/g, (character) => HTML[character]),
  js: (...args) => JSON.stringify(joined(args)).slice(1, -1),
  urlquery: (...args) => urlEscape(joined(args)),
};

/** Functions that take as many arguments as there are. */
export const VARIADIC: ReadonlySet<string> = new Set([
  'eq',
  'index',
  'slice',
  'print',
  'println',
  'printf',
  'html',
  'js',
  'urlquery',
  'args',
]);

/** Go's url.QueryEscape. */
export function urlEscape(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** The sample of a value that ought to be one. */
export function asSample(value: TemplateValue): TemplateSample {
  if (value instanceof TemplateSample) return value;
  throw new Error('wrong type for value; expected *template.sample');
}
