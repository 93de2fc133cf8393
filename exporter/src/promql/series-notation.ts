import { LabelSet, METRIC_NAME } from '../series/labels.js';
import { CUSTOM_BUCKETS_SCHEMA } from '../series/histogram.js';
import { KymoError } from '../lib/errors.js';
import { parseNumber, unquote } from './literals.js';
import { NO_BUCKETS, type FloatHistogram } from './histogram/float-histogram.js';
import { combine } from './histogram/histogram-sum.js';

/** One value of a series line: a float, a histogram, a stale marker, or nothing. */
export type SequenceValue =
  | { readonly kind: 'float'; readonly value: number }
  | {
      readonly kind: 'histogram';
      readonly histogram: FloatHistogram;
      /** Whether a hint on resets was written, so that it counts in comparisons. */
      readonly hinted: boolean;
      /** Written as `counter_reset_hint:unknown` or with another value. */
      readonly hint: string;
    }
  | { readonly kind: 'stale' }
  | { readonly kind: 'omitted' };

export interface SeriesLine {
  readonly labels: LabelSet;
  readonly values: readonly SequenceValue[];
}

function malformed(message: string): KymoError {
  return new KymoError('bad_series', message);
}

/**
 * Reads the notation of series in Prometheus's tests:
 * `metric{label="value"} 1 2+1x3 _ stale {{sum:3}}`.
 * @throws KymoError `bad_series`, `bad_literal`
 */
export function parseSeriesLine(line: string): SeriesLine {
  const end = endOfMetric(line);
  return { labels: parseMetric(line.slice(0, end)), values: parseValues(line.slice(end).trim()) };
}

function endOfMetric(line: string): number {
  let quote = '';
  let depth = 0;
  for (let i = 0; i < line.length; i++) {
    const character = line[i];
    if (quote !== '') {
      if (character === '\\' && quote !== '`') i++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'" || character === '`') quote = character;
    else if (character === '{') {
      if (line.startsWith('{{', i) && depth === 0) return i;
      depth++;
    } else if (character === '}') {
      depth--;
      if (depth === 0) return i + 1;
    } else if (/\s/.test(character) && depth === 0 && !/^\s*\{(?!\{)/.test(line.slice(i))) return i;
  }
  return line.length;
}

/**
 * Reads `metric{label="value"}`.
 * @throws KymoError `bad_series`, `bad_literal`
 */
export function parseMetric(text: string): LabelSet {
  const labels: Record<string, string> = {};
  const brace = text.indexOf('{');
  const name = (brace < 0 ? text : text.slice(0, brace)).trim();
  if (name !== '') labels[METRIC_NAME] = name;
  if (!/^([a-zA-Z_:][\w:]*)?$/.test(name)) throw malformed(`"${name}" is no metric name`);
  if (brace >= 0) {
    if (!text.trimEnd().endsWith('}')) throw malformed(`"${text}" lacks its right brace`);
    const inner = text.slice(brace + 1, text.lastIndexOf('}'));
    const pattern =
      /\s*(?:([a-zA-Z_:][\w:]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*(?:=\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`))?)\s*,?/gy;
    let end = 0;
    for (const match of inner.matchAll(pattern)) {
      end = match.index + match[0].length;
      const key = /^["']/.test(match[1]) ? unquote(match[1]) : match[1];
      if (match[2] === undefined) labels[METRIC_NAME] = key;
      else labels[key] = unquote(match[2]);
    }
    const rest = inner.slice(end).trim();
    if (rest !== '') throw malformed(`cannot read the labels from "${rest}" on`);
  }
  return LabelSet.from(labels);
}

const MAX_VALUES = 1_000_000;
const NUMBER = String.raw`[+-]?(?:\d[\d_]*\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf|nan)`;
const ITEM = new RegExp(
  String.raw`\s*(?:(?<blank>_)(?:x(?<blanks>\d+))?|(?<stale>stale)(?:x(?<stales>\d+))?|(?<number>${NUMBER})(?<step>${NUMBER})?(?:x(?<times>\d+))?|\{\{(?<histogram>[^}]*)\}\}(?:(?<sign>[+-])\{\{(?<increment>[^}]*)\}\})?(?:x(?<repeats>\d+))?)(?=\s|$)`,
  'iy',
);

function parseValues(text: string): SequenceValue[] {
  const values: SequenceValue[] = [];
  ITEM.lastIndex = 0;
  while (ITEM.lastIndex < text.length) {
    const position = ITEM.lastIndex;
    const groups = ITEM.exec(text)?.groups;
    if (groups === undefined) throw malformed(`cannot read the values "${text.slice(position)}"`);
    for (const value of itemValues(groups)) values.push(value);
    if (values.length > MAX_VALUES) throw malformed(`more than ${MAX_VALUES} values of a series`);
    if (/^\s*$/.test(text.slice(ITEM.lastIndex))) break;
  }
  return values;
}

function itemValues(groups: Partial<Record<string, string>>): SequenceValue[] {
  const repeats = groups.blanks ?? groups.stales ?? groups.times ?? groups.repeats ?? 0;
  if (Number(repeats) > MAX_VALUES) throw malformed(`more than ${MAX_VALUES} values of a series`);
  if (groups.blank !== undefined) {
    return Array.from({ length: Number(groups.blanks ?? 1) }, () => ({ kind: 'omitted' }));
  }
  if (groups.stale !== undefined) {
    const length = groups.stales === undefined ? 1 : Number(groups.stales) + 1;
    return Array.from({ length }, () => ({ kind: 'stale' }));
  }
  if (groups.number !== undefined) {
    const step = groups.step === undefined ? 0 : parseNumber(groups.step);
    const length = groups.times === undefined ? 1 : Number(groups.times) + 1;
    let value = parseNumber(groups.number);
    return Array.from({ length }, () => {
      const item: SequenceValue = { kind: 'float', value };
      value += step;
      return item;
    });
  }
  const first = histogramValue(groups.histogram ?? '');
  const length = groups.repeats === undefined ? 1 : Number(groups.repeats) + 1;
  if (groups.increment === undefined) return Array.from({ length }, () => first);
  const increment = histogramValue(groups.increment);
  if (first.kind !== 'histogram' || increment.kind !== 'histogram') return [];
  const values: SequenceValue[] = [];
  let { histogram } = first;
  for (let i = 0; i < length; i++) {
    values.push({ kind: 'histogram', histogram, hinted: increment.hinted, hint: first.hint });
    const next = combine(histogram, increment.histogram, groups.sign === '-' ? -1 : 1);
    if (next === undefined) throw malformed('the histograms of a sequence do not fit together');
    histogram = next.histogram;
  }
  return values;
}

function histogramValue(text: string): SequenceValue {
  const fields = new Map<string, string>();
  for (const [, key, list, value] of text.matchAll(/([a-z_]+):(?:\[([^\]]*)\]|(\S+))/g)) {
    fields.set(key, list ?? value);
  }
  const number = (key: string): number => {
    const value = fields.get(key);
    return value === undefined ? 0 : parseNumber(value);
  };
  const numbers = (key: string): number[] =>
    (fields.get(key) ?? '')
      .split(/\s+/)
      .filter((part) => part !== '')
      .map(parseNumber);
  const run = (buckets: string, offset: string): FloatHistogram['positive'] =>
    fields.has(buckets) ? { offset: number(offset), counts: numbers(buckets) } : NO_BUCKETS;
  const hint = fields.get('counter_reset_hint') ?? 'unknown';
  const schema = number('schema');
  const histogram: FloatHistogram = {
    schema,
    count: number('count'),
    sum: number('sum'),
    zeroThreshold: number('z_bucket_w'),
    zeroCount: number('z_bucket'),
    positive: run('buckets', 'offset'),
    negative: run('n_buckets', 'n_offset'),
    ...(schema === CUSTOM_BUCKETS_SCHEMA ? { customBounds: numbers('custom_values') } : {}),
    ...(hint === 'gauge' || hint === 'reset' || hint === 'not_reset' ? { resetHint: hint } : {}),
  };
  return { kind: 'histogram', histogram, hinted: fields.has('counter_reset_hint'), hint };
}
