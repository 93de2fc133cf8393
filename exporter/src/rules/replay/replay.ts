import { systemClock } from '../../lib/clock.js';
import { Head } from '../../series/head.js';
import { METRIC_NAME } from '../../series/labels.js';
import type { SeriesId } from '../../series/reader.js';
import type { TimedSeries } from '../../series/timed-series.js';
import type { Transition } from '../alert.js';
import { RuleEngine } from '../engine.js';
import type { RuleGroup } from '../rule.js';
import type { WatchDefinition } from '../watches/watch.js';
import { Watches } from '../watches/watches.js';
import { FORECAST_FAMILY } from '../watches/recorded-forecasts.js';
import { WATCH_FAMILIES } from '../watches/watched-series.js';
import { Episodes, type Episode } from './episodes.js';
import type { RecordedSeries, Recording } from './recording.js';
import { WatchTally, type WatchSummary } from './watch-tally.js';

export interface ReplayOptions {
  readonly recording: Recording;
  readonly groups: readonly RuleGroup[];
  /** None by default. */
  readonly watches?: readonly WatchDefinition[];
  /** Milliseconds from one tick to the next; 1,000 by default. */
  readonly interval?: number;
  readonly onTransition?: (transition: Transition) => void;
}

/** Rules and watches that failed, by what they are and how. */
export interface ReplayFailure {
  readonly what: string;
  readonly error: string;
  /** Unix milliseconds of the first time. */
  readonly since: number;
  count: number;
}

export interface ReplayResult {
  readonly episodes: readonly Episode[];
  readonly watches: readonly WatchSummary[];
  readonly failures: readonly ReplayFailure[];
  /** Recorded series left out, for the rules and watches compute them. */
  readonly leftOut: number;
  readonly ticks: number;
}

interface Cursor {
  readonly id: SeriesId;
  readonly series: RecordedSeries;
  next: number;
}

/** Longer than any recording, and yet whole milliseconds. */
const FOREVER = 2 ** 50;
const MEMORY = 4 * 2 ** 30;
const ALERT_SERIES = ['ALERTS', 'ALERTS_FOR_STATE', 'kymo_alert_state', 'kymo_alert_acknowledged'];

/**
 * Runs rules and watches over recorded samples as a running exporter would: tick by tick over a head,
 * with the time of the recording.
 */
export class Replay {
  readonly #head = new Head({
    retention: FOREVER,
    ttl: FOREVER,
    limit: 5_000_000,
    memory: MEMORY,
    maxLabels: 1000,
    maxLabelName: 2 ** 16,
    maxLabelValue: 2 ** 20,
  });
  readonly #input: TimedSeries;
  readonly #engine: RuleEngine;
  readonly #watches: Watches | undefined;
  readonly #cursors: Cursor[] = [];
  readonly #episodes = new Episodes();
  readonly #tally = new WatchTally();
  readonly #failures = new Map<string, ReplayFailure>();
  readonly #interval: number;
  readonly #end: number;
  #leftOut = 0;
  #ticks = 0;
  #time: number;

  constructor({ recording, groups, watches = [], interval = 1000, onTransition }: ReplayOptions) {
    this.#interval = interval;
    this.#time = Math.ceil(recording.start / interval) * interval;
    this.#end = Math.ceil(recording.end / interval) * interval;
    this.#input = this.#head.timed('recording');
    this.#engine = new RuleEngine({
      reader: this.#head,
      writer: (name) => this.#head.source(name, { exposed: false }),
      tick: interval,
      clock: systemClock,
      onTransition: (transition) => {
        this.#episodes.note(transition);
        onTransition?.(transition);
      },
    });
    this.#engine.replace(groups);
    if (watches.length > 0) this.#watches = this.#createWatches(watches);
    this.#takeIn(recording, computedNames(groups, watches.length > 0));
  }

  /** Unix milliseconds of the next tick. */
  get time(): number {
    return this.#time;
  }

  /** Replays the next tick. @returns false when there was none left */
  step(): boolean {
    const time = this.#time;
    if (time > this.#end) return false;
    this.#load(time);
    this.#engine.evaluate(time);
    this.#noteRuleFailures(time);
    this.#watches?.evaluate(time);
    if (this.#watches !== undefined) this.#tally.note(this.#watches, time);
    this.#head.endTick(time);
    this.#time += this.#interval;
    this.#ticks++;
    return true;
  }

  result(): ReplayResult {
    return {
      episodes: this.#episodes.list(),
      watches: this.#tally.summaries(this.#watches?.names ?? []),
      failures: [...this.#failures.values()],
      leftOut: this.#leftOut,
      ticks: this.#ticks,
    };
  }

  #createWatches(watches: readonly WatchDefinition[]): Watches {
    return new Watches({
      watches,
      reader: this.#head,
      writer: this.#head.source('watches', { exposed: false }),
      onChange: ({ watch, error }) => {
        if (error !== undefined) this.#noteFailure(`watch ${watch}`, error.message, this.#time);
      },
    });
  }

  #takeIn({ series }: Recording, computed: ReadonlySet<string>): void {
    for (const one of series) {
      const { [METRIC_NAME]: name = '', ...labels } = one.labels.toObject();
      const id = computed.has(name) ? undefined : this.#input.series(name, labels);
      if (id === undefined) this.#leftOut++;
      else this.#cursors.push({ id, series: one, next: 0 });
    }
  }

  /** Appends the samples up to a time. */
  #load(until: number): void {
    for (const cursor of this.#cursors) {
      const { times, values } = cursor.series;
      for (; cursor.next < times.length && times[cursor.next] <= until; cursor.next++) {
        this.#input.append(cursor.id, times[cursor.next], values[cursor.next]);
      }
    }
  }

  #noteRuleFailures(time: number): void {
    for (const { rules } of this.#engine.groups) {
      for (const { rule, lastError } of rules) {
        if (lastError === '') continue;
        const { file, line } = rule.place;
        this.#noteFailure(`${file}:${line}: rule ${rule.name}`, lastError, time);
      }
    }
  }

  #noteFailure(what: string, error: string, since: number): void {
    const key = `${what}\n${error}`;
    const known = this.#failures.get(key);
    if (known === undefined) this.#failures.set(key, { what, error, since, count: 1 });
    else known.count++;
  }
}

/** Names of what rules and watches write, which a recording may have as well. */
function computedNames(groups: readonly RuleGroup[], watched: boolean): ReadonlySet<string> {
  const rules = groups.flatMap((group) => group.rules);
  const recorded = rules.flatMap(({ kind, name }) => (kind === 'recording' ? [name] : []));
  return new Set([
    ...recorded,
    ...ALERT_SERIES,
    ...(watched ? [...WATCH_FAMILIES, FORECAST_FAMILY] : []),
  ]);
}
