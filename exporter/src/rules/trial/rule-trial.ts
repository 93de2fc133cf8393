import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../lib/clock.js';
import { KymoError } from '../../lib/errors.js';
import { DEFAULT_LOOKBACK } from '../../promql/engine.js';
import { parseExpression } from '../../promql/parse.js';
import type { PrepareOptions } from '../../promql/prepared.js';
import { Head } from '../../series/head.js';
import { METRIC_NAME, type Labels } from '../../series/labels.js';
import type { SeriesReader } from '../../series/reader.js';
import { RuleEngine } from '../engine.js';
import type { RuleGroup } from '../rule.js';
import type { WatchDefinition } from '../watches/watch.js';
import { WATCH_FAMILIES } from '../watches/watched-series.js';
import { Watches } from '../watches/watches.js';
import { DiscardingWriter } from './discarding-writer.js';
import { keptSince, readerOver, type TrialDemand, type TrialPast } from './past-reader.js';
import { JoinedReader } from './joined-reader.js';
import { TrialAlerts, type TrialAlert } from './trial-alerts.js';

export interface RuleTrialOptions {
  readonly reader: SeriesReader;
  readonly clock: Clock;
  /** Limits of each evaluation. */
  readonly query?: PrepareOptions;
  /** Labels that all own series have. */
  readonly ownLabels?: Labels;
  /** Labels that templates see. */
  readonly externalLabels?: Labels;
  readonly externalUrl?: string;
  /** What there is beside the reader; by default nothing. */
  readonly past?: () => TrialPast;
  /** Encoded bytes of history that one trial may read; 8 MiB by default. */
  readonly maxHistory?: number;
}

/** What is tried. Times are Unix milliseconds. */
export interface TrialRequest {
  readonly group: RuleGroup;
  /** Watches that the rule needs; they are run over the range too. */
  readonly watches?: readonly WatchDefinition[];
  readonly start: number;
  readonly end: number;
  /** From one evaluation to the next. */
  readonly step: number;
  readonly signal?: AbortSignal;
}

export interface TrialResult {
  /** From when on there were samples to judge by, the start at the earliest; Unix milliseconds. */
  readonly since: number;
  readonly alerts: readonly TrialAlert[];
  /** Alerts that did not fit. */
  readonly leftOut: number;
  readonly evaluations: number;
  /** Of which so many failed, the last one with this message. */
  readonly failures: number;
  readonly lastError: string;
}

/** Evaluations of one trial, as the points of a range query. */
export const MAX_EVALUATIONS = 11_000;
const MAX_ALERTS = 1000;
/** Points that watches see before the range: their warm-up and some more. */
const LEAD = 600;
/** Decoded they are about ten times as many. */
const MAX_HISTORY = 8 * 2 ** 20;
/** Milliseconds that a trial may take of one turn of the event loop, and in all. */
const SLICE = 5;
const TIMEOUT = 30_000;

/**
 * Evaluates rules over a past range with the engine that runs them, in slices between which the
 * event loop goes on. Nothing of it is kept.
 * @throws KymoError `bad_data` for a range that makes no sense; `timeout`; `too_much_history`; `bad_watch`;
 *   those of the planner
 */
export async function tryRule(
  options: RuleTrialOptions,
  request: TrialRequest,
): Promise<TrialResult> {
  const { start, end, step } = request;
  const { clock } = options;
  checkRange(request);
  const deadline = clock.monotonic() + TIMEOUT;
  const check = (): void => checkTime(request, clock.monotonic() > deadline);
  const past = options.past?.() ?? { history: undefined, headFrom: -Infinity };
  const reader = await readerOver(options.reader, past, {
    ...demandOf(options, request),
    check,
    maxBytes: options.maxHistory ?? MAX_HISTORY,
  });
  const trial = new RuleTrial({ ...options, reader }, request);
  let yieldAt = clock.monotonic() + SLICE;
  for (let time = start - trial.lead * step; time <= end; time += step) {
    trial.evaluate(time);
    const now = clock.monotonic();
    if (now < yieldAt) continue;
    await setImmediate();
    check();
    yieldAt = clock.monotonic() + SLICE;
  }
  return { since: Math.max(start, keptSince(past)), ...trial.result() };
}

function checkTime({ signal }: TrialRequest, isLate: boolean): void {
  if (signal?.aborted === true) throw new KymoError('canceled', 'nobody waits for it any more');
  if (!isLate) return;
  throw new KymoError(
    'timeout',
    `it takes longer than ${TIMEOUT / 1000} s; choose a shorter range or a longer step`,
  );
}

/** Evaluations before the range. */
const leadOf = ({ watches = [] }: TrialRequest): number => (watches.length > 0 ? LEAD : 0);

/** All that is evaluated. */
function demandOf(
  { query: { lookback = DEFAULT_LOOKBACK } = {} }: RuleTrialOptions,
  request: TrialRequest,
): Omit<TrialDemand, 'check' | 'maxBytes'> {
  const { group, watches = [], start, end, step } = request;
  const ofRules = group.rules.flatMap((rule) => [
    rule.expression,
    ...(rule.kind === 'alerting' && rule.resolve !== undefined ? [rule.resolve.expression] : []),
  ]);
  const ofWatches = watches.map(({ expr }) => parseExpression(expr));
  const lead = leadOf(request) * step;
  return { expressions: [...ofRules, ...ofWatches], start: start - lead, end, step, lookback };
}

/** @throws KymoError what the engine would refuse a group of rules with */
export function checkGroup({ reader, clock, query }: RuleTrialOptions, group: RuleGroup): void {
  new RuleEngine({ reader, clock, query, tick: 1000, writer }).replace([group]);
}

const writer = (name: string): DiscardingWriter => new DiscardingWriter(name);

function checkRange({ start, end, step }: TrialRequest): void {
  if (end < start) throw new KymoError('bad_data', 'end is before start');
  if (!(step >= 1)) throw new KymoError('bad_data', 'step is to be at least 1ms');
  if ((end - start) / step < MAX_EVALUATIONS) return;
  const message = `more than ${MAX_EVALUATIONS} evaluations; choose a shorter range or a longer step`;
  throw new KymoError('bad_data', message);
}

class RuleTrial {
  /** Evaluations before the range. */
  readonly lead: number;
  readonly #start: number;
  readonly #engine: RuleEngine;
  readonly #alerts = new TrialAlerts(MAX_ALERTS);
  readonly #scores: Head | undefined;
  readonly #watches: Watches | undefined;
  #evaluations = 0;
  #failures = 0;
  #lastError = '';

  constructor(options: RuleTrialOptions, request: TrialRequest) {
    const { group, watches = [], start, step } = request;
    const { clock, query, ownLabels = {}, externalLabels, externalUrl } = options;
    let { reader } = options;
    this.#start = start;
    this.lead = leadOf(request);
    if (watches.length > 0) {
      const retention = 2 ** 50;
      this.#scores = new Head({ ownLabels, retention, ttl: retention, memory: 64 * 2 ** 20 });
      this.#watches = new Watches({
        watches,
        reader,
        writer: this.#scores.source('watches', { exposed: true }),
        ownLabels,
        query,
      });
      // A watch of that name may run already, with another expression.
      const names = new Set(watches.map(({ name }) => name));
      reader = new JoinedReader(
        reader,
        this.#scores,
        (labels) =>
          WATCH_FAMILIES.includes(labels.get(METRIC_NAME)) && names.has(labels.get('watch')),
      );
    }
    this.#engine = new RuleEngine({
      reader,
      writer,
      tick: step,
      clock,
      query,
      externalLabels,
      externalUrl,
      onTransition: (transition) => this.#alerts.note(transition),
    });
    // As often as asked, whatever the group says.
    this.#engine.replace([{ ...group, interval: undefined }]);
  }

  evaluate(time: number): void {
    // In the order of a tick: rules see the scores of the one before.
    if (time >= this.#start) this.#evaluateRules(time);
    this.#watches?.evaluate(time);
    this.#scores?.endTick(time);
  }

  #evaluateRules(time: number): void {
    this.#engine.evaluate(time);
    this.#evaluations++;
    for (const { lastError } of this.#engine.groups[0].rules) {
      if (lastError === '') continue;
      this.#failures++;
      this.#lastError = lastError;
    }
  }

  result(): Omit<TrialResult, 'since'> {
    return {
      alerts: this.#alerts.list,
      leftOut: this.#alerts.leftOut,
      evaluations: this.#evaluations,
      failures: this.#failures,
      lastError: this.#lastError,
    };
  }
}
