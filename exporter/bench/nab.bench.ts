import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WatchScorer } from '../src/analysis/scoring/watch-scorer.js';
import { readCorpus, type NabFile } from './nab-corpus.js';
import { probation, profiles, scoreCorpus, type Scored } from './nab-score.js';

/** Score of each profile: at the threshold that suits it best, and at the shipped one, 1. */
type Result = Record<string, { optimised: number; threshold: number; shipped: number }>;

/**
 * Runs every file of the Numenta Anomaly Benchmark through the shipped ensemble, beside a plain
 * z-score, and scores both as the benchmark does: all files, and each half of them (every other one).
 *
 * `npm run bench -- nab <folder of the benchmark> [--results=<folder>] [--files]`; without a folder
 * it is read from KYMO_NAB. `--results` writes the benchmark's own result files, for its own scorer;
 * `--files` shows what each file adds.
 */
export async function run(args: readonly string[] = process.argv.slice(1)): Promise<void> {
  const folder = args.find((arg) => !arg.startsWith('--')) ?? process.env.KYMO_NAB;
  if (folder === undefined) {
    throw new Error('name the folder of the benchmark (with data/ and labels/), or set KYMO_NAB');
  }
  const corpus = readCorpus(folder);
  const detectors = { kymo: ensemble, 'z-score': plainZScore };
  const answer: Record<string, Record<string, Result>> = {};
  for (const [name, detector] of Object.entries(detectors)) {
    const scored = corpus.map((file) => ({ file, scores: detector(file) }));
    answer[name] = {
      all: resultOf(scored),
      even: resultOf(scored.filter((_, i) => i % 2 === 0)),
      odd: resultOf(scored.filter((_, i) => i % 2 === 1)),
    };
    for (const [part, result] of Object.entries(answer[name])) {
      console.log(`${name}, ${part} files`);
      console.table(result);
    }
    if (name === 'kymo') report(scored, args);
  }
  const rows = corpus.reduce((sum, { values }) => sum + values.length, 0);
  console.log(JSON.stringify({ bench: 'nab', files: corpus.length, rows, ...answer }));
}

function ensemble({ times, values }: NabFile): Float64Array {
  const scorer = new WatchScorer();
  return values.map((value, i) => scorer.score(times[i], value).score);
}

/** Distance from the mean of all values so far, as a share of three standard deviations. */
function plainZScore({ values }: NabFile): Float64Array {
  let mean = 0;
  let squares = 0;
  return values.map((value, i) => {
    const deviation = Math.sqrt(squares / Math.max(1, i - 1));
    const score = deviation > 0 ? Math.abs(value - mean) / (3 * deviation) : 0;
    const distance = value - mean;
    mean += distance / (i + 1);
    squares += distance * (value - mean);
    return score;
  });
}

function resultOf(scored: readonly Scored[]): Result {
  const result: Result = {};
  for (const profile of profiles) {
    const { best, shipped } = scoreCorpus(scored, profile);
    result[profile.name] = {
      optimised: rounded(best.score),
      threshold: rounded(best.threshold),
      shipped: rounded(shipped.score),
    };
  }
  return result;
}

const rounded = (number: number): number => Math.round(100 * number) / 100;

function report(scored: readonly Scored[], args: readonly string[]): void {
  if (args.includes('--files')) console.table(scored.map(fileRow));
  const results = args.find((arg) => arg.startsWith('--results='))?.slice('--results='.length);
  if (results !== undefined) for (const one of scored) writeResults(results, one);
}

/** Of one file: alarms at the shipped threshold, within windows and outside. */
function fileRow({ file, scores }: Scored): Record<string, string | number> {
  let outside = 0;
  const found = new Set<number>();
  for (let i = probation(scores.length); i < scores.length; i++) {
    if (scores[i] < 1) continue;
    const window = file.windows.findIndex(({ first, last }) => first <= i && i <= last);
    if (window < 0) outside++;
    else found.add(window);
  }
  return {
    file: file.name,
    windows: file.windows.length,
    found: found.size,
    'false alarms': outside,
  };
}

/** `<folder>/kymo/<kind>/kymo_<file>`, as the benchmark's own detectors write them. */
function writeResults(folder: string, { file, scores }: Scored): void {
  const [kind, name] = file.name.split('/');
  const target = path.join(folder, 'kymo', kind);
  mkdirSync(target, { recursive: true });
  const rows = Array.from(scores, (score, i) => {
    const inWindow = file.windows.some(({ first, last }) => first <= i && i <= last);
    // The benchmark takes scores from 0 to 1; half is our boundary.
    return `${file.stamps[i]},${file.values[i]},${score / (1 + score)},${inWindow ? 1 : 0}`;
  });
  const text = ['timestamp,value,anomaly_score,label', ...rows, ''].join('\n');
  writeFileSync(path.join(target, `kymo_${name}`), text);
}
