import { KymoError } from '../../lib/errors.js';
import {
  BUCKET_SIZES,
  type HistoryExcerpt,
  type HistoryRequest,
  type PlainMatcher,
} from '../../series/history/door.js';
import { HistoryOverlay } from '../../series/history/overlay.js';
import type { Matcher } from '../../series/matcher.js';
import { demandsOf, type Demand } from '../demands.js';
import { DEFAULT_SUBQUERY_STEP, type ParsedQuery } from '../engine.js';
import { parseExpression, parseSeriesSelector } from '../parse.js';
import type { SelectorHistory } from '../run.js';
import type { OperationContext, OperationName } from './operations.js';

/** What an operation needs of history before it can run, and how it runs then. */
export interface HistoryPlan {
  readonly requests: readonly HistoryRequest[];
  /** @param excerpts one for each request */
  readonly context: (excerpts: readonly HistoryExcerpt[]) => OperationContext;
}

type Planner = (context: OperationContext, headFrom: number) => HistoryPlan | OperationContext;

const PLANNERS: Readonly<Partial<Record<OperationName, Planner>>> = {
  query: (context, headFrom) => {
    const time = context.parameters.time('time', context.now);
    return planQuery(context, { headFrom, start: time, end: time, step: 0 });
  },
  query_range: (context, headFrom) => {
    const { parameters } = context;
    const [start, end] = [parameters.time('start'), parameters.time('end')];
    return planQuery(context, { headFrom, start, end, step: parameters.duration('step') });
  },
  series: planNames,
  labels: planNames,
  label_values: planNames,
};

/**
 * What an operation needs of history; where the head has all it needs, the context it can run with at
 * once. What is wrong with a request is left to the operation to say.
 * @param headFrom from when on the head has everything, Unix ms
 */
export function planHistory(
  operation: OperationName,
  context: OperationContext,
  headFrom: number,
): HistoryPlan | OperationContext {
  try {
    return PLANNERS[operation]?.(context, headFrom) ?? context;
  } catch (thrown) {
    if (thrown instanceof KymoError) return context;
    throw thrown;
  }
}

function planQuery(
  context: OperationContext,
  at: { headFrom: number; start: number; end: number; step: number },
): HistoryPlan | OperationContext {
  const { parameters, limits } = context;
  const { headFrom } = at;
  const text = parameters.text('query');
  const query: ParsedQuery = { expression: parseExpression(text), text };
  const parsed = { ...context, query };
  const lookback = parameters.has('lookback_delta')
    ? parameters.duration('lookback_delta')
    : limits.lookback;
  const demands = demandsOf(query.expression, {
    range: {
      queryStart: Math.round(at.start),
      queryEnd: Math.round(at.end),
      queryStep: Math.round(at.step),
    },
    lookback,
    subqueryStep: DEFAULT_SUBQUERY_STEP,
  }).filter(({ from }) => from < headFrom);
  if (demands.length === 0) return parsed;
  return {
    requests: demands.map((demand) => requestOf(demand, headFrom)),
    context: (excerpts) => ({
      ...parsed,
      histories: new Map(
        demands.map((demand, i) => [demand.selector, historyOf(context, demand, excerpts[i])]),
      ),
    }),
  };
}

function requestOf({ selector, from, to, coarsest }: Demand, headFrom: number): HistoryRequest {
  const sets = [plain(selector.matchers)];
  return { sets, from, to, headFrom, coarsest, namesOnly: false };
}

function historyOf(
  { reader }: OperationContext,
  { leastBuckets }: Demand,
  excerpt: HistoryExcerpt,
): SelectorHistory {
  const leastRange = leastBuckets * BUCKET_SIZES[excerpt.resolution];
  return { reader: new HistoryOverlay(reader, excerpt), leastRange };
}

function planNames(context: OperationContext, headFrom: number): HistoryPlan | OperationContext {
  const { parameters, reader } = context;
  const from = parameters.time('start', Infinity);
  if (from >= headFrom) return context;
  const to = parameters.time('end', Infinity);
  const texts = parameters.all('match[]');
  const sets = texts.length === 0 ? [[]] : texts.map((text) => plain(parseSeriesSelector(text)));
  return {
    requests: [{ sets, from, to, headFrom, coarsest: 0, namesOnly: true }],
    context: ([excerpt]) => {
      const overlay = new HistoryOverlay(reader, excerpt);
      return { ...context, reader: overlay, isInHistory: (id) => overlay.has(id) };
    },
  };
}

function plain(matchers: readonly Matcher[]): PlainMatcher[] {
  return matchers.map(({ name, operator, value }) => ({ name, operator, value }));
}
