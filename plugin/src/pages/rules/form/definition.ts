import type { RuleRequest } from '@kymo/contract';
import { TEST_KINDS, type Pair, type RuleForm, type TestForm } from './form.js';

type Json = Readonly<Record<string, unknown>>;

/** What the exporter is told: it says what is wrong or missing, so that nothing is checked here. */
export function definitionOf(form: RuleForm): RuleRequest {
  if (form.way === 'condition') return { condition: conditionOf(form) };
  const labels = objectOf(form.labels);
  if (form.way === 'recording') {
    return { rule: given({ record: form.name, expr: form.expr, labels }) };
  }
  const annotations = {
    ...objectOf(form.annotations),
    ...given({
      kymo_resolve: form.resolve,
      kymo_cooldown: form.cooldown,
      kymo_no_data: form.noData,
      kymo_error: form.error,
      kymo_receivers: form.receivers,
    }),
  };
  return {
    rule: given({
      alert: form.name,
      expr: form.expr,
      for: form.for,
      keep_firing_for: form.keepFiringFor,
      labels: { ...labels, ...given({ severity: form.severity }) },
      annotations,
    }),
  };
}

function conditionOf(form: RuleForm): Json {
  const isChange = form.test.kind === 'threshold' || form.test.kind === 'rate_of_change';
  return given({
    name: form.name,
    ...testOf(form.test),
    alert: form.alert ? undefined : false,
    for: form.for,
    keep_firing_for: form.keepFiringFor,
    severity: form.severity,
    labels: objectOf(form.labels),
    annotations: objectOf(form.annotations),
    // A value to go back to means something where a value is compared.
    resolve: isChange ? numberOr(form.resolve) : form.resolve,
    cooldown: form.cooldown,
    no_data: form.noData,
    error: form.error,
    receivers: listOf(form.receivers),
  });
}

function testOf(test: TestForm): Json {
  const { kind, expr, operator } = test;
  const value = numberOr(test.value);
  switch (kind) {
    case 'threshold':
      return { threshold: given({ expr, operator, value }) };
    case 'rate_of_change':
      return {
        rate_of_change: given({ expr, window: test.window, unit: test.unit, operator, value }),
      };
    case 'anomaly': {
      const sensitivity = numberOr(test.sensitivity);
      const labels = objectOf(test.labels);
      const of = test.watch === '' ? { expr } : { watch: test.watch, labels };
      return { anomaly: given({ ...of, sensitivity }) };
    }
    case 'absence':
      return { absence: given({ expr, for: test.window }) };
    case 'composite':
      return { composite: compositeOf(test) };
    case 'named':
      return {};
  }
}

function compositeOf({ joiner, parts, on }: TestForm): Json {
  const written = parts.map((part) => (part.kind === 'named' ? part.named : testOf(part)));
  if (joiner === 'not') return { not: written[0] ?? {} };
  return { [joiner]: written, ...(joiner === 'and' ? given({ on: listOf(on) }) : {}) };
}

/** Without what is empty: that is the default, or the exporter says that it is missing. */
function given(values: Json): Json {
  const isGiven = (value: unknown): boolean => {
    if (value === undefined || value === '') return false;
    if (Array.isArray(value)) return value.length > 0;
    return typeof value !== 'object' || value === null || Object.keys(value).length > 0;
  };
  return Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value] as const)
      // A test without fields is one all the same.
      .filter(([name, value]) => TESTS.has(name) || isGiven(value)),
  );
}

const TESTS: ReadonlySet<string> = new Set(TEST_KINDS.map(({ value }) => value));

/** A text that is no number is left to the exporter to complain of. */
function numberOr(text: string): number | string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : trimmed;
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const objectOf = (pairs: readonly Pair[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    pairs
      .map(({ name, value }) => [name.trim(), value] as const)
      .filter(([, value]) => value.trim() !== ''),
  );
