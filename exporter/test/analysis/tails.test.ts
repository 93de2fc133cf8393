import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateState, type SeriesState } from '../../src/analysis/scoring/layout.js';
import {
  beginTails,
  learnTail,
  tailEvidence,
  tailLimit,
} from '../../src/analysis/scoring/tails.js';
import { uniform } from './shapes.js';

function learnt(values: Iterable<number>): SeriesState {
  const state = allocateState();
  beginTails(state);
  for (const value of values) learnTail(state, 0, value, 1);
  return state;
}

function sample(count: number, quantile: (share: number) => number): number[] {
  const random = uniform(11);
  return Array.from({ length: count }, () => quantile(random()));
}

describe('a tail', () => {
  it('knows nothing at first', () => {
    expect(tailEvidence(learnt([]), 0, 5)).toBe(0);
  });

  it.each([
    ['exponential', (share: number) => -Math.log(1 - share)],
    ['Pareto', (share: number) => (1 - share) ** (-1 / 3)],
    ['half-normal squared', (share: number) => (1 / (1 - share) - 1) ** 0.5],
  ])('gives the decades of rarity of %s numbers', (_, quantile) => {
    const state = learnt(sample(20_000, quantile));
    for (const decades of [0.5, 1, 1.5, 2, 3]) {
      const value = quantile(1 - 10 ** -decades);
      expect(Math.abs(tailEvidence(state, 0, value) - decades)).toBeLessThan(0.3);
    }
  });

  it('finds a first number rare that comes after many zeros', () => {
    const state = learnt(new Array<number>(1000).fill(0));
    expect(tailEvidence(state, 0, 1e-9)).toBeCloseTo(Math.log10(2002), 1);
  });

  it('never gives a larger number less evidence', () => {
    const numbers = fc.array(fc.double({ min: 0, max: 1e30, noNaN: true }), { maxLength: 300 });
    fc.assert(
      fc.property(numbers, numbers, (values, asked) => {
        const state = learnt(values);
        const evidence = asked.sort((a, b) => a - b).map((value) => tailEvidence(state, 0, value));
        for (let i = 1; i < evidence.length; i++) {
          expect(evidence[i]).toBeGreaterThanOrEqual(evidence[i - 1] - 0.02);
        }
      }),
    );
  });

  it('answers from which number on there is so much evidence', () => {
    const state = learnt(sample(5000, (share) => -Math.log(1 - share)));
    expect(tailEvidence(state, 0, tailLimit(state, 0, 3))).toBeCloseTo(3, 2);
  });

  it('outlives the halving of its counts', () => {
    const state = learnt(sample(140_000, (share) => -Math.log(1 - share)));
    expect(Math.abs(tailEvidence(state, 0, Math.log(100)) - 2)).toBeLessThan(0.3);
  });
});
