import type { AnalysisThread } from '../../analysis/analysis-thread.js';
import { promqlSpan } from '../../analysis/insights/wording.js';
import type { RecordedForecast } from '../../analysis/tasks/recorded-forecasts.js';
import { KymoError, messageOf } from '../../lib/errors.js';
import type { QueryThread } from '../../promql/query-thread.js';
import type { Labels } from '../../series/labels.js';
import type { FamilyHandle, SourceWriter } from '../../series/writer.js';
import type { WatchDefinition } from './watch.js';

export interface RecordedForecastsOptions {
  readonly watches: readonly WatchDefinition[];
  readonly queries: Pick<QueryThread, 'ask'>;
  readonly analysis: Pick<AnalysisThread, 'run'>;
  /** Of no one else: what is not written in a tick becomes stale. */
  readonly writer: SourceWriter;
  /** Labels that the writer adds by itself: they are left out of what is written. */
  readonly ownLabels: Labels;
  /** Milliseconds. */
  readonly tick: number;
  /** Points of each series that are looked at, at most; 900 by default. */
  readonly points?: number;
  /** Told when the forecasts of a watch begin to fail, and (without an error) when they work again. */
  readonly onChange: (change: { readonly watch: string; readonly error?: string }) => void;
}

interface Forecast {
  readonly watch: string;
  readonly expr: string;
  /** Milliseconds. */
  readonly horizons: readonly number[];
  readonly step: number;
  /** Between two forecasts, in milliseconds. */
  readonly interval: number;
  /** Unix milliseconds of the last one that was begun, and of the last that went well. */
  begun: number;
  made: number;
  series: readonly RecordedForecast[];
  failure: string | undefined;
}

/** Series of a watch that are forecast. */
const SERIES = 50;
/** Horizons of a watch. */
const HORIZONS = 5;
/** Of the shortest horizon: a step, and the time until a forecast is made anew. */
const STEPS = 30;
const REFRESHES = 10;
/** Milliseconds between two forecasts at least. */
const FASTEST = 10_000;
/** Name of what is recorded. */
export const FORECAST_FAMILY = 'kymo_forecast';
/** Points up to the farthest horizon. */
const AHEAD = 1000;
/** Intervals after which a forecast that could not be made anew is no longer told. */
const STALE = 3;

/**
 * Writes `kymo_forecast{watch,horizon}`: what is expected of each series of a watch so long from now. It is
 * computed beside the ticks, every tenth of the shortest horizon (10 s at least), one watch at a time.
 */
export class RecordedForecasts {
  readonly #options: RecordedForecastsOptions;
  readonly #forecasts: readonly Forecast[];
  readonly #stopped = new AbortController();
  #family: FamilyHandle | undefined;
  #running: Promise<void> | undefined;

  /** @throws KymoError `bad_watch` for a watch with too many horizons */
  constructor(options: RecordedForecastsOptions) {
    this.#options = options;
    this.#forecasts = options.watches.flatMap((watch) => plan(watch, options.tick));
  }

  /** Writes what is known, and begins the forecast that is due. @param time Unix ms of the tick */
  tick(time: number): void {
    if (this.#forecasts.length === 0) return;
    this.#write(time);
    if (this.#running !== undefined) return;
    const due = this.#forecasts
      .filter(({ begun, interval }) => Math.abs(time - begun) >= interval)
      .sort((a, b) => a.begun - b.begun)[0];
    if (due === undefined) return;
    due.begun = time;
    this.#running = this.#make(due, time).finally(() => (this.#running = undefined));
  }

  /** Resolves once what a tick has begun is done. */
  async idle(): Promise<void> {
    await this.#running;
  }

  stop(): void {
    this.#stopped.abort();
  }

  #write(time: number): void {
    const { writer } = this.#options;
    this.#family ??= writer.family({
      name: FORECAST_FAMILY,
      type: 'gauge',
      help: 'What is expected of a watched series at a horizon from now.',
    });
    for (const forecast of this.#forecasts) {
      if (time - forecast.made > STALE * forecast.interval) continue;
      for (const { metric, values } of forecast.series) {
        forecast.horizons.forEach((horizon, i) => {
          const labels = this.#labels(forecast.watch, horizon, metric);
          this.#stage(labels, values[i]);
        });
      }
    }
    writer.commit(time);
  }

  #stage(labels: Labels, value: number): void {
    const { writer } = this.#options;
    if (this.#family === undefined) return;
    try {
      writer.set(writer.series(this.#family, labels), value);
    } catch (thrown) {
      // A series that cannot be written, such as one past the limit, takes no other with it.
      if (!(thrown instanceof KymoError)) throw thrown;
    }
  }

  #labels(watch: string, horizon: number, metric: Labels): Labels {
    const written: Record<string, string> = {};
    for (const [name, value] of Object.entries(metric)) {
      if (name === '__name__' || this.#options.ownLabels[name] === value) continue;
      written[name === 'watch' || name === 'horizon' ? `exported_${name}` : name] = value;
    }
    return { ...written, watch, horizon: promqlSpan(horizon) };
  }

  async #make(forecast: Forecast, time: number): Promise<void> {
    try {
      forecast.series = await this.#ask(forecast, time);
      forecast.made = time;
      this.#report(forecast, undefined);
    } catch (thrown) {
      if (!this.#stopped.signal.aborted) this.#report(forecast, messageOf(thrown));
    }
  }

  async #ask(
    { expr, step, horizons }: Forecast,
    time: number,
  ): Promise<readonly RecordedForecast[]> {
    const { queries, analysis, points = 900 } = this.#options;
    const { signal } = this.#stopped;
    const grid = { start: time - (points - 1) * step, step, length: points };
    const parameters = new URLSearchParams({
      query: expr,
      start: `${grid.start / 1000}`,
      end: `${time / 1000}`,
      step: `${step / 1000}`,
      limit: `${SERIES}`,
    });
    const { status, body } = await queries.ask({ operation: 'query_range', parameters, signal });
    if (status !== 200) throw new KymoError('execution', errorIn(body));
    const ahead = horizons.map((horizon) => Math.max(1, Math.round(horizon / step)));
    const input = { grid, body, horizons: ahead, limit: SERIES };
    const answer = await analysis.run('recordedForecasts', input, signal);
    return JSON.parse(new TextDecoder().decode(answer.body)) as RecordedForecast[];
  }

  #report(forecast: Forecast, failure: string | undefined): void {
    if (failure === forecast.failure) return;
    forecast.failure = failure;
    const { watch } = forecast;
    this.#options.onChange(failure === undefined ? { watch } : { watch, error: failure });
  }
}

function plan({ name, expr, forecast = [] }: WatchDefinition, tick: number): Forecast[] {
  if (forecast.length === 0) return [];
  const horizons = [...new Set(forecast)].sort((a, b) => a - b);
  if (horizons.length > HORIZONS) {
    throw new KymoError(
      'bad_watch',
      `the watch ${JSON.stringify(name)} asks for ${horizons.length} forecasts; at most ${HORIZONS} may be`,
    );
  }
  const [shortest, farthest] = [horizons[0], horizons[horizons.length - 1]];
  const step = Math.max(1, Math.ceil(Math.max(shortest / STEPS, farthest / AHEAD) / tick)) * tick;
  const interval = Math.max(FASTEST, shortest / REFRESHES);
  const state = { begun: -Infinity, made: -Infinity, series: [], failure: undefined };
  return [{ watch: name, expr, horizons, step, interval, ...state }];
}

function errorIn(body: Uint8Array): string {
  const answer = JSON.parse(new TextDecoder().decode(body)) as { readonly error: string };
  return answer.error;
}
