import { STATE_BYTES } from '../../analysis/scoring/layout.js';
import { KymoError, messageOf } from '../../lib/errors.js';
import { prepare, type PreparedExpression, type PrepareOptions } from '../../promql/prepared.js';
import type { QueryResult, VectorSample } from '../../promql/result.js';
import { LabelSet, METRIC_NAME, type Labels } from '../../series/labels.js';
import type { SeriesReader } from '../../series/reader.js';
import type { FamilyHandle, SourceWriter } from '../../series/writer.js';
import type { WatchDefinition, WatchExplanation, WatchStats, WatchSummary } from './watch.js';
import { watchFamilies, WatchedSeries } from './watched-series.js';

export interface WatchesOptions {
  readonly watches: readonly WatchDefinition[];
  readonly reader: SeriesReader;
  /** Of no one else: what is not written in an evaluation becomes stale. */
  readonly writer: SourceWriter;
  /** Limits of each evaluation. */
  readonly query?: PrepareOptions;
  /** Labels that the writer adds by itself: they are left out of what is written. */
  readonly ownLabels?: Labels;
  /** Series of all watches together; 10,000 by default, about 45 MB. */
  readonly limit?: number;
  /** Milliseconds for which what was learnt of a series that is gone is kept; 1 hour by default. */
  readonly ttl?: number;
  /** Told when a watch begins to fail, and (without an error) when it works again. */
  readonly onChange?: (change: WatchChange) => void;
}

export interface WatchChange {
  readonly watch: string;
  /** Absent where the watch works again. */
  readonly error?: KymoError;
}

interface Watch {
  readonly name: string;
  readonly expr: string;
  readonly limit: number;
  readonly expression: PreparedExpression;
  readonly series: Map<string, WatchedSeries>;
  /** Labels and series by place in the last result: mostly it is the same the next time. */
  sources: LabelSet[];
  targets: WatchedSeries[];
  failure: string | undefined;
}

const WATCH_LIMIT = 500;
const LIMIT = 10_000;
const TTL = 3_600_000;
/** Milliseconds between two looks for series that are gone. */
const SWEEP = 60_000;

/**
 * Scores every series of some expressions, tick by tick, and writes the scores as series:
 * `kymo_anomaly_score`, `kymo_anomaly_confidence`, `kymo_expected`, `kymo_expected_lower` and
 * `kymo_expected_upper`, with the label `watch` and the labels of the series (not its name).
 */
export class Watches {
  readonly #options: WatchesOptions;
  readonly #configured: readonly Watch[];
  #watches: readonly Watch[] = [];
  readonly #dropped = new Map<string, number>();
  #families: readonly FamilyHandle[] | undefined;
  #removals = 0;
  #count = 0;
  #sweptAt = 0;

  /** @throws KymoError `bad_watch` for a watch that makes no sense; the message names it */
  constructor(options: WatchesOptions) {
    this.#options = options;
    this.#configured = this.#prepareAll(options.watches, new Set());
    this.#watches = this.#configured;
  }

  /**
   * Puts other watches in place of those that were added to the configured ones so far. One that stays
   * as it is keeps what it has learnt.
   * @throws KymoError `bad_watch`; then nothing changes
   */
  replaceAdded(definitions: readonly WatchDefinition[]): void {
    const before = this.#watches;
    this.#watches = [...this.#configured, ...this.#prepareAdded(definitions)];
    for (const watch of before) {
      if (!this.#watches.includes(watch)) this.#count -= watch.series.size;
    }
  }

  /** @throws KymoError `bad_watch` as {@link replaceAdded} would */
  checkAdded(definitions: readonly WatchDefinition[]): void {
    this.#prepareAdded(definitions);
  }

  /** Evaluates all watches at `time` (Unix ms) and writes their scores. A watch that fails fails alone. */
  evaluate(time: number): void {
    const { writer } = this.#options;
    this.#families ??= watchFamilies(writer);
    if (writer.removals !== this.#removals) this.#forgetIds();
    for (const watch of this.#watches) {
      try {
        this.#score(watch, time);
        this.#report(watch, undefined);
      } catch (thrown) {
        this.#report(watch, thrown);
      }
    }
    writer.commit(time);
    if (Math.abs(time - this.#sweptAt) >= SWEEP) this.#sweep(time);
  }

  /**
   * Why the series of a watch have the scores they have.
   * @param labels Only series that have these
   */
  explain(watch: string, labels: Labels = {}): WatchExplanation[] {
    const wanted = Object.entries(labels);
    const found = this.#watches.find(({ name }) => name === watch);
    if (found === undefined) return [];
    return [...found.series.values()]
      .filter((series) => wanted.every(([name, value]) => series.labels.get(name) === value))
      .map((series) => series.explain(watch));
  }

  /** Names of the watches. */
  get names(): string[] {
    return this.#watches.map(({ name }) => name);
  }

  list(): WatchSummary[] {
    return this.#watches.map(({ name, expr, limit, series, failure }) => ({
      name,
      expr,
      limit,
      series: series.size,
      error: failure ?? null,
    }));
  }

  stats(): WatchStats {
    return {
      series: this.#count,
      limit: this.#options.limit ?? LIMIT,
      memory: this.#count * STATE_BYTES,
      dropped: this.#dropped,
    };
  }

  #prepareAdded(definitions: readonly WatchDefinition[]): Watch[] {
    return this.#prepareAll(definitions, new Set(this.#configured.map(({ name }) => name)));
  }

  /** @param names those that are taken */
  #prepareAll(definitions: readonly WatchDefinition[], names: Set<string>): Watch[] {
    return definitions.map((definition) => {
      const { name, expr, limit = WATCH_LIMIT } = definition;
      if (names.has(name)) throw badWatch(name, 'is there twice; give each its own name');
      names.add(name);
      const known = this.#known(name);
      return known?.expr === expr && known.limit === limit ? known : this.#prepare(definition);
    });
  }

  #known(name: string): Watch | undefined {
    return this.#watches.find((watch) => watch.name === name);
  }

  #prepare({ name, expr, limit = WATCH_LIMIT }: WatchDefinition): Watch {
    if (name === '') throw badWatch(name, 'has no name');
    if (!(limit > 0)) throw badWatch(name, `has limit ${limit}; it must be above 0`);
    const { reader, query } = this.#options;
    try {
      const expression = prepare(expr, reader, query);
      if (expression.type !== 'vector' && expression.type !== 'scalar') {
        throw badWatch(name, `yields a ${expression.type}; a vector or scalar is needed`);
      }
      const series = new Map<string, WatchedSeries>();
      return {
        name,
        expr,
        limit,
        expression,
        series,
        sources: [],
        targets: [],
        failure: undefined,
      };
    } catch (thrown) {
      if (thrown instanceof KymoError && thrown.code === 'bad_watch') throw thrown;
      throw badWatch(name, `has an expression that is wrong: ${messageOf(thrown)}`, thrown);
    }
  }

  #score(watch: Watch, time: number): void {
    const samples = samplesOf(watch.expression.evaluate(time).result);
    const { writer } = this.#options;
    const handles = this.#families ?? [];
    let refused: KymoError | undefined;
    for (let i = 0; i < samples.length; i++) {
      const { labels, value, histogram } = samples[i];
      if (histogram !== undefined) {
        this.#drop('histogram');
        continue;
      }
      const series = watch.sources[i] === labels ? watch.targets[i] : this.#find(watch, labels);
      if (series === undefined) continue;
      if (series.time === time) {
        this.#drop('duplicate');
        continue;
      }
      watch.sources[i] = labels;
      watch.targets[i] = series;
      series.score(time, value);
      try {
        series.stage(writer, handles, () => this.#labels(watch, series));
      } catch (thrown) {
        if (!(thrown instanceof KymoError)) throw thrown;
        // One series that cannot be written takes no other with it.
        refused ??= thrown;
        this.#drop('series');
      }
    }
    watch.sources.length = watch.targets.length = Math.min(samples.length, watch.sources.length);
    if (refused !== undefined) throw refused;
  }

  /** The series of a watch with these labels, made when new; nothing past the limits. */
  #find(watch: Watch, labels: LabelSet): WatchedSeries | undefined {
    const own = withoutName(labels);
    const known = watch.series.get(own.key);
    if (known !== undefined) return known;
    if (watch.series.size >= watch.limit || this.#count >= (this.#options.limit ?? LIMIT)) {
      this.#drop('limit');
      return undefined;
    }
    const series = new WatchedSeries(own);
    watch.series.set(own.key, series);
    this.#count++;
    return series;
  }

  #labels(watch: Watch, { labels }: WatchedSeries): Labels {
    const written = labels.toObject();
    for (const [name, value] of Object.entries(this.#options.ownLabels ?? {})) {
      if (written[name] === value) delete written[name];
    }
    if (written.watch !== undefined) written.exported_watch = written.watch;
    return { ...written, watch: watch.name };
  }

  #drop(reason: string): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1);
  }

  /** Tells of a failure once, and of its end. */
  #report(watch: Watch, thrown: unknown): void {
    const failure = thrown === undefined ? undefined : messageOf(thrown);
    if (failure === watch.failure) return;
    watch.failure = failure;
    const { onChange } = this.#options;
    if (failure === undefined) onChange?.({ watch: watch.name });
    else
      onChange?.({ watch: watch.name, error: badWatch(watch.name, `fails: ${failure}`, thrown) });
  }

  #forgetIds(): void {
    this.#removals = this.#options.writer.removals;
    for (const { series } of this.#watches) for (const one of series.values()) one.forgetIds();
  }

  #sweep(time: number): void {
    this.#sweptAt = time;
    const before = time - (this.#options.ttl ?? TTL);
    for (const watch of this.#watches) {
      for (const [key, series] of watch.series) {
        if (series.time >= before) continue;
        watch.series.delete(key);
        this.#count--;
        watch.sources = [];
        watch.targets = [];
      }
    }
  }
}

function samplesOf(result: QueryResult): readonly VectorSample[] {
  if (result.type === 'vector') return result.samples;
  if (result.type !== 'scalar') return [];
  return [{ labels: LabelSet.EMPTY, value: result.value, histogram: undefined }];
}

function withoutName(labels: LabelSet): LabelSet {
  const rest = labels.toObject();
  delete rest[METRIC_NAME];
  return LabelSet.from(rest);
}

function badWatch(name: string, what: string, cause?: unknown): KymoError {
  return new KymoError('bad_watch', `the watch ${JSON.stringify(name)} ${what}`, { cause });
}
