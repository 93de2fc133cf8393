import { isIP } from 'node:net';
import { RE2JS } from 're2js';
import { parseDuration } from '../../promql/durations.js';
import { asSample, BUILTINS, urlEscape, type TemplateFunction } from './builtins.js';
import {
  humanize,
  humanize1024,
  humanizeDuration,
  humanizePercentage,
  humanizeTimestamp,
  toMoment,
  toNumber,
} from './humanize.js';
import type { TemplateSample } from './values.js';
import { isList, TimeValue, type TemplateValue } from './values.js';

/** What templates may ask of the world. */
export interface TemplateContext {
  /** The samples of an expression at the time of the evaluation. */
  readonly query: (expression: string) => readonly TemplateSample[];
  /** Unix milliseconds of the evaluation. */
  readonly now: () => number;
  readonly externalUrl: string;
}

function text(value: TemplateValue): string {
  if (typeof value === 'string') return value;
  throw new Error('wrong type for value; expected string');
}

function samples(value: TemplateValue): readonly TemplateValue[] {
  if (isList(value)) return value;
  throw new Error('wrong type for value; expected template.queryResult');
}

const compiled = new Map<string, RE2JS>();
const MOST_COMPILED = 200;

/** Templates may come from outside, so their patterns run in linear time. */
function pattern(source: string): RE2JS {
  let found = compiled.get(source);
  if (found === undefined) {
    if (compiled.size >= MOST_COMPILED) compiled.clear();
    found = RE2JS.compile(source);
    compiled.set(source, found);
  }
  return found;
}

/** Go's `${1}` and `$name` are RE2JS's as well, but Go takes the longest name: `$1x` is `${1x}`. */
function replaceAll(source: string, replacement: string, value: string): string {
  const escaped = replacement.replace(
    /\\|\$\$|\$\{?(\w+)\}?|\$/g,
    (found: string, name: string | undefined) => {
      if (found === '\\') return '\\\\';
      if (name === undefined) return '\\$';
      return /^\d+$/.test(name) ? `\${${name}}` : /^\w/.test(name) ? `\${${name}}` : '';
    },
  );
  return substitute(pattern(source), escaped, value);
}

function substitute(expression: RE2JS, replacement: string, value: string): string {
  const matcher = expression.matcher(value);
  let result = '';
  let last = 0;
  while (matcher.find()) {
    result += value.slice(last, matcher.start());
    result += replacement.replace(/\\(.)|\$\{(\w+)\}/g, (_, literal?: string, name?: string) => {
      if (literal !== undefined) return literal;
      try {
        const group = /^\d+$/.test(name ?? '') ? Number(name) : (name ?? '');
        return matcher.group(group) ?? '';
      } catch {
        // Go: a group that there is not is empty.
        return '';
      }
    });
    last = matcher.end();
  }
  return result + value.slice(last);
}

function splitHostPort(address: string): { host: string; port: string } | undefined {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(address);
  return match === null ? undefined : { host: match[1] ?? match[2], port: match[3] };
}

function stripDomain(address: string): string {
  const split = splitHostPort(address);
  const host = split?.host ?? address;
  if (isIP(host) !== 0) return address;
  const short = host.split('.')[0];
  return split === undefined || split.port === '' ? short : `${short}:${split.port}`;
}

/** The first letter of each word in upper case, the others as they are. */
function title(value: string): string {
  return value.replace(
    /(^|[^\p{L}\p{N}\p{M}'’_])(\p{L})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}

function seconds(value: string): number {
  const negative = value.startsWith('-');
  return ((negative ? -1 : 1) * parseDuration(negative ? value.slice(1) : value)) / 1000;
}

const byLabel =
  (label: string) =>
  (a: TemplateValue, b: TemplateValue): number => {
    const [left, right] = [a, b].map((sample) => asSample(sample).Labels.get(label) ?? '');
    return left < right ? -1 : Number(left > right);
  };

/** The address of the page of this program that draws an expression. */
function link(expression: string, tab: number): string {
  return `/graph?g0.expr=${urlEscape(expression)}&g0.tab=${tab}`;
}

/** The functions of a template's text (https://prometheus.io/docs/prometheus/latest/configuration/template_reference/). */
function functionsOf(context: TemplateContext): Readonly<Record<string, TemplateFunction>> {
  return {
    ...BUILTINS,
    query: (expression) => context.query(text(expression)),
    first: (vector) => {
      const [sample] = samples(vector);
      if (sample === undefined) throw new Error('first() called on vector with no elements');
      return sample;
    },
    label: (name, sample) => asSample(sample).Labels.get(text(name)) ?? '',
    value: (sample) => asSample(sample).Value,
    strvalue: (sample) => asSample(sample).Labels.get('__value__') ?? '',
    sortByLabel: (label, vector) => [...samples(vector)].sort(byLabel(text(label))),
    args: (...args) => new Map(args.map((arg, i) => [`arg${i}`, arg])),
    match: (expression, value) => pattern(text(expression)).matcher(text(value)).find(),
    reReplaceAll: (expression, replacement, value) =>
      replaceAll(text(expression), text(replacement), text(value)),
    title: (value) => title(text(value)),
    toUpper: (value) => text(value).toUpperCase(),
    toLower: (value) => text(value).toLowerCase(),
    safeHtml: text,
    graphLink: (expression) => link(text(expression), 0),
    tableLink: (expression) => link(text(expression), 1),
    stripPort: (address) => splitHostPort(text(address))?.host ?? address,
    stripDomain: (address) => stripDomain(text(address)),
    humanize,
    humanize1024,
    humanizeDuration,
    humanizePercentage,
    humanizeTimestamp,
    toTime: (value) => toMoment(toNumber(value)),
    toDuration: (value) => new TimeValue(toNumber(value) * 1000, 'span'),
    now: () => context.now() / 1000,
    parseDuration: (value) => seconds(text(value)),
    externalURL: () => context.externalUrl,
    pathPrefix: () => (context.externalUrl === '' ? '' : new URL(context.externalUrl).pathname),
    urlQueryEscape: (value) => urlEscape(text(value)),
  };
}

/** The functions by their names. */
export function templateFunctions(context: TemplateContext): ReadonlyMap<string, TemplateFunction> {
  return new Map(Object.entries(functionsOf(context)));
}

const NO_CONTEXT: TemplateContext = { query: () => [], now: () => 0, externalUrl: '' };

/** Names of all functions. */
export const FUNCTION_NAMES: ReadonlySet<string> = new Set([
  ...Object.keys(functionsOf(NO_CONTEXT)),
  'and',
  'or',
  'call',
]);
