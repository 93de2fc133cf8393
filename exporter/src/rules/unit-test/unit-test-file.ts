import { readFileSync } from 'node:fs';
import { messageOf } from '../../lib/errors.js';
import { parseDuration } from '../../promql/durations.js';
import { parseNumber } from '../../promql/literals.js';
import { parseMetric, parseSeriesLine, type SeriesLine } from '../../promql/series-notation.js';
import type { LabelSet, Labels } from '../../series/labels.js';
import type { RuleProblem } from '../problem.js';
import type { Place } from '../rule.js';
import { labelsOf, ShapeReader } from '../yaml-shape.js';
import { readYamlText, type YamlEntry, type YamlValue } from '../yaml-text.js';

/** A file of tests for rules, in promtool's format. Durations are in milliseconds. */
export interface UnitTestFile {
  readonly file: string;
  /** As written: globs, relative to the file. */
  readonly ruleFiles: readonly string[];
  readonly evaluationInterval: number;
  readonly groupOrder: readonly string[];
  readonly fuzzy: boolean;
  readonly tests: readonly UnitTest[];
}

export interface UnitTest {
  readonly name: string;
  readonly place: Place;
  readonly interval: number;
  /** Unix milliseconds. */
  readonly start: number;
  readonly series: readonly SeriesLine[];
  readonly alerts: readonly AlertCase[];
  readonly expressions: readonly ExpressionCase[];
  readonly externalLabels: Labels;
  readonly externalUrl: string;
}

export interface AlertCase {
  readonly place: Place;
  readonly alert: string;
  readonly time: number;
  readonly expected: readonly { readonly labels: Labels; readonly annotations: Labels }[];
}

export interface ExpressionCase {
  readonly place: Place;
  readonly expression: string;
  readonly time: number;
  readonly expected: readonly ExpectedSample[];
}

export interface ExpectedSample {
  readonly labels: LabelSet;
  readonly value: number;
  /** In the notation of test series; decides in place of the value. */
  readonly histogram: string | undefined;
}

const FILE_KEYS = [
  'rule_files',
  'evaluation_interval',
  'group_eval_order',
  'fuzzy_compare',
  'tests',
];
const TEST_KEYS = [
  'name',
  'interval',
  'start_timestamp',
  'input_series',
  'alert_rule_test',
  'promql_expr_test',
  'external_labels',
  'external_url',
];
const DEFAULT_INTERVAL = 60_000;

/** Reads a file of tests; what is wrong goes to `problems`. */
export function readUnitTestFile(file: string, problems: RuleProblem[]): UnitTestFile | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    const place = { file, line: 1, column: 1 };
    problems.push({ place, message: `cannot be read: ${messageOf(thrown)}` });
    return undefined;
  }
  const root = readYamlText(text, file, problems);
  return root && new UnitTestReader(problems).file(root, file);
}

class UnitTestReader {
  readonly #shape: ShapeReader;

  constructor(problems: RuleProblem[]) {
    this.#shape = new ShapeReader(problems);
  }

  file(root: YamlValue, file: string): UnitTestFile | undefined {
    const shape = this.#shape;
    const entries = shape.map(root, 'a file of rule tests', FILE_KEYS);
    if (entries === undefined) return undefined;
    const interval = shape.duration(entries.get('evaluation_interval')) ?? 0;
    const evaluationInterval = interval === 0 ? DEFAULT_INTERVAL : interval;
    const tests = shape
      .list(entries.get('tests'), 'tests')
      .flatMap((value, i) => this.#test(value, { evaluationInterval, number: i }) ?? []);
    const groupOrder = this.#texts(entries.get('group_eval_order'));
    const twice = groupOrder.find((name, i) => groupOrder.indexOf(name) < i);
    if (twice !== undefined) {
      shape.report(root.place, `group "${twice}" is in group_eval_order twice`);
    }
    return {
      file,
      ruleFiles: this.#texts(entries.get('rule_files')),
      evaluationInterval,
      groupOrder,
      fuzzy: shape.text(entries.get('fuzzy_compare')) === 'true',
      tests,
    };
  }

  #texts(entry: YamlEntry | undefined): string[] {
    return this.#shape
      .list(entry, entry?.key ?? '')
      .flatMap((value) => (value.kind === 'scalar' ? [value.text] : []));
  }

  #test(
    value: YamlValue,
    { evaluationInterval, number }: { evaluationInterval: number; number: number },
  ): UnitTest | undefined {
    const shape = this.#shape;
    const entries = shape.map(value, 'a test', TEST_KEYS);
    if (entries === undefined) return undefined;
    const interval = shape.duration(entries.get('interval')) ?? 0;
    return {
      name: shape.text(entries.get('name')) ?? `unnamed#${number}`,
      place: value.place,
      interval: interval === 0 ? evaluationInterval : interval,
      start: this.#start(entries.get('start_timestamp')),
      series: shape
        .list(entries.get('input_series'), 'input_series')
        .flatMap((item) => this.#series(item) ?? []),
      alerts: shape
        .list(entries.get('alert_rule_test'), 'alert_rule_test')
        .flatMap((item) => this.#alertCase(item) ?? []),
      expressions: shape
        .list(entries.get('promql_expr_test'), 'promql_expr_test')
        .flatMap((item) => this.#expressionCase(item) ?? []),
      externalLabels: labelsOf(shape.texts(entries.get('external_labels'))),
      externalUrl: shape.text(entries.get('external_url')) ?? '',
    };
  }

  /** Unix seconds or a time in RFC 3339. */
  #start(entry: YamlEntry | undefined): number {
    const scalar = this.#shape.scalar(entry);
    if (scalar === undefined) return 0;
    const numeric = /^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(scalar.text);
    const time = numeric ? Number(scalar.text) * 1000 : Date.parse(scalar.text);
    if (Number.isFinite(time)) return Math.round(time);
    this.#shape.report(scalar.place, `start_timestamp "${scalar.text}" is no time`);
    return 0;
  }

  #series(value: YamlValue): SeriesLine | undefined {
    const entries = this.#shape.map(value, 'an input series', ['series', 'values']);
    const name = this.#shape.text(entries?.get('series')) ?? '';
    const values = this.#shape.text(entries?.get('values')) ?? '';
    return this.#attempt(value.place, () => parseSeriesLine(`${name.trim()} ${values}`));
  }

  #attempt<Result>(place: Place, run: () => Result): Result | undefined {
    try {
      return run();
    } catch (thrown) {
      this.#shape.report(place, messageOf(thrown));
      return undefined;
    }
  }

  /** Durations of tests may be 0 without a unit. */
  #time(entry: YamlEntry | undefined): number {
    const scalar = this.#shape.scalar(entry);
    if (scalar === undefined) return 0;
    return this.#attempt(scalar.place, () => parseDuration(scalar.text)) ?? 0;
  }

  #alertCase(value: YamlValue): AlertCase | undefined {
    const shape = this.#shape;
    const keys = ['eval_time', 'alertname', 'exp_alerts'];
    const entries = shape.map(value, 'an alert test', keys);
    if (entries === undefined) return undefined;
    const alert = shape.text(entries.get('alertname')) ?? '';
    if (alert === '') shape.report(value.place, 'an alert test must have an alertname');
    const expected = shape.list(entries.get('exp_alerts'), 'exp_alerts').flatMap((item) => {
      const fields = shape.map(item, 'an expected alert', ['exp_labels', 'exp_annotations']);
      if (fields === undefined) return [];
      const labels = labelsOf(shape.texts(fields.get('exp_labels')));
      const annotations = labelsOf(shape.texts(fields.get('exp_annotations')));
      return [{ labels: { ...labels, alertname: alert }, annotations }];
    });
    return { place: value.place, alert, time: this.#time(entries.get('eval_time')), expected };
  }

  #expressionCase(value: YamlValue): ExpressionCase | undefined {
    const shape = this.#shape;
    const entries = shape.map(value, 'an expression test', ['expr', 'eval_time', 'exp_samples']);
    if (entries === undefined) return undefined;
    return {
      place: value.place,
      expression: shape.text(entries.get('expr')) ?? '',
      time: this.#time(entries.get('eval_time')),
      expected: shape
        .list(entries.get('exp_samples'), 'exp_samples')
        .flatMap((item) => this.#expectedSample(item) ?? []),
    };
  }

  #expectedSample(value: YamlValue): ExpectedSample | undefined {
    const shape = this.#shape;
    const entries = shape.map(value, 'an expected sample', ['labels', 'value', 'histogram']);
    if (entries === undefined) return undefined;
    const histogram = shape.text(entries.get('histogram')) ?? '';
    const number = shape.text(entries.get('value')) ?? '0';
    return this.#attempt(value.place, () => ({
      labels: parseMetric(shape.text(entries.get('labels')) ?? ''),
      // YAML writes infinities and NaN with a dot.
      value: parseNumber(number.replace(/^([+-]?)\.(inf|nan)$/i, '$1$2')),
      histogram: histogram === '' ? undefined : histogram,
    }));
  }
}
