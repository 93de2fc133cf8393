import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.js';
import { parseRules } from '../../src/rules/load.js';
import {
  tryRule,
  type RuleTrialOptions,
  type TrialResult,
} from '../../src/rules/trial/rule-trial.js';
import { Process } from '../series/history/fixture.js';

const START = Date.parse('2026-03-01T10:00:00Z');
const SECOND = 1000;
const SECONDS = 3600;
const RESTART = 1200;
/** The gauge is above 5 in these. */
const HIGH = [
  [300, 360],
  [1195, 1210],
  [1500, 1503],
  [3000, 3100],
] as const;
const isHigh = (i: number): boolean => HIGH.some(([from, to]) => i >= from && i < to);
/** The gauge is no longer reported. */
const GONE = 3400;

let directory = '';
let running: Process;
beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'kymo-trial-history-'));
  running = await Process.start(directory, { flush: 60_000 });
  for (let i = 0; i < SECONDS; i++) {
    if (i === RESTART) {
      await running.stop();
      running = await Process.start(directory, { flush: 60_000 });
    }
    const gauge = i < GONE ? (isHigh(i) ? 9 : 1) : undefined;
    running.tick(START + i * SECOND, { gauge, counter: 2 * i });
    if (i % 300 === 299) await running.settle();
  }
});
afterAll(async () => {
  await running.stop();
  rmSync(directory, { recursive: true });
});

function optionsOf(): RuleTrialOptions {
  const { head, history } = running;
  const headFrom = Math.max(history.headSince, head.maxTime - head.limits.retention);
  return { reader: head, clock: systemClock, past: () => ({ history, headFrom }) };
}

const group = (rule: string) => parseRules(`groups: [{ name: g, rules: [${rule}] }]`, 'g.yml')[0];
const RANGE = { start: START, end: START + (SECONDS - 1) * SECOND, step: SECOND };

/** Seconds after the start at which alerts are firing and resolved. */
const firedIn = ({ alerts }: TrialResult) =>
  alerts.flatMap(({ firingAt, resolvedAt }) =>
    firingAt === undefined
      ? []
      : [[firingAt, resolvedAt].map((time) => ((time ?? NaN) - START) / SECOND)],
  );

describe('a rule tried over more than memory holds', () => {
  test('is judged by what is on disk, over a restart and up to now', async () => {
    const rule = group('{ alert: High, expr: temperature > 5, for: 5s }');
    const result = await tryRule(optionsOf(), { ...RANGE, group: rule });
    expect(firedIn(result)).toEqual([
      [305, 360],
      [1200, 1210],
      [3005, 3100],
    ]);
    expect(result.since).toBe(START);
  });

  test('is judged in longer steps as in short ones', async () => {
    const rule = group(
      '{ alert: High, expr: "temperature > 5 and on () rate(requests_total[1m]) > 1" }',
    );
    const result = await tryRule(optionsOf(), { ...RANGE, step: 20 * SECOND, group: rule });
    expect(firedIn(result)).toEqual([
      [300, 360],
      [1200, 1220],
      [1500, 1520],
      [3000, 3100],
    ]);
  });

  test('says from when on samples are kept', async () => {
    const rule = group('{ alert: High, expr: temperature > 5 }');
    const start = START - 3_600_000;
    const result = await tryRule(optionsOf(), { ...RANGE, start, step: 10 * SECOND, group: rule });
    expect(result.since).toBe(START);
    expect(firedIn(result)[0]).toEqual([300, 360]);
    const memory = { ...optionsOf(), past: () => ({ history: undefined, headFrom: START + 9 }) };
    expect((await tryRule(memory, { ...RANGE, group: rule })).since).toBe(START + 9);
  });

  test('is refused where it would read too much', async () => {
    const past = () => ({ history: running.history, headFrom: RANGE.end });
    const rule = group('{ alert: High, expr: temperature > 5 }');
    const within = (maxHistory: number) =>
      tryRule({ ...optionsOf(), past, maxHistory }, { ...RANGE, group: rule });
    await expect(within(100)).rejects.toMatchObject({
      code: 'too_much_history',
      message: expect.stringMatching(/too much history.*rule_test\.max_history/) as string,
    });
    expect(firedIn(await within(1_000_000)).length).toBeGreaterThan(0);
  });
});
