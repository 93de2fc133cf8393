import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WatchScorer } from '../../src/analysis/scoring/watch-scorer.js';
import { latencySeries, type Span } from './latency.js';
import { normal, uniform } from './shapes.js';

const START = 1_700_000_000_000;
const FAULT = 40;
const faultAt = (start: number): Span => [start, start + FAULT];

function scoresOf(values: readonly number[]): number[] {
  const scorer = new WatchScorer();
  return values.map((value, i) => scorer.score(START + 1000 * i, value).score);
}

const isFoundSoon = (scores: readonly number[], [start]: Span): boolean =>
  scores.slice(start, start + 10).some((score) => score > 1);

const isBack = (scores: readonly number[], [, end]: Span): boolean =>
  scores.slice(end + 20, end + 60).every((score) => score < 1);

describe('a fault that must not be taken for normal', () => {
  const seeds = [1, 2, 3, 4, 5];

  it.each([
    ['none before it', [faultAt(330)]],
    ['one that lasts over the end of the warm-up', [faultAt(212), faultAt(330)]],
    ['two in the warm-up', [faultAt(150), faultAt(212), faultAt(424)]],
    ['some every now and then', [212, 330, 1000, 1500, 2100, 2700].map(faultAt)],
  ])('is found within 10 s with %s, and is over after it', (_, faults) => {
    for (const seed of seeds) {
      const scores = scoresOf(latencySeries(seed, faults[faults.length - 1][1] + 80, faults));
      for (const fault of faults.filter(([start]) => start > 300)) {
        expect(isFoundSoon(scores, fault)).toBe(true);
        expect(isBack(scores, fault)).toBe(true);
      }
    }
  });

  it('is found each time where one comes every 4 minutes, nearly always within 10 s', () => {
    const faults = Array.from({ length: 12 }, (_, i) => faultAt(330 + 240 * i));
    let soon = 0;
    for (const seed of seeds) {
      const scores = scoresOf(latencySeries(seed, 3200, faults));
      for (const fault of faults) if (isFoundSoon(scores, fault)) soon++;
      for (const [start, end] of faults) {
        expect(scores.slice(start, end).some((score) => score > 1)).toBe(true);
      }
    }
    expect(soon).toBeGreaterThan(0.9 * seeds.length * faults.length);
  });

  it('is found soon after another one of its kind, however long the past is', () => {
    const faults = [14_400, 14_640].map(faultAt);
    const scores = scoresOf(latencySeries(1, 14_700, faults));
    for (const fault of faults) expect(isFoundSoon(scores, fault)).toBe(true);
  });

  it('is found in what the demo measured, where one came in the warm-up', () => {
    const file = new URL('testdata/demo-latency.json', import.meta.url);
    const { values, faults } = JSON.parse(readFileSync(file, 'utf8')) as {
      values: number[];
      faults: Span[];
    };
    const scores = scoresOf(values);
    const last = faults[faults.length - 1];
    expect(isFoundSoon(scores, last)).toBe(true);
    expect(isBack(scores, last)).toBe(true);
  });

  it('is found a second time where a value is stuck', () => {
    const noise = normal(uniform(3));
    const stuck = (second: number): boolean => second % 3600 >= 3300;
    const values: number[] = [];
    for (let second = 0; second < 3 * 3600; second++) {
      values.push(
        stuck(second) ? values[values.length - 1 - (second % 3600) + 3299] : 10 + noise(),
      );
    }
    const scores = scoresOf(values);
    for (const end of [3600, 7200, 10_800]) {
      expect(scores.slice(end - 300, end).some((score) => score > 1)).toBe(true);
    }
  });
});

describe('a new normal', () => {
  it('is adopted: another level is what is expected after an hour, and what is odd there is found', () => {
    const noise = normal(uniform(5));
    const scorer = new WatchScorer();
    const level = (second: number): number => (second < 900 ? 10 : 50) + noise();
    let alarms = 0;
    let expected = 0;
    for (let second = 0; second < 900 + 2 * 3600; second++) {
      const judgement = scorer.score(START + 1000 * second, level(second));
      if (second >= 900 && judgement.score >= 1) alarms++;
      expected = judgement.expected;
    }
    expect(alarms).toBeGreaterThan(0);
    expect(alarms).toBeLessThan(20);
    expect(Math.abs(expected - 50)).toBeLessThan(2);
    const again = [0, 1, 2, 3, 4].map((i) => scorer.score(START + 8_100_000 + 1000 * i, 300).score);
    expect(Math.max(...again)).toBeGreaterThan(1);
  });

  it('is adopted where it comes and goes: what happens every minute is normal after an hour', () => {
    const noise = normal(uniform(6));
    const values = Array.from({ length: 3 * 3600 }, (_, second) => {
      return (second % 60 < 6 ? 40 : 10) + noise();
    });
    const late = scoresOf(values).slice(3600);
    expect(late.filter((score) => score >= 1).length).toBeLessThan(0.002 * late.length);
  });
});
