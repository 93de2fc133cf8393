import type { NabFile } from './nab-corpus.js';

/** What a window found, a window missed and a false alarm are worth. */
export interface Profile {
  readonly name: string;
  readonly missed: number;
  readonly falseAlarm: number;
}

export const profiles: readonly Profile[] = [
  { name: 'standard', missed: 1, falseAlarm: 0.11 },
  { name: 'low FP', missed: 1, falseAlarm: 0.22 },
  { name: 'low FN', missed: 2, falseAlarm: 0.11 },
];

export interface Scored {
  readonly file: NabFile;
  /** One a row. */
  readonly scores: Float64Array;
}

export interface Outcome {
  /** 100 for every window found at its first row and no false alarm, 0 for no alarm at all. */
  readonly score: number;
  readonly threshold: number;
}

/** Rows at the start of a file of `rows` rows that do not count. */
export const probation = (rows: number): number => Math.min(Math.floor(0.15 * rows), 750);

const sigmoid = (position: number): number =>
  position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
const FULL = sigmoid(-1);

/** A row that counts: `window` is its number in the corpus, -1 for none; `worth` is for weight 1. */
interface Row {
  readonly score: number;
  readonly window: number;
  readonly worth: number;
}

/** The benchmark's score of one profile: its best over all thresholds, and that at `shipped`. */
export function scoreCorpus(
  corpus: readonly Scored[],
  profile: Profile,
  shipped = 1,
): { best: Outcome; shipped: Outcome } {
  const rows: Row[] = [];
  let windows = 0;
  for (const scored of corpus) {
    addRows(scored, windows, rows);
    windows += scored.file.windows.length;
  }
  rows.sort((a, b) => b.score - a.score);
  const nothing = -windows * profile.missed;
  const final = (raw: number): number => (100 * (raw - nothing)) / (windows - nothing);
  const found = new Float64Array(windows).fill(-profile.missed);
  let raw = nothing;
  let best: Outcome = { score: 0, threshold: Infinity };
  let atShipped: Outcome = { score: 0, threshold: shipped };
  for (let i = 0; i < rows.length; i++) {
    const { score, window, worth } = rows[i];
    if (window < 0) raw += worth * profile.falseAlarm;
    else if (worth > found[window]) {
      raw += worth - found[window];
      found[window] = worth;
    }
    if (i + 1 < rows.length && rows[i + 1].score === score) continue;
    if (final(raw) > best.score) best = { score: final(raw), threshold: score };
    if (score >= shipped) atShipped = { score: final(raw), threshold: shipped };
  }
  return { best, shipped: atShipped };
}

/** What each row after the probation is worth: a share of a window found, or of a false alarm. */
function addRows({ file, scores }: Scored, firstWindow: number, into: Row[]): void {
  const { windows } = file;
  const start = probation(scores.length);
  let next = 0;
  for (let i = 0; i < scores.length; i++) {
    while (next < windows.length && windows[next].last < i) next++;
    if (i < start) continue;
    const score = scores[i];
    if (next < windows.length && windows[next].first <= i) {
      const { first, last } = windows[next];
      const worth = sigmoid(-(last - i + 1) / (last - first + 1)) / FULL;
      into.push({ score, window: firstWindow + next, worth });
    } else if (next === 0) {
      into.push({ score, window: -1, worth: -1 });
    } else {
      const { first, last } = windows[next - 1];
      into.push({ score, window: -1, worth: sigmoid((i - last) / (last - first)) });
    }
  }
}
