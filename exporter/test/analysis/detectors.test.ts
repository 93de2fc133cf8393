import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { detectors } from '../../src/analysis/detectors/index.js';
import { WatchScorer } from '../../src/analysis/scoring/watch-scorer.js';
import { normal, uniform, type Shape } from './shapes.js';

const NORMAL = 1800;
const folder = new URL('../../src/analysis/detectors/', import.meta.url);

/** Greatest evidence of each detector in the minute after half an hour of the usual. */
function evidenceOf(fault: (usual: number, second: number) => number): Record<string, number> {
  const noise = normal(uniform(9));
  const usual: Shape = () => 100 + 5 * noise();
  const scorer = new WatchScorer();
  const most = new Float64Array(detectors.length);
  for (let i = 0; i < NORMAL + 60; i++) {
    const value = i < NORMAL ? usual(i) : fault(usual(i), i - NORMAL);
    const { votes } = scorer.score(1_700_000_000_000 + 1000 * i, value);
    if (i >= NORMAL) votes.forEach((vote, k) => (most[k] = Math.max(most[k], vote)));
  }
  return Object.fromEntries(detectors.map(({ name }, k) => [name, most[k]]));
}

describe('detectors', () => {
  it('are one file each, and all of them are in the list', () => {
    const files = readdirSync(folder).filter((file) => !/^(index|detector)\.ts$/.test(file));
    expect(files).toHaveLength(detectors.length);
    expect(new Set(detectors.map(({ name }) => name)).size).toBe(detectors.length);
  });

  it.each([
    ['z-score', (usual: number, second: number) => (second === 5 ? usual + 60 : usual)],
    ['iqr', (usual: number, second: number) => (second === 5 ? usual - 60 : usual)],
    ['moving-average', (usual: number, second: number) => (second === 5 ? usual + 60 : usual)],
    ['seasonal', (usual: number, second: number) => (second === 5 ? usual + 60 : usual)],
    ['drift', (usual: number) => usual + 15],
    ['level-shift', (usual: number) => usual + 15],
    ['flat-line', (usual: number) => 100 + (usual - 100) / 20],
    ['extremes', (usual: number, second: number) => (second === 5 ? usual + 60 : usual)],
    ['unchanged', () => 101],
  ])('%s finds what it is for', (name, fault) => {
    expect(evidenceOf(fault)[name]).toBeGreaterThan(2);
  });

  it('find little in what goes on as before', () => {
    const calm = Object.values(evidenceOf((usual) => usual));
    expect(calm.filter((evidence) => evidence > 2.5)).toEqual([]);
  });
});
