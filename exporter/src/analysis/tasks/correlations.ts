import type { CauseCandidate, CorrelationsAnswer, Metric, RelatedSeries } from '@kymo/contract';
import { KymoError } from '../../lib/errors.js';
import { isCopy } from '../correlation/copy.js';
import { firstRisen } from '../correlation/first-risen.js';
import { groupTwins } from '../correlation/twins.js';
import { rankRelated } from '../correlation/ranking.js';
import { scoreRange } from '../score-range.js';
import { selectorOf } from './expression.js';
import { metricKey, onGrid, readMatrix, type MatrixSeries } from './matrix.js';
import { rangeOf, secondsAt, type Check, type Grid, type TaskAnswer } from './task.js';

export interface CorrelationsTask {
  /** With the points before the range, from which scores learn. */
  readonly grid: Grid;
  readonly lead: number;
  /** The series asked about, and those it is compared with: selected, not computed. */
  readonly target: Uint8Array;
  readonly candidates: Uint8Array;
  /**
   * Names of metrics that move with the target because they are of the same: those whose labels do not
   * contradict its own are left out.
   */
  readonly lineage: readonly string[];
  /** Whether the target is a selector of what only rises. */
  readonly counter: boolean;
  /** Series that there are. */
  readonly total: number;
  /** Points by which one may come before the other. */
  readonly lag: number;
  /** Answers at most. */
  readonly limit: number;
}

/** Series that are compared. */
export const CANDIDATES = 4000;
/** Points that are scored to find causes, of all series together; they take about a quarter of a second. */
const SCORED_POINTS = 200_000;
/** Products of values; they take about a third of a second. */
const BUDGET = 3e7;

/** More are ranked than answered: several may be one. */
const RANKED = 4;
const MOST_RANKED = 200;

interface Candidate {
  readonly metric: Metric;
  readonly expression: string;
  readonly values: Float64Array;
}

/**
 * Which series moved with one, and whose score rose before its own.
 * Where the series has no values yet, none did.
 * @throws KymoError `bad_data` where several series are asked about
 */
export function correlations(task: CorrelationsTask, check: Check): TaskAnswer {
  const { grid, lead, lag, limit, total } = task;
  const asked = readMatrix(task.target);
  if (asked.series.length > 1) {
    throw new KymoError(
      'bad_data',
      `invalid parameter "expr": it yields ${asked.series.length} series in that range; one is needed, so select it by its labels or aggregate`,
    );
  }
  const range = { ...grid, start: grid.start + lead * grid.step, length: grid.length - lead };
  if (asked.series.length === 0) {
    const nothing = { considered: 0, related: [], risen: null, causes: [], scored: 0 };
    const answer: CorrelationsAnswer = {
      ...rangeOf(range),
      metric: {},
      omitted: total,
      ...nothing,
    };
    return { data: JSON.stringify(answer), warnings: asked.warnings, infos: asked.infos };
  }
  const [{ metric }] = asked.series;
  const raw = onGrid(asked.series[0], grid);
  const target = task.counter ? increases(raw) : raw;
  check();
  const { series, warnings, infos } = readMatrix(task.candidates);
  const isKin = kinOf(metric, task.lineage);
  const others = series.slice(0, CANDIDATES).filter((one) => !isKin(one.metric));
  const candidates = candidatesOf(others, grid).filter(({ values }) => !isCopy(target, values));
  check();
  const ranking = rankRelated(
    target.subarray(lead),
    candidates.map(({ values }) => values.subarray(lead)),
    { lag, limit: Math.min(RANKED * limit, MOST_RANKED), budget: BUDGET },
  );
  const { related } = ranking;
  check();
  // What does not move was looked at, too.
  const looked = Math.min(series.length, CANDIDATES);
  const considered = looked - (candidates.length - ranking.considered);
  const order = [...new Set([...related.map(({ index }) => index), ...candidates.keys()])];
  const causes = causesOf(
    target,
    order.map((index) => candidates[index]),
    { grid, lead, check },
  );
  const answer: CorrelationsAnswer = {
    ...rangeOf(range),
    metric,
    considered,
    omitted: Math.max(0, total - considered),
    related: groupTwins(
      related.map((one) => ({ ...one, ...memberOf(candidates[one.index], lead) })),
    )
      .slice(0, limit)
      .map(([first, ...alike]): RelatedSeries => {
        const { metric: other, expression, pearson, spearman, pairs, p } = first;
        return {
          ...{ metric: other, expression, pearson, spearman, pairs, p },
          lag: (first.lag * grid.step) / 1000,
          alike: alike.map((one) => ({ metric: one.metric, expression: one.expression })),
        };
      }),
    ...causes,
  };
  return {
    data: JSON.stringify(answer),
    warnings: [...asked.warnings, ...warnings],
    infos: [...asked.infos, ...infos],
  };
}

/** Whether a series is the one with `metric`, a part of it or a total, or else of its lineage. */
function kinOf(metric: Metric, lineage: readonly string[]): (other: Metric) => boolean {
  const names = new Set(lineage);
  const own = metricKey(metric);
  return (other) => {
    if (metricKey(other) === own) return true;
    if (!names.has(other.__name__ ?? '')) return false;
    return Object.entries(other).every(
      ([label, value]) => label === '__name__' || (metric[label] ?? value) === value,
    );
  };
}

function memberOf({ metric, expression, values }: Candidate, lead: number) {
  const labels = metricKey({ ...metric, __name__: '' });
  return { metric, expression, labels, values: values.subarray(lead) };
}

/** Those that move at all, counters as their rate. */
function candidatesOf(series: readonly MatrixSeries[], grid: Grid): Candidate[] {
  const found: Candidate[] = [];
  const window = `[${Math.max(1, Math.round((2 * grid.step) / 1000))}s]`;
  for (const one of series) {
    const counter = isCounter(one.metric);
    const raw = onGrid(one, grid);
    const values = counter ? increases(raw) : raw;
    if (!moves(values)) continue;
    const selector = selectorOf(one.metric);
    const expression = counter ? `rate(${selector}${window})` : selector;
    found.push({ metric: one.metric, expression, values });
  }
  return found;
}

/** By the naming rules of Prometheus. */
function isCounter({ __name__: name = '' }: Metric): boolean {
  return /_(total|bucket|count|sum)$/.test(name);
}

function moves(values: Float64Array): boolean {
  const first = values.findIndex(Number.isFinite);
  return first >= 0 && values.some((value) => Number.isFinite(value) && value !== values[first]);
}

/** From point to point; after a reset, what was counted since. */
function increases(values: Float64Array): Float64Array {
  return values.map((value, i) => {
    if (i === 0) return NaN;
    return value < values[i - 1] ? value : value - values[i - 1];
  });
}

function causesOf(
  target: Float64Array,
  candidates: readonly Candidate[],
  { grid, lead, check }: { readonly grid: Grid; readonly lead: number; readonly check: Check },
): Pick<CorrelationsAnswer, 'risen' | 'causes' | 'scored'> {
  const scoresOf = (values: Float64Array): Float64Array => {
    check();
    const times = Float64Array.from(values, (_, i) => grid.start + i * grid.step);
    return scoreRange(times, values).scores.subarray(lead);
  };
  const time = (at: number): number => secondsAt(grid, lead + at);
  const [own] = firstRisen([scoresOf(target)]);
  if (own === undefined) return { risen: null, causes: [], scored: 0 };
  const scored = candidates.slice(0, Math.floor(SCORED_POINTS / grid.length));
  const risen = firstRisen(
    scored.map(({ values }) => scoresOf(values)),
    own.at,
  );
  const causes = risen.slice(0, MOST_CAUSES).map(({ index, at, peak }): CauseCandidate => {
    const { metric, expression } = scored[index];
    return { metric, expression, time: time(at), peak };
  });
  return { risen: time(own.at), causes, scored: scored.length };
}

const MOST_CAUSES = 20;
