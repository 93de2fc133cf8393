import { KymoError } from '../../lib/errors.js';
import { relate, type Related } from './lag.js';

/** Points of the first look at every candidate. */
const COARSE = 128;
/** For each answer, this many candidates are looked at closely. */
const CLOSELY = 4;

export interface RankingOptions {
  /** Points by which one series may come before the other; 10 by default. */
  readonly lag?: number;
  /** Answers at most; 20 by default. */
  readonly limit?: number;
  /** Below this absolute value of both coefficients nothing is answered; 0.5 by default. */
  readonly least?: number;
  /** Products of values at most, which bounds the time: 100 million by default, about a second. */
  readonly budget?: number;
}

export interface Ranking {
  /** The strongest first: by the mean of the absolute coefficients. */
  readonly related: readonly (Related & { readonly index: number })[];
  /** Candidates that the budget allowed to look at; those after them were not. */
  readonly considered: number;
}

/**
 * Which of many series moved with one, over the same times. All are looked at coarsely (as means of
 * neighbours, and lags in steps of these), the best closely. What is by chance (p of 1 % or more) is left out.
 * @throws {KymoError} `bad_correlation` for a limit, lag or budget that cannot be.
 */
export function rankRelated(
  target: Float64Array,
  candidates: readonly Float64Array[],
  { lag = 10, limit = 20, least = 0.5, budget = 1e8 }: RankingOptions = {},
): Ranking {
  if (!(Number.isInteger(lag) && lag >= 0 && limit >= 1 && budget > 0)) {
    throw new KymoError(
      'bad_correlation',
      `Cannot correlate with lag ${lag}, limit ${limit}, budget ${budget}: give a lag of 0 or more points, a limit from 1 on and a budget above 0.`,
    );
  }
  const size = Math.max(1, Math.ceil(target.length / COARSE));
  const coarseLag = Math.ceil(lag / size);
  const coarse = groupMeans(target, size);
  const close = Math.max(
    1,
    Math.min(CLOSELY * limit, Math.floor(budget / 2 / cost(target.length, lag))),
  );
  const considered = Math.min(
    candidates.length,
    Math.max(1, Math.floor(budget / 2 / (target.length + cost(coarse.length, coarseLag)))),
  );
  const first = candidates
    .slice(0, considered)
    .map((values, index) => ({ index, first: relate(coarse, groupMeans(values, size), coarseLag) }))
    .filter((one) => one.first !== null)
    .sort((a, b) => strength(b.first) - strength(a.first) || a.index - b.index)
    .slice(0, close);
  const related = first
    .map(({ index }) => ({ index, found: relate(target, candidates[index], lag) }))
    .flatMap(({ index, found }) => (found === null ? [] : [{ index, ...found }]))
    .filter(
      (one) => one.p < 0.01 && Math.min(Math.abs(one.pearson), Math.abs(one.spearman)) >= least,
    )
    .sort((a, b) => strength(b) - strength(a) || a.index - b.index)
    .slice(0, limit);
  return { related, considered };
}

/** Products for one candidate at all lags. */
function cost(points: number, lag: number): number {
  return Math.max(1, points) * (2 * lag + 1);
}

function strength(related: Related | null): number {
  return related === null ? 0 : (Math.abs(related.pearson) + Math.abs(related.spearman)) / 2;
}

function groupMeans(values: Float64Array, size: number): Float64Array {
  if (size === 1) return values;
  return new Float64Array(Math.ceil(values.length / size)).map((_, group) => {
    let sum = 0;
    let count = 0;
    for (const value of values.subarray(group * size, (group + 1) * size)) {
      if (!Number.isFinite(value)) continue;
      sum += value;
      count++;
    }
    return sum / count;
  });
}
