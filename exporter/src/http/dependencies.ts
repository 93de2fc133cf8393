import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type {
  ActiveFault,
  AlertSummaryAnswer,
  FaultDescription,
  Health,
  RuleTestAnswer,
  RuntimeRuleAnswer,
  RuleStatesAnswer,
  RuntimeRulesAnswer,
  Stats,
} from '@kymo/contract';
import type { Preview } from './preview-files.js';

/** An answer that is ready to be sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Called once the body is sent or the connection gone: its memory may then be used again. */
  readonly release?: () => void;
}

/** Whether the exporter wants traffic, and if not, why. */
export type Readiness =
  { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** Starts faults of the demo. */
export interface Simulator {
  list(): readonly FaultDescription[];
  active(): readonly ActiveFault[];
  /**
   * @param durationMs milliseconds
   * @throws KymoError `unknown_fault` or `bad_duration`
   */
  start(name: string, durationMs: number): ActiveFault;
}

/** What the routes answer from. */
export interface HttpDependencies {
  readonly version: string;
  readiness(): Readiness;
  health(): Health;
  stats(): Stats;
  /** The page of `/metrics` for a request with these headers. */
  metrics(headers: IncomingHttpHeaders): Promise<Answer>;
  /** Reads the configuration again; rejects with a KymoError that says what is wrong with it. */
  reload(): Promise<void>;
  /** The page at `/`, where it is built. */
  readonly preview?: Preview;
  /** Only in the demo. */
  readonly simulator?: Simulator;
  /** Answers of the Prometheus HTTP API. */
  readonly prometheus?: PrometheusApi;
  /** Alerts and who has seen them. */
  readonly alerts?: AlertsDoor;
  /** Answers about the past and the near future. */
  readonly analysis?: AnalysisDoor;
  /** What is scored on the tick. */
  readonly watches?: WatchesDoor;
  /** Rules made at run time. */
  readonly rules?: RulesDoor;
  /** Newest values, for clients that poll. */
  readonly current?: CurrentDoor;
  /** Live streams over WebSocket. */
  readonly live?: LiveDoor;
  /** Told of an error that no route expected. */
  onError(thrown: unknown): void;
}

/** One request to the Prometheus HTTP API. */
export interface PrometheusRequest {
  readonly parameters: URLSearchParams;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

export interface PrometheusApi {
  /** Answers the operations under `/api/v1/`, by their name, such as `query_range`. */
  readonly operations: Readonly<Record<string, (request: PrometheusRequest) => Promise<Answer>>>;
  labelValues(name: string, request: PrometheusRequest): Promise<Answer>;
  federate(request: PrometheusRequest): Promise<Answer>;
  /** Takes a remote write request; the body is as it came. */
  write(body: Buffer, headers: IncomingHttpHeaders): Answer;
}

/** What a client that polls asks for. */
export interface CurrentRequest {
  /** PromQL; the key figures where it is left out. */
  readonly expr?: string;
  /** Only what is newer is answered: a time (Unix ms), or the position of an earlier answer. */
  readonly since?: number | { readonly epoch: string; readonly seq: number };
  /** The header `If-None-Match`. */
  readonly ifNoneMatch?: string;
}

/** Answers with the values of the last tick, or that they are not newer. */
export interface CurrentDoor {
  answer(request: CurrentRequest): Promise<Answer>;
}

/** Takes connections over for live streams. */
export interface LiveDoor {
  /** The channels that are pushed to Grafanas, and these. */
  channels(): object;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** What of the past is asked for. Times are Unix milliseconds. */
export interface AlertHistoryQuery {
  readonly start?: number;
  readonly end?: number;
  readonly fingerprint?: string;
  readonly limit?: number;
}

/** Alerts in the shape of `/api/alerts`. */
export interface AlertsDoor {
  /** All that are not inactive, and those that were resolved within the last 15 minutes. */
  list(): readonly object[];
  /** How many of them there are of each kind. */
  summary(): AlertSummaryAnswer;
  /** The newest first. */
  history(query: AlertHistoryQuery): Promise<readonly object[]>;
  /**
   * Notes that somebody has seen an alert; on disk when it resolves.
   * @throws KymoError `alert_not_found`, `bad_acknowledgement`
   */
  acknowledge(
    fingerprint: string,
    by: { readonly by: string; readonly comment: string; readonly until?: number },
  ): Promise<object>;
  /** @throws KymoError `alert_not_found` */
  unacknowledge(fingerprint: string, by: string): Promise<object>;
}

/** A structured condition, or a rule as it stands in a Prometheus rule file. */
export type RuleDefinition = { readonly condition: unknown } | { readonly rule: unknown };

/** A past range that a rule is tested over. Times are Unix milliseconds. */
export interface RuleTestRange {
  readonly start?: number;
  readonly end?: number;
  readonly step?: number;
  /** Rule that this one would replace. */
  readonly id?: string;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/**
 * Rules made at run time. What is wrong with one is a KymoError `bad_condition`, `bad_rules` or
 * `bad_watch`; where there is none, `rule_not_found`.
 */
export interface RulesDoor {
  list(): RuntimeRulesAnswer;
  /** All rules, those of files too, and how they do. */
  states(): RuleStatesAnswer;
  get(id: string): RuntimeRuleAnswer;
  /** On disk and in effect when it resolves, unless `problem` says why not. */
  create(definition: RuleDefinition): Promise<RuntimeRuleAnswer>;
  update(id: string, definition: RuleDefinition): Promise<RuntimeRuleAnswer>;
  delete(id: string): Promise<void>;
  /** When the rule would have alerted. @throws KymoError `timeout`, `busy` beside those */
  test(definition: RuleDefinition, range: RuleTestRange): Promise<RuleTestAnswer>;
}

export interface AnalysisDoor {
  /** Answers the operations under `/api/metrics/`, by their name, such as `forecast`. */
  readonly operations: Readonly<Record<string, (request: PrometheusRequest) => Promise<Answer>>>;
}

export interface WatchesDoor {
  /** Every watch: name, expression, how many series it scores, and why it fails if it does. */
  list(): readonly object[];
  /** Why each series of a watch has the score it has; `undefined` where there is no such watch. */
  explain(name: string): readonly object[] | undefined;
}
