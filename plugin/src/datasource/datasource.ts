import {
  DataSourceApi,
  LoadingState,
  rangeUtil,
  type DataFrame,
  type DataQueryError,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceInstanceSettings,
  type LegacyMetricFindQueryOptions,
  type MetricFindValue,
  type ScopedVars,
  type TestDataSourceResponse,
} from '@grafana/data';
import { getBackendSrv, getTemplateSrv, isFetchError } from '@grafana/runtime';
import { catchError, combineLatest, from, lastValueFrom, map, of, type Observable } from 'rxjs';
import { connectionTo } from './connections.js';
import { checkHealth } from './health.js';
import type { LiveConnection } from './live/connection.js';
import { toFrame } from './frames.js';
import { gridFrom, gridTo, messageOf } from './live/past.js';
import type { LiveView } from './live/live-query.js';
import { LiveQueries } from './live/live-queries.js';
import { SeriesTable } from './live/table.js';
import { PrometheusClient } from './prometheus.js';
import { DEFAULT_QUERY, migrateQuery, type KymoOptions, type KymoQuery } from './query.js';
import { withRateInterval, escapeForRegex } from './interpolation.js';
import { findValues } from './variables.js';

/** PromQL over an exporter, in the past and live. */
export class KymoDataSource extends DataSourceApi<KymoQuery, KymoOptions> {
  readonly client: PrometheusClient;
  readonly #connection: LiveConnection;
  readonly #live: LiveQueries;
  readonly #timeInterval: number;

  constructor(settings: DataSourceInstanceSettings<KymoOptions>) {
    super(settings);
    const { timeInterval } = settings.jsonData;
    this.interval = timeInterval;
    this.#timeInterval = rangeUtil.intervalToMs(timeInterval ?? '1s');
    const url = settings.url ?? '';
    this.client = new PrometheusClient((path, parameters) => ask(url + path, parameters));
    this.#connection = connectionTo(url);
    this.#live = new LiveQueries({
      connection: this.#connection,
      past: this.client,
      now: () => Date.now(),
      nextFrame: (callback) => requestAnimationFrame(callback),
    });
  }

  override getDefaultQuery(): Partial<KymoQuery> {
    return DEFAULT_QUERY;
  }

  override filterQuery(query: KymoQuery): boolean {
    return query.hide !== true && (query.expr ?? '').trim() !== '';
  }

  override query(request: DataQueryRequest<KymoQuery>): Observable<DataQueryResponse> {
    const targets = request.targets
      .filter((target) => this.filterQuery(target))
      .map((target) => this.#prepare(migrateQuery({ ...target }), request));
    if (targets.length === 0) return of({ data: [], state: LoadingState.Done });
    const live = targets.filter(({ isLive }) => isLive);
    const streams = live.length === 0 ? of([]) : this.#live.watch(live);
    const past = targets.filter(({ isLive }) => !isLive).map((target) => this.#past(target));
    return combineLatest([streams, ...past]).pipe(
      map(([views, ...answers]) => {
        // In the order of the queries: colours and cards go by it.
        const parts = targets.map((target) =>
          target.isLive ? partOf(views[live.indexOf(target)], target.query) : answers.shift()!,
        );
        return responseOf(parts);
      }),
    );
  }

  #prepare(saved: KymoQuery, request: DataQueryRequest<KymoQuery>): Target {
    const { range, rangeRaw = range.raw } = request;
    const wanted = saved.interval === undefined ? 0 : rangeUtil.intervalToMs(saved.interval);
    const interval = Math.max(wanted, request.intervalMs, this.#timeInterval);
    const variables = withRateInterval(request.scopedVars, interval, this.#timeInterval);
    const query = this.#interpolate(saved, variables);
    const start = range.from.valueOf();
    const end = range.to.valueOf();
    const isLive = query.kind === 'live' && rangeRaw.to === 'now';
    return { query, expr: query.expr, interval, start, end, window: end - start, isLive };
  }

  /** What is wrong with an expression; `undefined` where nothing is, or nobody can say. */
  async validate(expr: string): Promise<string | undefined> {
    const variables = withRateInterval({}, this.#timeInterval, this.#timeInterval);
    const text = getTemplateSrv().replace(expr, variables, escapeForRegex);
    return text.trim() === '' ? undefined : this.client.validate(text);
  }

  /** The part of an answer that does not go on. */
  #past({ query, expr, interval, start, end }: Target): Observable<Part> {
    const series =
      query.kind === 'instant'
        ? this.client.instant(expr, end)
        : this.client.range({
            expr,
            start: gridFrom(start, interval),
            end: gridTo(end, interval),
            step: interval,
          });
    return from(series).pipe(
      map((found): Part => {
        const table = new SeriesTable();
        table.addSeries(found);
        return { state: LoadingState.Done, frame: toFrame(table, query) };
      }),
      catchError((thrown: unknown) => of(failed(query.refId, messageOf(thrown)))),
    );
  }

  #interpolate(query: KymoQuery, variables: ScopedVars): KymoQuery {
    const templates = getTemplateSrv();
    const legend =
      query.legend === undefined ? undefined : templates.replace(query.legend, variables);
    return { ...query, legend, expr: templates.replace(query.expr, variables, escapeForRegex) };
  }

  override interpolateVariablesInQueries(
    queries: KymoQuery[],
    scopedVars: ScopedVars,
  ): KymoQuery[] {
    return queries.map((query) => this.#interpolate(query, scopedVars));
  }

  override async metricFindQuery(
    query: unknown,
    options?: LegacyMetricFindQueryOptions,
  ): Promise<MetricFindValue[]> {
    const text = typeof query === 'string' ? query : '';
    const expr = getTemplateSrv().replace(text, options?.scopedVars, escapeForRegex);
    return findValues(expr, this.client, options?.range?.to.valueOf() ?? Date.now());
  }

  override async testDatasource(): Promise<TestDataSourceResponse> {
    return checkHealth({
      client: this.client,
      connects: () => this.#connection.connects(),
      now: () => Date.now(),
    });
  }
}

interface Target {
  readonly query: KymoQuery;
  readonly expr: string;
  /** Milliseconds. */
  readonly interval: number;
  readonly start: number;
  readonly end: number;
  readonly window: number;
  readonly isLive: boolean;
}

/** What one query adds to an answer. */
interface Part {
  readonly state: LoadingState;
  readonly frame?: DataFrame;
  readonly error?: DataQueryError;
}

const failed = (refId: string, message: string): Part => ({
  state: LoadingState.Error,
  error: { refId, message },
});

function partOf({ error, ready, table, trust }: LiveView, query: KymoQuery): Part {
  if (error !== undefined) return failed(query.refId, error);
  // Nothing but the newest value is there before the past has come.
  if (!ready) return { state: LoadingState.Loading };
  return { state: LoadingState.Streaming, frame: toFrame(table, query, trust) };
}

function responseOf(parts: readonly Part[]): DataQueryResponse {
  const errors = parts.flatMap(({ error }) => error ?? []);
  const isOneOf = (state: LoadingState): boolean => parts.some((part) => part.state === state);
  const state = [LoadingState.Error, LoadingState.Streaming, LoadingState.Loading].find(isOneOf);
  return {
    key: 'kymo',
    data: parts.flatMap(({ frame }) => frame ?? []),
    state: state ?? LoadingState.Done,
    ...(errors.length > 0 && { errors }),
  };
}

/** Longest parameters that go into a URL, which proxies cap; longer ones are sent as a form. */
const LONGEST_URL = 1500;

async function ask(
  url: string,
  parameters: Readonly<Record<string, string>>,
): Promise<{ status: number; body: unknown }> {
  const form = new URLSearchParams(parameters).toString();
  const long = form.length > LONGEST_URL;
  try {
    const { status, data } = await lastValueFrom(
      getBackendSrv().fetch<unknown>({
        url: long || form === '' ? url : `${url}?${form}`,
        method: long ? 'POST' : 'GET',
        ...(long && {
          data: form,
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        }),
        showErrorAlert: false,
      }),
    );
    return { status, body: data };
  } catch (thrown) {
    if (isFetchError(thrown)) return { status: thrown.status, body: thrown.data };
    throw thrown;
  }
}
