import { votesOf } from '../../analysis/score-range.js';
import { WatchScorer, type Judgement } from '../../analysis/scoring/watch-scorer.js';
import type { LabelSet, Labels } from '../../series/labels.js';
import type { FamilyHandle, SourceWriter } from '../../series/writer.js';
import type { WatchExplanation } from './watch.js';

const families = [
  ['kymo_anomaly_score', 'How odd the newest value of a watched series is; 1 is the boundary.'],
  ['kymo_anomaly_confidence', 'How sure the anomaly score is, from 0 to 1.'],
  ['kymo_expected', 'What is expected of a watched series.'],
  ['kymo_expected_lower', 'Lower end of what is usual for a watched series.'],
  ['kymo_expected_upper', 'Upper end of what is usual for a watched series.'],
] as const;
/** Names of what watches write. */
export const WATCH_FAMILIES: readonly string[] = families.map(([name]) => name);
const columns = ['score', 'confidence', 'expected', 'lower', 'upper'] as const;

/** Declares what watches write. */
export function watchFamilies(writer: SourceWriter): readonly FamilyHandle[] {
  return families.map(([name, help]) => writer.family({ name, type: 'gauge', help }));
}

/** One series of a watch: what was learnt of it, and where its scores are written. */
export class WatchedSeries {
  readonly labels: LabelSet;
  readonly #scorer = new WatchScorer();
  readonly #ids = new Int32Array(columns.length).fill(-1);
  readonly #last = new Float64Array(columns.length).fill(NaN);
  #votes: Float32Array | undefined;
  #warm = false;
  #value = NaN;
  /** Unix milliseconds of the last point. */
  time = 0;

  constructor(labels: LabelSet) {
    this.labels = labels;
  }

  score(time: number, value: number): void {
    const judgement = this.#scorer.score(time, value);
    this.time = time;
    this.#value = value;
    this.#warm = judgement.warm;
    this.#keepVotes(judgement);
    for (let i = 0; i < columns.length; i++) this.#last[i] = judgement[columns[i]];
  }

  /** Stages the scores; what is unknown is not written. */
  stage(writer: SourceWriter, handles: readonly FamilyHandle[], labels: () => Labels): void {
    for (let i = 0; i < columns.length; i++) {
      const value = this.#last[i];
      if (Number.isNaN(value)) continue;
      if (this.#ids[i] < 0 || !writer.has(this.#ids[i])) {
        this.#ids[i] = writer.series(handles[i], labels());
      }
      writer.set(this.#ids[i], value);
    }
  }

  /** Forgets the ids, which may name other series by now. */
  forgetIds(): void {
    this.#ids.fill(-1);
  }

  explain(watch: string): WatchExplanation {
    const [score, confidence, expected, lower, upper] = this.#last;
    return {
      watch,
      labels: this.labels.toObject(),
      time: this.time,
      value: this.#value,
      score,
      confidence,
      expected,
      lower,
      upper,
      warm: this.#warm,
      votes: this.#votes === undefined ? [] : votesOf(this.#votes),
    };
  }

  /** Nearly always there is nothing to explain, and then nothing is kept. */
  #keepVotes({ score, votes }: Judgement): void {
    if (score >= 0.5) this.#votes = Float32Array.from(votes);
    else this.#votes = undefined;
  }
}
