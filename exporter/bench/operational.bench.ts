import { readFileSync } from 'node:fs';
import { WatchScorer } from '../src/analysis/scoring/watch-scorer.js';
import { faultKinds, injectFaults, type Fault, type FaultKind } from './operational-faults.js';
import { DAY, generateSeries, type Series } from './operational-series.js';

const START = 1_700_000_000_000;
/** Seconds after a fault in which an alarm still is its alarm, and in which none counts as false. */
const LATE = 30;
const AFTERMATH = 300;

interface Subject {
  readonly faults: readonly Fault[];
  readonly scores: Float64Array;
}

/** Of one kind of fault. Delays in seconds. */
interface Found {
  readonly faults: number;
  readonly recall: number;
  readonly 'median delay': number;
}

/**
 * Faults in a day of series at one second, scored with the parameters of the NAB benchmark and the
 * shipped threshold, beside a plain z-score: at its usual 3 standard deviations, and at as many as
 * give it as few false alarms as the ensemble.
 *
 * `npm run bench -- operational [recorded.csv]`: a file has a row a second, and a column a series under
 * its name (a first column `time` is skipped). Without a file the series are generated.
 */
export async function run(args: readonly string[] = process.argv.slice(1)): Promise<void> {
  const series = args[0] === undefined ? generateSeries(1) : readSeries(args[0]);
  const faulty = series.map((one, i) => injectFaults(one, i + 1));
  const days = series.reduce((sum, { values }) => sum + values.length, 0) / DAY;
  const subjectsOf = (score: (values: Float64Array) => Float64Array): Subject[] =>
    faulty.map(({ series: { values }, faults }) => ({ faults, scores: score(values) }));
  const ensemble = subjectsOf(ensembleScores);
  const zScore = subjectsOf(zScores);
  const most = falseAlarms(ensemble, 1);
  const threshold = thresholdFor(zScore, most);
  const answers = [
    { name: 'ensemble', subjects: ensemble, threshold: 1 },
    { name: 'z-score, 3 deviations', subjects: zScore, threshold: 1 },
    { name: `z-score, ${(3 * threshold).toFixed(1)} deviations`, subjects: zScore, threshold },
  ];
  const summary: Record<string, unknown> = {};
  for (const { name, subjects, threshold: boundary } of answers) {
    const rate = round(falseAlarms(subjects, boundary) / days);
    const byKind = foundByKind(subjects, boundary);
    console.log(`${name}: ${rate} false alarms a series and day`);
    console.table(byKind);
    summary[name] = { falseAlarms: rate, ...byKind };
  }
  const source = args[0] === undefined ? 'generated' : 'recorded';
  console.log(JSON.stringify({ bench: 'operational', source, series: series.length, ...summary }));
}

function ensembleScores(values: Float64Array): Float64Array {
  const scorer = new WatchScorer();
  return values.map((value, i) => scorer.score(START + 1000 * i, value).score);
}

/** Distance from the mean of the last hour or so as a share of three standard deviations. */
function zScores(values: Float64Array): Float64Array {
  let mean = values[0];
  let variance = 0;
  return values.map((value, i) => {
    const distance = value - mean;
    const score = i < 240 || variance === 0 ? 0 : Math.abs(distance) / (3 * Math.sqrt(variance));
    const share = Math.max(1 / 3600, 1 / (i + 1));
    mean += share * distance;
    variance = (1 - share) * (variance + share * distance * distance);
    return score;
  });
}

/** Times that a score passes the boundary while there is no fault and none was lately. */
function falseAlarms(subjects: readonly Subject[], boundary: number): number {
  let alarms = 0;
  for (const { scores, faults } of subjects) {
    const calm = new Uint8Array(scores.length).fill(1);
    for (const { start, end } of faults) calm.fill(0, start, end + AFTERMATH);
    for (let i = 1; i < scores.length; i++) {
      if (calm[i] === 1 && scores[i] >= boundary && scores[i - 1] < boundary) alarms++;
    }
  }
  return alarms;
}

/** The lowest boundary with at most so many false alarms. */
function thresholdFor(subjects: readonly Subject[], most: number): number {
  let [low, high] = [0.5, 50];
  while (high - low > 0.01) {
    const middle = (low + high) / 2;
    if (falseAlarms(subjects, middle) > most) low = middle;
    else high = middle;
  }
  return high;
}

function foundByKind(subjects: readonly Subject[], boundary: number): Record<string, Found> {
  const delays = new Map<FaultKind, number[]>(faultKinds.map((kind) => [kind, []]));
  for (const { scores, faults } of subjects) {
    for (const { kind, start, end } of faults) {
      const at = scores.subarray(start, end + LATE).findIndex((score) => score >= boundary);
      delays.get(kind)?.push(at < 0 ? Infinity : at);
    }
  }
  const all = [...delays.values()].flat();
  return Object.fromEntries(
    [...delays, ['all', all] as const].map(([kind, list]) => [kind, found(list)]),
  );
}

function found(delays: readonly number[]): Found {
  const known = delays.filter(Number.isFinite).sort((a, b) => a - b);
  const recall = round(known.length / delays.length);
  return { faults: delays.length, recall, 'median delay': known[known.length >> 1] ?? NaN };
}

const round = (value: number): number => Math.round(100 * value) / 100;

function readSeries(file: string): Series[] {
  const [head, ...rows] = readFileSync(file, 'utf8').trim().split('\n');
  const cells = rows.map((row) => row.split(',').map(Number));
  return head
    .split(',')
    .map((name, column) => ({ name, values: Float64Array.from(cells, (row) => row[column]) }))
    .filter(({ name }) => name !== 'time');
}
