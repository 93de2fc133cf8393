import { setImmediate } from 'node:timers/promises';
import { DEFAULT_SUBQUERY_STEP } from '../../promql/engine.js';
import { demandsOf } from '../../promql/demands.js';
import type { Expression } from '../../promql/ast.js';
import { KymoError } from '../../lib/errors.js';
import { TooMuchHistoryError, type HistoryDoor } from '../../series/history/door.js';
import { HistoryOverlay } from '../../series/history/overlay.js';
import type { LabelSet } from '../../series/labels.js';
import type { Matcher } from '../../series/matcher.js';
import type { FamilyMetadata } from '../../series/metadata.js';
import type { SeriesId, SeriesReader } from '../../series/reader.js';
import { SampleBuffer } from '../../series/samples.js';

/** Where samples from before those in memory are. */
export interface TrialPast {
  /** `undefined` where there is nothing but memory. */
  readonly history: HistoryDoor | undefined;
  /** From when on memory has everything, Unix ms. */
  readonly headFrom: number;
}

/** What is evaluated, and when; Unix milliseconds. */
export interface TrialDemand {
  readonly expressions: readonly Expression[];
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly lookback: number;
  /** Of history, encoded. */
  readonly maxBytes: number;
  /** Called now and then; what it throws ends the reading. */
  readonly check: () => void;
}

/** From when on samples are kept, Unix ms. */
export function keptSince({ history, headFrom }: TrialPast): number {
  return Math.min(headFrom, history?.samplesSince ?? Infinity);
}

/**
 * A reader that has what expressions read over a past range, from history too where memory does not
 * reach back far enough. It is for one trial: what it has read it keeps.
 * @throws KymoError `too_much_history` where that would be more than `maxBytes`, and what `check` throws
 */
export async function readerOver(
  head: SeriesReader,
  past: TrialPast,
  { expressions, start, end, step, lookback, maxBytes, check }: TrialDemand,
): Promise<SeriesReader> {
  const { history, headFrom } = past;
  const range = { queryStart: start, queryEnd: end, queryStep: step };
  const options = { range, lookback, subqueryStep: DEFAULT_SUBQUERY_STEP };
  const demands = expressions
    .flatMap((expression) => demandsOf(expression, options))
    .filter(({ from }) => from < headFrom);
  if (history === undefined || demands.length === 0) return head;
  const earliest = Math.min(...demands.map(({ from }) => from));
  const from = Math.max(earliest, history.samplesSince);
  const to = Math.max(...demands.map((demand) => demand.to));
  if (!(from < Math.min(headFrom, to))) return head;
  const matchers = demands.map(({ selector }) => selector.matchers);
  const excerpt = await history
    .excerpt(
      {
        sets: matchers.map((set) =>
          set.map(({ name, operator, value }) => ({ name, operator, value })),
        ),
        ...{ from, to, headFrom },
        coarsest: 0,
        namesOnly: false,
      },
      { maxBytes, check },
    )
    .catch((thrown: unknown) => {
      throw thrown instanceof TooMuchHistoryError ? tooMuch(thrown) : thrown;
    });
  // Rules judge samples: averages of minutes would say something else.
  if (excerpt.resolution !== 'raw') throw tooMuch();
  const reader = new PastReader(new HistoryOverlay(head, excerpt));
  for (const set of matchers) {
    for (const id of reader.select(set)) {
      reader.load(id);
      check();
      await setImmediate();
    }
  }
  return reader;
}

const tooMuch = (cause?: Error): KymoError =>
  new KymoError(
    'too_much_history',
    'the test would read too much history; choose a shorter range, narrow the selectors, or raise rule_test.max_history',
    { cause },
  );

/** Above the ids of a head, and below those that a joined reader gives its second one. */
const OWN = 2 ** 28;

/** An overlay whose series are decoded once, since rules read them at every step. */
class PastReader implements SeriesReader {
  readonly #overlay: HistoryOverlay;
  readonly #samples = new Map<SeriesId, SampleBuffer>();
  /** Series that are in history alone, in the order of their ids here. */
  readonly #beyond: SeriesId[] = [];
  readonly #own = new Map<SeriesId, SeriesId>();

  constructor(overlay: HistoryOverlay) {
    this.#overlay = overlay;
  }

  get indexVersion(): number {
    return this.#overlay.indexVersion;
  }

  get maxTime(): number {
    return this.#overlay.maxTime;
  }

  select(matchers: readonly Matcher[]): SeriesId[] {
    return this.#overlay.select(matchers).map((id) => (id < OWN ? id : this.#ownOf(id)));
  }

  labels(id: SeriesId): LabelSet {
    return this.#overlay.labels(this.#idOf(id));
  }

  metadata(id: SeriesId): FamilyMetadata | undefined {
    return this.#overlay.metadata(this.#idOf(id));
  }

  load(id: SeriesId): SampleBuffer {
    let samples = this.#samples.get(id);
    if (samples === undefined) {
      samples = new SampleBuffer();
      this.#overlay.read(this.#idOf(id), -Infinity, Infinity, samples);
      this.#samples.set(id, samples);
    }
    return samples;
  }

  read(id: SeriesId, from: number, to: number, into: SampleBuffer): void {
    const { times, values, histograms, length } = this.load(id);
    const first = firstAtOrAfter(times, length, from);
    let last = first;
    while (last < length && times[last] <= to) last++;
    const at = into.length;
    into.reserve(at + last - first);
    into.times.set(times.subarray(first, last), at);
    // As bits, which stale marks are told by.
    into.values.set(values.subarray(first, last), at);
    into.length = at + last - first;
    if (histograms === undefined) return;
    into.histograms ??= [];
    for (let i = first; i < last; i++) into.histograms[at + i - first] = histograms[i];
  }

  labelNames(matchers?: readonly Matcher[]): string[] {
    return this.#overlay.labelNames(matchers);
  }

  labelValues(name: string, matchers?: readonly Matcher[]): string[] {
    return this.#overlay.labelValues(name, matchers);
  }

  #ownOf(id: SeriesId): SeriesId {
    let own = this.#own.get(id);
    if (own === undefined) {
      own = OWN + this.#beyond.push(id) - 1;
      this.#own.set(id, own);
    }
    return own;
  }

  #idOf(id: SeriesId): SeriesId {
    return id < OWN ? id : (this.#beyond.at(id - OWN) ?? id);
  }
}

function firstAtOrAfter(times: Float64Array, length: number, time: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
