import { SampleBuffer } from '../series/samples.js';
import type { HistoryReader } from '../series/history/door.js';
import type { SeriesReader } from '../series/reader.js';
import { Annotations } from './annotations.js';
import type { VectorSelector } from './ast.js';
import { QueryCanceledError, QueryTimeoutError, TooManySamplesError } from './errors.js';

/** The times an expression is evaluated at: `start + i × step`, in Unix milliseconds. */
export interface Grid {
  readonly start: number;
  readonly step: number;
  /** At least 1. */
  readonly steps: number;
}

export interface Limits {
  /** Samples that may be held at a time; default 50 million, as Prometheus. */
  readonly maxSamples?: number;
  /** Samples that may be read from series in all; default without limit. */
  readonly maxSamplesRead?: number;
  /** When to give up, on the scale of `now`. */
  readonly deadline?: number;
  /** Milliseconds on a clock that never goes back. Needed with `deadline`. */
  readonly now?: () => number;
  /** Asked now and then; true ends the evaluation. */
  readonly cancelled?: () => boolean;
}

export interface QueryStats {
  /** Samples read from series, each counted once. */
  samplesRead: number;
  /** Samples of every window of every step, as Prometheus counts `totalQueryableSamples`. */
  samplesConsidered: number;
  /** Most samples held at a time. */
  peakSamples: number;
}

const DEFAULT_MAX_SAMPLES = 50_000_000;

// Roughly a millisecond of work.
const CHECK_EVERY = 65_536;

/** How a selector that reaches beyond the head is read. */
export interface SelectorHistory {
  readonly reader: HistoryReader;
  /** Milliseconds that its windows have at least, so that there is enough in them. */
  readonly leastRange: number;
}

export type Histories = ReadonlyMap<VectorSelector, SelectorHistory>;

export interface RunOptions {
  readonly reader: SeriesReader;
  readonly histories?: Histories | undefined;
  /** Milliseconds. */
  readonly lookback: number;
  /** Step of subqueries that name none, in milliseconds. */
  readonly subqueryStep: number;
  /** Whether names are dropped only at the end (Prometheus's feature `promql-delayed-name-removal`). */
  readonly delayedNameRemoval: boolean;
  readonly limits: Limits;
}

/** State of one evaluation that all nodes share: what they read from, what they may cost, what is to tell. */
export class Run {
  readonly reader: SeriesReader;
  readonly histories: Histories | undefined;
  readonly lookback: number;
  readonly subqueryStep: number;
  readonly delayedNameRemoval: boolean;
  readonly annotations = new Annotations();
  readonly stats: QueryStats = { samplesRead: 0, samplesConsidered: 0, peakSamples: 0 };
  /** For samples of the series that is just being read. */
  readonly buffer = new SampleBuffer();
  /** The range of the whole query, for `@ start()`, `@ end()`, `range()` and `step()`. */
  queryStart = 0;
  queryEnd = 0;
  queryStep = 0;
  readonly #limits: Limits;
  readonly #maxSamples: number;
  readonly #maxSamplesRead: number;
  #deadline: number | undefined;
  #held = 0;
  #work = 0;

  constructor(options: RunOptions) {
    this.reader = options.reader;
    this.histories = options.histories;
    this.lookback = options.lookback;
    this.subqueryStep = options.subqueryStep;
    this.delayedNameRemoval = options.delayedNameRemoval;
    this.#limits = options.limits;
    this.#maxSamples = options.limits.maxSamples ?? DEFAULT_MAX_SAMPLES;
    this.#maxSamplesRead = options.limits.maxSamplesRead ?? Infinity;
  }

  /** Begins another evaluation with the same options, and maybe another deadline. */
  restart(start: number, end: number, step: number, deadline = this.#limits.deadline): void {
    this.#deadline = deadline;
    this.queryStart = start;
    this.queryEnd = end;
    this.queryStep = step;
    this.#held = 0;
    this.#work = 0;
    this.stats.samplesRead = 0;
    this.stats.samplesConsidered = 0;
    this.stats.peakSamples = 0;
    if (this.annotations.size > 0) this.annotations.clear();
    this.check();
  }

  /** Counts samples that were read from a series. */
  read(samples: number): void {
    this.stats.samplesRead += samples;
    if (this.stats.samplesRead > this.#maxSamplesRead) {
      throw new TooManySamplesError(
        `query processing would read more than ${this.#maxSamplesRead} samples in query execution; narrow the selectors or the range`,
      );
    }
    this.#peak(samples);
    this.work(samples);
  }

  /** Counts samples that stay in memory until the end of the evaluation. */
  hold(samples: number): void {
    this.#held += samples;
    this.#peak(0);
  }

  /** Counts steps of computation; now and then looks whether to go on. */
  work(amount: number): void {
    this.#work += amount;
    if (this.#work < CHECK_EVERY) return;
    this.#work = 0;
    this.check();
  }

  /** @throws QueryCanceledError or QueryTimeoutError where the evaluation has to end. */
  check(): void {
    const { cancelled, now } = this.#limits;
    const deadline = this.#deadline;
    if (cancelled?.() === true) throw new QueryCanceledError();
    if (deadline !== undefined && now !== undefined && now() > deadline) {
      throw new QueryTimeoutError();
    }
  }

  #peak(transient: number): void {
    const samples = this.#held + transient;
    if (samples > this.stats.peakSamples) this.stats.peakSamples = samples;
    if (samples > this.#maxSamples) {
      throw new TooManySamplesError(
        'query processing would load too many samples into memory in query execution',
      );
    }
  }
}
