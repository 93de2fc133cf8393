import { ClassicHistogram, SIZE_BOUNDS } from './classic-histogram.js';
import { DurationHistogram } from './duration-histogram.js';
import type { Exchange } from './exchange.js';
import { REASONS } from './failure.js';
import { isServerError, statusName } from './grpc.js';
import { methodLabel, OTHER, type Protocol, VERSIONS } from './protocol.js';

/** Requests of one protocol and method that run now. */
export interface ActiveRequests {
  readonly protocol: Protocol;
  readonly method: string;
  count: number;
}

/** What is recorded for one label set. */
export interface RequestRecord {
  readonly route: string;
  /** Of {@link keyOf}. */
  readonly key: number;
  readonly methodRecords: MethodRecords;
  readonly labels: Readonly<Record<string, string>>;
  readonly duration: DurationHistogram;
  readonly requestSize: ClassicHistogram;
  readonly responseSize: ClassicHistogram;
}

/** The records of one protocol and method: by route, then by {@link keyOf}. */
export interface MethodRecords {
  readonly active: ActiveRequests;
  readonly routes: Map<string, Map<number, RequestRecord>>;
}

/**
 * Requests that are put into their histograms at a time: doing so one by one costs several times as
 * much, because each time what is needed for it has left the processor's caches.
 */
const BATCH = 256;

/**
 * Records finished requests by label set. A label set that was seen before is found by three small
 * maps, without building anything.
 */
export class RequestRecorder {
  readonly records: RequestRecord[] = [];
  readonly active: ActiveRequests[] = [];
  readonly #limit: number;
  readonly #waitingRecords: RequestRecord[] = [];
  /** Seconds, and bytes of the two bodies, of each that waits. */
  readonly #values = new Float64Array(BATCH * 3);
  #waiting = 0;
  readonly #methods = new Map<Protocol, Map<string, MethodRecords>>();

  /** @param limit label sets after which further routes and methods are not told apart. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  methodRecords(protocol: Protocol, method: string): MethodRecords {
    return (
      this.#methods.get(protocol)?.get(method) ?? this.#openMethod(protocol, methodLabel(method))
    );
  }

  record(exchange: Exchange, seconds: number): void {
    const at = this.#waiting * 3;
    this.#waitingRecords[this.#waiting] = this.#recordOf(exchange);
    this.#values[at] = seconds;
    this.#values[at + 1] = exchange.requestBytes;
    this.#values[at + 2] = exchange.responseBytes;
    this.#waiting++;
    if (this.#waiting === BATCH) this.flush();
  }

  /** Puts what was recorded into the histograms. */
  flush(): void {
    for (let i = 0; i < this.#waiting; i++) {
      const record = this.#waitingRecords[i];
      record.duration.observe(this.#values[i * 3]);
      const requestBytes = this.#values[i * 3 + 1];
      if (requestBytes >= 0) record.requestSize.observe(requestBytes);
      const responseBytes = this.#values[i * 3 + 2];
      if (responseBytes >= 0) record.responseSize.observe(responseBytes);
    }
    this.#waiting = 0;
  }

  #recordOf(exchange: Exchange): RequestRecord {
    const key = keyOf(exchange);
    const { records, route, connection } = exchange;
    const last = connection.lastRecord;
    // A client tends to ask for the same again.
    if (last?.key === key && last.route === route && last.methodRecords === records) return last;
    const record = records.routes.get(route)?.get(key) ?? this.#open(exchange, key);
    connection.lastRecord = record;
    return record;
  }

  #openMethod(protocol: Protocol, method: string): MethodRecords {
    let methods = this.#methods.get(protocol);
    if (methods === undefined) {
      methods = new Map();
      this.#methods.set(protocol, methods);
    }
    let records = methods.get(method);
    if (records === undefined) {
      const active = { protocol, method, count: 0 };
      this.active.push(active);
      records = { active, routes: new Map() };
      methods.set(method, records);
    }
    return records;
  }

  #open(exchange: Exchange, key: number): RequestRecord {
    const { protocol, method } = exchange.records.active;
    if (this.records.length < this.#limit) {
      return this.#openIn(exchange, { records: exchange.records, key, route: exchange.route });
    }
    // What is left of the labels has few values, all of them the server's own.
    const records = this.#openMethod(protocol, method === OTHER ? method : OTHER);
    const record = records.routes.get(OTHER)?.get(key);
    return record ?? this.#openIn(exchange, { records, key, route: OTHER });
  }

  #openIn(
    exchange: Exchange,
    at: { records: MethodRecords; key: number; route: string },
  ): RequestRecord {
    const { active, routes } = at.records;
    const record = {
      route: at.route,
      key: at.key,
      methodRecords: at.records,
      labels: {
        protocol: active.protocol,
        http_request_method: active.method,
        http_route: at.route,
        http_response_status_code: exchange.status === 0 ? '' : String(exchange.status),
        network_protocol_version: VERSIONS[exchange.version],
        error_type: errorType(exchange),
      },
      duration: new DurationHistogram(),
      requestSize: new ClassicHistogram(SIZE_BOUNDS),
      responseSize: new ClassicHistogram(SIZE_BOUNDS),
    };
    let byKey = routes.get(at.route);
    if (byKey === undefined) {
      byKey = new Map();
      routes.set(at.route, byKey);
    }
    byKey.set(at.key, record);
    this.records.push(record);
    return record;
  }
}

/** The labels of an exchange beside protocol, method and route, as one small integer. */
function keyOf(exchange: Exchange): number {
  const failure = exchange.failure === undefined ? 0 : 1 + REASONS.indexOf(exchange.failure);
  const rpcStatus = isServerError(exchange.rpcStatus) ? exchange.rpcStatus : 0;
  return ((exchange.status * 8 + failure) * 32 + rpcStatus) * 4 + exchange.version;
}

/**
 * OpenTelemetry's `error.type`: why the exchange failed, or the status that says the server did;
 * empty where nothing went wrong, which includes the client's own errors (4xx).
 */
function errorType(exchange: Exchange): string {
  if (exchange.failure !== undefined) return exchange.failure;
  if (isServerError(exchange.rpcStatus)) return statusName(exchange.rpcStatus);
  return exchange.status >= 500 ? String(exchange.status) : '';
}
