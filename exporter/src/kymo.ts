import { hostname } from 'node:os';
import path from 'node:path';
import { AnalysisThread } from './analysis/analysis-thread.js';
import { Exposition } from './exposition/exposition.js';
import { respond } from './exposition/respond.js';
import type { Readiness } from './http/dependencies.js';
import { analysisApi } from './http/analysis/analysis-api.js';
import { prometheusApi, writeAnswer } from './http/prometheus-api.js';
import { readPreview } from './http/preview-files.js';
import { HttpServer } from './http/server.js';
import { systemClock, type Clock } from './lib/clock.js';
import { messageOf } from './lib/errors.js';
import { silentLogger, type Logger } from './lib/logger.js';
import { Ticker, type Tick } from './lib/ticker.js';
import { version } from './lib/version.js';
import { CurrentValues } from './live/current.js';
import { LiveService } from './live/live-service.js';
import type { QueryLimits } from './promql/api/operations.js';
import type { PrepareOptions } from './promql/prepared.js';
import { QueryThread } from './promql/query-thread.js';
import { alertAnswer, alertsAnswer, rulesAnswer } from './rules/answers.js';
import { RuleService } from './rules/rule-service.js';
import type { TrialPast } from './rules/trial/past-reader.js';
import { RuntimeRuleService } from './rules/runtime-rule-service.js';
import { defaultWatches } from './rules/watches/default-watches.js';
import { RecordedForecasts } from './rules/watches/recorded-forecasts.js';
import { Watches } from './rules/watches/watches.js';
import { Head } from './series/head.js';
import { History, type HistoryStats } from './series/history/history.js';
import type { Labels } from './series/labels.js';
import type { SourceWriter } from './series/writer.js';
import { instrumentHttp, type HttpInstrumentation } from './sources/http/instrument.js';
import { hasDefaultMetrics, processSource } from './sources/process/process-source.js';
import { registrySource } from './sources/registry/registry-source.js';
import { RemoteWriteReceiver } from './sources/remote-write/receiver.js';
import { SourceRunner, type SourceState } from './sources/runner.js';
import { selfMetrics, type SelfMetrics } from './sources/self/self.js';
import type { Source } from './sources/source.js';
import { systemSources } from './sources/system/index.js';
import { alertsDoor } from './wiring/alerts-door.js';
import { BODY_LIMIT, QUERY_LIMITS, type KymoOptions } from './wiring/options.js';
import { recordedRules } from './wiring/recorded-rules.js';
import { rulesDoor } from './wiring/rules-door.js';
import { failuresOf, healthOf, statsOf, type Phase } from './wiring/status.js';

export type { KymoOptions };

const LOOPBACK = /^(localhost|127\.|::1$)/;

/** The exporter: collects on the tick and serves what it has. Start it once. */
export interface Kymo {
  /**
   * Starts collecting and serving; resolves when the first tick is done.
   * @throws KymoError `cannot_listen`
   */
  start(): Promise<{ readonly url: string }>;
  /**
   * Reads the configuration and the rule files again; what is wrong with them stays as it was.
   * @throws KymoError that says what is wrong
   */
  reload(): Promise<void>;
  /** Fails ready, drains, stops collecting, closes. Safe to call twice. */
  stop(): Promise<void>;
  /** For frameworks that route by themselves: gives each request its route. See the examples. */
  readonly middleware: HttpInstrumentation['middleware'];
}

/**
 * Wires an exporter together.
 * @throws KymoError for options that make no sense
 */
export function createKymo(options: KymoOptions = {}): Kymo {
  return new Exporter(options);
}

class Exporter implements Kymo {
  readonly #options: KymoOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #head: Head;
  readonly #runner: SourceRunner;
  readonly #runnerSeries: SourceWriter;
  /** What a scraper would say of this exporter; not on `/metrics`, where it says so itself. */
  readonly #up: SourceWriter;
  readonly #exposition: Exposition;
  readonly #ticker: Ticker;
  readonly #self: SelfMetrics;
  readonly #queries: QueryThread;
  readonly #analysis: AnalysisThread;
  readonly #receiver: RemoteWriteReceiver;
  readonly #server: HttpServer;
  readonly #instrumentation: HttpInstrumentation;
  readonly #rules: RuleService;
  readonly #runtimeRules: RuntimeRuleService;
  readonly #watches: Watches;
  readonly #forecasts: RecordedForecasts;
  readonly #live: LiveService;
  readonly #current: CurrentValues;
  readonly #startedAt: number;
  #lastTickDuration = 0;
  #nearLimit = false;
  #history: History | undefined;
  #phase: Phase = 'starting';
  #starting = 'the first tick is not done';
  #firstTick: (() => void) | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: KymoOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#startedAt = this.#clock.monotonic();
    const tick = options.tick ?? 1000;
    this.#head = new Head({
      ...options.series,
      ownLabels: this.#labels,
    });
    this.#queries = new QueryThread({
      head: this.#head,
      limits: this.#queryLimits,
      clock: this.#clock,
      onCrash: (thrown) => this.#report('query', 'the query thread failed', thrown),
    });
    this.#analysis = new AnalysisThread({
      ...options.analysis,
      onCrash: (thrown) => this.#report('analysis', 'the analysis thread failed', thrown),
    });
    this.#receiver = new RemoteWriteReceiver(
      this.#head,
      4 * (options.http?.bodyLimit ?? BODY_LIMIT),
    );
    this.#exposition = new Exposition(this.#head);
    this.#ticker = new Ticker({
      interval: tick,
      clock: this.#clock,
      run: (now) => this.#run(now),
      onError: (thrown) => this.#report('tick', 'a tick failed', thrown),
    });
    this.#runner = new SourceRunner({
      clock: this.#clock,
      deadline: options.sources?.deadline ?? Math.min(5000, tick * 0.8),
      writer: (source) => this.#head.source(source, { exposed: true }),
      onChange: (state) => this.#reportSource(state),
    });
    this.#runnerSeries = this.#head.source('collectors', { exposed: true });
    this.#rules = this.#createRules(tick);
    this.#watches = this.#createWatches();
    this.#forecasts = this.#createForecasts(tick);
    this.#runtimeRules = this.#createRuntimeRules();
    this.#live = this.#createLive(tick);
    this.#current = this.#createCurrent(tick);
    this.#up = this.#head.source('up', { exposed: false });
    this.#instrumentation = instrumentHttp({
      ...options.sources?.http,
      automatic: options.instrument ?? true,
      clock: this.#clock,
    });
    this.#server = this.#createServer();
    // Scrapes of the exporter are no traffic of the service.
    this.#instrumentation.ignore(this.#server.server);
    this.#self = selfMetrics({
      version,
      series: () => this.#head.stats().series,
      seriesLimit: () => this.#head.stats().limit,
      samples: () => this.#head.stats().samples,
      dropped: () => this.#head.stats().dropped,
      memory: () => this.#head.stats().memory,
      lateTicks: () => this.#ticker.stats.late,
      clockSetBack: () => this.#ticker.stats.clockSetBack,
      refused: () => this.#server.refused,
      analyses: () => this.#analysis.outcomes,
      rules: () => ({
        groups: this.#rules.engine.groups.length,
        ...this.#rules.engine.stats,
        reloadFailed: this.#rules.reloadFailed,
        refusedTests: this.#runtimeRules.refused,
        notifications: this.#rules.notifications(),
        queues: this.#rules.queues(),
      }),
      watches: () => this.#watches.stats(),
      ...(options.dataDir === undefined ? {} : { history: () => this.#historyStats }),
      live: () => {
        const { clients, topics, subscriptions, stats } = this.#live.hub;
        const { messages, bytes, droppedFrames, failures, refused } = stats;
        const { pushed } = this.#live;
        const counts = { messages, bytes, droppedFrames, failures, refused, pushed };
        return { clients, topics, subscriptions, ...counts };
      },
    });
  }

  get #historyStats(): HistoryStats {
    const none = { bytes: 0, pendingBytes: 0, dropped: 0, problem: undefined };
    return this.#history?.stats() ?? none;
  }

  get #labels(): Labels {
    return this.#options.labels ?? { instance: hostname(), job: 'kymo' };
  }

  get middleware(): HttpInstrumentation['middleware'] {
    return this.#instrumentation.middleware;
  }

  async start(): Promise<{ readonly url: string }> {
    const url = await this.#server.listen();
    try {
      await this.#openHistory();
      await this.#runtimeRules.open();
      const { problem } = this.#runtimeRules;
      if (problem !== undefined && this.#options.dataDir !== undefined) {
        this.#logger.error('rules made at run time are not in effect', { problem });
      }
      await this.#rules.start(this.#options.externalUrl ?? url);
    } catch (thrown) {
      await this.stop();
      throw thrown;
    }
    for (const source of this.#sources()) await this.#runner.add(source);
    const firstTick = new Promise<void>((resolve) => (this.#firstTick = resolve));
    this.#ticker.start();
    await firstTick;
    if (this.#phase === 'starting') this.#phase = 'running';
    this.#logger.info('ready', { url, tick: this.#ticker.interval });
    return { url };
  }

  /** Brings what was kept back into the head, before anything else is written there. */
  async #openHistory(): Promise<void> {
    const { dataDir, history } = this.#options;
    if (dataDir === undefined) return;
    this.#starting = 'history is replayed';
    this.#history = await History.open(path.join(dataDir, 'history'), {
      ...history,
      reader: this.#head,
      logger: this.#logger,
      now: () => this.#clock.now(),
    });
    const from = this.#clock.now() - this.#head.limits.retention;
    await this.#history.replayInto(this.#head, from);
    this.#queries.useHistory(this.#history);
    this.#starting = 'the first tick is not done';
  }

  async reload(): Promise<void> {
    await this.#options.reload?.();
    this.#rules.reload();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#phase = 'draining';
    const drain = this.#options.listen?.drain ?? 0;
    this.#logger.info('draining', { drain });
    if (drain > 0) {
      await new Promise<void>((resolve) => this.#clock.schedule(resolve, drain));
    }
    await this.#ticker.stop();
    await this.#history?.close();
    this.#firstTick?.();
    // Connections that were handed over are none of the server's any more, but it waits for them.
    await this.#live.stop();
    await this.#server.close(5000);
    await this.#rules.stop();
    await this.#runner.stop();
    await this.#queries.stop();
    this.#forecasts.stop();
    await this.#analysis.stop();
    this.#instrumentation.close();
    this.#logger.info('stopped');
  }

  #sources(): readonly Source[] {
    const { registry, sources } = this.#options;
    const all: Source[] = [
      ...systemSources({ ...sources?.system, clock: this.#clock }),
      this.#instrumentation.source,
      registrySource({ name: 'kymo', registry: this.#self.registry }),
    ];
    if (registry !== undefined) {
      all.push(
        registrySource({
          name: 'registry',
          registry,
          clock: this.#clock,
          onChange: ({ metric, message, failures }) => {
            if (failures === 0) this.#logger.info('a metric has recovered', { metric });
            else this.#logger.warn('a metric cannot be read', { metric, error: message });
          },
        }),
      );
    }
    if (registry === undefined || !hasDefaultMetrics(registry)) all.push(processSource());
    return all.filter(({ name }) => sources?.enabled?.[name] ?? true);
  }

  async #run({ time, number }: Tick): Promise<void> {
    const started = this.#clock.monotonic();
    await this.#runner.collect(time);
    // From here to the end nothing waits, so that whoever reads sees this tick whole or not at all.
    this.#runner.commit(time, this.#runnerSeries);
    this.#runnerSeries.commit(time);
    this.#writeUp(time);
    this.#rules.evaluate(time);
    this.#watches.evaluate(time);
    this.#forecasts.tick(time);
    this.#history?.tick(time);
    this.#head.endTick(time);
    this.#queries.flush();
    this.#current.advance(time, number);
    this.#live.publish(time, number);
    this.#self.observeLive(Math.max(0, this.#clock.now() - time) / 1000);
    this.#warnOfLimit();
    this.#lastTickDuration = (this.#clock.monotonic() - started) / 1000;
    this.#self.observeTick(this.#lastTickDuration);
    this.#firstTick?.();
  }

  #writeUp(time: number): void {
    const family = this.#up.family({
      name: 'up',
      type: 'gauge',
      help: 'Whether this exporter collects: 1 where it does.',
    });
    this.#up.set(this.#up.series(family, this.#labels), 1);
    this.#up.commit(time);
  }

  /** Says once that the limit of series is near, and again after it has been far. */
  #warnOfLimit(): void {
    const { series, limit } = this.#head.stats();
    const near = series >= 0.9 * limit;
    if (near && !this.#nearLimit) {
      this.#logger.warn(
        'the limit of series is near; past it, new ones are summed up (series.limit)',
        { series, limit },
      );
      this.#live.emit('events', { event: 'limit', limit: 'series', used: series, max: limit });
    }
    this.#nearLimit = near;
  }

  #createRules(tick: number): RuleService {
    const { rules = {}, dataDir } = this.#options;
    return new RuleService({
      ...rules,
      files: rules.files ?? [],
      moreFiles: () => this.#runtimeRules.files,
      folder: process.cwd(),
      ...(dataDir === undefined ? {} : { directory: path.join(dataDir, 'alerts') }),
      reader: this.#head,
      writer: (name) => this.#head.source(name, { exposed: true, computed: true }),
      tick,
      clock: this.#clock,
      logger: this.#logger,
      query: this.#evaluationLimits,
      onEvaluation: (seconds) => this.#self.observeRule(seconds),
      onTransition: ({ alert, ...change }) => {
        const { name } = alert.rule;
        const { from, to, reason } = change;
        this.#logger.info('an alert changes', { alert: name, from, to, reason, ...alert.labels });
        this.#live.emit('alerts', { event: 'transition', ...change, alert: alertAnswer(alert) });
      },
      onAcknowledgement: (alert) => {
        const event = alert.acknowledgement === undefined ? 'unacknowledged' : 'acknowledged';
        this.#live.emit('alerts', { event, alert: alertAnswer(alert) });
      },
      onReload: (error) => {
        const failure = error === undefined ? {} : { error: error.message };
        this.#live.emit('events', { event: 'rules_reloaded', ok: error === undefined, ...failure });
      },
    });
  }

  #createWatches(): Watches {
    return new Watches({
      watches: this.#options.watches ?? defaultWatches,
      reader: this.#head,
      writer: this.#head.source('watches', { exposed: true }),
      ownLabels: this.#labels,
      query: this.#evaluationLimits,
      onChange: ({ watch, error }) => {
        if (error === undefined) this.#logger.info('a watch works again', { watch });
        else this.#logger.warn('a watch fails', { watch, error: error.message });
      },
    });
  }

  #createForecasts(tick: number): RecordedForecasts {
    return new RecordedForecasts({
      watches: this.#options.watches ?? defaultWatches,
      queries: this.#queries,
      analysis: this.#analysis,
      writer: this.#head.source('forecasts', { exposed: true }),
      ownLabels: this.#labels,
      tick,
      onChange: ({ watch, error }) => {
        if (error === undefined) this.#logger.info('forecasts work again', { watch });
        else this.#logger.warn('forecasts fail', { watch, error });
      },
    });
  }

  #createRuntimeRules(): RuntimeRuleService {
    const { dataDir, externalUrl } = this.#options;
    return new RuntimeRuleService({
      ...(dataDir === undefined ? {} : { file: path.join(dataDir, 'rules', 'runtime.yml') }),
      trial: {
        reader: this.#head,
        clock: this.#clock,
        query: this.#evaluationLimits,
        ownLabels: this.#labels,
        externalLabels: this.#options.rules?.externalLabels,
        externalUrl,
        past: () => this.#past(),
        maxHistory: this.#options.ruleTest?.maxHistory,
      },
      watches: this.#watches,
      reload: () => this.#rules.reload(),
    });
  }

  #past(): TrialPast {
    const history = this.#history;
    const { maxTime, limits } = this.#head;
    const headFrom = Math.max(history?.headSince ?? -Infinity, maxTime - limits.retention);
    return { history, headFrom };
  }

  #createLive(tick: number): LiveService {
    const { live = {}, query } = this.#options;
    return new LiveService({
      ...live,
      reader: this.#head,
      tick,
      clock: this.#clock,
      logger: this.#logger,
      lookback: query?.lookback ?? QUERY_LIMITS.lookback,
      retention: this.#head.limits.retention,
      evicted: () => {
        const { dropped, oldest } = this.#head.stats();
        return dropped.has('evicted') ? oldest : undefined;
      },
    });
  }

  #createCurrent(tick: number): CurrentValues {
    return new CurrentValues({
      epoch: this.#live.hub.epoch,
      tick,
      evaluate: (query, time) => {
        const parameters = new URLSearchParams({ query, time: `${time / 1000}`, timeout: '1s' });
        // Never aborted: whoever else waits for these values must not lose them when one goes away.
        const { signal } = new AbortController();
        return this.#queries.ask({ operation: 'query', parameters, signal });
      },
    });
  }

  get #queryLimits(): QueryLimits {
    return { ...QUERY_LIMITS, ...this.#options.query };
  }

  /** What the evaluation of one rule or watch may cost. */
  get #evaluationLimits(): PrepareOptions {
    return {
      timeout: 1000,
      now: () => this.#clock.monotonic(),
      lookback: this.#options.query?.lookback ?? QUERY_LIMITS.lookback,
    };
  }

  #createServer(): HttpServer {
    const { listen = {}, http = {}, simulator } = this.#options;
    const host = listen.host ?? '127.0.0.1';
    return new HttpServer(
      {
        host,
        port: listen.port ?? 9797,
        hosts: listen.hosts ?? (LOOPBACK.test(host) ? [] : ['*']),
        grafanas: http.grafanas ?? [],
        rate: http.rate ?? 100,
        bodyLimit: http.bodyLimit ?? BODY_LIMIT,
        maxConnections: http.maxConnections ?? 12_000,
        timeouts: http.timeouts,
        clock: this.#clock,
      },
      {
        version,
        readiness: () => this.#readiness(),
        health: () =>
          healthOf({
            phase: this.#phase,
            sources: this.#runner.states,
            history: this.#history?.stats(),
            rules: this.#rules.problem,
          }),
        stats: () =>
          statsOf({
            uptime: (this.#clock.monotonic() - this.#startedAt) / 1000,
            head: this.#head,
            ticker: this.#ticker,
            server: this.#server,
            history: this.#history?.stats(),
          }),
        metrics: (headers) => respond(this.#exposition, { headers, clock: this.#clock }),
        reload: () => this.reload(),
        preview: readPreview(),
        simulator,
        prometheus: prometheusApi({
          queries: this.#queries,
          head: this.#head,
          version,
          startedAt: this.#clock.now(),
          target: () => ({
            url: this.#server.url,
            labels: this.#labels,
            lastTick: this.#ticker.last?.time ?? 0,
            lastDuration: this.#lastTickDuration,
            interval: this.#ticker.interval,
            lastError: failuresOf(this.#runner.states),
          }),
          rules: (parameters) => rulesAnswer(this.#rules.engine, parameters),
          alerts: () => alertsAnswer(this.#rules.engine),
          write: (body, headers) => {
            const { status, message } = this.#receiver.receive(body, headers);
            return writeAnswer(status, message);
          },
        }),
        alerts: alertsDoor(this.#rules, this.#clock),
        analysis: analysisApi({
          queries: this.#queries,
          analysis: this.#analysis,
          limits: this.#queryLimits,
          clock: this.#clock,
          tick: this.#ticker.interval,
          timeZone: this.#options.history?.timeZone,
          history: () => this.#history,
          reader: this.#head,
          recorded: () => recordedRules(this.#rules.engine),
        }),
        watches: {
          list: () => this.#watches.list(),
          explain: (name) =>
            this.#watches.names.includes(name) ? this.#watches.explain(name) : undefined,
        },
        rules: rulesDoor(this.#runtimeRules, {
          tick: this.#ticker.interval,
          retention: this.#head.limits.retention,
          clock: this.#clock,
          engine: () => this.#rules.engine,
        }),
        current: this.#current,
        live: this.#live,
        onError: (thrown) => this.#report('http', 'a request failed', thrown),
      },
    );
  }

  #readiness(): Readiness {
    switch (this.#phase) {
      case 'starting':
        return { ready: false, reason: this.#starting };
      case 'draining':
        return { ready: false, reason: 'it is shutting down' };
      case 'running':
        return { ready: true };
    }
  }

  #reportSource({ name, status, lastError }: SourceState): void {
    if (status === 'failed') {
      this.#self.countError(name);
      this.#logger.warn('a source failed', { source: name, error: lastError });
      this.#live.emit('events', { event: 'source_failed', source: name, error: lastError });
    } else {
      this.#logger.info('a source has recovered', { source: name });
      this.#live.emit('events', { event: 'source_recovered', source: name });
    }
  }

  #report(component: string, message: string, thrown: unknown): void {
    this.#self.countError(component);
    this.#logger.error(message, { component, error: thrown ?? messageOf(thrown) });
  }
}
