import { CANDIDATES } from '../../analysis/tasks/correlations.js';
import { KymoError } from '../../lib/errors.js';
import { parseExpression, parseSeriesSelector } from '../../promql/parse.js';
import type { Answer } from '../dependencies.js';
import { lineageOf, type Recorded } from './lineage.js';
import type { Question } from './question.js';
import { plainSelector } from './selector.js';

/** Points of each series, those that scores learn from among them. */
const POINTS = 600;
const FEWEST_POINTS = 60;
/** Samples that are evaluated and told, of all candidates together. */
const EVALUATED = 10_000_000;
const TOLD = 2_500_000;
/** Buckets say what their histogram's count says; scores, expectations and alerts are of other series. */
const ALL =
  '{__name__=~".+",__name__!~".+_bucket|.+:buckets|kymo_anomaly_.+|kymo_expected.*|kymo_forecast|kymo_alert_.+|ALERTS.*"}';

export interface CorrelationsOptions {
  /** The recording rules; none by default. */
  readonly recorded?: () => readonly Recorded[];
}

export async function correlations(
  question: Question,
  { recorded }: CorrelationsOptions,
): Promise<Answer> {
  const { expr, parameters } = question;
  const match = parameters.has('match') ? parameters.text('match') : ALL;
  parseSeriesSelector(match);
  const limit = question.number('limit', { fallback: 20, min: 1, max: 100, whole: true });
  const total = await countOf(question, match);
  const points = mostPoints(total);
  // Scores need as much again before the range to learn from.
  const lead = Math.floor(points / 2);
  const grid = question.grid({ points: lead, mostPoints: lead, lengthen: true });
  const wide = {
    ...grid,
    start: grid.start - lead * grid.step,
    length: grid.length + lead,
  };
  const lag = lagOf(question, grid.step);
  const [target, candidates] = await Promise.all([
    question.range(expr, wide),
    question.range(match, wide, CANDIDATES),
  ]);
  const counter = plainSelector(expr)?.counter ?? false;
  const lineage = lineageOf(parseExpression(expr), recorded?.() ?? []);
  const input = { grid: wide, lead, target, candidates, lineage, counter, total, lag, limit };
  return question.answer('correlations', input);
}

/** Series at the end of the range. */
async function countOf(question: Question, match: string): Promise<number> {
  const end = question.parameters.time('end', question.options.clock.now());
  const body = await question.ask('query', { query: `count(${match})`, time: `${end / 1000}` });
  const { data } = JSON.parse(new TextDecoder().decode(body)) as {
    readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
  };
  return Number(data.result[0]?.value[1] ?? 0);
}

/** @throws KymoError `bad_data` where there are too many series */
function mostPoints(total: number): number {
  const told = TOLD / Math.max(1, Math.min(total, CANDIDATES));
  const points = Math.floor(Math.min(POINTS, told, EVALUATED / Math.max(1, total)));
  if (points >= FEWEST_POINTS) return points;
  throw new KymoError(
    'bad_data',
    `${total} series are too many to be compared; name those that may be related with a selector, such as match={job="api"}`,
  );
}

function lagOf({ parameters }: Question, step: number): number {
  if (!parameters.has('lag')) return 10;
  const lag = Math.round(parameters.duration('lag') / step);
  if (lag >= 0 && lag <= MOST_LAG) return lag;
  throw new KymoError(
    'bad_data',
    `invalid parameter "lag": it may be from 0 to ${MOST_LAG} steps, which are ${(MOST_LAG * step) / 1000} s here`,
  );
}

const MOST_LAG = 60;
