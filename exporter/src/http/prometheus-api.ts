import { errorBody } from '@kymo/contract';
import { QueryParameters } from '../promql/api/parameters.js';
import { errorAnswer } from '../promql/api/answer.js';
import { success } from '../promql/api/envelope.js';
import type { OperationName } from '../promql/api/operations.js';
import { parseExpression } from '../promql/parse.js';
import type { QueryThread } from '../promql/query-thread.js';
import type { Head } from '../series/head.js';
import { Matcher } from '../series/matcher.js';
import type { Answer, PrometheusApi, PrometheusRequest } from './dependencies.js';

/** The exporter as a scrape target of its own: what `/api/v1/targets` tells. */
export interface OwnTarget {
  readonly url: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Unix milliseconds of the last tick; 0 before the first. */
  readonly lastTick: number;
  /** Seconds that the last tick took. */
  readonly lastDuration: number;
  /** Milliseconds. */
  readonly interval: number;
  /** Errors of sources, `''` where there are none. */
  readonly lastError: string;
}

export interface PrometheusApiOptions {
  readonly queries: QueryThread;
  readonly head: Head;
  readonly version: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly target: () => OwnTarget;
  /** The `data` of `rules` and of `alerts`. */
  readonly rules: (parameters: URLSearchParams) => unknown;
  readonly alerts: () => unknown;
  readonly write: PrometheusApi['write'];
}

/**
 * The Prometheus version whose API and semantics are implemented. Clients such as Grafana decide by it
 * what they may ask for.
 */
const PROMETHEUS_VERSION = '3.0.0';

const answerJson = (body: string, status = 200): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: Buffer.from(body),
});

/** The Prometheus HTTP API: queries go to the query thread, the rest is answered here. */
export function prometheusApi(options: PrometheusApiOptions): PrometheusApi {
  const { queries, head } = options;
  const ask =
    (operation: OperationName) =>
    async (request: PrometheusRequest): Promise<Answer> => {
      const { status, contentType, body } = await queries.ask({ operation, ...request });
      const { buffer, byteOffset, byteLength } = body;
      return {
        status,
        headers: { 'Content-Type': contentType },
        body: Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength),
      };
    };
  const hereRaw =
    (respond: (parameters: URLSearchParams) => unknown) =>
    (request: PrometheusRequest): Promise<Answer> => {
      try {
        const data = respond(request.parameters);
        return Promise.resolve(answerJson(success(JSON.stringify(data))));
      } catch (thrown) {
        const { status, body } = errorAnswer(thrown);
        return Promise.resolve(answerJson(body, status));
      }
    };
  const here = (
    respond: (parameters: QueryParameters) => unknown,
  ): ((request: PrometheusRequest) => Promise<Answer>) =>
    hereRaw((parameters) => respond(new QueryParameters(parameters)));
  return {
    operations: {
      query: ask('query'),
      query_range: ask('query_range'),
      series: ask('series'),
      labels: ask('labels'),
      format_query: ask('format_query'),
      query_exemplars: here((parameters) => exemplars(head, parameters)),
      metadata: here((parameters) => metadata(head, parameters)),
      targets: here(() => targets(options.target())),
      rules: hereRaw((parameters) => options.rules(parameters)),
      alerts: here(() => options.alerts()),
      'status/buildinfo': here(() => ({
        version: PROMETHEUS_VERSION,
        revision: `kymo-${options.version}`,
        branch: '',
        buildUser: '',
        buildDate: '',
        goVersion: '',
        application: 'Kymo',
      })),
      'status/runtimeinfo': here(() => ({
        startTime: new Date(options.startedAt).toISOString(),
        serverTime: new Date().toISOString(),
        reloadConfigSuccess: true,
        lastConfigTime: new Date(options.startedAt).toISOString(),
        corruptionCount: 0,
        storageRetention: `${head.limits.retention / 1000}s`,
      })),
    },
    labelValues: (name, request) => {
      const parameters = new URLSearchParams(request.parameters);
      parameters.set('name', name);
      return ask('label_values')({ ...request, parameters });
    },
    federate: ask('federate'),
    write: options.write,
  };
}

/** Metadata by metric, in the shape of `/api/v1/metadata`. */
function metadata(head: Head, parameters: QueryParameters): Record<string, unknown> {
  const metric = parameters.text('metric');
  const limit = parameters.has('limit') ? parameters.limit('limit') : Infinity;
  const answer: Record<string, unknown> = {};
  let count = 0;
  for (const { name, type, help, unit = '' } of head.allMetadata()) {
    if (metric !== '' && name !== metric) continue;
    if (count++ >= limit) break;
    answer[name] = [{ type, help, unit }];
  }
  return answer;
}

function targets({ url, labels, lastTick, lastDuration, interval, lastError }: OwnTarget): unknown {
  const seconds = `${interval / 1000}s`;
  return {
    activeTargets: [
      {
        discoveredLabels: {},
        labels,
        scrapePool: 'kymo',
        scrapeUrl: `${url}/metrics`,
        globalUrl: `${url}/metrics`,
        lastError,
        lastScrape: new Date(lastTick).toISOString(),
        lastScrapeDuration: lastDuration,
        health: lastTick === 0 ? 'unknown' : 'up',
        scrapeInterval: seconds,
        scrapeTimeout: seconds,
      },
    ],
    droppedTargets: [],
    droppedTargetCounts: {},
  };
}

/** The newest exemplar of each series that the selectors of `query` match. */
function exemplars(head: Head, parameters: QueryParameters): unknown[] {
  const from = parameters.time('start', -Infinity);
  const to = parameters.time('end', Infinity);
  const answer: unknown[] = [];
  const seen = new Set<number>();
  for (const matchers of selectorsOf(parseExpression(parameters.text('query')))) {
    for (const id of head.select(matchers)) {
      const exemplar = head.exemplar(id);
      if (exemplar === undefined || seen.has(id)) continue;
      seen.add(id);
      const time = exemplar.time ?? head.maxTime;
      if (time < from || time > to) continue;
      const { labels, value } = exemplar;
      answer.push({
        seriesLabels: head.labels(id).toObject(),
        exemplars: [{ labels, value: String(value), timestamp: time / 1000 }],
      });
    }
  }
  return answer;
}

/** The matchers of every selector within an expression. */
function* selectorsOf(node: unknown): Iterable<readonly Matcher[]> {
  if (typeof node !== 'object' || node === null || node instanceof Matcher) return;
  if ('kind' in node && node.kind === 'selector' && 'matchers' in node) {
    yield node.matchers as readonly Matcher[];
    return;
  }
  for (const child of Object.values(node)) yield* selectorsOf(child);
}

/** What a write request is answered with. */
export function writeAnswer(status: number, message: string): Answer {
  if (status === 204) return { status, headers: {}, body: Buffer.alloc(0) };
  return answerJson(JSON.stringify(errorBody('bad_data', message)), status);
}
