import { systemClock } from '../../lib/clock.js';
import { messageOf } from '../../lib/errors.js';
import { evaluateInstant } from '../../promql/engine.js';
import type { SequenceValue } from '../../promql/series-notation.js';
import { Head } from '../../series/head.js';
import { METRIC_NAME } from '../../series/labels.js';
import type { SeriesId } from '../../series/reader.js';
import type { TimedSeries, TimedValue } from '../../series/timed-series.js';
import { AlertingState } from '../alerting.js';
import { RuleEngine } from '../engine.js';
import type { RuleGroup } from '../rule.js';
import { compareAlerts, compareSamples, type ActualAlert } from './compare.js';
import type { AlertCase, ExpressionCase, UnitTest, UnitTestFile } from './unit-test-file.js';

/** Longer than any test, and yet whole milliseconds. */
const FOREVER = 2 ** 50;
/** A sample may be that far (ms) ahead of the last tick of a head. */
const MOST_AHEAD = 5 * 60_000;

interface InputSample {
  readonly id: SeriesId;
  readonly time: number;
  readonly value: TimedValue;
}

/** Runs one test over rules. @returns what is wrong, none where it passes */
export function runUnitTest(
  test: UnitTest,
  groups: readonly RuleGroup[],
  file: UnitTestFile,
): string[] {
  return new UnitTestRun(test, groups, file).run();
}

class UnitTestRun {
  readonly #test: UnitTest;
  readonly #file: UnitTestFile;
  readonly #head: Head;
  readonly #engine: RuleEngine;
  readonly #input: TimedSeries;
  readonly #samples: InputSample[];
  readonly #failures: string[] = [];
  #loaded = 0;
  #lastTick = -Infinity;

  constructor(test: UnitTest, groups: readonly RuleGroup[], file: UnitTestFile) {
    this.#test = test;
    this.#file = file;
    const limits = { retention: FOREVER, ttl: FOREVER, limit: 100_000, maxLabels: 1000 };
    this.#head = new Head({ ...limits, maxLabelName: 2 ** 16, maxLabelValue: 2 ** 20 });
    this.#input = this.#head.timed('input');
    this.#samples = this.#inputSamples();
    const interval = file.evaluationInterval;
    this.#engine = new RuleEngine({
      reader: this.#head,
      writer: (name) => this.#head.source(name, { exposed: false }),
      tick: interval,
      clock: systemClock,
      alertsPerRule: Infinity,
      query: { subqueryStep: interval },
      externalLabels: test.externalLabels,
      externalUrl: test.externalUrl,
      // promtool knows no such protection, and the verdicts are to be the same.
      flapping: null,
    });
    const order = (group: RuleGroup): number => Math.max(0, file.groupOrder.indexOf(group.name));
    const ordered = [...groups].sort((a, b) => order(a) - order(b));
    // promtool evaluates every group at each interval of the test.
    this.#engine.replace(ordered.map((group) => ({ ...group, interval: undefined })));
  }

  run(): string[] {
    const { start, alerts, expressions } = this.#test;
    const interval = this.#file.evaluationInterval;
    const end = start + Math.max(0, ...[...alerts, ...expressions].map(({ time }) => time));
    for (let time = start; time <= end; time += interval) {
      this.#load(time);
      this.#engine.evaluate(time);
      this.#endTick(time);
      if (this.#ruleErrors(time)) return this.#failures;
      for (const alert of alerts) {
        const from = alert.time - (time - start);
        if (from >= 0 && from < interval) this.#checkAlert(alert);
      }
    }
    this.#load(end);
    for (const expression of expressions) this.#checkExpression(expression);
    return this.#failures;
  }

  #inputSamples(): InputSample[] {
    const { start, interval, series } = this.#test;
    const samples: InputSample[] = [];
    for (const { labels, values } of series) {
      const { [METRIC_NAME]: name = '', ...rest } = labels.toObject();
      const id = this.#input.series(name, rest);
      if (id === undefined) continue;
      for (const [i, value] of values.entries()) {
        const timed = timedValue(value);
        if (timed !== undefined) samples.push({ id, time: start + i * interval, value: timed });
      }
    }
    return samples.sort((a, b) => a.time - b.time);
  }

  /** Appends the samples up to a time. */
  #load(until: number): void {
    for (; this.#loaded < this.#samples.length; this.#loaded++) {
      const { id, time, value } = this.#samples[this.#loaded];
      if (time > until) return;
      if (time - this.#lastTick > MOST_AHEAD) this.#endTick(time);
      this.#input.append(id, time, value);
    }
  }

  #endTick(time: number): void {
    this.#lastTick = time;
    this.#head.endTick(time);
  }

  #ruleErrors(time: number): boolean {
    const before = this.#failures.length;
    for (const { rule, lastError } of this.#engine.groups.flatMap(({ rules }) => rules)) {
      if (lastError === '') continue;
      const at = seconds(time - this.#test.start);
      this.#failures.push(
        `rule ${rule.name} (${rule.place.file}:${rule.place.line}) at ${at}: ${lastError}`,
      );
    }
    return this.#failures.length > before;
  }

  #checkAlert({ place, alert, time, expected }: AlertCase): void {
    const actual: ActualAlert[] = [];
    for (const { run } of this.#engine.groups.flatMap(({ rules }) => rules)) {
      if (!(run instanceof AlertingState) || run.rule.name !== alert) continue;
      for (const entry of run.entries.values()) {
        if (!entry.fires) continue;
        // promtool sees the annotations that Kymo takes off.
        const annotations = { ...entry.annotations, ...run.rule.extensions };
        actual.push({ labels: entry.labels.toObject(), annotations });
      }
    }
    this.#fail(place.line, `alert ${alert} at ${seconds(time)}`, compareAlerts(expected, actual));
  }

  #checkExpression({ place, expression, time, expected }: ExpressionCase): void {
    const what = `expression ${expression.trim().replace(/\s+/g, ' ')} at ${seconds(time)}`;
    try {
      const at = this.#test.start + time;
      const options = { time: at, subqueryStep: this.#file.evaluationInterval };
      const { result } = evaluateInstant(expression, this.#head, options);
      const { fuzzy } = this.#file;
      this.#fail(place.line, what, compareSamples(expected, result, fuzzy));
    } catch (thrown) {
      this.#fail(place.line, what, [messageOf(thrown)]);
    }
  }

  #fail(line: number, what: string, differences: readonly string[]): void {
    if (differences.length === 0) return;
    const lines = differences.map((difference) => `\n    ${difference}`).join('');
    this.#failures.push(`${this.#file.file}:${line}: ${what}:${lines}`);
  }
}

function timedValue(value: SequenceValue): TimedValue | undefined {
  switch (value.kind) {
    case 'omitted':
      return undefined;
    case 'stale':
      return 'stale';
    case 'float':
      return value.value;
    case 'histogram':
      return value.histogram;
  }
}

const seconds = (milliseconds: number): string => `${milliseconds / 1000}s`;
