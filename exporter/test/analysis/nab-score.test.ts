import { describe, expect, it } from 'vitest';
import type { NabFile } from '../../bench/nab-corpus.js';
import { profiles, scoreCorpus } from '../../bench/nab-score.js';

const ROWS = 1000;
const windows = [
  { first: 300, last: 399 },
  { first: 700, last: 749 },
];
const file: NabFile = {
  name: 'kind/file.csv',
  stamps: [],
  times: new Float64Array(ROWS),
  values: new Float64Array(ROWS),
  windows,
};

/** Alarms at these rows and nowhere else. */
function alarms(...rows: readonly number[]) {
  const scores = new Float64Array(ROWS);
  for (const row of rows) scores[row] = 1;
  return [{ file, scores }];
}

describe.each(profiles)('the score of the benchmark, profile $name', (profile) => {
  const shipped = (...rows: readonly number[]): number =>
    scoreCorpus(alarms(...rows), profile).shipped.score;

  it('is 100 for an alarm at the first row of each window, and 0 for none', () => {
    expect(shipped(300, 700)).toBeCloseTo(100, 6);
    expect(shipped()).toBe(0);
  });

  it('counts only the best row of a window, and an early one for more than a late one', () => {
    expect(shipped(300, 301, 350, 700)).toBeCloseTo(100, 6);
    expect(shipped(330, 700)).toBeLessThan(100);
    expect(shipped(390, 700)).toBeLessThan(shipped(330, 700));
  });

  it('takes off the weight of a false alarm, and less of it soon after a window', () => {
    const full = (100 * profile.falseAlarm) / (2 + 2 * profile.missed);
    expect(100 - shipped(200, 300, 700)).toBeCloseTo(full, 6);
    expect(100 - shipped(300, 405, 700)).toBeLessThan(full / 2);
    expect(100 - shipped(300, 400 + 350, 700)).toBeLessThan(full);
  });

  it('does not count the probation', () => {
    expect(shipped(0, 149, 300, 700)).toBeCloseTo(100, 6);
  });

  it('finds the threshold that suits best', () => {
    const [{ scores }] = alarms(300, 700);
    scores[200] = 0.5;
    const { best } = scoreCorpus([{ file, scores }], profile);
    expect(best.score).toBeCloseTo(100, 6);
    expect(best.threshold).toBe(1);
  });
});
