import { describe, expect, it } from 'vitest';
import { scoreRange } from '../../src/analysis/score-range.js';
import { shapes, uniform } from './shapes.js';

const START = 1_700_000_000_000;

function range(seconds: number, change: (value: number, second: number) => number) {
  const shape = shapes.gaussian(uniform(1));
  const times = Array.from({ length: seconds }, (_, i) => START + 1000 * i);
  return scoreRange(
    times,
    times.map((_, i) => change(shape(i), i)),
  );
}

describe('scoreRange', () => {
  it('tells where an anomaly is, what was expected and who found it', () => {
    const { anomalies, scores } = range(1200, (value, i) =>
      i >= 1000 && i < 1003 ? value * 5 : value,
    );
    const found = anomalies.find(({ start }) => start === START + 1_000_000);
    expect(found).toBeDefined();
    expect(found?.score).toBeGreaterThan(1);
    expect(found?.value).toBeGreaterThan(found?.upper ?? NaN);
    expect(found?.expected).toBeGreaterThan(30);
    expect(found?.expected).toBeLessThan(70);
    expect(found?.votes[0].evidence).toBeGreaterThan(2);
    expect(scores[1000]).toBeGreaterThan(1);
  });

  it('says how many points it warmed up', () => {
    expect(range(1200, (value) => value).warmUp).toBe(240);
    expect(range(100, (value) => value).warmUp).toBe(100);
  });

  it('leaves out what is no number', () => {
    const { scores, expected } = range(300, (value, i) => (i === 200 ? NaN : value));
    expect(scores[200]).toBeNaN();
    expect(expected[200]).toBeNaN();
    expect(scores[201]).not.toBeNaN();
  });

  it('answers nothing for no points', () => {
    expect(scoreRange([], [])).toMatchObject({ warmUp: 0, anomalies: [] });
  });

  it('is the same each time', () => {
    expect(range(600, (value) => value)).toEqual(range(600, (value) => value));
  });
});
