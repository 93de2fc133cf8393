import { detectors } from './detectors/index.js';
import { WatchScorer, type Judgement } from './scoring/watch-scorer.js';

/** What a detector says of a point. */
export interface Vote {
  readonly detector: string;
  /** What it finds, in words that follow “it is” or “it”. */
  readonly finds: string;
  /** Decades of rarity: 3 is once in a thousand points. */
  readonly evidence: number;
}

/** A stretch of points whose scores are at or above the boundary. Times are Unix milliseconds. */
export interface Anomaly {
  readonly start: number;
  readonly end: number;
  /** Greatest score, and where it is. */
  readonly score: number;
  readonly time: number;
  /** Of the point with that score. */
  readonly value: number;
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
  readonly confidence: number;
  /** Detectors that found something there, the strongest first. */
  readonly votes: readonly Vote[];
}

/** Columns, one row a point; NaN where a value could not be scored. */
export interface ScoredRange {
  readonly scores: Float64Array;
  readonly confidence: Float64Array;
  readonly expected: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Points at the start for which no score can pass the boundary. */
  readonly warmUp: number;
  readonly anomalies: readonly Anomaly[];
}

/**
 * Scores points of one series as a watch would have done as they came.
 * @param times Unix milliseconds, ascending, as many as `values`
 */
export function scoreRange(times: ArrayLike<number>, values: ArrayLike<number>): ScoredRange {
  const { length } = values;
  const column = (): Float64Array => new Float64Array(length);
  const [scores, confidence, expected] = [column(), column(), column()];
  const [lower, upper] = [column(), column()];
  const anomalies: Anomaly[] = [];
  const scorer = new WatchScorer();
  let warmUp = 0;
  let open: Anomaly | undefined;
  for (let i = 0; i < length; i++) {
    const judgement = scorer.score(times[i], values[i]);
    scores[i] = judgement.score;
    confidence[i] = judgement.confidence;
    expected[i] = judgement.expected;
    lower[i] = judgement.lower;
    upper[i] = judgement.upper;
    if (!judgement.warm) warmUp = i + 1;
    if (judgement.score >= 1) {
      open = extend(open, judgement, { time: times[i], value: values[i] });
    } else if (open !== undefined) {
      anomalies.push(open);
      open = undefined;
    }
  }
  if (open !== undefined) anomalies.push(open);
  return { scores, confidence, expected, lower, upper, warmUp, anomalies };
}

/** What the detectors that found something say, the strongest first. */
export function votesOf(evidence: ArrayLike<number>): Vote[] {
  return detectors
    .map(({ name, finds }, k) => ({ detector: name, finds, evidence: evidence[k] }))
    .filter((vote) => vote.evidence >= 1)
    .sort((a, b) => b.evidence - a.evidence);
}

function extend(
  anomaly: Anomaly | undefined,
  { score, expected, lower, upper, confidence, votes }: Judgement,
  { time, value }: { readonly time: number; readonly value: number },
): Anomaly {
  if (anomaly !== undefined && anomaly.score >= score) return { ...anomaly, end: time };
  const start = anomaly?.start ?? time;
  const peak = { time, value, expected, lower, upper, confidence, votes: votesOf(votes) };
  return { start, end: time, score, ...peak };
}
