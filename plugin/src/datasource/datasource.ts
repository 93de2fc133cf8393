import {
  DataSourceApi,
  LoadingState,
  rangeUtil,
  type AdHocVariableFilter,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceGetTagKeysOptions,
  type DataSourceGetTagValuesOptions,
  type DataSourceInstanceSettings,
  type LegacyMetricFindQueryOptions,
  type MetricFindValue,
  type ScopedVars,
  type TestDataSourceResponse,
} from '@grafana/data';
import { config, getTemplateSrv } from '@grafana/runtime';
import { catchError, combineLatest, defer, from, map, of, type Observable } from 'rxjs';
import { filterKeys, filterValues, withFilters } from './ad-hoc.js';
import { AnalysisClient } from './analysis-client.js';
import type { Ask, Send } from './answer.js';
import { AlertsClient } from './alerts/alerts-client.js';
import { AlertsFeed } from './alerts/alerts-feed.js';
import { alertsPart } from './alerts/alerts-part.js';
import { annotations } from './annotations.js';
import { ask, send } from './backend.js';
import { connectionTo } from './connections.js';
import { ExpressionUnits } from './expression-units.js';
import { checkHealth } from './health.js';
import { escapeForRegex, withIntervals } from './interpolation.js';
import { findingsOf, withFindings } from './kinds/analysis.js';
import { KINDS } from './kinds/index.js';
import type { Doors, Kind, Target } from './kinds/kind.js';
import type { Playback } from '../shared/playback.js';
import { roleHere } from '../shared/role.js';
import { Channels } from './live/channels.js';
import type { LiveConnection } from './live/connection.js';
import { hasGrafanaLive, watchChannel } from './live/grafana-live.js';
import { LiveQueries } from './live/live-queries.js';
import type { LiveView } from './live/live-query.js';
import { nextFrameOf } from './live/next-frame.js';
import { messageOf } from './live/past.js';
import { Transports } from './live/transports.js';
import { done, failed, partOfView, responseOf, type Part } from './parts.js';
import { PrometheusClient } from './prometheus.js';
import {
  DEFAULT_QUERY,
  hasExpression,
  migrateQuery,
  type KymoOptions,
  type KymoQuery,
  type Transport,
} from './query.js';
import { rangeAt } from './range-at.js';
import { RulesClient } from './rules/rules-client.js';
import { findValues } from './variables.js';

const nextFrame = nextFrameOf({
  now: () => performance.now(),
  isHidden: () => document.hidden,
  animationFrame: (callback) => requestAnimationFrame(callback),
});

/** PromQL over an exporter, in the past and live. */
export class KymoDataSource extends DataSourceApi<KymoQuery, KymoOptions> {
  override readonly annotations = annotations;
  readonly client: PrometheusClient;
  /** What panels of alerts do. */
  readonly alerts: AlertsClient;
  /** What the page of rules does. */
  readonly rules: RulesClient;
  readonly #doors: Doors;
  readonly #units: ExpressionUnits;
  readonly #connection: LiveConnection;
  readonly #live: LiveQueries;
  /** Pauses the live queries of all panels. */
  readonly playback: Playback;
  readonly #alerts: AlertsFeed;
  readonly #timeInterval: number;
  readonly #transport: Transport;

  constructor(settings: DataSourceInstanceSettings<KymoOptions>) {
    super(settings);
    const { timeInterval, transport = 'auto' } = settings.jsonData;
    this.interval = timeInterval;
    this.#transport = transport;
    this.#timeInterval = rangeUtil.intervalToMs(timeInterval ?? '1s');
    const url = settings.url ?? '';
    const askExporter: Ask = (path, parameters) => ask(url + path, parameters);
    this.client = new PrometheusClient(askExporter);
    this.#units = new ExpressionUnits(this.client);
    const sendTo: Send = (method, path, body) => send(method, url + path, body);
    this.alerts = new AlertsClient({
      send: sendTo,
      past: this.client,
      unitOf: (expr) => this.#units.of(expr),
      now: () => Date.now(),
      changed: () => this.#alerts.refresh(),
      by: config.bootData.user.name,
    });
    this.rules = new RulesClient({
      send: sendTo,
      prometheus: this.client,
      unitOf: (expr) => this.#units.of(expr),
      caller: () => this.alerts.caller(),
    });
    this.#doors = {
      alerts: this.alerts,
      uid: settings.uid,
      prometheus: this.client,
      analysis: new AnalysisClient(askExporter),
      unitOf: (expr) => this.#units.of(expr),
      baseUnitOf: (expr) => this.#units.baseOf(expr),
    };
    this.#connection = connectionTo(url);
    const now = (): number => Date.now();
    const channels = new Channels({ ask: () => this.client.channels(), now });
    const websocket = this.#connection;
    this.#live = new LiveQueries({
      connection: new Transports({ mode: transport, websocket, channels, watchChannel, now }),
      past: this.client,
      now,
      nextFrame,
    });
    this.playback = this.#live.playback;
    this.#alerts = new AlertsFeed({
      connection: this.#connection,
      client: this.alerts,
      now: () => Date.now(),
      nextFrame,
    });
  }

  override getDefaultQuery(): Partial<KymoQuery> {
    return DEFAULT_QUERY;
  }

  override filterQuery(query: KymoQuery): boolean {
    if (query.hide === true) return false;
    return !hasExpression(query.kind) || (query.expr ?? '').trim() !== '';
  }

  override query(request: DataQueryRequest<KymoQuery>): Observable<DataQueryResponse> {
    const wanted = request.targets.filter((target) => this.filterQuery(target));
    if (wanted.length === 0) return of({ data: [], state: LoadingState.Done });
    const targets: Target[] = [];
    const refused: Part[] = [];
    for (const saved of wanted) {
      try {
        targets.push(this.#prepare(migrateQuery({ ...saved }), request));
      } catch (thrown) {
        refused.push(failed(saved.refId, messageOf(thrown)));
      }
    }
    // All that goes on is drawn together, once an animation frame.
    const live = targets.filter(({ isLive }) => isLive);
    const views = live.length === 0 ? of([]) : this.#live.watch(live);
    const answers = targets.map((target) => this.#answer(target));
    const { range } = request;
    return combineLatest([views, ...answers]).pipe(
      map(([current, ...parts]) => {
        // Grafana takes the time axis of panels from the request, anew with every answer.
        if (live.length > 0) request.range = rangeAt(range, this.playback.at);
        const all = parts.map((part, at) =>
          this.#joined(targets[at], part, current[live.indexOf(targets[at])]),
        );
        return responseOf([...all, ...refused]);
      }),
    );
  }

  /** What a target yields beside what goes on. */
  #answer(target: Target): Observable<Part> {
    const { query, isLive } = target;
    const once = (answer: Kind): Observable<Part> =>
      defer(() => from(answer(target, this.#doors))).pipe(
        map(done),
        catchError((thrown: unknown) => of(failed(query.refId, messageOf(thrown)))),
      );
    if (query.kind === 'alerts') return alertsPart(this.#alerts, target, this.uid);
    if (query.kind !== 'analysis') return isLive ? of(done([])) : once(KINDS[query.kind]);
    const findings = findingsOf(target, this.#doors, () => Date.now());
    if (isLive) return findings.pipe(map(done));
    return combineLatest([once(KINDS.range), findings]).pipe(
      map(([part, found]) => withFindings(part, found)),
    );
  }

  #joined({ query, expr, window }: Target, part: Part, view: LiveView | undefined): Part {
    if (view === undefined) return part;
    const trust = { ...view.trust, datasource: this.uid, window };
    const values = partOfView({ ...view, trust }, query, this.#units.known(expr));
    return query.kind === 'analysis' ? withFindings(values, part.frames) : values;
  }

  #prepare(saved: KymoQuery, request: DataQueryRequest<KymoQuery>): Target {
    const { range, rangeRaw = range.raw } = request;
    const templates = getTemplateSrv();
    const least = saved.interval && templates.replace(saved.interval, request.scopedVars);
    const wanted = least ? rangeUtil.intervalToMs(least) : 0;
    const interval = Math.max(wanted, request.intervalMs, this.#timeInterval);
    const variables = withIntervals(request.scopedVars, {
      interval,
      scrapeInterval: this.#timeInterval,
      range: range.to.valueOf() - range.from.valueOf(),
    });
    const query = this.#interpolate(saved, variables, request.filters);
    const start = range.from.valueOf();
    const end = range.to.valueOf();
    const goesOn = query.kind === 'live' || query.kind === 'analysis';
    const isLive = goesOn && rangeRaw.to === 'now';
    return { query, expr: query.expr, interval, start, end, window: end - start, isLive };
  }

  /** What is wrong with an expression; `undefined` where nothing is, or nobody can say. */
  async validate(expr: string): Promise<string | undefined> {
    const interval = this.#timeInterval;
    const variables = withIntervals({}, { interval, scrapeInterval: interval, range: 3_600_000 });
    const text = getTemplateSrv().replace(expr, variables, escapeForRegex);
    return text.trim() === '' ? undefined : this.client.validate(text);
  }

  /** @throws QueryError for a filter that PromQL has not */
  #interpolate(
    query: KymoQuery,
    variables: ScopedVars,
    filters: readonly AdHocVariableFilter[] = [],
  ): KymoQuery {
    const templates = getTemplateSrv();
    const replaced = (text: string | undefined): string | undefined =>
      text === undefined ? undefined : templates.replace(text, variables);
    const expr = templates.replace(query.expr, variables, escapeForRegex);
    return {
      ...query,
      legend: replaced(query.legend),
      interval: replaced(query.interval),
      horizon: replaced(query.horizon),
      states: replaced(query.states),
      severities: replaced(query.severities),
      search: replaced(query.search),
      expr: hasExpression(query.kind) ? withFilters(expr, filters) : expr,
    };
  }

  override interpolateVariablesInQueries(
    queries: KymoQuery[],
    scopedVars: ScopedVars,
    filters?: AdHocVariableFilter[],
  ): KymoQuery[] {
    return queries.map((query) => this.#interpolate(query, scopedVars, filters));
  }

  override getTagKeys(
    options?: DataSourceGetTagKeysOptions<KymoQuery>,
  ): Promise<MetricFindValue[]> {
    return filterKeys(this.client, options?.filters ?? []);
  }

  override getTagValues({
    key,
    filters,
  }: DataSourceGetTagValuesOptions<KymoQuery>): Promise<MetricFindValue[]> {
    return filterValues(this.client, key, filters);
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
      transport: this.#transport,
      hasGrafanaLive,
      version: this.meta.info.version,
      caller: () => this.alerts.caller(),
      role: roleHere(),
    });
  }
}
