import { detectors } from '../detectors/index.js';
import type { Detector, Point } from '../detectors/detector.js';
import { extremes } from '../detectors/extremes.js';
import { movingAverage } from '../detectors/moving-average.js';
import { beginAlarm, passAlarm } from './alarm.js';
import { keepAverages, weighPoint } from './episodes.js';
import {
  allocateState,
  detectorCells,
  INTERVAL,
  PREVIOUS,
  REQUIRED,
  SEEN,
  SUM,
  tailOf,
  TIME,
  touch,
  type SeriesState,
} from './layout.js';
import { parameters } from './parameters.js';
import { beginProfile, learnProfile, predict } from './seasonal-profile.js';
import { beginTails, learnTail, tailEvidence, tailLimit } from './tails.js';

/** What a point is judged to be; levels are in the unit of the series. */
export interface Judgement {
  /**
   * 0 is normal, 1 the boundary of an anomaly. It stays below 1 during the warm-up and while it would
   * only repeat an alarm. NaN for a value that cannot be scored.
   */
  readonly score: number;
  /** 0 to 1: share of the detectors that agree, times how much of the series is known. */
  readonly confidence: number;
  readonly expected: number;
  /** Between them the value does not by itself differ from the expected one more than it may. */
  readonly lower: number;
  readonly upper: number;
  /** Whether enough points were seen for the score to pass the boundary. */
  readonly warm: boolean;
  /** Evidence of each detector, in the order of `detectors`: decades of rarity, 0 for nothing odd. */
  readonly votes: Readonly<Float64Array>;
}

/** Larger numbers are not scored: their squares and sums would overflow. */
const LARGEST = 1e37;
/** Evidence from which a detector votes for an anomaly: once in a hundred points. */
const VOTE = 2;
/** Points between two looks at how much evidence a score of 1 takes. */
const REQUIRED_POINTS = 16;
/** Points over which the interval is averaged, and how many intervals make a gap. */
const INTERVAL_HORIZON = 64;
const GAP = 4;
/** Interval in milliseconds up to which nothing is added to the boundary. */
const SLOW = 300_000;

const list: readonly Detector[] = detectors;
const EXPECTATION = list.indexOf(movingAverage);
const BEYOND = list.indexOf(extremes);

// One of each for all series: scoring is synchronous, and what is not there needs no memory.
const point: Point = { value: 0, previous: NaN, seen: 0, residual: 0, weight: 1 };
const measures = new Float64Array(list.length);
const votes = new Float64Array(list.length);
const judgement: { -readonly [Key in keyof Judgement]: Judgement[Key] } = {
  score: NaN,
  confidence: NaN,
  expected: NaN,
  lower: NaN,
  upper: NaN,
  warm: false,
  votes,
};

/**
 * Scores one series, point by point: O(1) a point, no allocation, a fixed amount of state.
 * docs/anomalies.md says how.
 */
export class WatchScorer {
  readonly #state: SeriesState = allocateState();

  constructor() {
    this.#state.numbers[PREVIOUS] = NaN;
    beginProfile(this.#state);
    beginTails(this.#state);
    beginAlarm(this.#state);
  }

  /**
   * Judges the next point by what was learnt, then learns it. A value that is NaN, infinite or beyond
   * ±1e37 is not scored and not learnt.
   * @param time Unix milliseconds. It is used for the time of day and week, for gaps and for how long
   *   a score lasts; points are taken in the order they come in, whatever their times.
   * @returns An object that the next call, of any scorer, changes.
   */
  score(time: number, value: number): Judgement {
    const state = this.#state;
    const n = state.numbers;
    if (!(Math.abs(value) <= LARGEST)) {
      n[PREVIOUS] = NaN;
      return nothing(n[SEEN]);
    }
    touch(state);
    followInterval(n, time);
    point.value = value;
    point.previous = n[PREVIOUS];
    point.seen = n[SEEN];
    const prediction = predict(state, time, point);
    point.residual = value - prediction;
    const expected = prediction + n[detectorCells[EXPECTATION]];

    keepAverages(n);
    const sum = vote(state);
    const evidence = fuse(state, sum);
    if (n[SEEN] % REQUIRED_POINTS === 0) n[REQUIRED] = required(n);
    const strength = evidence / n[REQUIRED];
    judgement.score = passAlarm(state, strength, time, measures[BEYOND]);
    describe(state, expected, strength >= 1);
    learn(state, sum, weighPoint(n, point, evidence, votes));
    n[SEEN]++;
    n[TIME] = time;
    n[PREVIOUS] = value;
    return judgement;
  }
}

/** Collects the evidence of all detectors, and returns its weighted sum. */
function vote(state: SeriesState): number {
  const n = state.numbers;
  const settled = n[SEEN] >= parameters.settle;
  let sum = 0;
  for (let k = 0; k < list.length; k++) {
    const detector = list[k];
    const measure = detector.measure(point, n, detectorCells[k]);
    measures[k] = measure;
    let evidence = 0;
    if (settled && measure > 0) {
      evidence = tailOf[k] < 0 ? measure : tailEvidence(state, tailOf[k], measure);
    }
    votes[k] = Math.min(parameters.evidenceLimit, evidence);
    sum += detector.weight * votes[k];
  }
  return sum;
}

/**
 * Evidence of all together: how rare such a sum is in this series, and how large it is in itself; and
 * where one detector alone is very sure, that.
 */
function fuse(state: SeriesState, sum: number): number {
  const { plainShare, plainScale, loneShare, loneFrom } = parameters;
  let most = 0;
  for (let k = 0; k < list.length; k++) if (tailOf[k] >= 0 && votes[k] > most) most = votes[k];
  const together =
    (1 - plainShare) * tailEvidence(state, SUM, sum) + (plainShare * sum) / plainScale;
  return together + loneShare * Math.max(0, most - loneFrom);
}

function followInterval(n: Float64Array, time: number): void {
  if (n[SEEN] === 0) return;
  const passed = time - n[TIME];
  if (passed <= 0) return;
  const known = n[SEEN] > 8;
  if (known && passed > GAP * n[INTERVAL]) n[PREVIOUS] = NaN;
  const step = known ? Math.min(passed, GAP * n[INTERVAL]) : passed;
  n[INTERVAL] += (step - n[INTERVAL]) / Math.min(n[SEEN], INTERVAL_HORIZON);
}

/** Evidence that makes a score of 1. */
function required(n: Float64Array): number {
  const { boundary, boundaryPerDecade, boundaryPerRate, boundaryFrom, memory } = parameters;
  const seen = Math.min(memory, Math.max(boundaryFrom, n[SEEN]));
  const rate = Math.max(0, Math.log10(SLOW / Math.max(100, n[INTERVAL])));
  return boundary + boundaryPerDecade * Math.log10(seen / 1000) + boundaryPerRate * rate;
}

function learn(state: SeriesState, sum: number, weight: number): void {
  const n = state.numbers;
  for (let k = 0; k < list.length; k++) list[k].learn(point, n, detectorCells[k]);
  learnProfile(state, point);
  if (weight === 0) return;
  learnTail(state, SUM, sum, weight);
  if (n[SEEN] < parameters.settle) return;
  for (let k = 0; k < list.length; k++) {
    if (measures[k] >= 0 && tailOf[k] >= 0) learnTail(state, tailOf[k], measures[k], weight);
  }
}

/** Completes the judgement of a point; `odd` is one that has the evidence, though it may only repeat. */
function describe(state: SeriesState, expected: number, odd: boolean): void {
  const seen = state.numbers[SEEN];
  let agreeing = 0;
  for (let k = 0; k < votes.length; k++) if (votes[k] >= VOTE === odd) agreeing++;
  const margin =
    seen < parameters.settle ? NaN : tailLimit(state, tailOf[EXPECTATION], state.numbers[REQUIRED]);
  judgement.confidence = (agreeing / votes.length) * (seen / (seen + parameters.warmUp));
  judgement.expected = expected;
  judgement.lower = expected - margin;
  judgement.upper = expected + margin;
  judgement.warm = seen >= parameters.warmUp;
}

/** The judgement of a value that is none. */
function nothing(seen: number): Judgement {
  votes.fill(0);
  judgement.score = judgement.confidence = NaN;
  judgement.expected = judgement.lower = judgement.upper = NaN;
  judgement.warm = seen >= parameters.warmUp;
  return judgement;
}
