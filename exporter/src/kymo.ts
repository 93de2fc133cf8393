import { hostname } from 'node:os';
import path from 'node:path';
import type { Health, Stats } from '@kymo/contract';
import { Exposition } from './exposition/exposition.js';
import { respond } from './exposition/respond.js';
import type { AlertsDoor, Readiness, RulesDoor, Simulator } from './http/dependencies.js';
import { anomaliesApi } from './http/anomalies-api.js';
import { prometheusApi, writeAnswer } from './http/prometheus-api.js';
import { HttpServer, type HttpTimeouts } from './http/server.js';
import { systemClock, type Clock } from './lib/clock.js';
import { messageOf } from './lib/errors.js';
import { silentLogger, type Logger } from './lib/logger.js';
import { Ticker, type Tick } from './lib/ticker.js';
import { version } from './lib/version.js';
import { CurrentValues } from './live/current.js';
import type { Channel } from './live/grafana/channel.js';
import type { GrafanaTargetOptions } from './live/grafana/target.js';
import type { LiveLimits } from './live/limits.js';
import { LiveService } from './live/live-service.js';
import type { QueryLimits } from './promql/api/operations.js';
import type { PrepareOptions } from './promql/prepared.js';
import { QueryThread } from './promql/query-thread.js';
import { alertAnswer, alertsAnswer, rulesAnswer } from './rules/answers.js';
import type { HttpTarget } from './rules/notify/http-client.js';
import type { WebhookOptions } from './rules/notify/webhook.js';
import { RuleService } from './rules/rule-service.js';
import { ruleTestAnswer, runtimeRuleAnswer } from './rules/runtime-rule-answers.js';
import { RuntimeRuleService } from './rules/runtime-rule-service.js';
import { defaultWatches } from './rules/watches/default-watches.js';
import type { WatchDefinition } from './rules/watches/watch.js';
import { Watches } from './rules/watches/watches.js';
import { Head, type HeadOptions } from './series/head.js';
import type { Labels } from './series/labels.js';
import type { SourceWriter } from './series/writer.js';
import { instrumentHttp, type HttpInstrumentation } from './sources/http/instrument.js';
import { hasDefaultMetrics, processSource } from './sources/process/process-source.js';
import { registrySource } from './sources/registry/registry-source.js';
import type { RegistryLike } from './sources/registry/shapes.js';
import { RemoteWriteReceiver } from './sources/remote-write/receiver.js';
import { SourceRunner, type SourceState } from './sources/runner.js';
import { selfMetrics, type SelfMetrics } from './sources/self/self.js';
import type { Source } from './sources/source.js';
import { systemSources, type PartialSystemOptions } from './sources/system/index.js';

/** Everything may be left out. Times are in milliseconds, sizes in bytes. */
export interface KymoOptions {
  readonly listen?: {
    /** `127.0.0.1` by default. */
    readonly host?: string;
    /** 9797 by default; 0 picks a free one. */
    readonly port?: number;
    /**
     * Names that the exporter is reached by, beside `localhost` and IP addresses. By default none on
     * loopback and any elsewhere, since a scraper may use any.
     */
    readonly hosts?: readonly string[];
    /** From failing `/-/ready` to closing the port; 0 by default. */
    readonly drain?: number;
  };
  /** 100 to 60,000; 1,000 by default. */
  readonly tick?: number;
  readonly series?: Omit<HeadOptions, 'ownLabels'>;
  /**
   * Labels of every own series, but not on `/metrics`, where the scraper adds its own;
   * `instance: <hostname>` and `job: kymo` by default.
   */
  readonly labels?: Labels;
  readonly sources?: {
    /** Whether a source is collected, by its name; all are by default. */
    readonly enabled?: Readonly<Record<string, boolean>>;
    /** What a source may take; four fifths of the tick, and at most 5 s, by default. */
    readonly deadline?: number;
    readonly system?: PartialSystemOptions;
    readonly http?: { readonly slow?: number; readonly maxLabelSets?: number };
  };
  /** Folder for state that outlives a restart; by default nothing does. */
  readonly dataDir?: string;
  /** Where people find this exporter; the address that it listens on by default. */
  readonly externalUrl?: string;
  readonly rules?: {
    /** Rule files, or patterns of them, relative to the working directory; none by default. */
    readonly files?: readonly string[];
    readonly alertmanagers?: readonly HttpTarget[];
    /** Webhooks that rules may name. */
    readonly receivers?: readonly WebhookOptions[];
    /** Whether an acknowledgement is a silence in every Alertmanager; it is not by default. */
    readonly silences?: boolean;
    /** After which an alert is sent to Alertmanagers again; 60,000 by default. */
    readonly resendDelay?: number;
  };
  /** Expressions whose series are scored; the provided ones by default. */
  readonly watches?: readonly WatchDefinition[];
  readonly live?: {
    readonly limits?: Partial<LiveLimits>;
    /** What is pushed to Grafanas; the provided ones by default. */
    readonly channels?: readonly Channel[];
    /** Grafanas to push to; none by default. */
    readonly grafanas?: readonly GrafanaTargetOptions[];
  };
  readonly http?: {
    /** Requests a second from one address; 100 by default. */
    readonly rate?: number;
    /** Bytes of a request's body; 16 MiB by default. */
    readonly bodyLimit?: number;
    /** Connections at a time; 12,000 by default. */
    readonly maxConnections?: number;
    readonly timeouts?: Partial<HttpTimeouts>;
  };
  /** What a query may cost. */
  readonly query?: Partial<QueryLimits>;
  /** The application's registry, of prom-client or `@prometheus-io/client`. */
  readonly registry?: RegistryLike;
  /** Whether the servers of this process are measured; they are by default. */
  readonly instrument?: boolean;
  readonly simulator?: Simulator;
  /** Reads the configuration again; rejects with what is wrong with it. */
  readonly reload?: () => Promise<void>;
  readonly clock?: Clock;
  /** Silent by default. */
  readonly logger?: Logger;
}

const BODY_LIMIT = 16 * 2 ** 20;

/** What a query may cost by default; a time in milliseconds, like all. */
const QUERY_LIMITS: QueryLimits = {
  timeout: 30_000,
  maxSamples: 20_000_000,
  maxSamplesRead: 200_000_000,
  maxPoints: 11_000,
  lookback: 300_000,
};

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
  readonly #receiver: RemoteWriteReceiver;
  readonly #server: HttpServer;
  readonly #instrumentation: HttpInstrumentation;
  readonly #rules: RuleService;
  readonly #runtimeRules: RuntimeRuleService;
  readonly #watches: Watches;
  readonly #live: LiveService;
  readonly #current: CurrentValues;
  readonly #startedAt: number;
  #lastTickDuration = 0;
  #nearLimit = false;
  #phase: 'starting' | 'running' | 'draining' = 'starting';
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
      rules: () => ({
        groups: this.#rules.engine.groups.length,
        ...this.#rules.engine.stats,
        reloadFailed: this.#rules.reloadFailed,
        notifications: this.#rules.notifications(),
        queues: this.#rules.queues(),
      }),
      watches: () => this.#watches.stats(),
      live: () => {
        const { clients, topics, subscriptions, stats } = this.#live.hub;
        const { messages, bytes, droppedFrames, failures, refused } = stats;
        const { pushed } = this.#live;
        const counts = { messages, bytes, droppedFrames, failures, refused, pushed };
        return { clients, topics, subscriptions, ...counts };
      },
    });
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
    this.#firstTick?.();
    // Connections that were handed over are none of the server's any more, but it waits for them.
    await this.#live.stop();
    await this.#server.close(5000);
    await this.#rules.stop();
    await this.#runner.stop();
    await this.#queries.stop();
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
      externalLabels: this.#labels,
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

  #createRuntimeRules(): RuntimeRuleService {
    const { dataDir, externalUrl } = this.#options;
    return new RuntimeRuleService({
      ...(dataDir === undefined ? {} : { file: path.join(dataDir, 'rules', 'runtime.yml') }),
      trial: {
        reader: this.#head,
        clock: this.#clock,
        query: this.#evaluationLimits,
        ownLabels: this.#labels,
        externalUrl,
      },
      watches: this.#watches,
      reload: () => this.#rules.reload(),
    });
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
        rate: http.rate ?? 100,
        bodyLimit: http.bodyLimit ?? BODY_LIMIT,
        maxConnections: http.maxConnections ?? 12_000,
        timeouts: http.timeouts,
        clock: this.#clock,
      },
      {
        version,
        readiness: () => this.#readiness(),
        health: () => this.#health(),
        stats: () => this.#stats(),
        metrics: (headers) => respond(this.#exposition, { headers, clock: this.#clock }),
        reload: () => this.reload(),
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
            lastError: this.#failures(),
          }),
          rules: (parameters) => rulesAnswer(this.#rules.engine, parameters),
          alerts: () => alertsAnswer(this.#rules.engine),
          write: (body, headers) => {
            const { status, message } = this.#receiver.receive(body, headers);
            return writeAnswer(status, message);
          },
        }),
        alerts: this.#alerts(),
        anomalies: anomaliesApi({ queries: this.#queries, limits: this.#queryLimits }),
        watches: {
          list: () => this.#watches.list(),
          explain: (name) =>
            this.#watches.names.includes(name) ? this.#watches.explain(name) : undefined,
        },
        rules: this.#rulesDoor(),
        current: this.#current,
        live: this.#live,
        onError: (thrown) => this.#report('http', 'a request failed', thrown),
      },
    );
  }

  #alerts(): AlertsDoor {
    return {
      list: () => this.#rules.engine.alerts().map(alertAnswer),
      history: async (query) => (await this.#rules.log?.history(query)) ?? [],
      acknowledge: async (fingerprint, acknowledgement) =>
        alertAnswer(
          await this.#rules.acknowledge(fingerprint, {
            ...acknowledgement,
            time: this.#clock.now(),
          }),
        ),
      unacknowledge: async (fingerprint, by) =>
        alertAnswer(await this.#rules.unacknowledge(fingerprint, by)),
    };
  }

  #rulesDoor(): RulesDoor {
    const rules = this.#runtimeRules;
    return {
      list: () => ({
        rules: rules.list().map((rule) => runtimeRuleAnswer(rule)),
        problem: rules.problem ?? null,
      }),
      get: (id) => runtimeRuleAnswer(rules.get(id), rules.problem),
      create: async (definition) =>
        runtimeRuleAnswer(await rules.create(definition), rules.problem),
      update: async (id, definition) =>
        runtimeRuleAnswer(await rules.update(id, definition), rules.problem),
      delete: (id) => rules.delete(id),
      test: async (definition, { start, end, step, ...more }) => {
        const tick = this.#ticker.interval;
        const until = Math.floor((end ?? this.#clock.now()) / tick) * tick;
        const range = {
          start: start ?? until - this.#head.limits.retention,
          end: end ?? until,
          step: step ?? tick,
        };
        return ruleTestAnswer(await rules.test(definition, { ...range, ...more }), range);
      },
    };
  }

  #readiness(): Readiness {
    switch (this.#phase) {
      case 'starting':
        return { ready: false, reason: 'the first tick is not done' };
      case 'draining':
        return { ready: false, reason: 'it is shutting down' };
      case 'running':
        return { ready: true };
    }
  }

  #health(): Health {
    const states = this.#runner.states;
    const failed = states.some(({ status }) => status === 'failed');
    const running = failed ? 'degraded' : 'ok';
    return {
      status: this.#phase === 'running' ? running : this.#phase,
      version,
      sources: states.map((state) => ({
        name: state.name,
        status: state.status,
        duration: state.duration,
        failures: state.failures,
        error: state.lastError,
        errorTime: state.lastErrorTime,
      })),
    };
  }

  #failures(): string {
    return this.#runner.states
      .filter(({ status }) => status === 'failed')
      .map(({ name, lastError }) => `${name}: ${lastError}`)
      .join('; ');
  }

  #stats(): Stats {
    const { series, limit, memory, samples, dropped } = this.#head.stats();
    const { ticks, late, clockSetBack } = this.#ticker.stats;
    return {
      uptime: (this.#clock.monotonic() - this.#startedAt) / 1000,
      tick: {
        interval: this.#ticker.interval,
        number: this.#ticker.last?.number ?? 0,
        count: ticks,
        late,
        clockSetBack,
      },
      series: { count: series, limit },
      memory,
      samples: Object.fromEntries(samples),
      dropped: Object.fromEntries(dropped),
      refused: Object.fromEntries(this.#server.refused),
    };
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
