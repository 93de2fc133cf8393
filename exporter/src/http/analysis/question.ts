import type { Analysed, AnalysisThread } from '../../analysis/analysis-thread.js';
import type { TaskInput, TaskName } from '../../analysis/tasks/index.js';
import type { Grid } from '../../analysis/tasks/task.js';
import type { Clock } from '../../lib/clock.js';
import { KymoError } from '../../lib/errors.js';
import { success } from '../../promql/api/envelope.js';
import type { OperationName, QueryLimits } from '../../promql/api/operations.js';
import type { QueryParameters } from '../../promql/api/parameters.js';
import type { QueryThread } from '../../promql/query-thread.js';
import type { Answer } from '../dependencies.js';

export interface QuestionOptions {
  readonly queries: Pick<QueryThread, 'ask'>;
  readonly analysis: Pick<AnalysisThread, 'run' | 'maxWaiting' | 'refuse'>;
  readonly limits: Pick<QueryLimits, 'maxPoints'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Milliseconds. */
  readonly tick: number;
}

/** A query was refused or failed; the answer says why. */
export class QueryFailure extends Error {
  readonly answer: Answer;

  constructor(status: number, body: Uint8Array) {
    super('a query failed');
    this.answer = { status, headers: JSON_HEADERS, body: bufferOf(body) };
  }

  /** What the answer says. */
  get reason(): string {
    const { error } = JSON.parse(this.answer.body.toString()) as { readonly error: string };
    return error;
  }
}

export interface RangeDefaults {
  /** Milliseconds; 15 min by default. */
  readonly range?: number;
  /** Points from which the step is chosen, and that may be asked for. */
  readonly points?: number;
  readonly mostPoints?: number;
  /** Whether a step that is too short for them is lengthened instead of refused. */
  readonly lengthen?: boolean;
}

export const MINUTE = 60_000;
/** Points of a range whose step is not told. */
const POINTS = 1000;
/** Steps that are chosen, in milliseconds: an hour or a day is a whole number of them. */
const STEPS = [
  ...[100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000],
  ...[1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440].map((minutes) => minutes * MINUTE),
];

/** One request to the analysis API: its parameters, and how values and analyses are come by. */
export class Question {
  readonly parameters: QueryParameters;
  readonly signal: AbortSignal;
  readonly options: QuestionOptions;

  constructor(
    options: QuestionOptions,
    request: { readonly parameters: QueryParameters; readonly signal: AbortSignal },
  ) {
    this.options = options;
    this.parameters = request.parameters;
    this.signal = request.signal;
  }

  /** @throws KymoError `bad_data` where it is absent */
  get expr(): string {
    if (this.parameters.has('expr')) return this.parameters.text('expr').trim();
    throw new KymoError('bad_data', 'invalid parameter "expr": a PromQL expression is needed');
  }

  /**
   * `start` to `end` by `step`: the last 15 minutes in up to 1,000 points by default.
   * @throws KymoError `bad_data`
   */
  grid({
    range = 15 * MINUTE,
    points = POINTS,
    mostPoints,
    lengthen = false,
  }: RangeDefaults = {}): Grid {
    const { parameters, options } = this;
    const most = Math.min(options.limits.maxPoints, mostPoints ?? Infinity);
    const now = options.clock.now();
    const givenEnd = parameters.time('end', Math.floor(now / options.tick) * options.tick);
    const start = parameters.time('start', givenEnd - range);
    if (givenEnd < start) {
      throw new KymoError('bad_data', 'invalid parameter "end": it is before start');
    }
    const given = parameters.has('step')
      ? this.#givenStep()
      : stepFor(givenEnd - start, Math.min(points, most), options.tick);
    const times = Math.ceil((Math.floor((givenEnd - start) / given) + 1) / most);
    const step = lengthen ? given * Math.max(1, times) : given;
    const length = Math.floor((givenEnd - start) / step) + 1;
    if (length > most) {
      throw new KymoError(
        'bad_data',
        `invalid parameter "step": ${length} points of each series are more than the ${most} that are looked at; choose a longer step or a shorter range`,
      );
    }
    // A range that is not told in full is moved so that it ends now.
    const from = parameters.has('start') ? start : givenEnd - (length - 1) * step;
    return { start: from, step, length };
  }

  #givenStep(): number {
    const step = this.parameters.duration('step');
    if (step >= 1) return step;
    throw new KymoError('bad_data', 'invalid parameter "step": it must be 1 ms at least');
  }

  /** A number within bounds. @throws KymoError `bad_data` */
  number(name: string, bounds: NumberBounds): number {
    const { parameters } = this;
    if (!parameters.has(name)) return bounds.fallback;
    const text = parameters.text(name);
    const value = Number(text);
    const { min, max, whole = false } = bounds;
    if (Number.isFinite(value) && value >= min && value <= max && !(whole && value % 1 !== 0)) {
      return value;
    }
    throw new KymoError(
      'bad_data',
      `invalid parameter "${name}": "${text}" is not ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}`,
    );
  }

  /** One of some words. @throws KymoError `bad_data` */
  word<Word extends string>(name: string, words: readonly Word[], fallback: Word): Word {
    const text = this.parameters.has(name) ? this.parameters.text(name) : fallback;
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new KymoError(
      'bad_data',
      `invalid parameter "${name}": "${text}" is none of ${words.join(', ')}`,
    );
  }

  /** Values of an expression on a grid, as `query_range` answers them. @throws QueryFailure */
  range(query: string, { start, step, length }: Grid, limit = 0): Promise<Uint8Array> {
    return this.ask('query_range', {
      query,
      start: `${start / 1000}`,
      end: `${(start + (length - 1) * step) / 1000}`,
      step: `${step / 1000}`,
      ...(limit === 0 ? {} : { limit: `${limit}` }),
    });
  }

  /** @throws QueryFailure */
  async ask(operation: OperationName, parameters: Record<string, string>): Promise<Uint8Array> {
    const { signal } = this;
    const request = { operation, parameters: new URLSearchParams(parameters), signal };
    const { status, body } = await this.options.queries.ask(request);
    if (status !== 200) throw new QueryFailure(status, body);
    return body;
  }

  /** The answer of a task, in the envelope of the Prometheus API. */
  async answer<Name extends TaskName>(task: Name, input: TaskInput<Name>): Promise<Answer> {
    return enveloped(await this.options.analysis.run(task, input, this.signal));
  }
}

interface NumberBounds {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

/** The shortest step that is not below the tick and yields few enough points. */
export function stepFor(range: number, points: number, tick: number): number {
  const least = Math.max(tick, range / Math.max(1, points));
  const day = 24 * 60 * MINUTE;
  return STEPS.find((step) => step >= least) ?? Math.ceil(least / day) * day;
}

const JSON_HEADERS = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };

export function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

const BEFORE = success('').slice(0, -1);

/** Puts JSON into the envelope without reading it. */
export function enveloped({ body, warnings, infos }: Analysed): Answer {
  const after = success('', { warnings, infos }).slice(BEFORE.length);
  return {
    status: 200,
    headers: JSON_HEADERS,
    body: Buffer.concat([Buffer.from(BEFORE), body, Buffer.from(after)]),
  };
}
