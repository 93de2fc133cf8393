import { detectors } from '../detectors/index.js';
import type { Detector, Point } from '../detectors/detector.js';
import { detectorCells, EPISODE, INTERVAL, SEEN } from './layout.js';
import { parameters } from './parameters.js';

/**
 * An **episode** is a run of odd points. A short one is a fault, which must not be taken for normal:
 * else it would hide the next one like it. One that lasts is a new normal, which is learnt.
 */

/** Points of the episode so far; 0 while there is none. */
const LENGTH = EPISODE;
/** 1 for one that began with a jump of the value, 0 for one that crept in. */
const JUMPED = EPISODE + 1;
/** Points since the value of one that jumped has been usual again. */
const CALM = EPISODE + 2;
/** What the short averages were before the episode. */
const KEPT = EPISODE + 3;

const list: readonly Detector[] = detectors;
const indices = Array.from(list.keys());
const momentary = indices.filter((k) => list[k].momentary === true);
const recent = indices.flatMap((k) => {
  const cell = list[k].recent;
  return cell === undefined ? [] : [detectorCells[k] + cell];
});

/** To be called before the detectors look at a point: keeps what it changes in short averages. */
export function keepAverages(n: Float64Array): void {
  if (n[LENGTH] > 0) return;
  for (let i = 0; i < recent.length; i++) n[KEPT + i] = n[recent[i]];
}

/** Whether the alarm raised `points` ago was of the episode that still goes on. */
export function isSameEpisode(n: Float64Array, points: number): boolean {
  return n[LENGTH] >= points;
}

/**
 * Follows the episode.
 * @param evidence of all detectors together
 * @param votes evidence of each
 * @returns What the point counts in the histograms; `point.weight` is set to what it counts in averages.
 */
export function weighPoint(
  n: Float64Array,
  point: Point,
  evidence: number,
  votes: Float64Array,
): number {
  point.weight = 1;
  if (n[LENGTH] === 0 && evidence < parameters.episodeBegin) return 1;
  follow(n, evidence, strongest(votes));
  const length = n[LENGTH];
  if (length === 0) return 1;
  if (isShort(n)) return weighFault(n, point);
  const { warmUp, earlyLength, earlyWeight, earlyAverages } = parameters;
  const early = n[SEEN] < warmUp;
  // A single odd point counts fully, for such points belong to the tail.
  if (length < 2 || length >= (early ? earlyLength : parameters.episodeLength)) return 1;
  if (!early) return parameters.episodeWeight;
  point.weight = earlyAverages;
  return earlyWeight;
}

function weighFault(n: Float64Array, point: Point): number {
  const { faultFirst, faultOnset, faultOnsetTime, creepAverages, creepWeight } = parameters;
  const jumped = n[JUMPED] === 1;
  point.weight = jumped ? 0 : creepAverages;
  if (n[LENGTH] === 1) return faultFirst;
  if (n[LENGTH] * n[INTERVAL] < faultOnsetTime) return faultOnset;
  return jumped ? 0 : creepWeight;
}

/** Whether the episode is short enough for a fault; never where points are so rare that each says much. */
function isShort(n: Float64Array): boolean {
  const interval = n[INTERVAL];
  return interval <= parameters.faultInterval && n[LENGTH] * interval < parameters.faultTime;
}

function follow(n: Float64Array, evidence: number, momentarily: number): void {
  const { episodeFrom, episodeBegin, episodeEnd } = parameters;
  const { jumpWithin, jumpEvidence, calmEvidence } = parameters;
  const length = n[LENGTH];
  if (length > 0 && n[JUMPED] === 1 && isShort(n)) {
    followJump(n, momentarily < calmEvidence || evidence < episodeEnd);
    return;
  }
  const begins = length === 0;
  if (begins ? n[SEEN] < episodeFrom || evidence < episodeBegin : evidence < episodeEnd) {
    n[LENGTH] = 0;
    return;
  }
  if (begins) n[JUMPED] = n[CALM] = 0;
  if (length < jumpWithin && momentarily >= jumpEvidence) n[JUMPED] = 1;
  n[LENGTH] = length + 1;
}

/** It ends when the value is back, though averages remember it; then they are made to forget it. */
function followJump(n: Float64Array, calm: boolean): void {
  n[CALM] = calm ? n[CALM] + 1 : 0;
  if (n[CALM] < parameters.calmPoints) {
    n[LENGTH]++;
    return;
  }
  n[LENGTH] = 0;
  for (let i = 0; i < recent.length; i++) n[recent[i]] = n[KEPT + i];
}

function strongest(votes: Float64Array): number {
  let most = 0;
  for (let i = 0; i < momentary.length; i++) most = Math.max(most, votes[momentary[i]]);
  return most;
}
