import type { LiveSubscribe } from '@kymo/contract';
import { formatDuration } from '../lib/duration.js';
import { KymoError, messageOf } from '../lib/errors.js';
import { typeOf, type Expression } from '../promql/ast.js';
import { parseExpression } from '../promql/parse.js';
import { printExpression } from '../promql/print.js';
import { LiveRefusal } from './client.js';
import { LimitWatch, type NearLimit } from './limits.js';
import { reachOf } from './reach.js';
import { Topic, type TopicOptions } from './topic.js';

export interface TopicsOptions extends Omit<
  TopicOptions,
  'number' | 'key' | 'expression' | 'every'
> {
  /** Milliseconds that samples are kept for streams; what reads further back is refused. */
  readonly retention: number;
  readonly nextNumber: () => number;
  readonly onNear: (near: NearLimit) => void;
}

type ExpressionSubscribe = Extract<LiveSubscribe, { expr: string }>;

/** The topics that somebody subscribes to, each once however its expression is written. */
export class Topics {
  readonly #options: TopicsOptions;
  readonly #topics = new Map<string, Topic>();
  readonly #watch: LimitWatch;

  constructor(options: TopicsOptions) {
    this.#options = options;
    this.#watch = new LimitWatch('topics', options.limits.maxTopics, options.onNear);
  }

  get size(): number {
    return this.#topics.size;
  }

  [Symbol.iterator](): Iterator<Topic> {
    return this.#topics.values();
  }

  /**
   * The topic of a subscription, made when new.
   * @throws LiveRefusal `bad_interval`, `bad_expression`, `too_far_back`, `too_many_topics`
   */
  get({ expr, interval }: ExpressionSubscribe): Topic {
    const { tick, limits } = this.#options;
    if (interval % tick !== 0) {
      throw new LiveRefusal(
        'bad_interval',
        `an interval of ${formatDuration(interval)} is no multiple of the tick of ${formatDuration(tick)}; take for example ${Math.ceil(interval / tick) * tick} (milliseconds)`,
      );
    }
    const expression = parse(expr);
    this.#refuseFarBack(expression);
    const key = `${interval} ${printExpression(expression)}`;
    const known = this.#topics.get(key);
    if (known !== undefined) return known;
    if (!this.#watch.check(this.#topics.size)) {
      const text = `${limits.maxTopics} different expressions are subscribed to, and there may be no more`;
      throw new LiveRefusal('too_many_topics', text);
    }
    const topic = this.#make(key, expression, interval / tick);
    this.#topics.set(key, topic);
    return topic;
  }

  /** Forgets a topic that nobody subscribes to. */
  delete(topic: Topic): void {
    this.#topics.delete(topic.key);
  }

  /** What a stream would work out of the newest samples alone is not what a query answers. */
  #refuseFarBack(expression: Expression): void {
    const { retention } = this.#options;
    const reach = reachOf(expression, 0);
    if (reach <= retention) return;
    const far = Number.isFinite(reach) ? formatDuration(reach) : 'an unknown time';
    throw new LiveRefusal(
      'too_far_back',
      `the expression reads ${far} back, and streams read the newest ${formatDuration(retention)} (series.retention); ask /api/v1/query_range again and again`,
    );
  }

  #make(key: string, expression: Expression, every: number): Topic {
    const number = this.#options.nextNumber();
    try {
      return new Topic({ ...this.#options, number, key, expression, every });
    } catch (thrown) {
      throw badExpression(thrown);
    }
  }
}

function parse(text: string): Expression {
  let expression: Expression;
  try {
    expression = parseExpression(text);
  } catch (thrown) {
    throw badExpression(thrown);
  }
  const type = typeOf(expression);
  if (type === 'vector' || type === 'scalar') return expression;
  const message = `the expression yields a ${type === 'matrix' ? 'range vector' : type}; subscribe to an instant vector or a scalar, for example to rate(…)`;
  throw new LiveRefusal('bad_expression', message);
}

function badExpression(thrown: unknown): Error {
  if (thrown instanceof KymoError) {
    return new LiveRefusal('bad_expression', messageOf(thrown), { cause: thrown });
  }
  // Parser and planner descend by recursion.
  if (thrown instanceof RangeError) {
    const message = 'the expression is nested too deeply; simplify it';
    return new LiveRefusal('bad_expression', message, { cause: thrown });
  }
  return thrown instanceof Error ? thrown : new Error(messageOf(thrown));
}
