import { KymoError } from '../lib/errors.js';
import type { Expression } from '../promql/ast.js';
import { PreparedExpression } from '../promql/prepared.js';
import type { SeriesReader } from '../series/reader.js';
import { Columns } from './columns.js';
import type { Feed, Source } from './feed.js';
import type { LiveLimits } from './limits.js';
import { errorMessage, gapMessage } from './messages.js';
import { reachOf } from './reach.js';
import { samplesOf } from './samples-of.js';

/** Most due frames that a topic which keeps timing out lets pass between two attempts. */
const MOST_PAUSE = 32;

export interface TopicOptions {
  readonly number: number;
  readonly epoch: string;
  /** What equal subscriptions have in common. */
  readonly key: string;
  readonly expression: Expression;
  /** Ticks from one frame to the next. */
  readonly every: number;
  /** Milliseconds. */
  readonly tick: number;
  readonly reader: SeriesReader;
  readonly limits: LiveLimits;
  /** Milliseconds that a sample stands for its series. */
  readonly lookback: number;
  /** Milliseconds on a clock that never goes back. */
  readonly monotonic: () => number;
}

interface Newest {
  readonly seq: number;
  readonly text: string;
}

/** An expression at an interval: evaluated once a frame, encoded once, for all who subscribe to it. */
export class Topic implements Source {
  readonly name: string;
  readonly number: number;
  readonly key: string;
  readonly every: number;
  readonly feeds = new Set<Feed>();
  /** How far back an evaluation may read, in milliseconds. */
  readonly reach: number;
  /** Evaluations that failed. */
  failures = 0;
  readonly #options: TopicOptions;
  readonly #prepared: PreparedExpression;
  #columns: Columns;
  #versions = 0;
  #newest: Newest | undefined;
  #batch: { readonly seq: number; readonly texts: readonly string[] } | undefined;
  #error: string | undefined;
  /** First and number of the frames that have not been made since the last one that was. */
  #missedFrom = 0;
  #missed = 0;
  #pause = 0;
  #paused = 0;

  /** @throws ParseError, ExecutionError for what cannot be planned */
  constructor(options: TopicOptions) {
    const { expression, reader, limits, lookback, monotonic } = options;
    this.#options = options;
    this.number = options.number;
    this.name = `t${options.number}`;
    this.key = options.key;
    this.every = options.every;
    this.reach = reachOf(expression, lookback);
    this.#prepared = new PreparedExpression(expression, reader, {
      lookback,
      timeout: limits.evaluationTimeout,
      now: monotonic,
      maxSamples: limits.maxSamples,
      maxSamplesRead: limits.maxSamples,
    });
    this.#columns = new Columns({
      topic: this.name,
      reader,
      nextVersion: () => ++this.#versions,
    });
  }

  /** The schema of the newest frame. */
  get columns(): Columns {
    return this.#columns;
  }

  /** Whether anybody gets its frames as they are made. */
  get isLive(): boolean {
    for (const { live } of this.feeds) if (live) return true;
    return false;
  }

  /** Goes on by another schema, where nobody is live who goes by the present one. */
  adopt(columns: Columns): void {
    this.#columns = columns;
    this.#newest = undefined;
    this.#missed = 0;
  }

  /** Whether a tick has a frame. */
  isDue(seq: number): boolean {
    return seq % this.every === 0;
  }

  /** The newest tick up to `seq` that has a frame. */
  floor(seq: number): number {
    return Math.floor(seq / this.every) * this.every;
  }

  /** Makes the frame of a tick; where that fails, what its subscribers are told. */
  evaluate(seq: number): void {
    if (this.#paused > 0) {
      this.#paused--;
      this.miss(seq);
      return;
    }
    const { version } = this.columns;
    try {
      const text = this.frame(seq, this.columns);
      const told: string[] = [];
      if (this.#missed > 0) told.push(this.#endMissed(seq));
      if (this.columns.version !== version) told.push(this.columns.schema);
      this.#newest = { seq, text };
      this.#batch = { seq, texts: [...told, text] };
      this.#error = undefined;
      this.#pause = 0;
    } catch (thrown) {
      if (!(thrown instanceof KymoError)) throw thrown;
      this.failures++;
      this.#backOff(thrown);
      this.fail(
        seq,
        errorMessage({ code: 'evaluation_failed', message: thrown.message }, this.name),
      );
    }
  }

  /**
   * A frame as a message, by a schema that it may change.
   * @throws KymoError for an evaluation that fails or costs too much
   */
  frame(seq: number, columns: Columns): string {
    const { epoch, tick, limits } = this.#options;
    const time = seq * tick;
    const samples = samplesOf(this.#prepared.evaluate(time).result);
    if (samples.length > limits.maxSeries) {
      throw new KymoError(
        'execution',
        `the expression has ${samples.length} series, more than ${limits.maxSeries}; narrow or aggregate it`,
      );
    }
    const values = columns.encode(samples);
    return `{"type":"frame","topic":"${this.name}","epoch":"${epoch}","seq":${seq},"time":${time},"schema":${columns.version},"values":${values}}`;
  }

  /** Notes that frames are not made; subscribers are told with the next one that is. */
  miss(seq: number, count = 1): void {
    if (count === 0) return;
    if (this.#missed === 0) this.#missedFrom = seq;
    this.#missed += count;
    this.#batch = undefined;
  }

  /** As {@link miss}, but says why: once, until it changes. */
  fail(seq: number, error: string): void {
    this.miss(seq);
    if (error !== this.#error) this.#batch = { seq, texts: [error] };
    this.#error = error;
  }

  batch(seq: number): readonly string[] {
    return this.#batch?.seq === seq ? this.#batch.texts : [];
  }

  catchUp(from: number): string[] {
    const newest = this.#newest;
    if (newest === undefined || newest.seq < from) return [];
    const texts: string[] = [];
    const first = this.floor(from + this.every - 1);
    const missed = (newest.seq - first) / this.every;
    if (missed > 0) {
      texts.push(gapMessage(this.name, { missed, from: first, to: newest.seq - this.every }));
    }
    return [...texts, this.columns.schema, newest.text];
  }

  /** A time-out is paid for by all: whoever keeps causing it is tried less and less often. */
  #backOff({ code }: KymoError): void {
    this.#pause = code === 'timeout' ? Math.min(MOST_PAUSE, Math.max(1, this.#pause * 2)) : 0;
    this.#paused = this.#pause;
  }

  #endMissed(seq: number): string {
    const gap = { missed: this.#missed, from: this.#missedFrom, to: seq - this.every };
    this.#missed = 0;
    return gapMessage(this.name, gap);
  }
}
