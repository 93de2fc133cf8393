import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STATE_BYTES } from '../../src/analysis/scoring/layout.js';
import { WatchScorer } from '../../src/analysis/scoring/watch-scorer.js';
import { normal, shapes, uniform, type Shape } from './shapes.js';

const START = 1_700_000_000_000;
const MINUTE = 60;
const DAY = 86_400;

/** Scores of one value a second. */
function scoresOf(shape: Shape, seconds: number, scorer = new WatchScorer(), from = 0): number[] {
  return Array.from(
    { length: seconds },
    (_, i) => scorer.score(START + 1000 * (from + i), shape(from + i)).score,
  );
}

const above = (scores: readonly number[]): number => scores.filter((score) => score >= 1).length;

describe.each(Object.entries(shapes))('a series that is %s', (name, make) => {
  const seeds = [1, 2, 3, 4, 5];

  it('passes the boundary at no more than 1 % of 30 minutes without a fault', () => {
    const rates = seeds.map((seed) => above(scoresOf(make(uniform(seed)), 30 * MINUTE)) / 1800);
    for (const rate of rates) expect(rate).toBeLessThanOrEqual(0.01);
  });

  // A burst to five times the mean is what the bursty one does by itself.
  it.skipIf(name === 'bursty counts')('passes it within 10 s of a fault, and not after it', () => {
    let found = 0;
    for (const seed of seeds) {
      const shape = make(uniform(seed));
      const scorer = new WatchScorer();
      scoresOf(shape, 5 * MINUTE, scorer);
      const faulty = scoresOf((second) => 5 * shape(second), 20, scorer, 5 * MINUTE);
      if (faulty.slice(0, 10).some((score) => score > 1)) found++;
      const after = scoresOf(shape, 2 * MINUTE, scorer, 5 * MINUTE + 20);
      expect(above(after.slice(30))).toBeLessThanOrEqual(2);
    }
    // One may follow so closely on a false alarm that it counts as a repetition.
    expect(found).toBeGreaterThanOrEqual(seeds.length - 1);
  });
});

describe('WatchScorer', () => {
  it('keeps at most 4 KB a series', () => {
    expect(STATE_BYTES).toBeLessThanOrEqual(4096);
  });

  it('is warm within 5 minutes at one point a second, and below the boundary before', () => {
    const scorer = new WatchScorer();
    const noise = normal(uniform(1));
    let warmAt = -1;
    for (let second = 0; second < 5 * MINUTE && warmAt < 0; second++) {
      const spike = second % 50 === 49 ? 1000 : 0;
      const { warm, score } = scorer.score(START + 1000 * second, noise() + spike);
      if (warm) warmAt = second;
      else expect(score).toBeLessThan(1);
    }
    expect(warmAt).toBeGreaterThan(0);
  });

  it('never scores a constant', () => {
    expect(Math.max(...scoresOf(() => 7, 3600))).toBe(0);
    expect(Math.max(...scoresOf(() => 0, 3600))).toBe(0);
  });

  it('scores the first change of what was constant', () => {
    const scorer = new WatchScorer();
    scoresOf(() => 0, 30 * MINUTE, scorer);
    expect(above(scoresOf(() => 0.3, 5, scorer, 30 * MINUTE))).toBeGreaterThan(0);
  });

  it('finds a value that is stuck', () => {
    const noise = normal(uniform(3));
    const scorer = new WatchScorer();
    scoresOf(() => 10 + noise(), 30 * MINUTE, scorer);
    expect(above(scoresOf(() => 10.1, 2 * MINUTE, scorer, 30 * MINUTE))).toBeGreaterThan(0);
  });

  it('learns the time of day, so that what comes daily is not odd the third time', () => {
    const noise = normal(uniform(4));
    const daily: Shape = (minute) => {
      const hour = Math.floor((minute % 1440) / 60);
      return (hour >= 3 && hour < 5 ? 100 : 20) + noise();
    };
    const scorer = new WatchScorer();
    const midnight = Math.floor(START / 86_400_000) * 86_400_000;
    let expectedAtFour = 0;
    for (let minute = 0; minute < 5 * 1440; minute++) {
      const { expected } = scorer.score(midnight + 60_000 * minute, daily(minute));
      if (minute === 4 * 1440 + 3 * 60) expectedAtFour = expected;
    }
    expect(expectedAtFour).toBeGreaterThan(60);
  });

  it('does not score and does not learn what is no number', () => {
    const plain = new WatchScorer();
    const holed = new WatchScorer();
    const make = (): Shape => shapes.gaussian(uniform(5));
    const [first, second] = [make(), make()];
    for (let i = 0; i < 600; i++) {
      plain.score(START + 1000 * i, first(i));
      holed.score(START + 1000 * i, second(i));
    }
    for (const value of [NaN, Infinity, -Infinity, 1e300]) {
      expect(holed.score(START + 600_000, value)).toMatchObject({ score: NaN, expected: NaN });
    }
    const { expected } = plain.score(START + 600_000, 50);
    expect(holed.score(START + 600_000, 50).expected).toBe(expected);
  });

  it('keeps series apart though they share the judgement', () => {
    const [a, b, alone] = [new WatchScorer(), new WatchScorer(), new WatchScorer()];
    const [first, second] = [shapes.gaussian(uniform(6)), shapes.gaussian(uniform(6))];
    for (let i = 0; i < 400; i++) {
      const { score } = a.score(START + 1000 * i, first(i));
      b.score(START + 1000 * i, -i);
      expect(alone.score(START + 1000 * i, second(i)).score).toBe(score);
    }
  });

  it('goes on after a gap of days without an alarm for the gap itself', () => {
    const shape = shapes.gaussian(uniform(7));
    const scorer = new WatchScorer();
    scoresOf(shape, 10 * MINUTE, scorer);
    expect(above(scoresOf(shape, 5 * MINUTE, scorer, 3 * DAY))).toBeLessThanOrEqual(5);
  });

  it('gives the same scores for other units', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: -20, max: 20 }), (seed, exponent) => {
        const scaled = shapes.gaussian(uniform(seed));
        const scores = scoresOf((second) => 2 ** exponent * scaled(second), 400);
        expect(scores).toEqual(scoresOf(shapes.gaussian(uniform(seed)), 400));
      }),
      { numRuns: 10 },
    );
  });

  it('is finite and ordered for whatever comes', () => {
    const value = fc.oneof(
      fc.double({ min: -1e37, max: 1e37, noNaN: true }),
      fc.constantFrom(0, -0, 1, 5e-324, 1e37, -1e37),
      fc.integer({ min: 0, max: 3 }),
    );
    const step = fc.integer({ min: -5000, max: 100_000 });
    const points = fc.array(fc.tuple(step, value, fc.integer({ min: 1, max: 40 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(points, (list) => {
        const scorer = new WatchScorer();
        let time = START;
        for (const [passed, level, repeats] of list) {
          for (let i = 0; i < repeats; i++) {
            const judgement = scorer.score((time += passed), level);
            expect(judgement.score).toBeGreaterThanOrEqual(0);
            expect(judgement.score).toBeLessThan(1000);
            expect(judgement.confidence).toBeGreaterThanOrEqual(0);
            expect(judgement.confidence).toBeLessThanOrEqual(1);
            expect(Number.isFinite(judgement.expected)).toBe(true);
            if (Number.isNaN(judgement.lower)) continue;
            expect(judgement.lower).toBeLessThanOrEqual(judgement.expected);
            expect(judgement.upper).toBeGreaterThanOrEqual(judgement.expected);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});
