import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pearson, ranks, spearman } from '../../src/analysis/correlation/coefficients.js';
import { isCopy } from '../../src/analysis/correlation/copy.js';
import { firstRisen } from '../../src/analysis/correlation/first-risen.js';
import { relate } from '../../src/analysis/correlation/lag.js';
import { rankRelated } from '../../src/analysis/correlation/ranking.js';
import { normal, uniform } from './shapes.js';

const series = (length: number, of: (i: number) => number) =>
  Float64Array.from({ length }, (_, i) => of(i));
const noise = (seed: number) => normal(uniform(seed));
const list = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
  minLength: 8,
  maxLength: 40,
});

describe('coefficients', () => {
  test('of known values', () => {
    const a = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    expect(
      pearson(
        a,
        a.map((x) => 3 - 2 * x),
      ),
    ).toBeCloseTo(-1, 12);
    expect(
      spearman(
        a,
        a.map((x) => Math.exp(x)),
      ),
    ).toBeCloseTo(1, 12);
    // By hand: 6 Σd² / (n(n² − 1)) with d² = 1 four times.
    expect(spearman(a, Float64Array.of(2, 1, 4, 3, 5, 6, 7, 8))).toBeCloseTo(1 - 24 / 504, 12);
    expect(Array.from(ranks(Float64Array.of(5, 1, 5, 3)))).toEqual([3.5, 1, 3.5, 2]);
  });

  test('are NaN of a constant and of fewer than 8 pairs, and skip what is missing', () => {
    const a = series(20, (i) => i);
    expect(pearson(a, new Float64Array(20).fill(0.1))).toBeNaN();
    expect(
      pearson(
        a,
        series(20, (i) => (i < 7 ? i : NaN)),
      ),
    ).toBeNaN();
    expect(
      pearson(
        a,
        series(20, (i) => (i % 4 ? i : Infinity)),
      ),
    ).toBeCloseTo(1, 12);
  });

  test('are the same both ways and in any unit, and never beyond 1', () => {
    fc.assert(
      fc.property(list, list, (one, other) => {
        const length = Math.min(one.length, other.length);
        const a = Float64Array.from(one.slice(0, length));
        const b = Float64Array.from(other.slice(0, length));
        for (const of of [pearson, spearman]) {
          const r = of(a, b);
          if (Number.isNaN(r)) continue;
          expect(Math.abs(r)).toBeLessThanOrEqual(1);
          expect(of(b, a)).toBeCloseTo(r, 9);
          expect(
            of(
              a.map((x) => 1024 * x),
              b,
            ),
          ).toBeCloseTo(r, 9);
        }
      }),
    );
  });
});

describe('lag', () => {
  const random = noise(1);
  const cause = series(300, random);

  test('is found, positive where the other series comes first', () => {
    const effect = series(300, (i) => (i < 7 ? 0 : -2 * cause[i - 7]));
    const found = relate(effect, cause, 20);
    expect(found).toMatchObject({ lag: 7 });
    expect(found!.pearson).toBeLessThan(-0.95);
    expect(found!.spearman).toBeLessThan(-0.95);
    expect(found!.p).toBeLessThan(1e-9);
    expect(relate(cause, effect, 20)?.lag).toBe(-7);
  });

  test('is 0 without need for another, and null where nothing can be told', () => {
    expect(relate(cause, cause, 20)).toMatchObject({ lag: 0, pearson: 1 });
    expect(relate(cause, new Float64Array(300), 5)).toBeNull();
    expect(relate(new Float64Array(0), cause, 5)).toBeNull();
    expect(relate(Float64Array.of(1, 2), Float64Array.of(1, 2), 5)).toBeNull();
  });

  test('two random walks are seldom taken for related', () => {
    const walk = (seed: number) => {
      const step = noise(seed);
      let at = 0;
      return series(200, () => (at += step()));
    };
    let claimed = 0;
    for (let i = 0; i < 60; i++)
      if (relate(walk(2 * i + 1), walk(2 * i + 2), 5)!.p < 0.01) claimed++;
    expect(claimed).toBeLessThan(12);
  });
});

describe('ranking', () => {
  const random = noise(3);
  const target = series(600, (i) => Math.sin(i / 15) + 0.1 * random());
  const near = series(600, (i) => Math.sin((i + 6) / 15) + 0.1 * random());
  const loose = series(600, (i) => Math.sin(i / 15) + 0.6 * random());
  const others = Array.from({ length: 30 }, () => series(600, random));

  test('puts the closest first and leaves chance out', () => {
    const { related, considered } = rankRelated(target, [...others, loose, near]);
    expect(considered).toBe(32);
    expect(related.map(({ index }) => index)).toEqual([31, 30]);
    expect(related[0].lag).toBe(6);
  });

  test('looks at no more than its budget allows, and says so', () => {
    const few = rankRelated(target, [...others, near], { budget: 20_000 });
    expect(few.considered).toBeLessThan(31);
    expect(few.considered).toBeGreaterThan(0);
    expect(rankRelated(target, [near], { budget: 1 }).considered).toBe(1);
  });

  test('answers at most as many as asked for, and nothing of nothing', () => {
    expect(rankRelated(target, [near, loose, near], { limit: 1 }).related).toHaveLength(1);
    expect(rankRelated(target, [])).toEqual({ related: [], considered: 0 });
    expect(rankRelated(new Float64Array(0), [near]).related).toEqual([]);
  });

  test.each([{ lag: -1 }, { lag: 1.5 }, { lag: NaN }, { limit: 0 }, { budget: 0 }])(
    'refuses %j',
    (options) => {
      expect(() => rankRelated(target, [near], options)).toThrow(
        expect.objectContaining({ code: 'bad_correlation' }),
      );
    },
  );
});

describe('scores that rose first', () => {
  const scores = [
    Float64Array.of(0, 0, 0, 1.2, 2),
    Float64Array.of(0, NaN, 1, 0, 0.5),
    Float64Array.of(0, 0, 0, 5, NaN),
    Float64Array.of(2, 2, 2, 2, 2),
    Float64Array.of(0, 0.99, 0, 0, 0),
    new Float64Array(0),
  ];

  test('are in order of time, then of height, without those that did not rise', () => {
    expect(firstRisen(scores)).toEqual([
      { index: 1, at: 2, peak: 1 },
      { index: 2, at: 3, peak: 5 },
      { index: 0, at: 3, peak: 2 },
    ]);
  });

  test('are only those before what they may have caused', () => {
    expect(firstRisen(scores, 3).map(({ index }) => index)).toEqual([1]);
    expect(firstRisen([])).toEqual([]);
  });
});

describe('a copy of a series', () => {
  const value = noise(7);
  const one = series(100, () => value());

  test('has its values, but for some that came late or not at all', () => {
    expect(isCopy(one, one.slice())).toBe(true);
    const late = one.map((x, i) => (i < 3 ? 0 : i % 9 === 0 ? NaN : x * (1 + 1e-12)));
    expect(isCopy(one, late)).toBe(true);
  });

  test('is none that only moves as it does, or has the same states', () => {
    expect(
      isCopy(
        one,
        one.map((x) => 2 * x),
      ),
    ).toBe(false);
    expect(
      isCopy(
        one,
        one.map((x, i) => (i % 10 === 0 ? x + 1 : x)),
      ),
    ).toBe(false);
    const up = series(100, (i) => (i > 50 ? 0 : 1));
    expect(isCopy(up, up.slice())).toBe(false);
    expect(
      isCopy(
        one,
        one.map(() => NaN),
      ),
    ).toBe(false);
  });
});
