import { STATE_BYTES } from '../src/analysis/scoring/layout.js';
import { WatchScorer } from '../src/analysis/scoring/watch-scorer.js';

/** Points a series: some to warm up, which are not counted, then those that are. */
const WARM = 300;
const ROUNDS = 60;

let newest = 0;

interface Subject {
  /** Keeps the score, so that no compiler leaves it out. */
  score(time: number, value: number): void;
}

class Ensemble implements Subject {
  readonly #scorer = new WatchScorer();

  score(time: number, value: number): void {
    newest = this.#scorer.score(time, value).score;
  }
}

/** The peer: what is scored is the distance from a decayed mean in decayed standard deviations. */
class PlainZScore implements Subject {
  #mean = 0;
  #variance = 1;

  score(_time: number, value: number): void {
    const distance = value - this.#mean;
    newest = Math.abs(distance) / (3 * Math.sqrt(this.#variance));
    this.#mean += distance / 256;
    this.#variance += (distance * distance - this.#variance) / 256;
  }
}

/**
 * Cost of one point of one series, by CPU time, for one series and for many that are scored in turn
 * as a tick does, beside a plain z-score. Arguments: series (default 10000).
 */
export async function run(args: readonly string[] = process.argv.slice(1)): Promise<void> {
  const series = Number(args[0] ?? 10_000);
  const values = noise(1_000_003);
  const rows: Record<string, { 'µs a point': number; 'KB a series': number }> = {};
  for (const count of [1, series]) {
    const points = Math.ceil((series * ROUNDS) / count);
    rows[`ensemble, ${count} series`] = measure(() => new Ensemble(), { count, points, values });
    rows[`z-score, ${count} series`] = measure(() => new PlainZScore(), { count, points, values });
  }
  console.table(rows);
  console.log(
    JSON.stringify({ bench: 'scoring', series, newest, stateBytes: STATE_BYTES, ...rows }),
  );
}

interface Work {
  readonly count: number;
  readonly points: number;
  readonly values: Float64Array;
}

function measure(make: () => Subject, { count, points, values }: Work) {
  const before = inUse();
  const subjects = Array.from({ length: count }, make);
  const bytes = inUse() - before;
  let next = 0;
  const score = (from: number, rounds: number): void => {
    for (let round = from; round < from + rounds; round++) {
      for (const subject of subjects) {
        subject.score(1_700_000_000_000 + 1000 * round, values[next++ % values.length]);
      }
    }
  };
  score(0, WARM);
  const start = process.cpuUsage();
  score(WARM, points);
  const { user, system } = process.cpuUsage(start);
  return {
    'µs a point': Math.round((1000 * (user + system)) / (points * count)) / 1000,
    'KB a series': count === 1 ? NaN : Math.round(bytes / count / 10) / 100,
  };
}

function inUse(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Four uniform numbers added up, the same in every run. */
function noise(length: number): Float64Array {
  let state = 1;
  const uniform = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  return new Float64Array(length).map(() => 10 + uniform() + uniform() + uniform() + uniform());
}
